package jobs

import (
	"context"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/llm"
)

// improving returns works with a note that the rules have read because the
// model failed with err, and the task to have the model read it.
func improving(t *testing.T, read engine) (w *works, note, improve core.Task) {
	t.Helper()
	w = newWorks(t, read)
	w.worker.Analyst.Engines = append(w.worker.Analyst.Engines, analysis.ByRules{})
	note = w.take("Ana likes tea")
	w.try(note)
	w.is(note, "done 1")
	if got := w.note(note).Engine; got != "rules" {
		t.Fatalf("the note is read by %q, want the rules", got)
	}
	check(t, w.sql.QueryRow(t.Context(), `UPDATE tasks SET next_try_at = now() WHERE kind = 'improve_note'
		RETURNING user_id, id, kind`).Scan(&improve.UserID, &improve.ID, &improve.Kind))
	return w, note, improve
}

func TestANoteIsImprovedOnceAModelAnswers(t *testing.T) {
	t.Parallel()
	down := true
	w, note, improve := improving(t, func(ctx context.Context, n analysis.Note) (core.Reading, error) {
		if down {
			return core.Reading{}, &llm.StatusError{Code: 503}
		}
		return likesTea(ctx, n)
	})
	w.try(improve)
	w.is(improve, "queued 1 Something went wrong on our side.")
	down = false
	w.exec(`UPDATE tasks SET next_try_at = now() WHERE state = 'queued'`)
	w.try(improve)
	w.is(improve, "done 2")
	if got := w.note(note).Engine; got != "scripted" {
		t.Errorf("the note is read by %q, want the model", got)
	}
	if facts := w.facts(note); len(facts) != 1 {
		t.Errorf("the note has the facts %+v, want the model's alone", facts)
	}
}

// A model that answers and makes no sense is not asked for ever, and the user
// hears nothing of it.
func TestANoteThatNoModelUnderstandsStaysAsItIs(t *testing.T) {
	t.Parallel()
	w, note, improve := improving(t, func(context.Context, analysis.Note) (core.Reading, error) {
		return core.Reading{}, llm.ErrNonsense
	})
	facts := w.facts(note)
	w.try(improve)
	w.is(improve, "done 1")
	if now := w.facts(note); len(now) != len(facts) || w.note(note).State != core.NoteDone {
		t.Errorf("the note is %s with the facts %+v, want it as it was", w.note(note).State, now)
	}
}

// A model that is down for days does not turn what the rules read into a failure.
func TestTheLastTryToImproveIsSilent(t *testing.T) {
	t.Parallel()
	w, note, improve := improving(t, func(context.Context, analysis.Note) (core.Reading, error) {
		return core.Reading{}, llm.ErrResting
	})
	w.exec(`UPDATE tasks SET attempts = $1 WHERE kind = 'improve_note'`, maxAttempts-1)
	w.try(improve)
	if got, state := w.row(improve), w.note(note).State; got != "done 12" || state != core.NoteDone {
		t.Errorf("the task is %q and the note %s, want both done", got, state)
	}
}

func TestANoteThatWasEditedIsNotImproved(t *testing.T) {
	t.Parallel()
	calls := 0
	w, note, improve := improving(t, func(context.Context, analysis.Note) (core.Reading, error) {
		calls++
		return core.Reading{}, llm.ErrResting
	})
	w.exec(`UPDATE notes SET revision = revision + 1, state = 'pending', engine = ''`)
	w.try(improve)
	w.is(improve, "done 1")
	if calls != 1 || w.note(note).State != core.NotePending {
		t.Errorf("the model was asked %d times and the note is %s, want once and pending", calls, w.note(note).State)
	}
}
