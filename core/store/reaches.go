package store

import (
	"context"

	"github.com/kith-platform/kith/core"
)

// AddReach keeps a way to reach a contact: an e-mail address, a phone number …
// Saying it again changes nothing.
func (s *Store) AddReach(ctx context.Context, userID, contactID int64, kind core.ReachKind, value string) (err error) {
	defer wrap(&err, "add %s of contact %d", kind, contactID)
	return s.run(ctx, `-- add reach
		INSERT INTO reaches (user_id, contact_id, kind, value) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, contact_id, kind, value) DO NOTHING`, userID, contactID, kind, value)
}

// A Reach is a way to reach a contact.
type Reach struct {
	Kind  core.ReachKind
	Value string
}

// Reaches returns the ways to reach a contact, the oldest first.
func (s *Store) Reaches(ctx context.Context, userID, contactID int64) (_ []Reach, err error) {
	defer wrap(&err, "reaches of contact %d", contactID)
	return all[Reach](ctx, s, `-- reaches
		SELECT kind, value FROM reaches WHERE user_id = $1 AND contact_id = $2 ORDER BY id`, userID, contactID)
}

// SetReaches makes values the only ways of their kind to reach a contact. Those
// that are there already stay.
func (s *Store) SetReaches(ctx context.Context, userID, contactID int64, kind core.ReachKind, values []string) (err error) {
	defer wrap(&err, "set %s of contact %d", kind, contactID)
	if err := s.run(ctx, `-- drop reaches
		DELETE FROM reaches WHERE user_id = $1 AND contact_id = $2 AND kind = $3 AND value <> ALL ($4::text[])`,
		userID, contactID, kind, values); err != nil {
		return err
	}
	return s.run(ctx, `-- add reaches
		INSERT INTO reaches (user_id, contact_id, kind, value)
		SELECT $1, $2, $3, value FROM unnest($4::text[]) WITH ORDINALITY AS v (value, nr) ORDER BY nr
		ON CONFLICT (user_id, contact_id, kind, value) DO NOTHING`, userID, contactID, kind, values)
}
