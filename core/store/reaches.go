package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// AddReach keeps a way to reach a contact: an e-mail address, a phone number …
// Saying it again changes nothing.
func (s *Store) AddReach(ctx context.Context, userID, contactID int64, kind, value string) (err error) {
	defer wrap(&err, "add %s of contact %d", kind, contactID)
	err = s.run(ctx, `-- add reach
		INSERT INTO reaches (user_id, contact_id, kind, value) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, contact_id, kind, value) DO NOTHING`, userID, contactID, kind, value)
	return err
}

// Reaches returns the ways to reach a contact, the oldest first.
func (s *Store) Reaches(ctx context.Context, userID, contactID int64) (_ []string, err error) {
	defer wrap(&err, "reaches of contact %d", contactID)
	rows, err := s.db.Query(ctx, `-- reaches
		SELECT value FROM reaches WHERE user_id = $1 AND contact_id = $2 ORDER BY id`, userID, contactID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
