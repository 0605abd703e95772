package jobs

import (
	"context"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/recall"
	"github.com/kith-platform/kith/core/store"
)

// nothing is what is kept where a task has found nothing to do.
func nothing(*store.Store) error { return nil }

// analyzeNote draws the facts from a note, and has the chat shown.
func (w *Worker) analyzeNote(ctx context.Context, t core.Task, finish finish) error {
	note, open, err := analysis.Load(ctx, w.Store, t.UserID, t.NoteID, t.Revision)
	if err != nil {
		return err
	}
	if !open {
		return finish(ctx, nothing)
	}
	if w.Analyst.Slow() && t.Kind == core.TaskAnalyzeNote {
		w.Sender.Typing(t.UserID)
	}
	read, err := w.Analyst.Read(ctx, note)
	for _, f := range read.Failures {
		w.Log.WarnContext(ctx, "engine handed a note over", "engine", f.Engine, "task", t.ID, "err", f.Err)
	}
	if err != nil {
		return err
	}
	return finish(ctx, func(tx *store.Store) error {
		if read.Wanting() {
			if err := tx.ImproveLater(ctx, t.UserID, t.NoteID, t.Revision, improveAfter(1)); err != nil {
				return err
			}
		}
		return analysis.File(ctx, tx, t.UserID, t.NoteID, t.Revision, read)
	})
}

// improveNote has a model read a note that the rules have read because no model
// answered. The user is not told when none does: the note stands as it is.
func (w *Worker) improveNote(ctx context.Context, t core.Task, finish finish) error {
	note, open, err := analysis.LoadAgain(ctx, w.Store, t.UserID, t.NoteID, t.Revision)
	if err != nil {
		return err
	}
	if !open {
		return finish(ctx, nothing)
	}
	read, err := w.Analyst.Models().Read(ctx, note)
	switch {
	case err != nil && read.Unreached() && t.Attempts < maxAttempts:
		return err
	case err != nil:
		w.Log.WarnContext(ctx, "note stays as the rules read it", "task", t.ID, "err", err)
		return finish(ctx, nothing)
	}
	return finish(ctx, func(tx *store.Store) error {
		return analysis.File(ctx, tx, t.UserID, t.NoteID, t.Revision, read)
	})
}

// answerQuestion has a language model put an answer into a sentence. When none
// can, the passages that the chat shows already are the answer.
func (w *Worker) answerQuestion(ctx context.Context, t core.Task, finish finish) error {
	if w.Answerer == nil { // there was a model when the question was asked
		return finish(ctx, nothing)
	}
	w.Sender.Typing(t.UserID)
	answer, err := w.Answerer.Improve(ctx, w.Store, t.UserID, t.MessageID)
	if err != nil {
		w.Log.WarnContext(ctx, "question stays with its passages", "task", t.ID, "err", err)
		answer = nil
	}
	return finish(ctx, func(tx *store.Store) error {
		if answer == nil {
			return nil
		}
		return recall.Keep(ctx, tx, t.UserID, t.MessageID, *answer)
	})
}
