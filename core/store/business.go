package store

import (
	"context"

	"github.com/kith-platform/kith/core"
)

// KeepBusiness keeps that the bot is connected to a user's account, or no longer.
func (s *Store) KeepBusiness(ctx context.Context, userID int64, id string, enabled bool) (err error) {
	defer wrap(&err, "keep business connection")
	return s.run(ctx, `-- keep business connection
		INSERT INTO business_connections (user_id, id, enabled) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, id) DO UPDATE SET enabled = excluded.enabled, changed_at = now()`, userID, id, enabled)
}

// BusinessOwner returns whose account the bot is connected to by an enabled
// connection, or an error of kind core.ErrNotFound.
func (s *Store) BusinessOwner(ctx context.Context, id string) (_ core.User, err error) {
	defer wrap(&err, "owner of a business connection")
	return one[core.User](ctx, s, `-- business owner (every user)
		SELECT `+userColumns+` FROM users WHERE id = (SELECT user_id FROM business_connections WHERE id = $1 AND enabled)`, id)
}
