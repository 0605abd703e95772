package store

import (
	"context"
	"time"
)

// TakeLease makes owner the only one to hold the named lease for the given
// time, or holds it for longer. It reports false while somebody else has it.
func (s *Store) TakeLease(ctx context.Context, name, owner string, hold time.Duration) (held bool, err error) {
	defer wrap(&err, "take lease %s", name)
	tag, err := s.db.Exec(ctx, `-- take lease
		INSERT INTO leases AS l (name, owner, expires_at) VALUES ($1, $2, now() + $3)
		ON CONFLICT (name) DO UPDATE SET owner = $2, expires_at = now() + $3,
			generation = l.generation + CASE WHEN l.owner = $2 THEN 0 ELSE 1 END
		WHERE l.owner = $2 OR l.expires_at < now()`, name, owner, hold)
	return tag.RowsAffected() == 1, err
}

// DropLease gives a lease back at once.
func (s *Store) DropLease(ctx context.Context, name, owner string) (err error) {
	defer wrap(&err, "drop lease %s", name)
	err = s.run(ctx, `-- drop lease
		UPDATE leases SET expires_at = now() - interval '1 second' WHERE name = $1 AND owner = $2`, name, owner)
	return err
}
