package core

import "time"

// A ReminderState says what became of a reminder.
type ReminderState string

// The states of a reminder.
const (
	ReminderOpen      ReminderState = "open" // is to be said
	ReminderSent      ReminderState = "sent" // has been said, or its time was over before
	ReminderDone      ReminderState = "done"
	ReminderCancelled ReminderState = "cancelled"
)

// MaxReminderLen is the most characters in a reminder's text.
const MaxReminderLen = MaxFactLen

// A Reminder is something due at a time. A fact that is due has one.
type Reminder struct {
	UserID    int64
	ID        int64
	FactID    int64  // 0 when no fact says so
	ContactID int64  // 0 when it is about no contact, or about one not known yet
	FullName  string // theirs
	Text      string // as the fact has it now
	DueAt     time.Time
	State     ReminderState
	CreatedAt time.Time
}

// Tomorrow returns when something is due that is put off until tomorrow: at
// 09:00, in the location of now.
func Tomorrow(now time.Time) time.Time { return Moment{At: now.AddDate(0, 0, 1)}.Due(now) }
