package backup_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestRestoredIsWhatWasBackedUp(t *testing.T) {
	t.Parallel()
	from := inhabited(t)
	for _, tt := range []struct{ name, key, url string }{
		{"into an empty database", "", storetest.EmptyURL(t)},
		{"encrypted", key, storetest.EmptyURL(t)},
		{"into one that a Kith has prepared", "", storetest.URL(t)},
	} {
		to := at(t, tt.url)
		c, err := to.restore(func(r *backup.Restore) { r.Key = tt.key }, from.back(tt.key))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(from.text(), to.text()); diff != "" {
			t.Errorf("%s: the databases differ:\n%s", tt.name, diff)
		}
		if want := int64(from.count(`SELECT count(*) FROM notes`)); c.Rows < want || c.Tables < 20 || c.Encrypted != (tt.key != "") {
			t.Errorf("%s: it says %v", tt.name, c)
		}
	}
}

// What is written after a restore gets numbers of its own, and is kept account
// of as before.
func TestRestoredLivesOn(t *testing.T) {
	t.Parallel()
	from := inhabited(t)
	to := at(t, storetest.EmptyURL(t))
	_, err := to.restore(nil, from.back(""))
	check(t, err)
	const events = `SELECT count(*) FROM audit_events`
	before, step := to.count(events), to.count(`SELECT max(step) FROM notes`)
	user := to.move()
	if n := to.count(events); n <= before {
		t.Errorf("%d audit events, want more than the %d restored", n, before)
	}
	if n := to.count(`SELECT min(step) FROM notes WHERE user_id = $1`, user.ID); n <= step {
		t.Errorf("step %d was given again, after %d", n, step)
	}
}

func TestBackupIsOfOneMoment(t *testing.T) {
	t.Parallel()
	from := inhabited(t)
	before := from.text()
	var meanwhile bytes.Buffer
	check(t, from.db.Dump(t.Context(), func(d *store.Dump) error {
		from.move()
		return write(t, d, &meanwhile)
	}))
	if diff := cmp.Diff(before, meanwhile.String()); diff != "" {
		t.Errorf("what was written meanwhile is in it:\n%s", diff)
	}
	if from.text() == before {
		t.Error("nothing was written meanwhile")
	}
}

// A table that is rewritten or emptied is empty to whoever looked before.
func TestTablesStayAsTheyAreDuringABackup(t *testing.T) {
	t.Parallel()
	for _, change := range []string{
		`TRUNCATE users CASCADE`,
		`ALTER TABLE notes ADD length int GENERATED ALWAYS AS (length(text)) STORED`,
	} {
		from := inhabited(t)
		before := from.text()
		var meanwhile bytes.Buffer
		done := make(chan error, 1)
		check(t, from.db.Dump(t.Context(), func(d *store.Dump) error {
			go func() { _, err := from.sql.Exec(t.Context(), change); done <- err }()
			until(t, "it is changed, or that waits", func() bool { return len(done) > 0 || from.waiting(change) })
			return write(t, d, &meanwhile)
		}))
		check(t, <-done)
		if diff := cmp.Diff(before, meanwhile.String()); diff != "" {
			t.Errorf("%s is in it:\n%s", change, diff)
		}
	}
}

func TestBackupWaitsForAMigration(t *testing.T) {
	t.Parallel()
	from := at(t, storetest.EmptyURL(t))
	check(t, from.m.To(t.Context(), 1))
	from.exec(`INSERT INTO users (telegram_id, name) VALUES (7, 'Sam')`)
	migration, err := from.sql.Begin(t.Context())
	check(t, err)
	defer migration.Rollback(context.WithoutCancel(t.Context())) //nolint:errcheck // unless it is committed
	_, err = migration.Exec(t.Context(), `
		ALTER TABLE users ADD length int GENERATED ALWAYS AS (length(name)) STORED;
		CREATE TABLE contacts (id int);
		INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, true)`)
	check(t, err)
	var dumped *store.Dump
	var text bytes.Buffer
	done := make(chan error, 1)
	go func() {
		done <- from.db.Dump(t.Context(), func(d *store.Dump) error { dumped = d; return write(t, d, &text) })
	}()
	until(t, "the backup waits", func() bool { return len(done) > 0 || from.waiting("-- hold all") })
	check(t, migration.Commit(t.Context()))
	check(t, <-done)
	if dumped.Schema != 2 || !strings.Contains(text.String(), "\ncontacts:\n") || !strings.Contains(text.String(), "Sam") {
		t.Errorf("it is of version %d, and has %s\nwant the whole of version 2", dumped.Schema, &text)
	}
}

// strays are tables that an operator may have made. Two of them refer to each
// other.
const strays = `
	CREATE TABLE notes_before_repair AS SELECT * FROM notes;
	CREATE TABLE visits (id serial PRIMARY KEY);
	INSERT INTO visits DEFAULT VALUES;
	CREATE TABLE guests (id int PRIMARY KEY, visit int REFERENCES visits);
	ALTER TABLE visits ADD guest int REFERENCES guests`

func TestTablesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	from := inhabited(t)
	tables := from.count(`SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'`)
	before := from.text()
	from.exec(strays)
	file := from.back("")
	to := at(t, storetest.EmptyURL(t))
	c, err := to.restore(nil, file)
	check(t, err)
	if diff := cmp.Diff(before, to.text()); diff != "" || c.Tables != tables {
		t.Errorf("%d of %d tables are restored, and differ:\n%s", c.Tables, tables, diff)
	}
	from.exec(`INSERT INTO visits DEFAULT VALUES`)
	_, err = from.restore(func(r *backup.Restore) { r.Replace = true }, file)
	check(t, err)
	if n := from.count(`SELECT count(*) FROM visits`); n != 2 {
		t.Errorf("%d rows are left in a table that is not Kith's, want 2", n)
	}
	if n := from.count(`SELECT nextval('visits_id_seq')`); n != 3 {
		t.Errorf("its next number is %d, want 3", n)
	}
}

func TestTableOfOthersThatWouldBeEmptied(t *testing.T) {
	t.Parallel()
	h := inhabited(t)
	file, before := h.back(""), h.text()
	h.exec(`CREATE TABLE invoices (user_id bigint REFERENCES users)`)
	_, err := h.restore(func(r *backup.Restore) { r.Replace = true }, file)
	wantTold(t, err, `Table "invoices" references "users"`)
	if h.text() != before {
		t.Error("the database is changed")
	}
}

// There are backups with a table in them that was not Kith's.
func TestBackupWithATableOfOthers(t *testing.T) {
	t.Parallel()
	from, to := inhabited(t), at(t, storetest.EmptyURL(t))
	file := withStray(t, from.back(""))
	c, err := to.restore(nil, file)
	check(t, err)
	if diff := cmp.Diff(from.text(), to.text()); diff != "" {
		t.Errorf("the databases differ:\n%s", diff)
	}
	if !strings.HasSuffix(c.String(), "left out what is not Kith's: visits") {
		t.Errorf("it says %q", c)
	}
}

// A column that somebody added to one of Kith's tables does not keep a backup
// from being restored where there is no such column: that is said. Where there
// is one, it is restored, too.
func TestBackupWithAColumnOfOthers(t *testing.T) {
	t.Parallel()
	from, url := inhabited(t), storetest.EmptyURL(t)
	before := from.text()
	from.exec(`ALTER TABLE notes ADD "shade of day" text DEFAULT E'dark\tblue\\'; ALTER TABLE users ADD visits serial`)
	file := from.back("")
	to := at(t, url)
	c, err := to.restore(nil, file)
	check(t, err)
	if diff := cmp.Diff(before, to.text()); diff != "" {
		t.Errorf("the databases differ:\n%s", diff)
	}
	if !strings.HasSuffix(c.String(), "left out what is not Kith's: users.visits, notes.shade of day") {
		t.Errorf("it says %q", c)
	}
	if drift, err := store.Drift(t.Context(), url); err != nil || len(drift) > 0 {
		t.Errorf("the schema differs (%v): %q", err, drift)
	}
	before = from.text()
	c, err = from.restore(func(r *backup.Restore) { r.Replace = true }, file)
	check(t, err)
	if diff := cmp.Diff(before, from.text()); diff != "" || len(c.Strays) > 0 {
		t.Errorf("where it comes from %q is left out, and the database differs:\n%s", c.Strays, diff)
	}
}

// withStray adds a table and its sequence to a backup.
func withStray(t *testing.T, file []byte) []byte {
	t.Helper()
	in, err := zstd.NewReader(nil)
	check(t, err)
	defer in.Close()
	text, err := in.DecodeAll(file, nil)
	check(t, err)
	text = text[:bytes.LastIndex(text, []byte("SHA-256 "))]
	text = append(text, `COPY {"table":"visits","columns":["id"]}`+"\n1\n2\n\\.\n"+`SEQUENCE {"sequence":"visits_id_seq","last_value":2}`+"\n"...)
	text = fmt.Appendf(text, "SHA-256 %x\n", sha256.Sum256(text))
	out, err := zstd.NewWriter(nil)
	check(t, err)
	return out.EncodeAll(text, nil)
}

// A backup by any older release becomes one of this schema.
func TestOlderSchemasAreBroughtUp(t *testing.T) {
	t.Parallel()
	from := at(t, storetest.EmptyURL(t))
	all, err := from.m.Status(t.Context())
	check(t, err)
	check(t, from.m.To(t.Context(), 1))
	from.exec(`INSERT INTO users (telegram_id, name) VALUES (7, 'Sam')`)
	for i, url := range []string{storetest.EmptyURL(t), storetest.URL(t)} {
		to := at(t, url)
		c, err := to.restore(nil, from.back(""))
		check(t, err)
		version, err := to.m.Version(t.Context())
		check(t, err)
		if c.Schema != 1 || version != to.m.Newest() {
			t.Errorf("database %d: from version %d to %d of %d migrations, want from 1 to %d", i, c.Schema, version, len(all), to.m.Newest())
		}
		if n := to.count(`SELECT count(*) FROM users WHERE telegram_id = 7`); n != 1 {
			t.Errorf("database %d: %d users restored, want 1", i, n)
		}
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	from := inhabited(t)
	from.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	to := at(t, storetest.EmptyURL(t))
	_, err := to.restore(nil, from.back(""))
	wantTold(t, err, "This backup has schema version 99999, and this Kith knows none after")
	wantUntouched(t, to)
}

func wantUntouched(t *testing.T, h *house) {
	t.Helper()
	if n := h.count(`SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`); n != 0 {
		t.Errorf("the database has %d tables, want it untouched", n)
	}
}

func TestInhabitedDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	from, to := inhabited(t), inhabited(t)
	to.move()
	before := to.text()
	_, err := to.restore(nil, from.back(""))
	wantTold(t, err, "This database has accounts in it")
	if to.text() != before {
		t.Error("the database is changed")
	}
	_, err = to.restore(func(r *backup.Restore) { r.Replace = true }, from.back(""))
	check(t, err)
	if diff := cmp.Diff(from.text(), to.text()); diff != "" {
		t.Errorf("replaced, the databases differ:\n%s", diff)
	}
}

// Nothing may be lost on the way down that a failure cannot bring back.
func TestInhabitedDatabaseIsNotTakenDown(t *testing.T) {
	t.Parallel()
	old, to := at(t, storetest.EmptyURL(t)), inhabited(t)
	check(t, old.m.To(t.Context(), 1))
	before := to.text()
	_, err := to.restore(func(r *backup.Restore) { r.Replace = true }, old.back(""))
	wantTold(t, err, "take it back first with kith migrate down")
	if to.text() != before {
		t.Error("the database is changed")
	}
}

func TestDatabaseInUseIsRefused(t *testing.T) {
	t.Parallel()
	from, to := inhabited(t), at(t, storetest.URL(t))
	_, err := to.db.TakeLease(t.Context(), "sweep", "somebody", time.Minute)
	check(t, err)
	_, err = to.restore(nil, from.back(""))
	wantTold(t, err, "A Kith runs on this database")
}

func TestDatabaseOfOthersIsRefused(t *testing.T) {
	t.Parallel()
	from, to := inhabited(t), at(t, storetest.EmptyURL(t))
	to.exec(`CREATE TABLE invoices (id int)`)
	_, err := to.restore(nil, from.back(""))
	wantTold(t, err, "tables that are not Kith's")
}

func TestWrongKeyIsRefused(t *testing.T) {
	t.Parallel()
	from, to := inhabited(t), at(t, storetest.EmptyURL(t))
	file := from.back(key)
	if bytes.Contains(file, []byte("figs")) || bytes.Contains(file, []byte(key)) {
		t.Error("what is encrypted can be read")
	}
	_, err := to.restore(nil, file)
	wantTold(t, err, "Set KITH_BACKUP_KEY")
	_, err = to.restore(func(r *backup.Restore) { r.Key = otherKey }, file)
	wantTold(t, err, "KITH_BACKUP_KEY is not the key")
	wantUntouched(t, to)
}

// The file may break after it was checked: the database is as it was.
func TestFileThatBreaksLaterChangesNothing(t *testing.T) {
	t.Parallel()
	from, to := inhabited(t), inhabited(t)
	file, before := from.back(""), to.text()
	for _, broken := range [][]byte{file[:len(file)/2], file[:len(file)-1], flip(file, len(file)/2)} {
		_, err := to.restore(func(r *backup.Restore) { r.Replace = true }, file, broken)
		wantTold(t, err, "This backup is damaged or cut off")
		if to.text() != before {
			t.Fatal("the database is changed")
		}
	}
}

// flip returns file with one bit of it changed.
func flip(file []byte, i int) []byte {
	file = slices.Clone(file)
	file[i] ^= 0x10
	return file
}
