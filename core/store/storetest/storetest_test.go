package storetest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/privateserver/rootless"
	"github.com/kith-platform/kith/core/store/storetest"
)

// killVar makes a test program print the URL of its database and wait.
const killVar = "KITH_TEST_WAIT"

func TestMain(m *testing.M) { storetest.Main(m) }

func TestAsOrdinaryUser(t *testing.T) { rootless.Repeat(t, "NewAnswers|KilledProcess") }

func dial(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func count(t *testing.T, url, sql string, args ...any) (n int) {
	t.Helper()
	if err := dial(t, url).QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNewAnswers(t *testing.T) {
	t.Parallel()
	if err := storetest.New(t).Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOnlyURLIsMigrated(t *testing.T) {
	t.Parallel()
	const tables = `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`
	if n := count(t, storetest.URL(t), tables); n == 0 {
		t.Error("the migrated database has no tables")
	}
	if n := count(t, storetest.EmptyURL(t), tables); n != 0 {
		t.Errorf("the empty database has %d tables", n)
	}
}

func TestDatabaseEndsWithItsTest(t *testing.T) {
	t.Parallel()
	var made string
	t.Run("inner", func(t *testing.T) {
		made = storetest.URL(t)
		// Left open, by its owner's mistake.
		if _, err := pgx.Connect(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	})
	u, err := url.Parse(made)
	if err != nil {
		t.Fatal(err)
	}
	const named = `SELECT count(*) FROM pg_database WHERE datname = $1`
	if n := count(t, storetest.EmptyURL(t), named, strings.TrimPrefix(u.Path, "/")); n != 0 {
		t.Errorf("%s is still there", u.Path)
	}
}

// A recorder is a test whose errors are expected.
type recorder struct {
	testing.TB
	errors   int
	cleanups []func()
}

func (r *recorder) Error(...any)     { r.errors++ }
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func TestDatabaseThatIsGoneIsAnError(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	u, err := url.Parse(storetest.EmptyURL(r))
	if err != nil {
		t.Fatal(err)
	}
	other := dial(t, storetest.EmptyURL(t))
	if _, err := other.Exec(t.Context(), "DROP DATABASE "+strings.TrimPrefix(u.Path, "/")); err != nil {
		t.Fatal(err)
	}
	for _, cleanup := range r.cleanups {
		cleanup()
	}
	if r.errors != 1 {
		t.Errorf("the test has %d errors, want 1", r.errors)
	}
}

func TestWaitToBeKilled(t *testing.T) {
	if os.Getenv(killVar) == "" {
		return
	}
	fmt.Println(storetest.URL(t))
	<-t.Context().Done()
}

func TestServerEndsWithAKilledProcess(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWaitToBeKilled$")
	cmd.Env = append(os.Environ(), killVar+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Dir(u.Query().Get("host"))
	t.Cleanup(func() { os.RemoveAll(home) })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // its error is the kill
	awaitEnd(t, home)
}

func awaitEnd(t *testing.T, home string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		running, err := privateserver.Running(home)
		switch {
		case err != nil:
			t.Fatal(err)
		case !running:
			return
		case time.Now().After(deadline):
			t.Fatalf("the server in %s outlived its owner", home)
		}
	}
}

func TestWithoutAServerTestsFail(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^(TestNewAnswers|TestOnlyURLIsMigrated)$")
	cmd.Env = append(os.Environ(), "TMPDIR=/nowhere")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || strings.Count(string(out), "--- FAIL") != 2 || !strings.Contains(string(out), "/nowhere") {
		t.Errorf("got %v, want two failures that say why:\n%s", err, out)
	}
}

// It does not run in parallel, and so before the tests that do and start
// another server.
func TestStopLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	var home string
	t.Run("use", func(t *testing.T) {
		u, err := url.Parse(storetest.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		home = filepath.Dir(u.Query().Get("host"))
	})
	if err := storetest.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", home, err)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
	if err := storetest.Stop(); err != nil {
		t.Errorf("stopped twice: %v", err)
	}
}

func BenchmarkURL(b *testing.B) {
	storetest.URL(b)
	for b.Loop() {
		storetest.URL(b)
	}
}
