package store

import (
	"context"

	"github.com/kith-platform/kith/core"
)

const tokenColumns = `t.user_id, t.id, t.name, t.scope, t.created_at, t.expires_at, t.last_used_at`

// AddToken keeps a personal token under its hash and returns it with its id.
func (s *Store) AddToken(ctx context.Context, t core.Token, hash []byte) (_ core.Token, err error) {
	defer wrap(&err, "add token")
	return one[core.Token](ctx, s, `-- add token
		INSERT INTO tokens AS t (user_id, name, scope, expires_at, hash) VALUES ($1, $2, $3, $4, $5)
		RETURNING `+tokenColumns, t.UserID, t.Name, t.Scope, t.ExpiresAt, hash)
}

// UseToken returns the token with that hash and notes that it was used. It is
// an error of kind core.ErrNotFound when there is none, or it has expired.
func (s *Store) UseToken(ctx context.Context, hash []byte) (_ core.Token, err error) {
	defer wrap(&err, "use token")
	return one[core.Token](ctx, s, `-- use token (every user)
		WITH used AS (
			UPDATE tokens SET last_used_at = now()
			WHERE hash = $1 AND expires_at > now() AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute'))
		SELECT `+tokenColumns+` FROM tokens t WHERE t.hash = $1 AND t.expires_at > now()`, hash)
}
