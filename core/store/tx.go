package store

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A transaction saves round trips: a statement whose result nobody waits for
// goes along with the next one, the first with BEGIN and the last with COMMIT.
//
// Such a statement fails late, in the place of one that came after it. The
// transaction ends with its error then, whatever was made of the other's.
type transaction struct {
	conn    *pgxpool.Conn
	waiting *pgx.Batch
	late    error // of a statement that waited
	depth   int   // of savepoints
}

// transact runs fn in a transaction on a connection of the pool.
func transact(ctx context.Context, pool *pgxpool.Pool, fn func(t *transaction) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	t := &transaction{conn: conn, waiting: &pgx.Batch{}}
	defer t.end(ctx)
	t.later("begin")
	if err := fn(t); err != nil {
		return cmp.Or(t.late, err)
	}
	tag, err := t.Exec(ctx, "commit")
	if err == nil && tag.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	return err
}

// end rolls back what is not committed. The pool closes a connection on which
// that fails.
func (t *transaction) end(ctx context.Context) {
	defer t.conn.Release()
	if t.conn.Conn().PgConn().TxStatus() != 'I' {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		t.conn.Exec(ctx, "rollback") //nolint:errcheck // as above
	}
}

// later has a statement go along with the next one. Who wants what it returns
// says so on the result.
func (t *transaction) later(sql string, args ...any) *pgx.QueuedQuery {
	queued := t.waiting.Queue(sql, args...)
	queued.Exec(func(pgconn.CommandTag) error { return nil })
	return queued
}

// send sends a statement, and before it those that wait. It returns the results
// from its own on.
func (t *transaction) send(ctx context.Context, sql string, args []any) (pgx.BatchResults, error) {
	if t.late != nil {
		return nil, t.late
	}
	waiting, batch := t.waiting.QueuedQueries, t.waiting
	batch.Queue(sql, args...)
	t.waiting = &pgx.Batch{}
	results := t.conn.SendBatch(ctx, batch)
	for _, w := range waiting {
		if err := w.Fn(results); err != nil {
			results.Close() // it fails with the same error
			t.late = fmt.Errorf("%s: %w", statementName(w.SQL), err)
			return nil, t.late
		}
	}
	return results, nil
}

// Exec runs a statement now.
func (t *transaction) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	results, err := t.send(ctx, sql, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := results.Exec()
	return tag, cmp.Or(err, results.Close())
}

// Query runs a statement that returns rows now.
func (t *transaction) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	results, err := t.send(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	rows, _ := results.Query() // its error is that of the rows
	return lastRows{rows, results}, nil
}

// SendBatch sends statements, and before them those that wait. Closing the
// results tells of the errors of both.
func (t *transaction) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	b.QueuedQueries = append(t.waiting.QueuedQueries, b.QueuedQueries...)
	t.waiting = &pgx.Batch{}
	return t.conn.SendBatch(ctx, b)
}

// lastRows are the rows of the last statement that was sent with others.
type lastRows struct {
	pgx.Rows
	results pgx.BatchResults
}

// Close makes the connection free for the next statement.
func (r lastRows) Close() {
	r.Rows.Close()
	r.results.Close() // its error is that of the rows
}

// stage fills a table that is the transaction's own with rows. Columns are as
// in CREATE TABLE.
func (s *Store) stage(ctx context.Context, table, columns string, rows pgx.CopyFromSource) error {
	if err := s.run(ctx, "-- stage\nDROP TABLE IF EXISTS pg_temp."+table); err != nil {
		return err
	}
	if _, err := s.db.Exec(ctx, "-- make stage\nCREATE TEMP TABLE "+table+" ("+columns+") ON COMMIT DROP"); err != nil {
		return err
	}
	var names []string
	for column := range strings.SplitSeq(columns, ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(column), " ")
		names = append(names, name)
	}
	_, err := s.tx.conn.CopyFrom(ctx, pgx.Identifier{table}, names, rows)
	return err
}

// savepoint runs fn, and takes back what it did if it fails.
func (t *transaction) savepoint(ctx context.Context, fn func() error) error {
	t.depth++
	defer func() { t.depth-- }()
	name := fmt.Sprintf("s%d", t.depth)
	if _, err := t.Exec(ctx, "savepoint "+name); err != nil {
		return err
	}
	err := fn()
	if err == nil {
		// What waits belongs to what may be taken back.
		if _, err = t.Exec(ctx, "release savepoint "+name); err == nil {
			return nil
		}
	}
	err = cmp.Or(t.late, err)
	t.waiting, t.late = &pgx.Batch{}, nil
	if _, failed := t.Exec(ctx, "rollback to savepoint "+name); failed != nil {
		t.late = failed
	}
	return err
}
