package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/migrations"
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

// A Dump is all of Kith's in the database, as it was at one moment.
type Dump struct {
	Schema    int64      // the version of the schema
	Tables    []Table    // after those that they refer to
	Sequences []Sequence // those that gave a number yet
	tx        pgx.Tx
}

// Dump has read read the whole database as it is when Dump begins, whatever is
// written meanwhile. Until it ends, nobody can change what the tables are, or
// empty them.
func (s *Store) Dump(ctx context.Context, read func(d *Dump) error) (err error) {
	defer wrap(&err, "dump the database")
	for {
		if err := s.dump(ctx, read); !errors.Is(err, errMoved) {
			return err
		}
	}
}

// errMoved says that tables came or went before they were locked.
var errMoved = errors.New("the tables changed meanwhile")

// dump locks the tables before the transaction looks at anything: to a snapshot
// that is older than the rewriting of a table, the table is empty.
func (s *Store) dump(ctx context.Context, read func(d *Dump) error) error {
	before, err := look(ctx, s.pool)
	if err != nil {
		return err
	}
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		if err := steady(ctx, tx); err != nil {
			return err
		}
		if err := hold(ctx, tx, before.Tables); err != nil {
			return err
		}
		d, err := look(ctx, tx)
		switch {
		case err != nil:
			return err
		case !slices.EqualFunc(d.Tables, before.Tables, func(a, b Table) bool { return a.Name == b.Name }):
			return errMoved
		}
		d.tx = tx
		return read(d)
	})
}

// steady has values written and read the same way on every server, and nothing
// end the transaction for taking long. It takes no snapshot.
func steady(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `-- steady
		SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC';
		SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1;
		SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`)
	return err
}

// hold keeps tables from being changed, though not their rows, until the
// transaction ends. It takes no snapshot.
func hold(ctx context.Context, tx pgx.Tx, all []Table) error {
	_, err := tx.Exec(ctx, "-- hold all\nLOCK TABLE "+list(all)+" IN ACCESS SHARE MODE")
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == undefinedTable {
		return errMoved
	}
	return err
}

// list returns tables as a statement names them.
func list(all []Table) string {
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = pgx.Identifier{"public", t.Name}.Sanitize()
	}
	return strings.Join(names, ", ")
}

// look finds out what there is.
func look(ctx context.Context, db querier) (d *Dump, err error) {
	d = &Dump{}
	if d.Schema, err = schema(ctx, db); err != nil {
		return nil, err
	}
	names, err := ours(d.Schema)
	if err != nil {
		return nil, err
	}
	if d.Tables, err = tables(ctx, db, names); err != nil {
		return nil, err
	}
	// What a sequence says is of now, and so never behind the rows of the snapshot.
	rows, _ := db.Query(ctx, `-- sequences
		SELECT sequencename::text AS name, last_value FROM pg_sequences
		WHERE schemaname = 'public' AND sequencename NOT LIKE 'goose%' AND last_value IS NOT NULL
			AND ($1::text[] IS NULL OR sequencename = ANY($1) OR EXISTS (
				SELECT FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
				WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
					AND d.objid = format('public.%I', sequencename)::regclass AND t.relname = ANY($1)))
		ORDER BY 1`, names)
	d.Sequences, err = pgx.CollectRows(rows, pgx.RowToStructByName[Sequence])
	return d, err
}

// schema returns the version of the schema. That there is none is an error that
// people may read.
func schema(ctx context.Context, db querier) (int64, error) {
	rows, _ := db.Query(ctx, `-- schema version
		SELECT max(version_id) FROM goose_db_version WHERE is_applied`)
	version, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == undefinedTable {
		return 0, core.Tell(core.ErrNotFound, "There is no Kith in this database.")
	}
	return version, err
}

// creates finds what a migration makes that has rows or a number.
var creates = regexp.MustCompile(`(?m)^CREATE (?:TABLE|SEQUENCE) (\w+)`)

// ours returns the names of the tables and sequences that the migrations make:
// others may be in the database, such as an extension's or somebody's copies.
// It returns nil, for all there are, where the schema is newer than this program.
func ours(version int64) (names []string, err error) {
	files, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return nil, err
	}
	newest, err := goose.NumericComponent(files[len(files)-1])
	if err != nil || version > newest {
		return nil, err
	}
	for _, file := range files {
		sql, err := migrations.Files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, found := range creates.FindAllSubmatch(sql, -1) {
			names = append(names, string(found[1]))
		}
	}
	return names, nil
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

// tables returns the tables that have one of the names, or all if names is nil,
// each after those it refers to.
func tables(ctx context.Context, db querier, names []string) ([]Table, error) {
	rows, _ := db.Query(ctx, `-- tables
		SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
			ARRAY(SELECT f.confrelid::regclass::text FROM pg_constraint f
				WHERE f.contype = 'f' AND f.conrelid = c.oid AND f.confrelid <> c.oid) AS parents
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'goose_db_version'
			AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
			AND ($1::text[] IS NULL OR c.relname = ANY($1))
		GROUP BY c.oid, c.relname ORDER BY c.relname`, names)
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
