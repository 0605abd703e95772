// Package store is Postgres: every SQL statement in Kith, one file per table.
//
// Every statement on a user's table names the user, and begins with a comment
// that is its name in metrics.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
)

// querier is what a pool and a transaction have in common.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// A Store reads and writes Kith's rows, in a transaction or not. It is safe
// for concurrent use unless it is a transaction's.
type Store struct {
	db   querier
	pool *pgxpool.Pool // nil in a transaction
	tx   *transaction  // nil outside of one

	replica *replica // nil where there is none, and in a transaction
}

// Options tune a Store. The zero value is fine.
type Options struct {
	MaxConns int32           // connections at most; 0 means 16
	Tracer   pgx.QueryTracer // sees every statement; nil for none
	// Pooled says that a pooler in transaction mode is in between, where a
	// statement that is prepared may be another connection's.
	Pooled bool
	// ReplicaURL leads to a copy of the database that follows it, for Reading;
	// "" for none.
	ReplicaURL string
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
	if opts.Pooled {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	} else {
		// No statement runs long enough to be worth compiling. A pooler refuses
		// to be told.
		config.ConnConfig.RuntimeParams["jit"] = "off"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s := &Store{db: pool, pool: pool}
	if opts.ReplicaURL != "" {
		if s.replica, err = openReplica(ctx, opts.ReplicaURL, opts); err != nil {
			pool.Close()
			return nil, fmt.Errorf("the replica: %w", err)
		}
	}
	return s, nil
}

// Close closes all connections, once they are no longer in use.
func (s *Store) Close() {
	s.pool.Close()
	if s.replica != nil {
		s.replica.store.Close()
	}
}

// Ping reports whether the database answers, as an error if not.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// InTx runs fn in a transaction, or in a savepoint when s is a transaction's
// already. It commits when fn returns nil.
func (s *Store) InTx(ctx context.Context, fn func(tx *Store) error) error {
	if s.tx != nil {
		return s.tx.savepoint(ctx, func() error { return fn(s) })
	}
	return transact(ctx, s.pool, func(t *transaction) error { return fn(&Store{db: t, tx: t}) })
}

// Relax has the transaction end before it is safe on disk: for claims, which
// run out by themselves.
func (s *Store) Relax() {
	s.tx.later(`-- relax
		SET LOCAL synchronous_commit = off`)
}

// run runs a statement whose result nobody looks at. In a transaction it goes
// along with the next one.
func (s *Store) run(ctx context.Context, sql string, args ...any) error {
	if s.tx != nil {
		s.tx.later(sql, args...)
		return nil
	}
	_, err := s.db.Exec(ctx, sql, args...)
	return err
}

// affect runs a statement that changes one row. Where there is none it is an
// error of kind core.ErrNotFound.
func (s *Store) affect(ctx context.Context, sql string, args ...any) error {
	tag, err := s.db.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		return core.ErrNotFound
	}
	return known(err)
}

// fillRows runs a query, and has read read what it returns. In a transaction it
// goes along with the next statement, and is read then.
func (s *Store) fillRows(ctx context.Context, read func(pgx.Rows) error, sql string, args ...any) error {
	if s.tx != nil {
		s.tx.later(sql, args...).Query(read)
		return nil
	}
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	return read(rows)
}

// scan runs a query that returns one value, and scans that into dest.
func (s *Store) scan(ctx context.Context, dest any, sql string, args ...any) error {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) { return struct{}{}, row.Scan(dest) })
	return err
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
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	return row, known(err)
}

// all reads the rows of a query into Ts.
func all[T any](ctx context.Context, s *Store, sql string, args ...any) ([]T, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// column reads the only column of a query's rows.
func column[T any](ctx context.Context, s *Store, sql string, args ...any) ([]T, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

// known turns the errors of Postgres that a person can cause into core's kinds.
func known(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return core.ErrNotFound
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == uniqueViolation {
		return fmt.Errorf("%w: %s", core.ErrConflict, pgErr.ConstraintName)
	}
	return err
}

// uniqueViolation is the SQLSTATE of a duplicate key.
const uniqueViolation = "23505"

// Unavailable reports whether err says that the database cannot be reached or
// cannot work just now, so that the same call may succeed later.
func Unavailable(err error) bool {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pgErr.Code[:2] {
		case "08", "53", "57", "58", "40", "25": // connection, resources, shutdown, system, rollback, read only
			return true
		}
		return false
	}
	var connectErr *pgconn.ConnectError
	var netErr net.Error
	return errors.As(err, &connectErr) || errors.As(err, &netErr) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) ||
		errors.Is(err, context.DeadlineExceeded)
}

// orNull returns NULL for the zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// each returns what of returns for each of rows: a column of an array that is
// sent in place of one statement for each row.
func each[R, T any](rows []R, of func(R) T) []T {
	column := make([]T, len(rows))
	for i, r := range rows {
		column[i] = of(r)
	}
	return column
}
