package capture

import (
	"context"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Cancel ends a task. A note that is not read because of it can be tried again.
// A task that is over is an error of kind core.ErrNotPossible.
func Cancel(ctx context.Context, tx *store.Store, t core.Task) error {
	switch cancelled, err := tx.CancelTask(ctx, t.Ref()); {
	case err != nil:
		return err
	case !cancelled:
		return errOver
	}
	return TellEnd(ctx, tx, t, "Cancelled.")
}

// TellEnd has the chat told that a task came to nothing, and why, where there is
// a message that shows how it goes.
func TellEnd(ctx context.Context, tx *store.Store, t core.Task, why string) error {
	switch {
	case t.Kind.Syncs():
		return tx.ShowSync(ctx, t.UserID, t.MessageID, core.Sync{Percent: t.Progress, Problem: why})
	case t.Kind == core.TaskImportChats:
		return tx.ShowSentence(ctx, t.UserID, t.MessageID, why)
	case t.NoteID == 0:
		return nil
	}
	if _, _, err := tx.FinishNote(ctx, t.UserID, t.NoteID, t.Revision, core.NoteFailed, ""); err != nil {
		return err
	}
	return tx.RefreshNoteMessages(ctx, t.UserID, t.NoteID)
}

// CancelBatch ends what of a batch has not begun. When nothing is left to end
// it is an error of kind core.ErrNotPossible.
func CancelBatch(ctx context.Context, tx *store.Store, b core.Batch) error {
	cancelled, err := tx.CancelBatch(ctx, b.UserID, b.ID)
	if err == nil && cancelled == 0 {
		return errOver
	}
	return err
}

var errOver = core.Tell(core.ErrNotPossible, "There is nothing left of that task to cancel.")
