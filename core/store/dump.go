package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kith-platform/kith/core"
)

// A Table is a table with those of its columns that are not computed from
// others.
type Table struct {
	Name    string
	Columns []string
}

// names returns the table and its columns as COPY names them.
func (t Table) names() string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = pgx.Identifier{c}.Sanitize()
	}
	return fmt.Sprintf("%s (%s)", pgx.Identifier{"public", t.Name}.Sanitize(), strings.Join(columns, ", "))
}

// A Sequence is where the numbers of a sequence have got to.
type Sequence struct {
	Name      string
	LastValue int64
}

// A Dump is the whole database as it was at one moment.
type Dump struct {
	Schema    int64      // the version of the schema
	Tables    []Table    // after those that they refer to
	Sequences []Sequence // those that gave a number yet
	tx        pgx.Tx
}

// Dump has read read the whole database as it is when Dump begins, whatever is
// written meanwhile.
func (s *Store) Dump(ctx context.Context, read func(d *Dump) error) (err error) {
	defer wrap(&err, "dump the database")
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		if err := steady(ctx, tx); err != nil {
			return err
		}
		d := &Dump{tx: tx}
		if err := d.look(ctx); err != nil {
			return err
		}
		return read(d)
	})
}

// steady has values written and read the same way on every server, and nothing
// end the transaction for taking long.
func steady(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `-- steady
		SELECT set_config('datestyle', 'ISO, YMD', true), set_config('timezone', 'UTC', true),
			set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true),
			set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`)
	return err
}

// look finds out what there is.
func (d *Dump) look(ctx context.Context) (err error) {
	if d.Tables, err = tables(ctx, d.tx); err != nil {
		return err
	}
	rows, _ := d.tx.Query(ctx, `-- schema version
		SELECT max(version_id) FROM goose_db_version WHERE is_applied`)
	d.Schema, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == undefinedTable {
		return core.Tell(core.ErrNotFound, "There is no Kith in this database.")
	}
	if err != nil {
		return err
	}
	// What a sequence says is of now, and so never behind the rows of the snapshot.
	rows, _ = d.tx.Query(ctx, `-- sequences
		SELECT sequencename::text AS name, last_value FROM pg_sequences
		WHERE schemaname = 'public' AND sequencename NOT LIKE 'goose%' AND last_value IS NOT NULL ORDER BY 1`)
	d.Sequences, err = pgx.CollectRows(rows, pgx.RowToStructByName[Sequence])
	return err
}

// undefinedTable is the SQLSTATE of a table that there is not.
const undefinedTable = "42P01"

// Copy writes the rows of a table to w, in Postgres' text format, and returns
// how many there are.
func (d *Dump) Copy(ctx context.Context, w io.Writer, t Table) (int64, error) {
	tag, err := d.tx.Conn().PgConn().CopyTo(ctx, w, fmt.Sprintf("-- copy out\nCOPY %s TO STDOUT", t.names()))
	if err != nil {
		return 0, fmt.Errorf("copy %s: %w", t.Name, err)
	}
	return tag.RowsAffected(), nil
}

// tables returns the tables of Kith's, each after those it refers to.
func tables(ctx context.Context, tx pgx.Tx) ([]Table, error) {
	rows, _ := tx.Query(ctx, `-- tables
		SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
			ARRAY(SELECT f.confrelid::regclass::text FROM pg_constraint f
				WHERE f.contype = 'f' AND f.conrelid = c.oid AND f.confrelid <> c.oid) AS parents
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'goose_db_version'
			AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		GROUP BY c.oid, c.relname ORDER BY c.relname`)
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[relation])
	if err != nil {
		return nil, err
	}
	return parentsFirst(all)
}

type relation struct {
	Name    string
	Columns []string
	Parents []string // the tables it refers to
}

// parentsFirst puts relations in an order in which they can be filled.
func parentsFirst(all []relation) ([]Table, error) {
	var order []Table
	has := func(name string) bool {
		return slices.ContainsFunc(order, func(t Table) bool { return t.Name == name })
	}
	for len(order) < len(all) {
		before := len(order)
		for _, r := range all {
			if !has(r.Name) && !slices.ContainsFunc(r.Parents, func(p string) bool { return !has(p) }) {
				order = append(order, Table{Name: r.Name, Columns: r.Columns})
			}
		}
		if len(order) == before {
			return nil, fmt.Errorf("tables refer to each other in a circle: only %d of %d can be put in order", before, len(all))
		}
	}
	return order, nil
}
