package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kith-platform/kith/core"
)

// A Refill is a transaction in which a database whose tables are empty is
// filled with what a Dump read.
type Refill struct {
	Strays  []string // the tables that it was given and that are not Kith's
	Columns []string // the columns, "table.column", that are not Kith's of tables that are
	tx      pgx.Tx
	tables  []Table
}

// Refill empties all of Kith's tables, and has fill fill them. When anything
// fails, all is as it was. Unless accounts may be replaced, their presence is an
// error; so is a Kith that runs.
func (s *Store) Refill(ctx context.Context, replace bool, fill func(r *Refill) error) (err error) {
	defer wrap(&err, "refill the database")
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := steady(ctx, tx); err != nil {
			return err
		}
		all, err := empty(ctx, tx, replace)
		if err != nil {
			return err
		}
		// What triggers would write is in the dump. Keys and checks stay on guard.
		if err := setTriggers(ctx, tx, all, "DISABLE"); err != nil {
			return err
		}
		if err := fill(&Refill{tx: tx, tables: all}); err != nil {
			return err
		}
		return setTriggers(ctx, tx, all, "ENABLE")
	})
}

// Copy adds rows to a table, in Postgres' text format, and returns how many
// there were. It reads over those of a table that is not Kith's, and over a
// column that the table has not: somebody added it where the rows come from.
func (r *Refill) Copy(ctx context.Context, rows io.Reader, t Table) (int64, error) {
	i := slices.IndexFunc(r.tables, func(own Table) bool { return own.Name == t.Name })
	if i < 0 {
		r.Strays = append(r.Strays, t.Name)
		_, err := io.Copy(io.Discard, rows)
		return 0, err
	}
	var strays []string
	for _, c := range t.Columns {
		if !slices.Contains(r.tables[i].Columns, c) {
			strays, r.Columns = append(strays, c), append(r.Columns, t.Name+"."+c)
		}
	}
	// COPY has no way to read over a column: it is there for as long as that takes.
	if err := r.alter(ctx, t, "ADD %s text", strays); err != nil {
		return 0, err
	}
	tag, err := r.tx.Conn().PgConn().CopyFrom(ctx, rows, fmt.Sprintf("-- copy in\nCOPY %s FROM STDIN", t.names()))
	if err != nil {
		return 0, fmt.Errorf("copy %s: %w", t.Name, err)
	}
	return tag.RowsAffected(), r.alter(ctx, t, "DROP %s", strays)
}

// alter changes a table for each of the columns.
func (r *Refill) alter(ctx context.Context, t Table, change string, columns []string) error {
	for _, c := range columns {
		table, column := pgx.Identifier{"public", t.Name}.Sanitize(), pgx.Identifier{c}.Sanitize()
		if _, err := r.tx.Exec(ctx, "-- alter\nALTER TABLE "+table+" "+fmt.Sprintf(change, column)); err != nil {
			return err
		}
	}
	return nil
}

// Advance has a sequence go on after its last value, if there is one of that name.
func (r *Refill) Advance(ctx context.Context, s Sequence) error {
	_, err := r.tx.Exec(ctx, `-- advance
		SELECT setval(s, $2) FROM to_regclass($1) s WHERE s IS NOT NULL`, pgx.Identifier{"public", s.Name}.Sanitize(), s.LastValue)
	return err
}

// Vacant reports, as an error that people may read, why the database is not
// one to restore into: a Kith runs on it; it has accounts, and they may not be
// replaced; or its tables are not Kith's.
func (s *Store) Vacant(ctx context.Context, replace bool) (err error) {
	defer wrap(&err, "look for what is in the database")
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return vacant(ctx, tx, replace) })
}

func vacant(ctx context.Context, tx pgx.Tx, replace bool) error {
	var tables, users, leases bool
	err := tx.QueryRow(ctx, `-- vacant
		SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'),
			to_regclass('public.users') IS NOT NULL, to_regclass('public.leases') IS NOT NULL`).Scan(&tables, &users, &leases)
	switch {
	case err != nil:
		return err
	case !tables:
		return nil
	case !users:
		return core.Tell(core.ErrConflict, "This database has tables that are not Kith's. Make an empty one, and set DATABASE_URL to it.")
	}
	if leases {
		if err := tx.QueryRow(ctx, `-- running
			SELECT EXISTS (SELECT FROM leases WHERE expires_at > now() AND name <> '`+LeaseHousekeeping+`')`).Scan(&leases); err != nil {
			return err
		}
	}
	err = tx.QueryRow(ctx, `-- inhabited
		SELECT EXISTS (SELECT FROM users)`).Scan(&users)
	switch {
	case err != nil:
		return err
	case leases:
		return core.Tell(core.ErrNotPossible, "A Kith runs on this database. Stop it, wait 15 seconds, and try again.")
	case users && !replace:
		return core.Tell(core.ErrConflict, "This database has accounts in it. Restore into an empty one, or say --replace to lose what is in it.")
	}
	return nil
}

// empty removes all rows of Kith's tables, which nobody else can read or write
// until the transaction ends, and returns the tables.
func empty(ctx context.Context, tx pgx.Tx, replace bool) ([]Table, error) {
	version, err := schema(ctx, tx)
	if err != nil {
		return nil, err
	}
	names, err := ours(version)
	if err != nil {
		return nil, err
	}
	all, err := tables(ctx, tx, names)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, "-- lock all\nSET LOCAL lock_timeout = '15s'; LOCK TABLE "+list(all)+" IN ACCESS EXCLUSIVE MODE")
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == lockNotAvailable {
		return nil, core.Tell(core.ErrNotPossible, "Somebody else uses this database. Stop whoever it is, and try again.")
	}
	if err != nil {
		return nil, err
	}
	if err := vacant(ctx, tx, replace); err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, "-- empty all\nTRUNCATE "+list(all))
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == notSupported {
		return nil, core.Tell(core.ErrConflict, "A table that is not Kith's refers to one of Kith's, and would be emptied with it. (%s) Drop it first, or restore into an empty database.", pgErr.Detail)
	}
	return all, err
}

// notSupported is the SQLSTATE of emptying a table that another refers to.
const notSupported = "0A000"

// lockNotAvailable is the SQLSTATE of a lock that could not be had in time.
const lockNotAvailable = "55P03"

func setTriggers(ctx context.Context, tx pgx.Tx, all []Table, state string) error {
	for _, t := range all {
		name := pgx.Identifier{"public", t.Name}.Sanitize()
		if _, err := tx.Exec(ctx, "-- set triggers\nALTER TABLE "+name+" "+state+" TRIGGER USER"); err != nil {
			return err
		}
	}
	return nil
}
