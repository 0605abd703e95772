package pglocal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const pollInterval = 10 * time.Millisecond

// awaitAnswer returns when the server answers, or has ended before it did.
func (s *Server) awaitAnswer(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := answers(ctx, s.url)
		if err == nil || refused(err) {
			return err
		}
		select {
		case <-tick.C:
		case <-s.Done():
			return s.process.Err()
		case <-ctx.Done():
			return fmt.Errorf("wait for its answer: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// answers asks for the database every server has.
func answers(ctx context.Context, url string) error {
	conn, err := connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// refused reports whether a server answered that it will never let us in.
func refused(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && strings.HasPrefix(pgErr.Code, "28")
}

func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.Database = "postgres"
	config.ConnectTimeout = 5 * time.Second
	return pgx.ConnectConfig(ctx, config)
}

// makeDatabase makes the database of Kith where it is missing.
func makeDatabase(ctx context.Context, url string) error {
	conn, err := connect(ctx, url)
	if err != nil {
		return err
	}
	exists := false
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&exists)
	if err == nil && !exists {
		_, err = conn.Exec(ctx, `CREATE DATABASE `+database)
	}
	return errors.Join(err, conn.Close(ctx))
}
