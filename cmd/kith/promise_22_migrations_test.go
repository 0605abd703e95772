package main

import (
	"context"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/store/storetest"
	"github.com/kith-platform/kith/migrations"
)

// TestPromise22StartTogether starts several processes on an empty database at
// once: all come up, and a note is answered.
func TestPromise22StartTogether(t *testing.T) {
	t.Parallel()
	r := newRigOn(t, storetest.EmptyURL(t), cachetest.Redis(t))
	var all []*process
	for range 4 {
		all = append(all, r.spawn(), r.spawn("migrate", "up"))
	}
	r.until(30*time.Second, "the schema is there", `SELECT to_regclass('leases') IS NOT NULL`)
	users := r.people(1)
	r.answered(users[0], r.write(users[0], "Ana likes figs"), 30*time.Second)
	for i, p := range all {
		if i%2 == 0 {
			p.terminate()
			continue
		}
		if <-p.done; p.err != nil {
			t.Errorf("migrate up ended with %v, want success", p.err)
		}
	}
	r.wantSchema()
}

// TestPromise22NobodyIsServedBefore has a migration take its time: Kith says that
// it cannot serve, and refuses whoever asks, until the schema is there.
func TestPromise22NobodyIsServedBefore(t *testing.T) {
	t.Parallel()
	r := newRigOn(t, storetest.EmptyURL(t), cachetest.Redis(t))
	base := r.listens()
	release := r.obstruct("users", true)
	p := r.spawn()
	r.until(30*time.Second, "the migration waits", `SELECT EXISTS (SELECT FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ 'CREATE TABLE users')`)
	for _, path := range []string{"/health", "/health/detailed", "/api/contacts", "/sign-in", "/monitor/"} {
		if status, body := r.fetch(base + path); status != http.StatusServiceUnavailable || strings.HasPrefix(path, "/api/") && !strings.Contains(body, `"code":"unavailable"`) {
			t.Errorf("%s is answered %d %s, want 503", path, status, body)
		}
	}
	release()
	r.becomes(base, "it can serve", func(status int, _ api.Detailed) bool { return status == http.StatusOK })
	for path, want := range map[string]int{"/health": http.StatusOK, "/api/contacts": http.StatusUnauthorized, "/sign-in": http.StatusOK} {
		if status, body := r.fetch(base + path); status != want {
			t.Errorf("%s is answered %d %s then, want %d", path, status, body, want)
		}
	}
	p.terminate()
}

// TestPromise22KilledInsideAMigration kills Kith in the middle of each
// migration: running it again converges.
func TestPromise22KilledInsideAMigration(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			r := newRigOn(t, storetest.EmptyURL(t), cachetest.Redis(t))
			table, makes := lastTable(t, file)
			if !makes {
				r.before(file)
			}
			release := r.obstruct(table, makes)
			p := r.spawn("migrate", "up")
			r.until(30*time.Second, "the migration is in the middle", `SELECT EXISTS (SELECT FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ '(CREATE|ALTER) TABLE|INTO goose_db_version')`)
			p.kill()
			release()
			again := r.spawn("migrate", "up")
			if <-again.done; again.err != nil {
				t.Errorf("again: ended with %v, want success", again.err)
			}
			r.wantSchema()
		})
	}
}

// lastTable returns the table that a migration makes last, or the one that it
// changes last, or else the one in which it is noted, and reports whether it
// makes it.
func lastTable(t *testing.T, file string) (table string, makes bool) {
	t.Helper()
	sql, err := fs.ReadFile(migrations.Files, file)
	if err != nil {
		t.Fatal(err)
	}
	up, _, _ := strings.Cut(string(sql), "-- +goose Down")
	for _, verb := range []string{"CREATE", "ALTER"} {
		if tables := regexp.MustCompile(`(?m)^`+verb+` TABLE (\w+)`).FindAllStringSubmatch(up, -1); len(tables) > 0 {
			return tables[len(tables)-1][1], verb == "CREATE"
		}
	}
	return noted, false
}

// noted is the table in which migrations are noted, each at its end.
const noted = "goose_db_version"

// before makes the schema as it is before a migration.
func (r *rig) before(file string) {
	r.t.Helper()
	number, _, _ := strings.Cut(file, "_")
	version, err := strconv.Atoi(number)
	r.must(err)
	migrate := func(direction string) {
		p := r.spawn("migrate", direction)
		<-p.done
		r.must(p.err)
	}
	for migrate("up"); value[int](r, `SELECT max(version_id) FROM goose_db_version`) >= version; migrate("down") {
	}
}

// obstruct lets nobody finish making a table of that name, or changing the one
// there is, until released.
func (r *rig) obstruct(table string, makes bool) (release func()) {
	r.t.Helper()
	tx, err := r.rows.Begin(r.ctx)
	r.must(err)
	sql := `LOCK TABLE ` + table + ` IN ACCESS SHARE MODE`
	switch {
	case makes:
		sql = `CREATE TABLE ` + table + ` ()`
	case table == noted: // may be read
		sql = `LOCK TABLE ` + table + ` IN SHARE MODE`
	}
	_, err = tx.Exec(r.ctx, sql)
	r.must(err)
	return func() { r.must(tx.Rollback(r.ctx)) }
}

// schemaSQL lists what a schema has: columns, constraints, indexes, triggers
// and functions.
const schemaSQL = `
	SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || COALESCE(generation_expression, column_default, '')
	FROM information_schema.columns WHERE table_schema = 'public'
	UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
	FROM pg_constraint WHERE connamespace = 'public'::regnamespace
	UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
	UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
	UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
	ORDER BY 1`

// wantSchema fails the test unless the database has the schema that a calm
// migration makes, with each migration noted once.
func (r *rig) wantSchema() {
	r.t.Helper()
	calm, err := pgx.Connect(r.ctx, storetest.URL(r.t))
	r.must(err)
	defer calm.Close(context.WithoutCancel(r.ctx))
	rows, err := calm.Query(r.ctx, schemaSQL)
	r.must(err)
	want, err := pgx.CollectRows(rows, pgx.RowTo[string])
	r.must(err)
	rows, err = r.rows.Query(r.ctx, schemaSQL)
	r.must(err)
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	r.must(err)
	for _, line := range want {
		if !slices.Contains(got, line) {
			r.t.Errorf("the schema lacks %s", line)
		}
	}
	if len(got) != len(want) {
		r.t.Errorf("the schema has %d parts, want %d", len(got), len(want))
	}
	if n := value[int](r, `SELECT count(*) - count(DISTINCT version_id) FROM goose_db_version`); n != 0 {
		r.t.Errorf("%d migrations are noted twice, want 0", n)
	}
}
