package link

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Question is somebody at Telegram who may be a contact.
type Question struct {
	Person    core.TelegramPerson
	Candidate core.Contact // the zero value when nobody is left who it may be
	Trashed   bool         // the candidate is in the trash
}

// Undecided returns the people at Telegram about whom the user is to be asked,
// past the one with the id after, by their ids.
func Undecided(ctx context.Context, db *store.Store, userID, after int64, limit int) ([]Question, error) {
	list, err := db.UndecidedPeople(ctx, userID, after, limit)
	if err != nil {
		return nil, err
	}
	questions := make([]Question, len(list))
	for i, p := range list {
		if questions[i], err = question(ctx, db, userID, p); err != nil {
			return nil, err
		}
	}
	return questions, nil
}

func question(ctx context.Context, db *store.Store, userID int64, p store.TelegramPerson) (Question, error) {
	q := Question{Person: p.TelegramPerson}
	if p.Candidate == 0 {
		return q, nil
	}
	c, err := db.Contact(ctx, userID, p.Candidate)
	if !errors.Is(err, core.ErrNotFound) {
		q.Candidate = c
		return q, err
	}
	trashed, err := db.TrashedContact(ctx, userID, p.Candidate)
	if errors.Is(err, core.ErrNotFound) {
		return q, nil
	}
	q.Candidate, q.Trashed = core.Contact{UserID: userID, ID: trashed.ID, FullName: trashed.FullName}, true
	return q, err
}

// DecideContact says that somebody at Telegram is a contact, which comes out of
// the trash if it is there. A contact that is another one at Telegram is an
// error of kind core.ErrConflict.
func DecideContact(ctx context.Context, tx *store.Store, userID, telegramID, contactID int64) error {
	return decide(ctx, tx, userID, telegramID, func() (choice, error) {
		found, err := tx.LockWhole(ctx, userID, contactID)
		switch {
		case err != nil:
			return choice{}, err
		case len(found) == 0:
			return choice{}, core.Tell(core.ErrNotFound, "There is no such contact.")
		case found[0].TelegramID != 0 && found[0].TelegramID != telegramID:
			return choice{}, core.Tell(core.ErrConflict, "%s is another one at Telegram.", found[0].FullName)
		case found[0].Trashed:
			err = tx.RestoreContact(ctx, userID, contactID)
			if errors.Is(err, core.ErrConflict) {
				err = core.Tell(core.ErrConflict, "Somebody else is called %s by now.", found[0].FullName)
			}
		}
		return choice{contactID: contactID}, err
	})
}

// DecideNew says that somebody at Telegram is none of the contacts, and adds
// them.
func DecideNew(ctx context.Context, tx *store.Store, userID, telegramID int64) error {
	return decide(ctx, tx, userID, telegramID, func() (choice, error) { return choice{isNew: true}, nil })
}

// LeaveOut says that somebody at Telegram is not to be a contact.
func LeaveOut(ctx context.Context, tx *store.Store, userID, telegramID int64) error {
	return decide(ctx, tx, userID, telegramID, func() (choice, error) { return choice{leaveOut: true}, nil })
}

// decide does what the user chose of somebody who is not decided about, as one
// step. Somebody who is decided about is an error of kind core.ErrNotPossible.
func decide(ctx context.Context, tx *store.Store, userID, telegramID int64, choose func() (choice, error)) error {
	if err := tx.BeginStep(ctx); err != nil {
		return err
	}
	known, err := tx.LockTelegramPeople(ctx, userID, []int64{telegramID})
	switch {
	case err != nil:
		return err
	case len(known) == 0:
		return core.Tell(core.ErrNotFound, "There is nobody like that to decide about.")
	case known[0].State == store.TelegramKnown:
		return core.Tell(core.ErrNotPossible, "That is decided already.")
	}
	p := newPerson(known[0].TelegramPerson)
	if p.choice, err = choose(); err != nil {
		return err
	}
	_, err = settle(ctx, tx, userID, []person{p})
	return err
}
