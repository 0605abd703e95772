package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Cut says when a Fault cuts the connection instead of answering.
type Cut string

// The ways to cut a connection.
const (
	CutBefore Cut = "before" // the call has no effect
	CutAfter  Cut = "after"  // the call has its effect and the reply is lost
)

// A Fault makes the next calls that it fits go wrong. It waits DelayMS, then
// answers with Code or cuts the connection; with neither it only waits.
type Fault struct {
	// Method is a Bot API method, or empty for all but getUpdates.
	Method string `json:"method,omitempty"`
	// Chat is the chat_id of the call, or 0 for any.
	Chat int64 `json:"chat,omitempty"`
	// Times is how many calls go wrong, 1 when 0.
	Times int `json:"times,omitempty"`
	// Code is the error code to answer with, such as 429, 403, 400 or 500.
	Code int `json:"code,omitempty"`
	// Description is the text to answer with; when empty, what Telegram usually says.
	Description string `json:"description,omitempty"`
	// RetryAfter is how many seconds a 429 asks to wait.
	RetryAfter int `json:"retry_after,omitempty"`
	// Cut cuts the connection.
	Cut Cut `json:"cut,omitempty"`
	// DelayMS is how many milliseconds to wait first.
	DelayMS int `json:"delay_ms,omitempty"`
}

func (f Fault) fits(c *call) bool {
	if f.Chat != 0 && f.Chat != c.integer("chat_id") {
		return false
	}
	if f.Method == "" {
		return c.method != "getUpdates"
	}
	return f.Method == c.method
}

func (f Fault) delay() time.Duration { return time.Duration(f.DelayMS) * time.Millisecond }

// failure is what the fault makes of a call before it has an effect.
func (f Fault) failure() error {
	switch {
	case f.Cut == CutBefore:
		return errCut
	case f.Code == 0:
		return nil
	}
	r := &refusal{Code: f.Code, Description: f.Description, RetryAfter: f.RetryAfter}
	if r.Description != "" {
		return r
	}
	switch f.Code {
	case http.StatusTooManyRequests:
		r.Description = fmt.Sprintf("Too Many Requests: retry after %d", f.RetryAfter)
	case http.StatusForbidden:
		r.Description = "Forbidden: " + blockedByUser
	default:
		r.Description = http.StatusText(f.Code)
	}
	return r
}

type faultList struct {
	mu     sync.Mutex
	faults []Fault
}

func (l *faultList) add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f.Times = max(f.Times, 1)
	l.faults = append(l.faults, f)
}

func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = nil
}

// take uses up the oldest fault of this sort that fits; no fault is the zero Fault.
func (l *faultList) take(c *call, sort func(Fault) bool) Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.faults, func(f Fault) bool { return f.fits(c) && sort(f) })
	if i < 0 {
		return Fault{}
	}
	f := l.faults[i]
	if l.faults[i].Times--; l.faults[i].Times == 0 {
		l.faults = slices.Delete(l.faults, i, i+1)
	}
	return f
}
