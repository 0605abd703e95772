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

// Tokens returns up to limit of the user's personal tokens, the newest first:
// those made before the one of that id, or with 0 the first.
func (s *Store) Tokens(ctx context.Context, userID, before int64, limit int) (_ []core.Token, err error) {
	defer wrap(&err, "tokens of user %d", userID)
	return all[core.Token](ctx, s, `-- tokens
		SELECT `+tokenColumns+` FROM tokens t WHERE t.user_id = $1 AND ($2::bigint = 0 OR t.id < $2)
		ORDER BY t.id DESC LIMIT $3`, userID, before, limit)
}

// DropToken ends a personal token of the user's. It is an error of kind
// core.ErrNotFound when there is none of that id.
func (s *Store) DropToken(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "drop token %d", id)
	return s.affect(ctx, `-- drop token
		DELETE FROM tokens WHERE user_id = $1 AND id = $2`, userID, id)
}

// DropTokens ends all personal tokens of the user.
func (s *Store) DropTokens(ctx context.Context, userID int64) (err error) {
	defer wrap(&err, "drop tokens of user %d", userID)
	return s.run(ctx, `-- drop tokens
		DELETE FROM tokens WHERE user_id = $1`, userID)
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
