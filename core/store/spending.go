package store

import "context"

// SpendTokens takes tokens out of what all models together may take on a day,
// in UTC, and reports whether that many are left. A negative number puts tokens
// back.
func (s *Store) SpendTokens(ctx context.Context, tokens, most int) (enough bool, err error) {
	defer wrap(&err, "spend tokens")
	tag, err := s.db.Exec(ctx, `-- spend tokens
		INSERT INTO ai_spending AS s (day, spent)
		SELECT (now() AT TIME ZONE 'UTC')::date, GREATEST(0, $1::bigint) WHERE $1::bigint <= $2::bigint
		ON CONFLICT (day) DO UPDATE SET spent = GREATEST(0, s.spent + $1::bigint)
		WHERE s.spent + $1::bigint <= $2::bigint OR $1::bigint < 0`, tokens, most)
	return tag.RowsAffected() == 1, err
}
