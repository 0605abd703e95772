package sandbox

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// maxCalls is how many calls are remembered.
const maxCalls = 5000

var errCut = errors.New("connection cut")

// A Call is a call of the bot and how it ended.
type Call struct {
	// Seq numbers the calls from 1 in the order in which they ended.
	Seq    int            `json:"seq"`
	Method string         `json:"method"`
	Params map[string]any `json:"params"`
	Began  time.Time      `json:"began"`
	Ended  time.Time      `json:"ended"`
	// Error is empty for a call that was answered with ok=true.
	Error string `json:"error,omitempty"`
}

type callLog struct {
	mu     sync.Mutex
	last   int
	recent []Call
	added  signal
}

func (l *callLog) add(c *call, began, ended time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	done := Call{Seq: l.last, Method: c.method, Params: c.params, Began: began, Ended: ended}
	if err != nil {
		done.Error = err.Error()
	}
	if len(l.recent) >= 2*maxCalls {
		l.recent = slices.Clone(l.recent[maxCalls:])
	}
	l.recent = append(l.recent, done)
	l.added.fire()
}

// since returns the calls after seq, as far as they are remembered, and a channel
// that is closed when there are more.
func (l *callLog) since(seq int) ([]Call, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := max(len(l.recent)-(l.last-seq), 0)
	return slices.Clone(l.recent[min(i, len(l.recent)):]), l.added.wait()
}
