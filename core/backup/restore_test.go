package backup_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		for _, table := range d.Tables {
			meanwhile.WriteString("\n" + table.Name + ":\n")
			if _, err := d.Copy(t.Context(), &meanwhile, table); err != nil {
				return err
			}
		}
		return nil
	}))
	if diff := cmp.Diff(before, meanwhile.String()); diff != "" {
		t.Errorf("what was written meanwhile is in it:\n%s", diff)
	}
	if from.text() == before {
		t.Error("nothing was written meanwhile")
	}
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
