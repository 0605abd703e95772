package capture

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Chat is what a contact and the user said to each other in a while.
type Chat struct {
	UserID    int64
	ContactID int64
	FullName  string // the contact's
	Text      string // as core.ChatLine writes it
	SaidAt    time.Time
}

// TakeChat keeps a chat as a note by the contact, about them and nobody else:
// names may mean others to them. It adds the task that reads it.
func TakeChat(ctx context.Context, tx *store.Store, c Chat) (core.Note, error) {
	step, err := tx.NewStep(ctx)
	if err != nil {
		return core.Note{}, err
	}
	if err := tx.ResumeStep(ctx, step, core.ActorTelegram); err != nil {
		return core.Note{}, err
	}
	note, err := tx.AddNote(ctx, store.NewNote{
		UserID: c.UserID, Text: c.Text, Lang: Language(c.Text), Author: c.FullName, Source: core.SourceTelegram, SaidAt: c.SaidAt,
	})
	if err != nil {
		return core.Note{}, err
	}
	if err := tx.KeepMention(ctx, core.Mention{
		UserID: c.UserID, NoteID: note.ID, Name: c.FullName, ContactID: c.ContactID, State: core.MentionResolved, Source: core.MentionNamed,
	}); err != nil {
		return core.Note{}, err
	}
	_, err = analyze(ctx, tx, note, 0)
	return note, err
}

// ReviseChat gives the note of a chat other words, and has it read again.
func ReviseChat(ctx context.Context, tx *store.Store, note core.Note, text string) error {
	if err := tx.ResumeStep(ctx, note.Step, core.ActorTelegram); err != nil {
		return err
	}
	note, err := tx.ReviseNote(ctx, note.UserID, note.ID, text, Language(text))
	if err != nil {
		return gone(err)
	}
	_, err = reread(ctx, tx, note)
	return err
}
