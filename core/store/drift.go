package store

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNotCompared says that the role may not make the database that a schema is
// compared with.
var ErrNotCompared = errors.New("the role may not create databases")

// Drift returns how the schema of the database at url is not what the
// migrations up to its version make it: what is missing, each after a minus,
// and what is there beyond, after a plus. It makes a database beside it for as
// long as that takes: only the same server writes a definition in the same
// words. A database without a schema, or with a newer one, has no drift.
func Drift(ctx context.Context, url string) (drift []string, err error) {
	defer wrap(&err, "compare the schema")
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	version, is, err := shape(ctx, config)
	if err != nil || version == 0 {
		return nil, err
	}
	should, err := made(ctx, config, version)
	if err != nil {
		return nil, err
	}
	for _, line := range should {
		if !slices.Contains(is, line) {
			drift = append(drift, "- "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(should, line) {
			drift = append(drift, "+ "+line)
		}
	}
	return drift, nil
}

// made returns the shape that the migrations make; none where this program does
// not know the version.
func made(ctx context.Context, config *pgx.ConnConfig, version int64) (lines []string, err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	scratch := config.Copy()
	scratch.Database = "kith_compare_" + strings.ToLower(rand.Text())
	_, err = conn.Exec(ctx, "-- make scratch\nCREATE DATABASE "+scratch.Database)
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == notAllowed {
		return nil, ErrNotCompared
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_, dropErr := conn.Exec(ctx, "-- drop scratch\nDROP DATABASE "+scratch.Database)
		err = errors.Join(err, dropErr)
	}()
	return migrated(ctx, scratch, version)
}

// notAllowed is the SQLSTATE of what a role has no right to.
const notAllowed = "42501"

func migrated(ctx context.Context, config *pgx.ConnConfig, version int64) ([]string, error) {
	m, err := newMigrator(config)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	if err := m.To(ctx, version); err != nil {
		return nil, err
	}
	_, lines, err := shape(ctx, config)
	return lines, err
}

// shape describes all that is in a schema, and returns its version; 0 where
// there is none.
func shape(ctx context.Context, config *pgx.ConnConfig) (version int64, lines []string, err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, `-- version of shape
		SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version)
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == undefinedTable {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	rows, _ := conn.Query(ctx, `-- shape
		WITH relation AS (
			SELECT oid, oid::regclass::text AS name FROM pg_class
			WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'goose_db_version')
		SELECT concat_ws(' ', 'column', r.name || '.' || a.attname, format_type(a.atttypid, a.atttypmod),
			CASE WHEN a.attnotnull THEN 'NOT NULL' END, NULLIF(a.attidentity, ''), NULLIF(a.attgenerated, ''), pg_get_expr(d.adbin, d.adrelid))
		FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
			LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		UNION ALL SELECT concat_ws(' ', 'constraint', r.name || '.' || c.conname, pg_get_constraintdef(c.oid))
		FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid WHERE c.contype IN ('c', 'f', 'p', 'u', 'x')
		UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'INVALID' END)
		FROM relation r JOIN pg_index i ON i.indrelid = r.oid
		UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid), CASE WHEN t.tgenabled <> 'O' THEN 'DISABLED' END)
		FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
		UNION ALL SELECT concat_ws(' ', 'function', p.oid::regprocedure, md5(pg_get_functiondef(p.oid)))
		FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
			AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
		ORDER BY 1`)
	lines, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return version, lines, err
}
