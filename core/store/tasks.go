package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/kith-platform/kith/core"
)

const taskColumns = `t.user_id, t.id, t.public_id::text AS public_id, t.kind, t.state,
	COALESCE(t.note_id, 0) AS note_id, t.revision, COALESCE(t.batch_id, 0) AS batch_id, COALESCE(t.message_id, 0) AS message_id,
	COALESCE(t.claimed_by, '') AS owner, t.attempts, t.progress, t.result, t.message, t.created_at`

// AddTask adds background work that may start at once and returns it with its id.
// Nobody nudges for that on chats, which is added by a task: the sweep does.
func (s *Store) AddTask(ctx context.Context, t core.Task) (_ core.Task, err error) {
	defer wrap(&err, "add %s task", t.Kind)
	return one[core.Task](ctx, s, `-- add task
		INSERT INTO tasks AS t (user_id, kind, note_id, revision, batch_id, message_id, nudged_at)
		VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $2 <> 'analyze_chat' THEN now() END)
		RETURNING `+taskColumns, t.UserID, t.Kind, orNull(t.NoteID), t.Revision, orNull(t.BatchID), orNull(t.MessageID))
}

// ImproveLater adds the task of having a model read a note again, to be tried
// after wait.
func (s *Store) ImproveLater(ctx context.Context, userID, noteID int64, revision int, wait time.Duration) (err error) {
	defer wrap(&err, "improve note %d later", noteID)
	return s.run(ctx, `-- improve later
		INSERT INTO tasks (user_id, kind, note_id, revision, next_try_at)
		VALUES ($1, 'improve_note', $2, $3, now() + $4::interval)`, userID, noteID, revision, wait)
}

// Task returns a task, or an error of kind core.ErrNotFound.
func (s *Store) Task(ctx context.Context, ref core.TaskRef) (_ core.Task, err error) {
	defer wrap(&err, "task %d", ref.ID)
	return one[core.Task](ctx, s, `-- task
		SELECT `+taskColumns+` FROM tasks t WHERE t.user_id = $1 AND t.id = $2`, ref.UserID, ref.ID)
}

// TaskByPublicID returns the task that clients know by that id, or an error of
// kind core.ErrNotFound, also when it is no id at all.
func (s *Store) TaskByPublicID(ctx context.Context, userID int64, publicID string) (_ core.Task, err error) {
	defer wrap(&err, "task by public id")
	var id pgtype.UUID
	if id.Scan(publicID) != nil {
		return core.Task{}, core.ErrNotFound
	}
	return one[core.Task](ctx, s, `-- task by public id
		SELECT `+taskColumns+` FROM tasks t WHERE t.user_id = $1 AND t.public_id = $2`, userID, id)
}

// ClaimTask makes owner the one who works on the task and returns it. It is an
// error of kind core.ErrNotFound when the task is not there to be claimed:
// somebody else has it, it is finished, or its next try is not due. IS TRUE keeps
// Postgres from looking for it among all that are due, of which it may believe
// that there are few.
func (s *Store) ClaimTask(ctx context.Context, ref core.TaskRef, owner string) (t core.Task, err error) {
	defer wrap(&err, "claim task %d", ref.ID)
	err = s.InTx(ctx, func(tx *Store) error {
		tx.Relax()
		return tx.fillRows(ctx, func(rows pgx.Rows) (err error) {
			t, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[core.Task])
			return known(err)
		}, `-- claim task
			UPDATE tasks t SET state = 'running', message = '', claimed_by = $3, heartbeat_at = now(), attempts = attempts + 1
			WHERE t.user_id = $1 AND t.id = $2 AND (t.state = 'queued' AND t.next_try_at <= now()) IS TRUE
			RETURNING `+taskColumns, ref.UserID, ref.ID, owner)
	})
	return t, err
}

// BeatTask says that owner still works on the task. It reports false when the
// task is no longer the owner's: it was cancelled, or given to somebody else.
func (s *Store) BeatTask(ctx context.Context, ref core.TaskRef, owner string) (held bool, err error) {
	defer wrap(&err, "beat task %d", ref.ID)
	tag, err := s.db.Exec(ctx, `-- beat task
		UPDATE tasks SET heartbeat_at = now()
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3`, ref.UserID, ref.ID, owner)
	return tag.RowsAffected() == 1, err
}

// ProgressTask says how far owner's task is. It reports false, and changes
// nothing, when the task is no longer the owner's.
func (s *Store) ProgressTask(ctx context.Context, ref core.TaskRef, owner string, percent int) (held bool, err error) {
	defer wrap(&err, "progress of task %d", ref.ID)
	tag, err := s.db.Exec(ctx, `-- progress task
		UPDATE tasks SET progress = $4
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3`, ref.UserID, ref.ID, owner, percent)
	return tag.RowsAffected() == 1, err
}

// KeepTaskResult keeps what came of a task.
func (s *Store) KeepTaskResult(ctx context.Context, ref core.TaskRef, result core.Synced) (err error) {
	defer wrap(&err, "result of task %d", ref.ID)
	return s.run(ctx, `-- keep task result
		UPDATE tasks SET result = $3 WHERE user_id = $1 AND id = $2`, ref.UserID, ref.ID, result)
}

// OpenSync returns the task of that kind that is not over, or an error of kind
// core.ErrNotFound.
func (s *Store) OpenSync(ctx context.Context, userID int64, kind core.TaskKind) (_ core.Task, err error) {
	defer wrap(&err, "open %s task", kind)
	return one[core.Task](ctx, s, `-- open sync
		SELECT `+taskColumns+` FROM tasks t WHERE t.user_id = $1 AND t.kind = $2 AND t.state IN ('queued', 'running')`, userID, kind)
}

// DueSyncs returns the tasks that are due and read the accounts of those users.
func (s *Store) DueSyncs(ctx context.Context, userIDs []int64) (_ []core.Task, err error) {
	defer wrap(&err, "due syncs")
	return all[core.Task](ctx, s, `-- due syncs (every user)
		SELECT `+taskColumns+` FROM tasks t
		WHERE t.user_id = ANY ($1) AND t.kind IN ('sync_telegram_contacts', 'process_telegram_messages')
			AND t.state = 'queued' AND t.next_try_at <= now()`, userIDs)
}

// CancelSyncs cancels what reads the user's account and is not over, and
// returns it.
func (s *Store) CancelSyncs(ctx context.Context, userID int64) (_ []core.Task, err error) {
	defer wrap(&err, "cancel syncs of user %d", userID)
	return all[core.Task](ctx, s, `-- cancel syncs
		UPDATE tasks t SET state = 'cancelled', claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE t.user_id = $1 AND t.kind IN ('sync_telegram_contacts', 'process_telegram_messages') AND t.state IN ('queued', 'running')
		RETURNING `+taskColumns, userID)
}

// FinishTask says that the task's work is done. It reports false, and changes
// nothing, when the task is no longer the owner's.
func (s *Store) FinishTask(ctx context.Context, ref core.TaskRef, owner string) (finished bool, err error) {
	defer wrap(&err, "finish task %d", ref.ID)
	tag, err := s.db.Exec(ctx, `-- finish task
		UPDATE tasks SET state = 'done', progress = 100, message = '', claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3`, ref.UserID, ref.ID, owner)
	return tag.RowsAffected() == 1, err
}

// RetryTask gives the task back after a failure, to be tried again after wait.
// It reports false when the task is no longer the owner's.
func (s *Store) RetryTask(ctx context.Context, ref core.TaskRef, owner, why string, wait time.Duration) (given bool, err error) {
	defer wrap(&err, "retry task %d", ref.ID)
	tag, err := s.db.Exec(ctx, `-- retry task
		UPDATE tasks SET state = 'queued', message = $4, claimed_by = NULL, heartbeat_at = NULL,
			next_try_at = now() + $5, nudged_at = NULL
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3`,
		ref.UserID, ref.ID, owner, why, wait)
	return tag.RowsAffected() == 1, err
}

// FailTask says that the task will not be tried again. It reports false when
// the task is no longer the owner's.
func (s *Store) FailTask(ctx context.Context, ref core.TaskRef, owner, why string) (failed bool, err error) {
	defer wrap(&err, "fail task %d", ref.ID)
	tag, err := s.db.Exec(ctx, `-- fail task
		UPDATE tasks SET state = 'failed', message = $4, claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE user_id = $1 AND id = $2 AND state = 'running' AND claimed_by = $3`,
		ref.UserID, ref.ID, owner, why)
	return tag.RowsAffected() == 1, err
}

// CancelTask cancels a task that is not over. It reports false when it is.
func (s *Store) CancelTask(ctx context.Context, ref core.TaskRef) (cancelled bool, err error) {
	defer wrap(&err, "cancel task %d", ref.ID)
	tag, err := s.db.Exec(ctx, `-- cancel task
		UPDATE tasks SET state = 'cancelled', claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE user_id = $1 AND id = $2 AND state IN ('queued', 'running')`, ref.UserID, ref.ID)
	return tag.RowsAffected() == 1, err
}

// CancelTasks cancels the work on a note that is not finished.
func (s *Store) CancelTasks(ctx context.Context, userID, noteID int64) (err error) {
	defer wrap(&err, "cancel tasks of note %d", noteID)
	return s.run(ctx, `-- cancel tasks
		UPDATE tasks SET state = 'cancelled', claimed_by = NULL, heartbeat_at = NULL, finished_at = now()
		WHERE user_id = $1 AND note_id = $2 AND state IN ('queued', 'running')`, userID, noteID)
}

// ReviveTasks gives back the tasks whose worker has been silent for so long
// that it must be gone, and returns how many.
func (s *Store) ReviveTasks(ctx context.Context, silence time.Duration) (revived int64, err error) {
	defer wrap(&err, "revive tasks")
	tag, err := s.db.Exec(ctx, `-- revive tasks (every user)
		UPDATE tasks SET state = 'queued', claimed_by = NULL, heartbeat_at = NULL, next_try_at = now(), nudged_at = NULL
		WHERE state = 'running' AND heartbeat_at < now() - $1::interval`, silence)
	return tag.RowsAffected(), err
}

// NudgeTasks returns up to limit tasks of those kinds that are due and were not
// nudged within patience, those that wait longest first, and marks them as nudged
// now. However many of other kinds are due costs nothing: only tasks_due_by_kind has
// the inner order, and BETWEEN says less than = of how many are to be expected, so
// that Postgres takes no other index, whatever it believes there is of each kind.
func (s *Store) NudgeTasks(ctx context.Context, kinds []core.TaskKind, patience time.Duration, limit int) (_ []core.Task, err error) {
	defer wrap(&err, "nudge tasks")
	return all[core.Task](ctx, s, `-- nudge tasks (every user)
		UPDATE tasks t SET nudged_at = now()
		FROM (
			SELECT o.user_id, o.id
			FROM unnest($1::text[]) k (kind)
				CROSS JOIN LATERAL (
					SELECT user_id, id, next_try_at FROM tasks
					WHERE kind BETWEEN k.kind AND k.kind AND state = 'queued' AND next_try_at <= now()
						AND (nudged_at IS NULL OR nudged_at < now() - $2::interval)
					ORDER BY kind, next_try_at LIMIT $3 FOR UPDATE SKIP LOCKED) o
			ORDER BY o.next_try_at LIMIT $3) d
		WHERE t.user_id = d.user_id AND t.id = d.id
		RETURNING `+taskColumns, kinds, patience, limit)
}

// DropOldTasks forgets what was over before keep, and the batches of which
// nothing is left.
func (s *Store) DropOldTasks(ctx context.Context, keep time.Duration) (err error) {
	defer wrap(&err, "drop old tasks")
	if err := s.run(ctx, `-- cleanup old tasks (every user)
		DELETE FROM tasks WHERE finished_at < now() - $1::interval`, keep); err != nil {
		return err
	}
	return s.run(ctx, `-- cleanup old batches (every user)
		DELETE FROM batches b WHERE b.created_at < now() - $1::interval AND NOT EXISTS (
			SELECT FROM tasks t WHERE t.user_id = b.user_id AND t.batch_id = b.id)`, keep)
}

// AllTasks returns up to limit tasks of all users, the newest first: those made
// before the one of that id, or with 0 the first.
func (s *Store) AllTasks(ctx context.Context, before int64, limit int) (_ []core.Task, err error) {
	defer wrap(&err, "all tasks")
	return all[core.Task](ctx, s, `-- all tasks (every user)
		SELECT `+taskColumns+` FROM tasks t WHERE $1::bigint = 0 OR t.id < $1 ORDER BY t.id DESC LIMIT $2`, before, limit)
}

// TaskCounts returns how many tasks are in each state that is not final.
func (s *Store) TaskCounts(ctx context.Context) (_ map[core.TaskState]int64, err error) {
	defer wrap(&err, "task counts")
	rows, err := s.db.Query(ctx, `-- task counts (every user)
		SELECT 'queued', count(*) FROM tasks WHERE state = 'queued'
		UNION ALL SELECT 'running', count(*) FROM tasks WHERE state = 'running'`)
	if err != nil {
		return nil, err
	}
	counts := map[core.TaskState]int64{}
	var state core.TaskState
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		counts[state] = n
		return nil
	})
	return counts, err
}
