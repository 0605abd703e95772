package core

import "time"

// A ReminderState says what became of a reminder.
type ReminderState string

// The states of a reminder.
const (
	ReminderOpen ReminderState = "open" // falls due, or is put off
	ReminderSent ReminderState = "sent" // has been said
	ReminderDone ReminderState = "done" // the user did it
)

// A Reminder is something due at a time. One that a fact says is made when it
// is said for the first time.
type Reminder struct {
	UserID    int64
	ID        int64
	FactID    int64  // 0 when no fact says so
	ContactID int64  // 0 when it is about no contact, or about one not known yet
	FullName  string // theirs
	Text      string
	DueAt     time.Time
	State     ReminderState
}

// Tomorrow returns when something is due that is put off until tomorrow: at
// 09:00, in the location of now.
func Tomorrow(now time.Time) time.Time { return Moment{At: now.AddDate(0, 0, 1)}.Due() }
