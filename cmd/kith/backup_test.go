package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestBackupAndRestoreCommands(t *testing.T) {
	t.Parallel()
	from, to, dir := "DATABASE_URL="+storetest.URL(t), "DATABASE_URL="+storetest.EmptyURL(t), t.TempDir()
	db := openStore(t, strings.TrimPrefix(from, "DATABASE_URL="))
	storetest.User(t, db)
	plain, sealed := filepath.Join(dir, "plain"), filepath.Join(dir, "sealed")
	place, key := "KITH_BACKUP_TO="+filepath.Join(dir, "place"), "KITH_BACKUP_KEY="+aKey
	name := func() string {
		files, err := backup.Backups(t.Context(), backup.Folder(filepath.Join(dir, "place")))
		if err != nil || len(files) != 1 {
			t.Fatalf("the place has %v (%v), want one backup", files, err)
		}
		return files[0].Name
	}
	for _, step := range []struct {
		environment []string
		args        []string
		code        int
		says        []string
	}{
		{[]string{to}, []string{"backup", plain}, exitFailed, []string{"There is no Kith in this database."}},
		{[]string{from}, []string{"backup", plain}, exitOK, []string{"warning: KITH_BACKUP_KEY is not set", "Backed up", "not encrypted, to plain in " + dir}},
		{[]string{from, key}, []string{"backup", plain}, exitFailed, []string{"is there already"}},
		{[]string{from, key}, []string{"backup", sealed}, exitOK, []string{", encrypted, to sealed"}},
		{[]string{from, key}, []string{"backup", fromHere(t, filepath.Join(dir, "again"))}, exitOK, []string{", to again in " + dir + "."}},
		{[]string{from, key, place}, []string{"backup"}, exitOK, []string{", encrypted, to kith-"}},
		{nil, []string{"backup", "--list"}, exitFailed, []string{"KITH_BACKUP_TO is not set"}},
		{[]string{place}, []string{"backup", "--list"}, exitOK, []string{" bytes  kith-"}},
		{nil, []string{"restore", "--check", plain}, exitOK, []string{"The backup is whole: ", "not encrypted."}},
		{nil, []string{"restore", "--check", sealed}, exitFailed, []string{"Set KITH_BACKUP_KEY"}},
		{[]string{key + "x"}, []string{"restore", "--check", sealed}, exitFailed, []string{"KITH_BACKUP_KEY is not the key"}},
		{[]string{key, place}, []string{"restore", "--check", "NAME"}, exitOK, []string{"The backup is whole"}},
		{[]string{key, place}, []string{"restore", "--check", "nothing"}, exitFailed, []string{"no such file"}},
		{[]string{key, from}, []string{"restore", sealed}, exitFailed, []string{"has accounts in it", "--replace"}},
		{[]string{key, place, to}, []string{"restore", "NAME"}, exitOK, []string{"Restored"}},
		{[]string{to}, []string{"user", "list"}, exitOK, []string{"Sam"}},
		{[]string{key, to}, []string{"restore", "--replace", sealed}, exitOK, []string{"Restored"}},
	} {
		for i, arg := range step.args {
			if arg == "NAME" {
				step.args[i] = name()
			}
		}
		out, stderr, code := kith(t, step.environment, step.args...)
		for _, words := range step.says {
			if !strings.Contains(out+stderr, words) {
				t.Errorf("kith %v: printed %q, want %q in it", step.args, out+stderr, words)
			}
		}
		if code != step.code {
			t.Errorf("kith %v: exit code %d, want %d", step.args, code, step.code)
		}
		if strings.Contains(out+stderr, aKey) {
			t.Errorf("kith %v: printed the key", step.args)
		}
	}
}

// On standard output there is the file and nothing else.
func TestBackupToStandardOutput(t *testing.T) {
	t.Parallel()
	out, stderr, code := kith(t, []string{"DATABASE_URL=" + storetest.URL(t)}, "backup", "-")
	if c, err := backup.Check(t.Context(), strings.NewReader(out), ""); err != nil || code != exitOK || c.Tables == 0 {
		t.Errorf("got exit code %d, %v, %v: %s", code, c, err, stderr)
	}
}

// A backup moves a kith up to another machine: nothing has to run there.
func TestRestoreForUp(t *testing.T) {
	t.Parallel()
	from := storetest.URL(t)
	storetest.User(t, openStore(t, from))
	file := filepath.Join(t.TempDir(), "kith.backup")
	dir, err := privateserver.Scratch("restore")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // for the account of the server
		t.Fatal(err)
	}
	if _, stderr, code := kith(t, []string{"DATABASE_URL=" + from}, "backup", file); code != exitOK {
		t.Fatal(stderr)
	}
	up := []string{"KITH_DATA_DIR=" + dir}
	if out, stderr, code := kith(t, up, "restore", file); code != exitOK || !strings.Contains(out, "Restored") {
		t.Fatalf("exit code %d: %s%s", code, out, stderr)
	}
	again := filepath.Join(t.TempDir(), "kith.backup")
	if out, stderr, code := kith(t, up, "backup", again); code != exitOK || !strings.Contains(out, "Backed up") {
		t.Errorf("exit code %d: %s%s", code, out, stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, postgresDir)); err != nil {
		t.Error(err)
	}
	production := []string{up[0], "KITH_ENV=production"}
	if _, stderr, code := kith(t, production, "restore", file); code != exitFailed || !strings.Contains(stderr, "DATABASE_URL is not set") {
		t.Errorf("in production: exit code %d: %s", code, stderr)
	}
}

// A process that is told to makes backups by itself.
func TestScheduledBackup(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	r := newRig(t, "KITH_BACKUP_TO", place)
	r.people(1)
	stop := r.open(roleScheduler)
	defer stop()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		files, err := backup.Backups(r.ctx, backup.Folder(place))
		r.must(err)
		if len(files) > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("no backup is made")
		}
	}
}

func openStore(t *testing.T, url string) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// fromHere returns a path as seen from where the tests run.
func fromHere(t *testing.T, path string) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(here, path)
	if err != nil {
		t.Fatal(err)
	}
	return relative
}
