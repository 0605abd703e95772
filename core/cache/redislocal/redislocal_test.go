package redislocal

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

	"github.com/redis/go-redis/v9"
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

func TestAsOrdinaryUser(t *testing.T) { rootless.Repeat(t, ".") }

// scratch returns a directory for servers that everybody may pass through.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := privateserver.Scratch("redislocal")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts a server that keeps its data, and is stopped when the test ends.
func start(t *testing.T, dir string) *privateserver.Server {
	t.Helper()
	s, err := Start(t.Context(), privateserver.Options{Dir: dir})
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

func dial(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries = -1
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	return client
}

func put(t *testing.T, url, value string) {
	t.Helper()
	if err := dial(t, url).Set(t.Context(), "note", value, 0).Err(); err != nil {
		t.Fatal(err)
	}
}

// kept returns what put left, or nothing.
func kept(t *testing.T, url string) string {
	t.Helper()
	value, err := dial(t, url).Get(t.Context(), "note").Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		t.Fatal(err)
	}
	return value
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
	s := start(t, scratch(t))
	for name, want := range map[string]string{
		"port": "0", "appendonly": "yes", "save": "", "maxmemory-policy": "noeviction",
	} {
		got, err := dial(t, s.URL()).ConfigGet(t.Context(), name).Result()
		if got[name] != want || err != nil {
			t.Errorf("%s is %q (%v), want %q", name, got[name], err, want)
		}
	}
}

func TestNobodyElseGetsIn(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	u, err := url.Parse(start(t, dir).URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []*url.Userinfo{nil, url.UserPassword("", "guess")} {
		u.User = user
		if err := dial(t, u.String()).Ping(t.Context()).Err(); err == nil {
			t.Errorf("%s got in", user)
		}
	}
	for path, want := range map[string]os.FileMode{
		filepath.Join(dir, "data"):            os.ModeDir | 0o700,
		filepath.Join(dir, "run"):             os.ModeDir | 0o700,
		filepath.Join(dir, "run", socketName): os.ModeSocket | 0o700,
		filepath.Join(dir, "password"):        0o600,
		filepath.Join(dir, "redis.conf"):      0o600,
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

func TestDataOutlastTheServerUnlessDisposable(t *testing.T) {
	t.Parallel()
	for _, disposable := range []bool{false, true} {
		options := privateserver.Options{Dir: filepath.Join(scratch(t), `with "quotes" \ and spaces`), Disposable: disposable}
		first, err := Start(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		put(t, first.URL(), "figs")
		stop(t, first)
		<-first.Done()
		if err := first.Err(); err != nil {
			t.Errorf("a stopped server's error is %v, want none", err)
		}
		second, err := Start(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		if got := kept(t, second.URL()); (got == "figs") == disposable {
			t.Errorf("disposable %t: found %q", disposable, got)
		}
		stop(t, second)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	if _, err := Find(dir); !errors.Is(err, privateserver.ErrNotRunning) {
		t.Errorf("before the start: %v, want privateserver.ErrNotRunning", err)
	}
	s := start(t, dir)
	if found, err := Find(dir); found != s.URL() || err != nil {
		t.Errorf("found %s (%v), want %s", found, err, s.URL())
	}
	stop(t, s)
	_, err := Find(dir)
	if !errors.Is(err, privateserver.ErrNotRunning) {
		t.Errorf("after the stop: %v, want privateserver.ErrNotRunning", err)
	}
	wantError(t, err, "find redis in "+dir)
}

func TestSecondStartIsRefused(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	first := start(t, dir)
	_, err := Start(t.Context(), privateserver.Options{Dir: dir})
	if !errors.Is(err, privateserver.ErrInUse) {
		t.Errorf("started twice: %v, want privateserver.ErrInUse", err)
	}
	wantError(t, err, "start redis in "+dir)
	put(t, first.URL(), "figs")
}

func TestPathTooLongForASocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(scratch(t), strings.Repeat("long", 40))
	s := start(t, dir)
	put(t, s.URL(), "figs")
	if found, err := Find(dir); found != s.URL() || err != nil {
		t.Errorf("found %s (%v), want %s", found, err, s.URL())
	}
}

func TestMissingProgram(t *testing.T) {
	t.Parallel()
	_, err := installed([]string{"no-such-redis-server", "/nowhere/redis-server"})
	wantError(t, err, "apt-get install redis-server")
}

func TestBrokenDataSayWhy(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s := start(t, dir)
	put(t, s.URL(), "figs")
	stop(t, s)
	files, err := filepath.Glob(filepath.Join(dir, "data", "*", "*.manifest"))
	if err != nil || len(files) != 1 {
		t.Fatalf("found manifests %v (%v), want one", files, err)
	}
	if err := os.WriteFile(files[0], []byte("ripe figs\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), privateserver.Options{Dir: dir})
	wantError(t, err, "start redis in "+dir, "exit status", "AOF")
}

func TestStartIsCancelled(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, privateserver.Options{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the start was cancelled", err)
	}
	if running, err := privateserver.Running(dir); running || err != nil {
		t.Errorf("a server runs after a cancelled start: %t (%v)", running, err)
	}
}

func TestEarlierServerThatNeitherAnswersNorEnds(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	home, err := privateserver.Open(dir, "nobody")
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := home.Start(syscall.SIGKILL, "/bin/sleep", "1000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { frozen.Stop(context.WithoutCancel(t.Context()), syscall.SIGKILL, syscall.SIGKILL) })
	if err := home.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = Start(ctx, privateserver.Options{Dir: dir})
	wantError(t, err, "neither answers nor ends")
}
