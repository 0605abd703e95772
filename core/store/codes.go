package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// A CodeKind says what a code is good for.
type CodeKind string

// The kinds of code.
const (
	CodeSignIn       CodeKind = "sign_in"       // signs a browser in
	CodeLinkTelegram CodeKind = "link_telegram" // gives the user a Telegram identity
)

// KeepCode keeps the hash of a code of the user's, in place of the one of that
// kind before.
func (s *Store) KeepCode(ctx context.Context, userID int64, kind CodeKind, hash []byte, expires time.Time) (err error) {
	defer wrap(&err, "keep %s code of user %d", kind, userID)
	return s.run(ctx, `-- keep code
		INSERT INTO codes (user_id, kind, code_hash, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, kind) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at`,
		userID, kind, hash, expires)
}

// CodeOwner returns the enabled user whose code has that hash. It is an error
// of kind core.ErrNotFound when there is no such code, or no longer.
func (s *Store) CodeOwner(ctx context.Context, kind CodeKind, hash []byte) (_ core.User, err error) {
	defer wrap(&err, "owner of a %s code", kind)
	return one[core.User](ctx, s, `-- code owner (every user)
		SELECT `+userColumns+` FROM users WHERE disabled_at IS NULL AND id = (
			SELECT user_id FROM codes WHERE kind = $1 AND code_hash = $2 AND expires_at > now())`, kind, hash)
}

// UseCode is CodeOwner, and uses the code up.
func (s *Store) UseCode(ctx context.Context, kind CodeKind, hash []byte) (_ core.User, err error) {
	defer wrap(&err, "use a %s code", kind)
	return one[core.User](ctx, s, `-- use code (every user)
		WITH used AS (DELETE FROM codes WHERE kind = $1 AND code_hash = $2 RETURNING user_id, expires_at)
		SELECT `+userColumns+` FROM users WHERE disabled_at IS NULL AND id = (
			SELECT user_id FROM used WHERE expires_at > now())`, kind, hash)
}

// DropCodes ends all codes of the user.
func (s *Store) DropCodes(ctx context.Context, userID int64) (err error) {
	defer wrap(&err, "drop codes of user %d", userID)
	return s.run(ctx, `-- drop codes
		DELETE FROM codes WHERE user_id = $1`, userID)
}

// DropStaleCodes removes codes that have expired.
func (s *Store) DropStaleCodes(ctx context.Context) (err error) {
	defer wrap(&err, "drop stale codes")
	return s.run(ctx, `-- drop stale codes (every user)
		DELETE FROM codes WHERE expires_at < now()`)
}
