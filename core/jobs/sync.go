package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Syncer reads the linked accounts that this process has.
type Syncer interface {
	// Held returns whose accounts this process has, and can read.
	Held() []int64
	// SyncContacts brings a user's contacts into line with their account.
	SyncContacts(ctx context.Context, userID int64, tell func(percent int)) (core.Synced, error)
	// SyncMessages reads the chats of a user's that are asked for.
	SyncMessages(ctx context.Context, userID int64, tell func(percent int)) (core.Synced, error)
}

// lookEvery is how often a holder looks for work on its accounts.
const lookEvery = time.Second

// syncTimeout bounds one try of a sync, which may have to wait for Telegram.
const syncTimeout = 6 * time.Hour

// mine returns the queues that w works on.
func (w *Worker) mine() []string {
	switch {
	case w.Syncer == nil:
		return []string{queueAI, queueMaintenance}
	case w.OnlySync:
		return []string{queueTelegram}
	}
	return []string{queueAI, queueMaintenance, queueTelegram}
}

// syncs are the works of each kind that reads an account.
func (w *Worker) syncs() map[core.TaskKind]work {
	return map[core.TaskKind]work{core.TaskSyncContacts: w.syncContacts, core.TaskSyncMessages: w.syncMessages}
}

// handleSyncs has tasks done that read the accounts of this process. Others are
// left to who has theirs.
func (w *Worker) handleSyncs(mux *asynq.ServeMux) {
	if w.Syncer == nil {
		return
	}
	for kind, do := range w.syncs() {
		mux.HandleFunc(string(kind), func(ctx context.Context, named *asynq.Task) error {
			var ref core.TaskRef
			if err := json.Unmarshal(named.Payload(), &ref); err != nil {
				return fmt.Errorf("read the name of a %s task: %w: %w", kind, err, asynq.SkipRetry)
			}
			if !slices.Contains(w.Syncer.Held(), ref.UserID) {
				return nil
			}
			return w.try(core.WithRef(ctx, core.NewRef()), ref, do)
		})
	}
}

// watch does what is due on the accounts of this process, until ctx ends.
func (w *Worker) watch(ctx context.Context) {
	var busy sync.WaitGroup
	defer busy.Wait()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			tasks, err := w.due(ctx)
			if err != nil && ctx.Err() == nil {
				w.Log.WarnContext(ctx, "linked accounts were not looked at for work", "err", err)
			}
			for _, t := range tasks {
				busy.Go(func() {
					if err := w.try(core.WithRef(ctx, core.NewRef()), t.Ref(), w.syncs()[t.Kind]); err != nil && ctx.Err() == nil {
						w.Log.WarnContext(ctx, "reading an account did not work", "kind", t.Kind, "task", t.ID, "err", err)
					}
				})
			}
		}
	}
}

func (w *Worker) due(ctx context.Context) ([]core.Task, error) {
	held := w.Syncer.Held()
	if len(held) == 0 {
		return nil, nil
	}
	return w.Store.DueSyncs(ctx, held)
}

// syncContacts reads the contacts of a linked account.
func (w *Worker) syncContacts(ctx context.Context, t core.Task, finish finish) error {
	return w.sync(ctx, t, finish, func(ctx context.Context, tell func(int)) (core.Synced, error) {
		return w.Syncer.SyncContacts(ctx, t.UserID, tell)
	})
}

// syncMessages reads chats of a linked account.
func (w *Worker) syncMessages(ctx context.Context, t core.Task, finish finish) error {
	return w.sync(ctx, t, finish, func(ctx context.Context, tell func(int)) (core.Synced, error) {
		return w.Syncer.SyncMessages(ctx, t.UserID, tell)
	})
}

// sync reads something of a linked account, and shows how far it is.
func (w *Worker) sync(ctx context.Context, t core.Task, finish finish, read func(context.Context, func(int)) (core.Synced, error)) error {
	ctx, cancel := context.WithTimeout(ctx, syncTimeout)
	defer cancel()
	synced, err := read(ctx, w.teller(ctx, t))
	if err != nil {
		return err
	}
	return finish(ctx, func(tx *store.Store) error {
		if err := tx.KeepTaskResult(ctx, t.Ref(), synced); err != nil {
			return err
		}
		return tx.ShowSync(ctx, t.UserID, t.MessageID, core.Sync{Percent: 100, Done: &synced})
	})
}

// showEvery is how often a message with a progress bar is edited at most.
const showEvery = 2 * time.Second

// teller returns what is told how far a task is.
func (w *Worker) teller(ctx context.Context, t core.Task) func(percent int) {
	var shown time.Time
	return func(percent int) {
		if time.Since(shown) < showEvery {
			return
		}
		shown = time.Now()
		w.progress(ctx, t, percent, func(tx *store.Store) error {
			return tx.ShowSync(ctx, t.UserID, t.MessageID, core.Sync{Percent: percent})
		})
	}
}
