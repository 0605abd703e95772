package capture

import (
	"context"
	"errors"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// Assign says who a mention is, at the user's word, and remembers the name for
// the next time. Contact 0 means nobody.
func Assign(ctx context.Context, tx *store.Store, userID, mentionID, contactID int64) error {
	m, note, err := open(ctx, tx, userID, mentionID)
	if err != nil {
		return err
	}
	if contactID != 0 {
		c, err := tx.Contact(ctx, userID, contactID)
		if errors.Is(err, core.ErrNotFound) {
			return core.Tell(core.ErrNotFound, "That person is in the trash. Please pick somebody else.")
		}
		if err != nil {
			return err
		}
		if err := learn(ctx, tx, m, c); err != nil {
			return err
		}
	}
	return assign(ctx, tx, m, note, contactID)
}

// learn remembers that the user calls the contact by the name, unless it is
// their first name, which others may have too.
func learn(ctx context.Context, tx *store.Store, m core.Mention, c core.Contact) error {
	first, _, _ := strings.Cut(people.Fold(c.FullName), " ")
	if name := people.Fold(m.Name); name == "" || name == first || name == people.Fold(c.FullName) {
		return nil
	}
	return tx.AddAlias(ctx, c.UserID, c.ID, m.Name, "correction")
}

// AssignNew adds a person of the name that a mention has, and says that it is them.
func AssignNew(ctx context.Context, tx *store.Store, userID, mentionID int64) error {
	m, note, err := open(ctx, tx, userID, mentionID)
	if err != nil {
		return err
	}
	c, err := people.Add(ctx, tx, userID, m.Name)
	if err != nil {
		return err
	}
	return assign(ctx, tx, m, note, c.ID)
}

// open returns a mention and its note, and goes on with the note's step.
func open(ctx context.Context, tx *store.Store, userID, mentionID int64) (core.Mention, core.Note, error) {
	m, err := tx.Mention(ctx, userID, mentionID)
	if err != nil {
		return core.Mention{}, core.Note{}, gone(err)
	}
	note, err := tx.LockNote(ctx, userID, m.NoteID)
	if err != nil {
		return core.Mention{}, core.Note{}, err
	}
	return m, note, tx.ResumeStep(ctx, note.Step, core.ActorUser)
}

func assign(ctx context.Context, tx *store.Store, m core.Mention, note core.Note, contactID int64) error {
	if err := tx.AssignMention(ctx, m.UserID, m.ID, contactID); err != nil {
		return err
	}
	if m.Source == core.MentionNew && m.ContactID != contactID {
		if _, err := tx.TrashContact(ctx, m.UserID, m.ContactID); err != nil {
			return err
		}
	}
	if err := tx.RefreshNoteReminders(ctx, m.UserID, note.ID); err != nil {
		return err
	}
	return tx.ResetNoteMessages(ctx, m.UserID, note.ID)
}

// AssignNamed says that a mention is the person of that name, who is added when
// there is none. A name that fits several is an error of kind core.ErrConflict.
func AssignNamed(ctx context.Context, tx *store.Store, userID, mentionID int64, name string) error {
	// Whoever is added belongs to the note's step, to be taken back with it.
	if _, _, err := open(ctx, tx, userID, mentionID); err != nil {
		return err
	}
	id, err := called(ctx, tx, userID, name)
	if err != nil {
		return err
	}
	return Assign(ctx, tx, userID, mentionID, id)
}

// called returns the contact of that name, who is added when there is none.
func called(ctx context.Context, tx *store.Store, userID int64, name string) (contactID int64, err error) {
	name, err = core.ContactName(name)
	if err != nil {
		return 0, err
	}
	which, err := people.Find(ctx, tx, userID, name, nil)
	if err != nil {
		return 0, err
	}
	if len(which.Fits) > 1 {
		return 0, core.Tell(core.ErrConflict, "You know several people called %s. Please reply with the full name.", name)
	}
	if one, ok := which.One(); ok {
		return one.ContactID, nil
	}
	c, err := people.Add(ctx, tx, userID, name)
	return c.ID, err
}
