package jobs

import (
	"errors"
	"fmt"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/exchange"
	"github.com/kith-platform/kith/core/store"
)

// Whoever sends a file is told when nothing comes of it: the message says so in
// place of how far it is.
func TestAnImportThatComesToNothing(t *testing.T) {
	t.Parallel()
	cancel := func(w *works, task core.Task) {
		check(w.t, w.db.InTx(w.t.Context(), func(tx *store.Store) error { return capture.Cancel(w.t.Context(), tx, task) }))
	}
	for _, test := range []struct {
		name     string
		begin    func(w *works, task core.Task)       // before the file is fetched; may be nil
		fetching func(w *works, task core.Task) error // nil where it is not fetched
		row      string
		says     string
	}{
		{
			"Telegram is away for the first time", nil,
			func(*works, core.Task) error { return errors.New("away") },
			"queued 1 Something went wrong on our side.", "",
		},
		{
			"Telegram is away for the last time",
			func(w *works, _ core.Task) { w.exec(`UPDATE tasks SET attempts = $1`, maxAttempts-1) },
			func(*works, core.Task) error { return errors.New("away") },
			fmt.Sprintf("failed %d Something went wrong on our side.", maxAttempts), "Something went wrong on our side.",
		},
		{
			"Telegram refuses to give it", nil,
			func(*works, core.Task) error { return core.Tell(core.ErrNotPossible, "Send it again.") },
			"failed 1 Send it again.", "Send it again.",
		},
		{"it is cancelled before", cancel, nil, "cancelled 0", "Cancelled."},
		{
			"it is cancelled meanwhile", nil,
			func(w *works, task core.Task) error { cancel(w, task); return errors.New("broken off") },
			"cancelled 1", "Cancelled.",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorks(t, likesTea)
			task, err := exchange.Ask(t.Context(), w.db, core.Message{UserID: w.user.ID, ChatID: 7}, "file", "result.json")
			check(t, err)
			w.worker.Sender = sender{woken: w.sender.woken, fetching: func() error { return test.fetching(w, task) }}
			if test.begin != nil {
				test.begin(w, task)
			}
			w.try(task)
			w.is(task, test.row)
			m, err := w.db.Message(t.Context(), w.user.ID, task.MessageID)
			check(t, err)
			if m.Args.Sentence != test.says || m.Args.Name != "result.json" || (test.says != "") != (m.Wanted == 2) {
				t.Errorf("the message is %+v, want that it says %q", m, test.says)
			}
		})
	}
}
