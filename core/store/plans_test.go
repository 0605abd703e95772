package store_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// wholeTable lists the statements that read a whole table.
var wholeTable = []string{
	"any admin",           // once at a start
	"connected links",     // a row for each account
	"drop stale attempts", // once an hour, as all that go by age
	"drop stale codes",
	"drop stale invitations",
	"forget updates aside",
	"hold leases", // a few rows in all
	"running",
	"schema version", // a row for each migration
	"version of shape",
}

// anyTable lists the statements that are told their tables when they run, and
// are for all rows of them.
var anyTable = []string{"copy in", "copy out", "empty all", "hold all"}

var seqScan = regexp.MustCompile(`Seq Scan on (\w+)`)

// Every statement finds its rows by an index, whatever the size of a table: with
// all other ways forbidden, Postgres needs no other way.
func TestEveryStatementFindsItsRowsByIndex(t *testing.T) {
	t.Parallel()
	conn := newMemory(t).byIndex()
	for i, s := range statements(t) {
		if strings.Contains(s.sql, "staged_") || slices.Contains(anyTable, s.name) {
			continue // the former is a table that only its transaction has
		}
		read := readWhole(t, conn, fmt.Sprintf("s%d", i), s.sql)
		if allowed := slices.Contains(wholeTable, s.name); allowed != (len(read) > 0) {
			t.Errorf("%q reads %q from end to end; allowed: %v", s.name, read, allowed)
		}
	}
}

// byIndex returns a connection on which statements are planned for any values,
// and by an index where there is one.
func (m *memory) byIndex() *pgx.Conn {
	m.t.Helper()
	conn := m.forAnyValues()
	_, err := conn.Exec(m.t.Context(), `SET enable_seqscan = off`)
	check(m.t, err)
	return conn
}

// forAnyValues returns a connection on which statements are planned for any values.
func (m *memory) forAnyValues() *pgx.Conn {
	m.t.Helper()
	conn, err := m.sql.Acquire(m.t.Context())
	check(m.t, err)
	m.t.Cleanup(conn.Release)
	_, err = conn.Exec(m.t.Context(), `SET plan_cache_mode = force_generic_plan; SET jit = off`)
	check(m.t, err)
	return conn.Conn()
}

// readWhole returns the tables that a statement reads from end to end.
func readWhole(t *testing.T, conn *pgx.Conn, name, sql string) (tables []string) {
	t.Helper()
	for _, found := range seqScan.FindAllStringSubmatch(plan(t, conn, name, sql), -1) {
		tables = append(tables, found[1])
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}

// plan returns how a statement, prepared under a name, is run for any values.
func plan(t *testing.T, conn *pgx.Conn, name, sql string) string {
	t.Helper()
	prepared, err := conn.Prepare(t.Context(), name, sql)
	if err != nil {
		t.Fatalf("%v in\n%s", err, sql)
	}
	args := strings.TrimSuffix(strings.Repeat("NULL, ", len(prepared.ParamOIDs)), ", ")
	if args != "" {
		args = "(" + args + ")"
	}
	rows, err := conn.Query(t.Context(), `EXPLAIN EXECUTE `+name+args, pgx.QueryExecModeSimpleProtocol)
	check(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%v in\n%s", err, sql)
	}
	return strings.Join(lines, "\n")
}

// A task is claimed by its key, whatever Postgres believes of how many are due:
// after an outage they are many more than when it last counted them.
func TestWhatIsDoneForEachTaskIsFoundByItsKey(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.exec(`ANALYZE tasks, notes`)
	conn := m.byIndex()
	for i, s := range statements(t) {
		index := map[string]string{"claim task": "tasks_due", "finish note": "notes_said_at"}[s.name]
		if index == "" {
			continue
		}
		if how := plan(t, conn, fmt.Sprintf("s%d", i), s.sql); strings.Contains(how, index) {
			t.Errorf("%q looks among all of %s:\n%s", s.name, index, how)
		}
	}
}

// A sweep looks for what a user waits for every two seconds, whatever else is due.
func TestWhatIsDueIsFoundByItsKind(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.exec(`INSERT INTO tasks (user_id, kind) SELECT $1, 'improve_note' FROM generate_series(1, 5000)`, m.user)
	m.exec(`ANALYZE tasks`)
	conn := m.byIndex()
	for i, s := range statements(t) {
		if s.name != "nudge tasks" {
			continue
		}
		if how := plan(t, conn, fmt.Sprintf("s%d", i), s.sql); !strings.Contains(how, "tasks_due_by_kind") {
			t.Errorf("%q looks among what is due of all kinds:\n%s", s.name, how)
		}
	}
}
