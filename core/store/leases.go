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

// LeaseHousekeeping names the lease that says until when house is kept. It
// outlives the process that took it, and does not say that one runs.
const LeaseHousekeeping = "housekeeping"

// LeasePrefix begins the names of the leases of linked accounts; the user's id
// follows.
const LeasePrefix = "telegram/"

// HoldLeases holds all leases of owner whose names begin with prefix for the
// given time from now on, and returns their names. One that ran out is lost.
func (s *Store) HoldLeases(ctx context.Context, prefix, owner string, hold time.Duration) (held []string, err error) {
	defer wrap(&err, "hold leases %s", prefix)
	return column[string](ctx, s, `-- hold leases
		UPDATE leases SET expires_at = now() + $3 WHERE starts_with(name, $1) AND owner = $2 AND expires_at > now()
		RETURNING name`, prefix, owner, hold)
}

// DropLease gives a lease back at once.
func (s *Store) DropLease(ctx context.Context, name, owner string) (err error) {
	defer wrap(&err, "drop lease %s", name)
	return s.run(ctx, `-- drop lease
		UPDATE leases SET expires_at = now() - interval '1 second' WHERE name = $1 AND owner = $2`, name, owner)
}
