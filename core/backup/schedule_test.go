package backup_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

var today = time.Now()

// day returns the name of a backup of some days ago.
func day(ago int) string { return backup.Name(today.AddDate(0, 0, -ago)) }

// keep puts files into a folder that have those names.
func keep(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		check(t, os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600))
	}
}

// list returns the names of the backups in a folder, the newest first.
func list(t *testing.T, folder string) (names []string) {
	t.Helper()
	files, err := backup.Backups(t.Context(), backup.Folder(folder))
	check(t, err)
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

// A journal is what a schedule logs, which may be read meanwhile.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// start runs a schedule for the folder until stop.
func start(t *testing.T, db *store.Store, place backup.Place, owner string) (log *journal, stop func()) {
	t.Helper()
	log = &journal{}
	s := backup.Schedule{
		Store: db, Place: place, Key: key, By: "test", Every: 24 * time.Hour, Keep: 3, Owner: owner,
		Log: slog.New(slog.NewTextHandler(log, nil)), Metrics: backup.NewMetrics(prometheus.NewRegistry()),
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	return log, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// until waits for a condition.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestScheduledBackupsReplaceOldOnes(t *testing.T) {
	t.Parallel()
	h, folder := inhabited(t), t.TempDir()
	keep(t, folder, day(1), day(2), day(3), day(4), "kith-of-mine.backup", "notes.txt")
	_, stop := start(t, h.db, backup.Folder(folder), "one")
	until(t, "old backups are removed", func() bool { return len(list(t, folder)) == 3 })
	stop()
	names := list(t, folder)
	if names[1] != day(1) || names[2] != day(2) {
		t.Errorf("kept %q, want the newest", names)
	}
	for _, other := range []string{"kith-of-mine.backup", "notes.txt"} {
		if _, err := os.Stat(filepath.Join(folder, other)); err != nil {
			t.Errorf("somebody else's file: %v", err)
		}
	}
	file, err := backup.Folder(folder).Open(t.Context(), names[0])
	check(t, err)
	defer file.Close()
	c, err := backup.Check(t.Context(), file, key)
	if err != nil || !c.Encrypted || c.Rows == 0 {
		t.Errorf("the new one has %v, %v", c, err)
	}
	info, err := os.Stat(filepath.Join(folder, names[0]))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v, want that only its owner reads it", info.Mode(), err)
	}
}

// One that is younger than the time between two is enough, whoever made it.
func TestNoBackupBeforeItIsDue(t *testing.T) {
	t.Parallel()
	h, folder := inhabited(t), t.TempDir()
	keep(t, folder, backup.Name(time.Now().Add(-23*time.Hour)))
	looked := make(chan struct{})
	_, stop := start(t, h.db, watched{backup.Folder(folder), looked}, "one")
	<-looked
	stop()
	if names := list(t, folder); len(names) != 1 {
		t.Errorf("there are %q, want the one", names)
	}
}

// A clock that was once wrong neither holds up backups nor has good ones removed.
func TestBackupsNamedInTheFuture(t *testing.T) {
	t.Parallel()
	h, folder := inhabited(t), t.TempDir()
	future := day(-3650)
	keep(t, folder, future, day(2), day(3), day(4))
	_, stop := start(t, h.db, backup.Folder(folder), "one")
	until(t, "the oldest is removed", func() bool { return !slices.Contains(list(t, folder), day(4)) })
	stop()
	if names := list(t, folder); len(names) != 4 || names[0] != future || names[2] != day(2) || names[3] != day(3) {
		t.Errorf("there are %q, want the future one, one of now, and those of two days", names)
	}
}

// watched tells when somebody first lists what is there.
type watched struct {
	backup.Place
	looked chan struct{}
}

func (w watched) List(ctx context.Context) ([]backup.File, error) {
	defer close(w.looked)
	return w.Place.List(ctx)
}

func TestOneProcessMakesBackups(t *testing.T) {
	t.Parallel()
	h, folder := inhabited(t), t.TempDir()
	held, err := h.db.TakeLease(t.Context(), "backup", "another", time.Hour)
	if err != nil || !held {
		t.Fatal(held, err)
	}
	looked := make(chan struct{})
	_, stop := start(t, h.db, watched{backup.Folder(folder), looked}, "one")
	until(t, "it has seen whose lease it is", func() bool {
		return h.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '-- take lease%'`) > 0
	})
	stop()
	select {
	case <-looked:
		t.Error("it looked for backups without the lease")
	default:
	}
}

// A failure is told of, and leaves nothing of itself.
func TestBackupThatFails(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), storetest.URL(t), store.Options{})
	check(t, err)
	t.Cleanup(db.Close)
	folder := t.TempDir()
	log, stop := start(t, db, full{backup.Folder(folder)}, "one")
	until(t, "the log says so", func() bool { return strings.Contains(log.String(), "no backup was made") })
	stop()
	if left := entries(t, folder); len(left) > 0 || !strings.Contains(log.String(), errFull.Error()) {
		t.Errorf("%d files are left, and the log says %s", len(left), log)
	}
}

var errFull = errors.New("no space left")

// full is a place that breaks off.
type full struct{ backup.Place }

func (f full) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	return f.Place.Put(ctx, name, func(w io.Writer) error {
		if err := write(io.MultiWriter(w, breaking{})); err == nil {
			return errors.New("nobody minds that nothing is written")
		}
		return errFull
	})
}

type breaking struct{}

func (breaking) Write([]byte) (int, error) { return 0, errFull }

func entries(t *testing.T, folder string) []os.DirEntry {
	t.Helper()
	list, err := os.ReadDir(folder)
	check(t, err)
	return list
}

func TestFolderThatAKilledProcessLeft(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	old, busy := day(9)+".part", day(0)+".part"
	keep(t, folder, old, busy)
	check(t, os.Chtimes(filepath.Join(folder, old), time.Time{}, time.Now().Add(-2*time.Hour)))
	if names := list(t, folder); len(names) > 0 {
		t.Errorf("%q are backups", names)
	}
	check(t, backup.Folder(folder).Put(t.Context(), day(1), func(io.Writer) error { return nil }))
	var left []string
	for _, e := range entries(t, folder) {
		left = append(left, e.Name())
	}
	if strings.Join(left, " ") != day(1)+" "+busy {
		t.Errorf("left are %q, want %q and %q", left, day(1), busy)
	}
}
