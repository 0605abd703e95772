package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Version names the state of a user's data: while it is the same, so is
// whatever is computed from them. It is "" while there never were any.
func (s *Store) Version(ctx context.Context, userID int64) (version string, err error) {
	defer wrap(&err, "version of user %d", userID)
	err = s.scan(ctx, &version, `-- version
		SELECT version::text FROM versions WHERE user_id = $1`, userID)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return version, err
}
