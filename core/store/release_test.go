package store_test

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

var writeRelease = flag.Bool("write-release", false, "write down the statements and the schema of this release")

// What the release before leaves for this one: its statements, and the version
// of its schema.
var (
	releasedStatements = filepath.Join("testdata", "release.sql")
	releasedVersion    = filepath.Join("testdata", "release_version.txt")
)

// widened names the constraints, as "table.constraint", that are others than in
// the release before and refuse nothing that it writes, each with the reason.
var widened = map[string]string{
	"reminders.reminders_fact": "the release before makes no reminders",
}

const (
	betweenStatements = "\n;\n\n"
	rule              = `the release before serves beside the new schema. Expand first: add, with a default or NULL. ` +
		`Contract a release later, when no statement of the one before needs the old form: see "Changing the schema" in deploy/SCALING.md`
)

// TestThePreviousReleaseServesBesideTheNewSchema prepares each statement of the
// last release on the schema as the migrations make it now, and looks for
// columns that its inserts would have to fill and cannot know, and for
// constraints that may refuse what it writes.
func TestThePreviousReleaseServesBesideTheNewSchema(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	if *writeRelease {
		write(t, releasedStatements, strings.Join(releasable(t), betweenStatements))
		write(t, releasedVersion, fmt.Sprintln(newest(t)))
	}
	for _, broken := range m.broken(strings.Split(read(t, releasedStatements), betweenStatements)) {
		t.Errorf("%s: %s", broken, rule)
	}
	before := released(t)
	for _, column := range unknown(before.columns(), m.columns()) {
		t.Errorf("%s must be given in every new row, by a release that does not know it: %s", column, rule)
	}
	narrowed := narrowed(before, m)
	for _, name := range slices.Sorted(maps.Keys(narrowed)) {
		if widened[name] == "" {
			t.Errorf("%s %s is another than before, and is not in the list of those that refuse nothing: %s", name, narrowed[name], rule)
		}
	}
	for name := range widened {
		if narrowed[name] == "" {
			t.Errorf("%s is in the list of those that are another than before, and is not", name)
		}
	}
}

// The test of the test: migrations that break the rule.
func TestAMigrationThatTheReleaseBeforeCannotBearIsFound(t *testing.T) {
	t.Parallel()
	statements, before := strings.Split(read(t, releasedStatements), betweenStatements), released(t)
	for _, migration := range []struct {
		sql  string
		bad  bool
		what string
	}{
		{"ALTER TABLE notes RENAME author TO writer", true, "a column is renamed"},
		{"ALTER TABLE reaches DROP kind", true, "a column is dropped"},
		{"ALTER TABLE notes ADD mood text NOT NULL", true, "a column that every row must have"},
		{"ALTER TABLE notes DROP CONSTRAINT notes_state_check, ADD CONSTRAINT notes_state_check CHECK (state <> 'failed')", true, "a check is another"},
		{"ALTER TABLE notes ADD CHECK (text <> 'no')", true, "a check of a column that was there"},
		{"CREATE UNIQUE INDEX ON tags (name)", true, "what was there twice must be unique"},
		{
			"ALTER TABLE notes ADD mood text NOT NULL DEFAULT '' CHECK (mood <> 'bad'), ADD colour text; CREATE TABLE moods (user_id bigint PRIMARY KEY, mood text NOT NULL)",
			false, "columns with a default or NULL, and a table",
		},
		{"ALTER TABLE notes DROP CONSTRAINT notes_state_check", false, "a check is gone"},
	} {
		m := newMemory(t)
		m.exec(migration.sql)
		found := slices.Concat(m.broken(statements), unknown(before.columns(), m.columns()), slices.Collect(maps.Keys(narrowed(before, m))))
		found = slices.DeleteFunc(found, func(name string) bool { return widened[name] != "" })
		if (len(found) > 0) != migration.bad {
			t.Errorf("%s: found %q", migration.what, found)
		}
	}
}

// broken returns which statements cannot be prepared, and why.
func (m *memory) broken(statements []string) (list []string) {
	m.t.Helper()
	conn, err := m.sql.Acquire(m.t.Context())
	check(m.t, err)
	defer conn.Release()
	for _, sql := range statements {
		if strings.HasPrefix(sql, createStage) {
			_, err = conn.Exec(m.t.Context(), sql)
		} else {
			_, err = conn.Conn().PgConn().Prepare(m.t.Context(), "", sql, nil)
		}
		if err != nil {
			name, _, _ := strings.Cut(strings.TrimPrefix(sql, "-- "), "\n")
			list = append(list, fmt.Sprintf("%q: %v", name, err))
		}
	}
	return list
}

const createStage = "CREATE TEMP TABLE "

// filledIn are the statements of backups, which are completed with the names of
// tables, and never used beside another release's schema.
var filledIn = []string{"copy in", "copy out", "empty all", "hold all"}

// releasable returns the statements of the package in the order of their text,
// and before them the tables that it makes for a transaction.
func releasable(t *testing.T) (list []string) {
	t.Helper()
	for _, s := range statements(t) {
		if !slices.Contains(filledIn, s.name) {
			list = append(list, s.sql)
		}
	}
	slices.Sort(list)
	var stages []string
	files, fragments := parsePackage(t, "."), map[string]string{}
	for _, file := range files {
		readFragments(file, fragments)
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 4 {
				return true
			}
			table, named := text(call.Args[1], fragments)
			columns, typed := text(call.Args[2], fragments)
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "stage" && named && typed {
				stages = append(stages, createStage+table+" ("+columns+")")
			}
			return true
		})
	}
	slices.Sort(stages)
	return append(stages, list...)
}

// columns returns the tables, each as "table", and the columns that every new
// row must be given, as "table.column".
func (m *memory) columns() []string {
	m.t.Helper()
	rows, err := m.sql.Query(m.t.Context(), `
		SELECT DISTINCT table_name::text FROM information_schema.columns WHERE table_schema = 'public'
		UNION SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'
		ORDER BY 1`)
	check(m.t, err)
	return must(pgx.CollectRows(rows, pgx.RowTo[string]))(m.t)
}

// unknown returns the columns of now that rows of tables of then must be given,
// and needed not then.
func unknown(then, now []string) (list []string) {
	for _, column := range now {
		table, _, _ := strings.Cut(column, ".")
		if slices.Contains(then, table) && !slices.Contains(then, column) {
			list = append(list, column)
		}
	}
	return list
}

// released returns an empty database with the schema of the release before.
func released(t *testing.T) *memory {
	t.Helper()
	url := storetest.EmptyURL(t)
	migrator := must(store.NewMigrator(url))(t)
	version := must(strconv.ParseInt(strings.TrimSpace(read(t, releasedVersion)), 10, 64))(t)
	check(t, errors.Join(migrator.To(t.Context(), version), migrator.Close()))
	pool := must(pgxpool.New(t.Context(), url))(t)
	t.Cleanup(pool.Close)
	return &memory{t: t, sql: pool}
}

// newest returns the version of the schema as the migrations make it now.
func newest(t *testing.T) int64 {
	t.Helper()
	migrator := must(store.NewMigrator(storetest.EmptyURL(t)))(t)
	defer migrator.Close()
	return migrator.Newest()
}

// A constraint is what rows of a table have to be like.
type constraint struct {
	Table   string
	Name    string
	Means   string
	Columns []string // none where it looks at none, or at what is made of them
}

// constraints returns those of all tables, by "table.constraint".
func (m *memory) constraints() map[string]constraint {
	m.t.Helper()
	rows, err := m.sql.Query(m.t.Context(), `
		WITH found AS (
			SELECT conrelid AS relation, conname AS name, pg_get_constraintdef(oid) AS means, conkey AS numbers
			FROM pg_constraint WHERE contype IN ('c', 'f', 'x')
			UNION ALL SELECT indrelid, relname, pg_get_indexdef(indexrelid), indkey::int2[]
			FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indisunique)
		SELECT relname::text AS table, name::text, means, ARRAY(
			SELECT relname || '.' || attname FROM pg_attribute WHERE attrelid = relation AND attnum = ANY(numbers)) AS columns
		FROM found JOIN pg_class ON oid = relation WHERE relnamespace = 'public'::regnamespace`)
	check(m.t, err)
	all := map[string]constraint{}
	for _, c := range must(pgx.CollectRows(rows, pgx.RowToStructByName[constraint]))(m.t) {
		all[c.Table+"."+c.Name] = c
	}
	return all
}

// narrowed returns the constraints of now on what was there before, and what they
// mean, where they meant something else or nothing.
func narrowed(before, now *memory) map[string]string {
	before.t.Helper()
	rows, err := before.sql.Query(before.t.Context(), `
		SELECT DISTINCT unnest(ARRAY[table_name, table_name || '.' || column_name])::text
		FROM information_schema.columns WHERE table_schema = 'public'`)
	check(before.t, err)
	there := must(pgx.CollectRows(rows, pgx.RowTo[string]))(before.t)
	wasThere := func(name string) bool { return slices.Contains(there, name) }
	had, list := before.constraints(), map[string]string{}
	for name, c := range now.constraints() {
		if c.Means != had[name].Means && wasThere(c.Table) && (len(c.Columns) == 0 || slices.ContainsFunc(c.Columns, wasThere)) {
			list[name] = c.Means
		}
	}
	return list
}

func read(t *testing.T, path string) string {
	t.Helper()
	return string(must(os.ReadFile(path))(t))
}

func write(t *testing.T, path, content string) {
	t.Helper()
	check(t, os.MkdirAll(filepath.Dir(path), 0o755))
	check(t, os.WriteFile(path, []byte(content), 0o644))
}
