package jobs

import (
	"context"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
)

// noteChats makes notes of what was said in a user's chats. What becomes due
// later has a task of its own.
func (w *Worker) noteChats(ctx context.Context, t core.Task, finish finish) error {
	for more := true; more; {
		var err error
		if more, err = link.NoteDays(ctx, w.Store, t.UserID); err != nil {
			return err
		}
	}
	return finish(ctx, func(tx *store.Store) error { return tx.NoteDueChats(ctx, t.UserID) })
}
