package jobs

import (
	"context"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/store"
)

// A syncer reads contacts as a test wants.
type syncer func(ctx context.Context, tell func(percent int)) (core.Synced, error)

func (syncer) Held() []int64 { return nil }

func (s syncer) SyncContacts(ctx context.Context, _ int64, tell func(percent int)) (core.Synced, error) {
	return s(ctx, tell)
}

func (s syncer) SyncMessages(ctx context.Context, _ int64, tell func(percent int)) (core.Synced, error) {
	return s(ctx, tell)
}

// sync owes a message about the reading of an account, and returns the task and
// what the message shows of it.
func (w *works) sync() (core.Task, func() *core.Sync) {
	w.t.Helper()
	m, err := w.db.OweMessage(w.t.Context(), core.Message{
		UserID: w.user.ID, ChatID: 7, Kind: core.MessagePhrase, Args: core.MessageArgs{Phrase: core.PhraseSync},
	})
	check(w.t, err)
	task, err := w.db.AddTask(w.t.Context(), core.Task{UserID: w.user.ID, Kind: core.TaskSyncContacts, MessageID: m.ID})
	check(w.t, err)
	return task, func() *core.Sync {
		m, err := w.db.Message(w.t.Context(), w.user.ID, m.ID)
		check(w.t, err)
		return m.Args.Sync
	}
}

func TestASyncShowsHowFarItIs(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	task, shows := w.sync()
	w.worker.Syncer = syncer(func(_ context.Context, tell func(int)) (core.Synced, error) {
		tell(40)
		if got := shows(); got == nil || got.Percent != 40 {
			t.Errorf("the chat sees %+v, want 40 %%", got)
		}
		return core.Synced{New: 3}, nil
	})
	w.try(task)
	w.is(task, "done 1")
	if got := shows(); got == nil || got.Done == nil || got.Done.New != 3 {
		t.Errorf("the chat sees %+v, want what came of it", got)
	}
}

// Whoever reads an account hears only after a while that the user has stopped
// it. What is told till then must not bring the progress bar back.
func TestASyncThatIsStoppedStaysStopped(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	task, shows := w.sync()
	w.worker.Syncer = syncer(func(ctx context.Context, tell func(int)) (core.Synced, error) {
		check(t, w.db.InTx(ctx, func(tx *store.Store) error { return capture.Cancel(ctx, tx, task) }))
		tell(60)
		return core.Synced{}, nil
	})
	w.try(task)
	w.is(task, "cancelled 1")
	if got := shows(); got == nil || got.Problem != "Cancelled." || got.Percent != 0 {
		t.Errorf("the chat sees %+v, want that it was cancelled", got)
	}
}
