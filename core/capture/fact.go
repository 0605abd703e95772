package capture

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/when"
)

// DecideFact keeps or discards a fact, at the user's word.
func DecideFact(ctx context.Context, tx *store.Store, userID, factID int64, state core.FactState) error {
	return change(ctx, tx, userID, factID, func() error {
		_, err := tx.SetFactState(ctx, userID, factID, state)
		return err
	})
}

// RewriteFact gives a fact the user's own words. A time in those of what is to be
// done is when it is due.
func RewriteFact(ctx context.Context, tx *store.Store, userID, factID int64, text string) error {
	text, err := factText(text)
	if err != nil {
		return err
	}
	return edit(ctx, tx, userID, factID, func(f core.Fact, note core.Note) error {
		if err := tx.ResumeStep(ctx, note.Step, core.ActorUser); err != nil {
			return err
		}
		if f.Category != core.Actionable {
			return tx.RewriteFact(ctx, userID, factID, text, nil)
		}
		user, err := tx.User(ctx, userID)
		if err != nil {
			return err
		}
		text, due := splitDue(text, time.Now().In(user.Location()))
		return tx.RewriteFact(ctx, userID, factID, text, due)
	})
}

// splitDue parts the words of what is to be done from the one time that they
// tell. Where they tell none to come, or several, due is nil.
func splitDue(text string, now time.Time) (rest string, due *time.Time) {
	found := when.Find(text, now)
	if len(found) != 1 {
		return text, nil
	}
	rest = strings.TrimSpace(strings.TrimSpace(text[:found[0].Start]) + " " + strings.TrimSpace(text[found[0].End:]))
	if !core.HasWords(rest) {
		rest = text
	}
	at := found[0].Due(now)
	if !at.After(now) {
		return text, nil
	}
	return rest, &at
}

// factText returns text as a fact has it, or an error of kind core.ErrInvalid.
func factText(text string) (string, error) {
	text = core.Clean(text)
	switch {
	case core.Blank(text):
		return "", core.Tell(core.ErrInvalid, "A fact needs words.")
	case utf8.RuneCountInString(text) > core.MaxFactLen:
		return "", core.Tell(core.ErrInvalid, "A fact may have at most %d characters.", core.MaxFactLen)
	}
	return text, nil
}

// change changes a fact as part of its note's step, and has the note shown anew.
func change(ctx context.Context, tx *store.Store, userID, factID int64, do func() error) error {
	return edit(ctx, tx, userID, factID, func(_ core.Fact, note core.Note) error {
		if err := tx.ResumeStep(ctx, note.Step, core.ActorUser); err != nil {
			return err
		}
		return do()
	})
}

// edit changes a fact of a live note, and has the note shown anew.
func edit(ctx context.Context, tx *store.Store, userID, factID int64, do func(core.Fact, core.Note) error) error {
	fact, err := tx.Fact(ctx, userID, factID)
	if err != nil {
		return gone(err)
	}
	note, err := Live(ctx, tx, userID, fact.NoteID)
	if err != nil {
		return err
	}
	if err := do(fact, note); err != nil {
		return err
	}
	if err := tx.RefreshNoteReminders(ctx, userID, note.ID); err != nil {
		return err
	}
	return tx.ResetNoteMessages(ctx, userID, note.ID)
}
