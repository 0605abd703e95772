package pglocal

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/privateserver/rootless"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerVar); dir != "" {
		own(dir)
	}
	if dir := os.Getenv(survivorVar); dir != "" {
		leave(dir)
	}
	goleak.VerifyTestMain(m)
}

func TestAsOrdinaryUser(t *testing.T) {
	rootless.Repeat(t, "WhatKithNeeds|GetsIn|Owner|Survivor|Stale")
}

// scratch returns a directory for servers that everybody may pass through.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := privateserver.Scratch("pglocal")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts a server that is stopped when the test ends.
func start(t *testing.T, dir string) *privateserver.Server {
	t.Helper()
	s, err := Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *privateserver.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// dial connects until the test ends.
func dial(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func ask[T any](t *testing.T, conn *pgx.Conn, sql string) (answer T) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}

func do(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// wantError fails the test unless err mentions all the words.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("got error %v, want one that says %q", err, w)
		}
	}
}

func TestServerIsWhatKithNeeds(t *testing.T) {
	t.Parallel()
	conn := dial(t, start(t, scratch(t)).URL())
	for sql, want := range map[string]string{
		`SELECT current_database()`: "kith",
		`SHOW server_encoding`:      "UTF8",
		`SELECT datcollate FROM pg_database WHERE datname = current_database()`: "C.UTF-8",
		`SHOW timezone`:         "UTC",
		`SHOW listen_addresses`: "",
		`SELECT lower('ÅÑЖ')`:   "åñж",
	} {
		if got := ask[string](t, conn, sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	for _, name := range []string{"pg_trgm", "unaccent", "btree_gin"} {
		do(t, conn, `CREATE EXTENSION `+name)
	}
}

func TestNobodyElseGetsIn(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	u, err := url.Parse(start(t, dir).URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []*url.Userinfo{
		url.User("kith"), url.UserPassword("kith", "guess"), url.UserPassword("postgres", "guess"),
	} {
		u.User = user
		if conn, err := pgx.Connect(t.Context(), u.String()); err == nil {
			t.Errorf("%s got in", user)
			conn.Close(t.Context())
		}
	}
	for path, want := range map[string]os.FileMode{
		filepath.Join(dir, "data"):            os.ModeDir | 0o700,
		privateserver.SocketDir(dir):          os.ModeDir | 0o700,
		filepath.Join(dir, "password"):        0o600,
		filepath.Join(dir, "server.log"):      0o600,
		filepath.Join(dir, "run", socketName): os.ModeSocket | 0o700,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %s, want %s", path, info.Mode(), want)
		}
	}
}

func TestLogHoldsNoData(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	conn := dial(t, start(t, dir).URL())
	do(t, conn, `CREATE TABLE notes (body text NOT NULL, length int CHECK (length > 0))`)
	if _, err := conn.Exec(t.Context(), `INSERT INTO notes VALUES ('Ana likes figs', 0)`); err == nil {
		t.Fatal("the constraint let the row pass")
	}
	log, err := os.ReadFile(filepath.Join(dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "notes_length_check") || strings.Contains(string(log), "figs") {
		t.Errorf("the log should name the constraint and not the row:\n%s", log)
	}
}

func TestDataOutlastTheServer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(scratch(t), "kith", "postgres")
	first, err := Start(t.Context(), privateserver.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, first.URL())
	if fsync := ask[string](t, conn, `SHOW fsync`); fsync != "on" {
		t.Errorf("fsync is %s, want on", fsync)
	}
	do(t, conn, `CREATE TABLE notes AS SELECT 42 AS id`)
	stop(t, first)
	<-first.Done()
	if err := first.Err(); err != nil {
		t.Errorf("a stopped server's error is %v, want none", err)
	}

	second := start(t, dir)
	if id := ask[int](t, dial(t, second.URL()), `SELECT id FROM notes`); id != 42 {
		t.Errorf("found note %d, want 42", id)
	}
	if second.URL() != first.URL() {
		t.Errorf("the url became %s, was %s", second.URL(), first.URL())
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	if _, err := Find(dir); !errors.Is(err, privateserver.ErrNotRunning) {
		t.Errorf("before the start: %v, want privateserver.ErrNotRunning", err)
	}
	s, err := Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := Find(dir); found != s.URL() || err != nil {
		t.Errorf("found %s (%v), want %s", found, err, s.URL())
	}
	stop(t, s)
	_, err = Find(dir)
	if !errors.Is(err, privateserver.ErrNotRunning) {
		t.Errorf("after the stop: %v, want privateserver.ErrNotRunning", err)
	}
	wantError(t, err, "find postgres in "+dir)
}

func TestSecondStartIsRefused(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	first := start(t, dir)
	_, err := Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	if !errors.Is(err, privateserver.ErrInUse) {
		t.Errorf("started twice: %v, want privateserver.ErrInUse", err)
	}
	wantError(t, err, "start postgres in "+dir)
	if err := dial(t, first.URL()).Ping(t.Context()); err != nil {
		t.Errorf("the first server after the second start: %v", err)
	}
}

func TestPathTooLongForASocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(scratch(t), strings.Repeat("long", 40))
	s := start(t, dir)
	if err := dial(t, s.URL()).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if found, err := Find(dir); found != s.URL() || err != nil {
		t.Errorf("found %s (%v), want %s", found, err, s.URL())
	}
	sockets := privateserver.SocketDir(dir)
	stop(t, s)
	if _, err := os.Stat(sockets); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", sockets, err)
	}
}

func TestClosedParentIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // an ordinary user's server is that user, who may enter
	}
	closed := filepath.Join(scratch(t), "root")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), privateserver.Options{Dir: filepath.Join(closed, "kith")})
	wantError(t, err, "may not enter "+closed)
}

func TestStartIsCancelled(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	start(t, dir).Stop(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, privateserver.Options{Dir: dir, Disposable: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the start was cancelled", err)
	}
	if running, err := privateserver.Running(dir); running || err != nil {
		t.Errorf("a server runs after a cancelled start: %t (%v)", running, err)
	}
}

func TestStopInAHurryLosesNothing(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s, err := Start(t.Context(), privateserver.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, s.URL())
	do(t, conn, `CREATE TABLE notes AS SELECT 42 AS id`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// The server may be done before it is looked at whether there is time.
	if err := s.Stop(ctx); err != nil {
		wantError(t, err, "stop postgres in "+dir, syscall.SIGQUIT.String())
	}
	if id := ask[int](t, dial(t, start(t, dir).URL()), `SELECT id FROM notes`); id != 42 {
		t.Errorf("found note %d, want 42", id)
	}
}

func TestBrokenDataSayWhy(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	start(t, dir).Stop(t.Context())
	if err := os.WriteFile(filepath.Join(dir, "data", "postgresql.conf"), []byte("figs = ripe\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	wantError(t, err, "start postgres in "+dir, "exit status", "figs")
}

func TestLostPassword(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	start(t, dir).Stop(t.Context())
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	wantError(t, err, "password authentication failed")
	if err := os.Remove(password); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	wantError(t, err, password)
	if running, err := privateserver.Running(dir); running || err != nil {
		t.Errorf("a server runs after a failed start: %t (%v)", running, err)
	}
}
