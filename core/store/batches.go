package store

import (
	"context"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/kith-platform/kith/core"
)

const batchColumns = `b.user_id, b.id, b.public_id::text AS public_id`

// AddBatch adds a batch, for the tasks of notes that come in together.
func (s *Store) AddBatch(ctx context.Context, userID int64) (_ core.Batch, err error) {
	defer wrap(&err, "add batch")
	return one[core.Batch](ctx, s, `-- add batch
		INSERT INTO batches AS b (user_id) VALUES ($1) RETURNING `+batchColumns, userID)
}

// BatchByPublicID returns the batch that clients know by that id, or an error of
// kind core.ErrNotFound, also when it is no id at all.
func (s *Store) BatchByPublicID(ctx context.Context, userID int64, publicID string) (_ core.Batch, err error) {
	defer wrap(&err, "batch by public id")
	var id pgtype.UUID
	if id.Scan(publicID) != nil {
		return core.Batch{}, core.ErrNotFound
	}
	return one[core.Batch](ctx, s, `-- batch by public id
		SELECT `+batchColumns+` FROM batches b WHERE b.user_id = $1 AND b.public_id = $2`, userID, id)
}

// BatchTasks returns the tasks of a batch, in the order of its notes.
func (s *Store) BatchTasks(ctx context.Context, userID, batchID int64) (_ []core.Task, err error) {
	defer wrap(&err, "tasks of batch %d", batchID)
	return all[core.Task](ctx, s, `-- batch tasks
		SELECT `+taskColumns+` FROM tasks t WHERE t.user_id = $1 AND t.batch_id = $2 ORDER BY t.id`, userID, batchID)
}

// CancelBatch cancels what of a batch has not begun, and returns how many notes
// are not read because of it. They can be tried again.
func (s *Store) CancelBatch(ctx context.Context, userID, batchID int64) (cancelled int64, err error) {
	defer wrap(&err, "cancel batch %d", batchID)
	tag, err := s.db.Exec(ctx, `-- cancel batch
		WITH ended AS (
			UPDATE tasks SET state = 'cancelled', finished_at = now()
			WHERE user_id = $1 AND batch_id = $2 AND state = 'queued'
			RETURNING note_id, revision)
		UPDATE notes n SET state = 'failed' FROM ended e
		WHERE n.user_id = $1 AND n.id = e.note_id AND n.revision = e.revision AND n.state = 'pending'`, userID, batchID)
	return tag.RowsAffected(), err
}
