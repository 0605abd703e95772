package sandbox

import (
	"slices"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"
)

// maxEvents is how many events are kept for a page that was away; one that missed
// more reads everything again.
const maxEvents = 2000

// EventKind says what an Event is about.
type EventKind string

// The kinds of events.
const (
	EventMessage EventKind = "message" // sent or changed
	EventDeleted EventKind = "deleted"
	EventTyping  EventKind = "typing"
	EventAnswer  EventKind = "answer" // to a press
	EventUser    EventKind = "user"   // added, or blocked or unblocked the bot
	EventBot     EventKind = "bot"    // commands, description, menu button
)

// An Event is something that the page shows.
type Event struct {
	Rev       int64        `json:"rev"`
	Kind      EventKind    `json:"kind"`
	Chat      int64        `json:"chat,omitempty"`
	Message   *Message     `json:"message,omitempty"`
	MessageID int          `json:"message_id,omitempty"`
	Action    string       `json:"action,omitempty"`
	User      *models.User `json:"user,omitempty"`
	Blocked   bool         `json:"blocked,omitempty"`
	Press     string       `json:"press,omitempty"`
	Answer    *Answer      `json:"answer,omitempty"`
}

// eventLog numbers events. The numbers go on over a restart, because they begin at
// the clock.
type eventLog struct {
	mu     sync.Mutex
	rev    int64
	recent []Event
	added  signal
}

func newEventLog() *eventLog { return &eventLog{rev: time.Now().UnixMicro()} }

func (l *eventLog) add(e Event) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rev++
	e.Rev = l.rev
	if len(l.recent) >= 2*maxEvents {
		l.recent = slices.Clone(l.recent[maxEvents:])
	}
	l.recent = append(l.recent, e)
	l.added.fire()
	return l.rev
}

func (l *eventLog) current() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rev
}

// since returns the events after rev and a channel that is closed when there are
// more. It reports false when some of them are forgotten.
func (l *eventLog) since(rev int64) ([]Event, <-chan struct{}, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	more := l.added.wait()
	missed := l.rev - rev
	if missed < 0 || missed > int64(len(l.recent)) {
		return nil, more, false
	}
	return slices.Clone(l.recent[len(l.recent)-int(missed):]), more, true
}
