// Package remind is what a user has to do at a time, and what becomes of it.
package remind

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Get returns a reminder, or an error of kind core.ErrNotFound.
func Get(ctx context.Context, db *store.Store, userID, id int64) (core.Reminder, error) {
	r, err := db.Reminder(ctx, userID, id)
	if errors.Is(err, core.ErrNotFound) {
		return r, core.Tell(core.ErrNotFound, "There is no such reminder, or no more.")
	}
	return r, err
}

// lock is Get, and holds the reminder until the transaction ends: it may fall due
// meanwhile.
func lock(ctx context.Context, tx *store.Store, userID, id int64) (core.Reminder, error) {
	if err := tx.LockReminder(ctx, userID, id); err != nil {
		return core.Reminder{}, err
	}
	return Get(ctx, tx, userID, id)
}

// Add adds a reminder that no note says.
func Add(ctx context.Context, db *store.Store, r core.Reminder) (core.Reminder, error) {
	var err error
	if r.Text, err = text(r.Text); err != nil {
		return r, err
	}
	if !r.DueAt.After(time.Now()) {
		return r, core.Tell(core.ErrInvalid, "due_at: that time is over; give one to come.")
	}
	id, err := db.AddReminder(ctx, r)
	if errors.Is(err, core.ErrNotFound) {
		return r, core.Tell(core.ErrNotFound, "There is no such contact.")
	}
	if err != nil {
		return r, err
	}
	return Get(ctx, db, r.UserID, id)
}

// A Change says what is to be otherwise. What is zero stays.
type Change struct {
	Text  string
	DueAt time.Time
	Done  *bool
}

// Apply changes a reminder, and the fact that says so. One that is put off to a
// time to come is said then, again.
func Apply(ctx context.Context, db *store.Store, userID, id int64, c Change) (r core.Reminder, err error) {
	err = db.InTx(ctx, func(tx *store.Store) error {
		if r, err = lock(ctx, tx, userID, id); err != nil {
			return err
		}
		if c.Text != "" {
			if r.Text, err = text(c.Text); err != nil {
				return err
			}
		}
		if !c.DueAt.IsZero() {
			if !c.DueAt.After(time.Now()) {
				return core.Tell(core.ErrInvalid, "due_at: that time is over; give one to come.")
			}
			r.DueAt, r.State = c.DueAt, core.ReminderOpen
		}
		if c.Done != nil {
			r.State = undone(r)
			if *c.Done {
				r.State = core.ReminderDone
			}
		}
		if err := tx.ChangeReminder(ctx, r); err != nil {
			return err
		}
		return tx.RefreshReminderMessages(ctx, userID, id)
	})
	return r, err
}

// Did says that what a fact says is to be done is done, and returns the reminder
// that knows.
func Did(ctx context.Context, tx *store.Store, userID, factID int64) (reminderID int64, err error) {
	id, err := tx.ReminderOf(ctx, userID, factID)
	if errors.Is(err, core.ErrNotFound) {
		return 0, core.Tell(core.ErrNotFound, "That is no longer to be done.")
	}
	if err != nil {
		return 0, err
	}
	done := true
	_, err = Apply(ctx, tx, userID, id, Change{Done: &done})
	return id, err
}

// undone returns the state of a reminder that is not done: one whose time is
// over has been said.
func undone(r core.Reminder) core.ReminderState {
	if r.DueAt.After(time.Now()) {
		return core.ReminderOpen
	}
	return core.ReminderSent
}

// Drop has a reminder never be said. The fact that says so stays in its note, but
// is nothing to do any more.
func Drop(ctx context.Context, db *store.Store, userID, id int64) error {
	return db.InTx(ctx, func(tx *store.Store) error {
		r, err := lock(ctx, tx, userID, id)
		if err != nil {
			return err
		}
		r.State = core.ReminderCancelled
		if err := tx.ChangeReminder(ctx, r); err != nil {
			return err
		}
		return tx.RefreshReminderMessages(ctx, userID, id)
	})
}

func text(s string) (string, error) {
	s = strings.Join(strings.Fields(core.Clean(s)), " ")
	switch {
	case core.Blank(s):
		return "", core.Tell(core.ErrInvalid, "text: say what is to be done.")
	case utf8.RuneCountInString(s) > core.MaxReminderLen:
		return "", core.Tell(core.ErrInvalid, "text: %d characters are the most.", core.MaxReminderLen)
	}
	return s, nil
}
