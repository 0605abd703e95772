// Package store is Postgres: every SQL statement in Kith, one file per table.
//
// Every statement on a user's table names the user, and begins with a comment
// that is its name in metrics.
package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// querier is what a pool and a transaction have in common.
type querier interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error)
}

// A Store reads and writes Kith's rows, in a transaction or not. It is safe
// for concurrent use unless it is a transaction's.
type Store struct {
	db   querier
	pool *pgxpool.Pool // nil in a transaction
}

// Options tune a Store. The zero value is fine.
type Options struct {
	MaxConns int32            // connections at most; 0 means 16
	Tracer   pgx.QueryTracer // sees every statement; nil for none
}

// Open returns a Store on the database at url. It does not wait for the
// database to answer.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database url: %w", err)
	}
	config.MaxConns = 16
	if opts.MaxConns > 0 {
		config.MaxConns = opts.MaxConns
	}
	config.MaxConnLifetime = time.Hour
	config.MaxConnIdleTime = 10 * time.Minute
	config.HealthCheckPeriod = 15 * time.Second
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	config.ConnConfig.Tracer = opts.Tracer
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return &Store{db: pool, pool: pool}, nil
}

// Close closes all connections, once they are no longer in use.
func (s *Store) Close() { s.pool.Close() }

// Ping reports whether the database answers, as an error if not.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// PoolStat returns the numbers of the connection pool.
func (s *Store) PoolStat() *pgxpool.Stat { return s.pool.Stat() }

// InTx runs fn in a transaction, or in a savepoint when s is a transaction's
// already. It commits when fn returns nil.
func (s *Store) InTx(ctx context.Context, fn func(tx *Store) error) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		return fn(&Store{db: tx})
	})
}

// wrap says in *err what was being done.
func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}

// one reads the only row of a query into a T.
func one[T any](ctx context.Context, s *Store, sql string, args ...any) (T, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
}

// all reads the rows of a query into Ts.
func all[T any](ctx context.Context, s *Store, sql string, args ...any) ([]T, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}
