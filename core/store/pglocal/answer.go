package pglocal

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kith-platform/kith/core/privateserver"
)

// answer makes sure that the server has the database of Kith, and returns its
// process.
func answer(ctx context.Context, h *privateserver.Home, url string) (pid int, err error) {
	if err := makeDatabase(ctx, url); err != nil {
		return 0, err
	}
	file, err := readPidFile(h.Data())
	return file.pid, err
}

// refused reports whether a server that is up answered that it will not do what
// is asked of it. One that starts or ends, or has no connection left, may soon.
func refused(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && !strings.HasPrefix(pgErr.Code, "57") && pgErr.Code != "53300"
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
