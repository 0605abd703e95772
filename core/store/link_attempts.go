package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

const attemptColumns = `a.user_id, a.id, a.method, a.step, a.scan, a.progress, a.session, a.problem, a.input IS NOT NULL AS given, a.expires_at`

// BeginAttempt begins to link an account, in place of the attempt before, and
// returns the new one. Input is what it begins with, or nil.
func (s *Store) BeginAttempt(ctx context.Context, userID int64, method core.LinkMethod, input []byte, life time.Duration) (_ core.LinkAttempt, err error) {
	defer wrap(&err, "begin to link an account of user %d", userID)
	return one[core.LinkAttempt](ctx, s, `-- begin attempt
		INSERT INTO link_attempts AS a (user_id, method, input, expires_at) VALUES ($1, $2, $3, now() + $4)
		ON CONFLICT (user_id) DO UPDATE SET id = DEFAULT, method = $2, step = 'begun', input = $3, scan = NULL,
			progress = NULL, session = NULL, problem = '', expires_at = now() + $4
		RETURNING `+attemptColumns, userID, method, input, life)
}

// Attempt returns the attempt of a user that has not expired, or an error of
// kind core.ErrNotFound.
func (s *Store) Attempt(ctx context.Context, userID int64) (_ core.LinkAttempt, err error) {
	defer wrap(&err, "attempt of user %d", userID)
	return one[core.LinkAttempt](ctx, s, `-- attempt
		SELECT `+attemptColumns+` FROM link_attempts a WHERE a.user_id = $1 AND a.expires_at > now()`, userID)
}

// GiveAttempt keeps the next input of an attempt that waits for it. It reports
// false when it does not wait for that, or has one already.
func (s *Store) GiveAttempt(ctx context.Context, userID int64, step core.LinkStep, input []byte) (kept bool, err error) {
	defer wrap(&err, "input for the attempt of user %d", userID)
	tag, err := s.db.Exec(ctx, `-- give attempt
		UPDATE link_attempts SET input = $3, problem = ''
		WHERE user_id = $1 AND step = $2 AND input IS NULL AND expires_at > now()`, userID, step, input)
	return tag.RowsAffected() == 1, err
}

// AttemptInput returns the sealed input of an attempt that goes on, or nil. It
// stays until the attempt moves.
func (s *Store) AttemptInput(ctx context.Context, userID, id int64) (input []byte, err error) {
	defer wrap(&err, "input of the attempt of user %d", userID)
	err = s.scan(ctx, &input, `-- attempt input
		SELECT input FROM link_attempts WHERE user_id = $1 AND id = $2 AND step <> 'failed' AND expires_at > now()`, userID, id)
	return input, known(err)
}

// MoveAttempt writes down where an attempt stands, and wipes its input. It
// reports false when another took its place.
func (s *Store) MoveAttempt(ctx context.Context, a core.LinkAttempt) (moved bool, err error) {
	defer wrap(&err, "move the attempt of user %d", a.UserID)
	tag, err := s.db.Exec(ctx, `-- move attempt
		UPDATE link_attempts SET step = $3, scan = $4, progress = $5, problem = $6, input = NULL,
			session = CASE WHEN $3 = 'failed' THEN NULL ELSE session END
		WHERE user_id = $1 AND id = $2 AND step <> 'failed' AND expires_at > now()`,
		a.UserID, a.ID, a.Step, a.Scan, a.Progress, a.Problem)
	return tag.RowsAffected() == 1, err
}

// KeepAttemptSession keeps the session that an attempt has so far.
func (s *Store) KeepAttemptSession(ctx context.Context, userID, id int64, session []byte) (err error) {
	defer wrap(&err, "session of the attempt of user %d", userID)
	return s.run(ctx, `-- keep attempt session
		UPDATE link_attempts SET session = $3 WHERE user_id = $1 AND id = $2 AND step <> 'failed'`, userID, id, session)
}

// DropAttempt ends an attempt with all it has; with an id only that one. It
// reports false when there is none.
func (s *Store) DropAttempt(ctx context.Context, userID, id int64) (found bool, err error) {
	defer wrap(&err, "drop the attempt of user %d", userID)
	tag, err := s.db.Exec(ctx, `-- drop attempt
		DELETE FROM link_attempts WHERE user_id = $1 AND ($2::bigint = 0 OR id = $2)`, userID, id)
	return tag.RowsAffected() == 1, err
}

// DropStaleAttempts wipes attempts that have expired.
func (s *Store) DropStaleAttempts(ctx context.Context) (err error) {
	defer wrap(&err, "drop stale attempts")
	return s.run(ctx, `-- drop stale attempts (every user)
		DELETE FROM link_attempts WHERE expires_at < now()`)
}
