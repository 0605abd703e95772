package backup_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const (
	key      = "three words and a long random number: 81643"
	otherKey = "another three words and a random number: 52"
)

// naughty has everything that COPY has to escape, and a line that looks like
// the end of a table.
const naughty = "Ana\tlikes \\ figs\r\n\\.\nSHA-256 \\N 🌱 \u202e"

// A house is a database with what looks after it.
type house struct {
	t   *testing.T
	db  *store.Store
	sql *pgxpool.Pool
	m   *store.Migrator
}

func at(t *testing.T, url string) *house {
	t.Helper()
	db, err := store.Open(t.Context(), url, store.Options{})
	check(t, err)
	t.Cleanup(db.Close)
	sql, err := pgxpool.New(t.Context(), url)
	check(t, err)
	t.Cleanup(sql.Close)
	m, err := store.NewMigrator(url)
	check(t, err)
	t.Cleanup(func() { m.Close() })
	return &house{t: t, db: db, sql: sql, m: m}
}

// inhabited returns a database with a bit of everything.
func inhabited(t *testing.T) *house {
	t.Helper()
	h := at(t, storetest.URL(t))
	for range 2 {
		h.move()
	}
	return h
}

// move adds a user with a person, a note and a fact.
func (h *house) move() core.User {
	h.t.Helper()
	user := storetest.User(h.t, h.db)
	ana := storetest.Contact(h.t, h.db, user.ID, "Ana Torres")
	note := storetest.Note(h.t, h.db, user.ID, naughty, ana)
	storetest.Fact(h.t, h.db, note, "Likes figs", func(f *core.Fact) { f.Confidence = 1.0 / 3 })
	long := strings.Repeat("word 🌱 ", 2500)
	storetest.Note(h.t, h.db, user.ID, long, ana)
	return user
}

// text returns all that is in the database, as a dump writes it.
func (h *house) text() string {
	h.t.Helper()
	var text bytes.Buffer
	check(h.t, h.db.Dump(h.t.Context(), func(d *store.Dump) error { return write(h.t, d, &text) }))
	return text.String()
}

// write writes each table of a dump.
func write(t *testing.T, d *store.Dump, text *bytes.Buffer) error {
	for _, table := range d.Tables {
		text.WriteString("\n" + table.Name + ":\n")
		if _, err := d.Copy(t.Context(), text, table); err != nil {
			return err
		}
	}
	return nil
}

// waiting reports whether a statement waits for a lock.
func (h *house) waiting(statement string) bool {
	h.t.Helper()
	return h.count(`SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event_type = 'Lock' AND starts_with(query, $1)`, statement) > 0
}

// back returns a backup of the database.
func (h *house) back(key string) []byte {
	h.t.Helper()
	var file bytes.Buffer
	_, err := backup.Write(h.t.Context(), h.db, &file, key, "test")
	check(h.t, err)
	return file.Bytes()
}

// restore puts files into the database: one each time it is read.
func (h *house) restore(change func(*backup.Restore), files ...[]byte) (backup.Contents, error) {
	r := backup.Restore{Store: h.db, Migrator: h.m}
	if change != nil {
		change(&r)
	}
	return r.Run(h.t.Context(), func() (io.ReadCloser, error) {
		file := files[0]
		files = append(files[1:], file)
		return io.NopCloser(bytes.NewReader(file)), nil
	})
}

func (h *house) exec(sql string, args ...any) {
	h.t.Helper()
	_, err := h.sql.Exec(context.WithoutCancel(h.t.Context()), sql, args...)
	check(h.t, err)
}

// count returns what a query counts.
func (h *house) count(sql string, args ...any) (n int) {
	h.t.Helper()
	check(h.t, h.sql.QueryRow(h.t.Context(), sql, args...).Scan(&n))
	return n
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantTold wants an error that people may read, with those words in it.
func wantTold(t *testing.T, err error, words string) {
	t.Helper()
	if sentence, ok := core.Sentence(err); !ok || !strings.Contains(sentence, words) {
		t.Errorf("got %v, want a sentence with %q", err, words)
	}
}
