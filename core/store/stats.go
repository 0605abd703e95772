package store

import "context"

// Stats are how many rows there are of all users together.
type Stats struct{ Users, Contacts, Notes int64 }

// Stats counts what is there, trash included.
func (s *Store) Stats(ctx context.Context) (_ Stats, err error) {
	defer wrap(&err, "stats")
	return one[Stats](ctx, s, `-- stats (every user)
		SELECT (SELECT count(*) FROM users) AS users,
			(SELECT count(*) FROM contacts) AS contacts,
			(SELECT count(*) FROM notes) AS notes`)
}
