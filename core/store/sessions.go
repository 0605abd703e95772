package store

import (
	"context"
	"time"
)

// Session returns what a session that has not expired holds, or an error of
// kind core.ErrNotFound.
func (s *Store) Session(ctx context.Context, tokenHash string) (data []byte, err error) {
	defer wrap(&err, "session")
	err = s.scan(ctx, &data, `-- session (every user)
		SELECT data FROM sessions WHERE token_hash = $1 AND expires_at > now()`, tokenHash)
	return data, known(err)
}

// KeepSession keeps what a session of the user's holds, until it expires.
func (s *Store) KeepSession(ctx context.Context, userID int64, tokenHash string, data []byte, expires time.Time) (err error) {
	defer wrap(&err, "keep session")
	return s.run(ctx, `-- keep session
		INSERT INTO sessions (token_hash, user_id, data, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at, user_id = excluded.user_id`,
		tokenHash, userID, data, expires)
}

// DropSession ends a session.
func (s *Store) DropSession(ctx context.Context, tokenHash string) (err error) {
	defer wrap(&err, "drop session")
	return s.run(ctx, `-- drop session (every user)
		DELETE FROM sessions WHERE token_hash = $1`, tokenHash)
}

// DropSessions ends all sessions of the user.
func (s *Store) DropSessions(ctx context.Context, userID int64) (err error) {
	defer wrap(&err, "drop sessions of user %d", userID)
	return s.run(ctx, `-- drop sessions
		DELETE FROM sessions WHERE user_id = $1`, userID)
}

// DropStaleSessions removes sessions that have expired.
func (s *Store) DropStaleSessions(ctx context.Context) (err error) {
	defer wrap(&err, "drop stale sessions")
	return s.run(ctx, `-- drop stale sessions (every user)
		DELETE FROM sessions WHERE expires_at < now()`)
}
