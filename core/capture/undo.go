package capture

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Undo takes a note back with all it caused: the note goes to the trash, its
// facts with it, so do the people it added whom nothing else is about, and the
// names that only it taught are forgotten. It reports false when that was done
// before.
func Undo(ctx context.Context, tx *store.Store, userID, noteID int64) (undone bool, err error) {
	note, err := tx.LockNote(ctx, userID, noteID)
	if err != nil {
		return false, gone(err)
	}
	step, err := tx.NewStep(ctx)
	if err != nil {
		return false, err
	}
	if undone, err = tx.TrashNote(ctx, userID, noteID); err != nil || !undone {
		return false, err
	}
	if err := tx.CancelTasks(ctx, userID, noteID); err != nil {
		return false, err
	}
	if err := tx.RefreshNoteReminders(ctx, userID, noteID); err != nil {
		return false, err
	}
	made, err := tx.MadeBy(ctx, userID, note.Step)
	if err != nil {
		return false, err
	}
	for _, row := range made {
		if err := unmake(ctx, tx, userID, step, row); err != nil {
			return false, err
		}
	}
	return true, tx.ResetNoteMessages(ctx, userID, noteID)
}

func unmake(ctx context.Context, tx *store.Store, userID, step int64, row store.Made) error {
	switch row.Entity {
	case "contact":
		_, err := tx.TrashContact(ctx, userID, row.EntityID)
		return err
	case "alias":
		return forget(ctx, tx, userID, step, row.EntityID)
	}
	return nil
}

// forget drops a name that a note taught. When another note taught it too, the
// name is that note's from here on, to be forgotten with it.
func forget(ctx context.Context, tx *store.Store, userID, step, aliasID int64) error {
	m, err := tx.MentionTeaching(ctx, userID, aliasID)
	if errors.Is(err, core.ErrNotFound) {
		return tx.DropAlias(ctx, userID, aliasID)
	}
	if err != nil {
		return err
	}
	note, err := tx.Note(ctx, userID, m.NoteID)
	if err != nil {
		return err
	}
	if err := tx.DropAlias(ctx, userID, aliasID); err != nil {
		return err
	}
	if err := tx.ResumeStep(ctx, note.Step, core.ActorUser); err != nil {
		return err
	}
	if err := tx.AddAlias(ctx, userID, m.ContactID, m.Name, "correction"); err != nil {
		return err
	}
	return tx.ResumeStep(ctx, step, core.ActorUser)
}

// UndoLast takes the user's latest note back, and returns it. It reports false
// when there is none.
func UndoLast(ctx context.Context, tx *store.Store, userID int64) (note core.Note, undone bool, err error) {
	note, err = tx.LatestNote(ctx, userID)
	if errors.Is(err, core.ErrNotFound) {
		return core.Note{}, false, nil
	}
	if err != nil {
		return core.Note{}, false, err
	}
	undone, err = Undo(ctx, tx, userID, note.ID)
	return note, undone, err
}
