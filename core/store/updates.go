package store

import (
	"context"
	"time"
)

// Once runs fn for an update that is not dealt with yet, in the transaction
// that also remembers the update, and reports whether it was new. When fn
// fails nothing has happened, and the update may come again.
func (s *Store) Once(ctx context.Context, botID, updateID int64, fn func(tx *Store) error) (fresh bool, err error) {
	defer wrap(&err, "update %d", updateID)
	err = s.InTx(ctx, func(tx *Store) error {
		tag, err := tx.db.Exec(ctx, `-- remember update
			INSERT INTO updates (bot_id, update_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, botID, updateID)
		if err != nil {
			return err
		}
		if fresh = tag.RowsAffected() == 1; !fresh {
			return nil
		}
		return fn(tx)
	})
	return fresh && err == nil, err
}

// SetAside keeps a sealed update that kept failing, for a person to look into.
func (s *Store) SetAside(ctx context.Context, botID, updateID, userID int64, ref string, sealed []byte) (err error) {
	defer wrap(&err, "set update %d aside", updateID)
	return s.run(ctx, `-- set aside
		INSERT INTO updates_aside (bot_id, update_id, user_id, ref, sealed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, botID, updateID, userID, ref, sealed)
}

// keepAside is how long updates are kept that were set aside.
const keepAside = 7 * 24 * time.Hour

// ForgetUpdates forgets updates that were seen before remember, and drops those
// that were set aside a week ago.
func (s *Store) ForgetUpdates(ctx context.Context, remember time.Duration) (err error) {
	defer wrap(&err, "forget updates")
	if err := s.run(ctx, `-- forget updates
		DELETE FROM updates WHERE seen_at < now() - $1::interval`, remember); err != nil {
		return err
	}
	return s.run(ctx, `-- forget updates aside (every user)
		DELETE FROM updates_aside WHERE at < now() - $1::interval`, keepAside)
}
