package store_test

import (
	"flag"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

var writeRelease = flag.Bool("write-release", false, "write down the statements and columns of this release")

// What the release before leaves for this one: its statements, and the columns
// that it fills in each row.
var (
	releasedStatements = filepath.Join("testdata", "release.sql")
	releasedColumns    = filepath.Join("testdata", "release_columns.txt")
)

const (
	betweenStatements = "\n;\n\n"
	rule              = `the release before serves beside the new schema. Expand first: add, with a default or NULL. ` +
		`Contract a release later, when no statement of the one before needs the old form: see "Changing the schema" in deploy/SCALING.md`
)

// TestThePreviousReleaseServesBesideTheNewSchema prepares each statement of the
// last release on the schema as the migrations make it now, and looks for
// columns that its inserts would have to fill and cannot know.
func TestThePreviousReleaseServesBesideTheNewSchema(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	if *writeRelease {
		write(t, releasedStatements, strings.Join(releasable(t), betweenStatements))
		write(t, releasedColumns, strings.Join(m.columns(), "\n")+"\n")
	}
	for _, broken := range m.broken(strings.Split(read(t, releasedStatements), betweenStatements)) {
		t.Errorf("%s: %s", broken, rule)
	}
	for _, column := range unknown(strings.Fields(read(t, releasedColumns)), m.columns()) {
		t.Errorf("%s must be given in every new row, by a release that does not know it: %s", column, rule)
	}
}

// The test of the test: migrations that break the rule.
func TestAMigrationThatTheReleaseBeforeCannotBearIsFound(t *testing.T) {
	t.Parallel()
	statements, columns := strings.Split(read(t, releasedStatements), betweenStatements), strings.Fields(read(t, releasedColumns))
	for _, migration := range []struct {
		sql  string
		bad  bool
		what string
	}{
		{"ALTER TABLE notes RENAME author TO writer", true, "a column is renamed"},
		{"ALTER TABLE reaches DROP kind", true, "a column is dropped"},
		{"ALTER TABLE notes ADD mood text NOT NULL", true, "a column that every row must have"},
		{
			"ALTER TABLE notes ADD mood text NOT NULL DEFAULT '', ADD colour text; CREATE TABLE moods (user_id bigint NOT NULL, mood text NOT NULL)",
			false, "columns with a default or NULL, and a table",
		},
	} {
		m := newMemory(t)
		m.exec(migration.sql)
		found := slices.Concat(m.broken(statements), unknown(columns, m.columns()))
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
var filledIn = []string{"copy in", "copy out", "empty all"}

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

func read(t *testing.T, path string) string {
	t.Helper()
	return string(must(os.ReadFile(path))(t))
}

func write(t *testing.T, path, content string) {
	t.Helper()
	check(t, os.MkdirAll(filepath.Dir(path), 0o755))
	check(t, os.WriteFile(path, []byte(content), 0o644))
}
