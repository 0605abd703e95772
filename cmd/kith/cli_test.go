package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kith-platform/kith/core/store/storetest"
)

// kith runs a command in this process, so that its coverage counts, and
// returns what it printed and its exit code.
func kith(t *testing.T, environment []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	code = run(t.Context(), args, &terminal{
		environment: environment, dotenv: filepath.Join(t.TempDir(), ".env"), stdout: &out, stderr: &errs,
	})
	return out.String(), errs.String(), code
}

// binaryDir is where the real program is built, for the tests that need it.
var binaryDir string

var buildOnce = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaryDir, "kith")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	var err error
	if binaryDir, err = os.MkdirTemp("", "kith"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	flag.Parse()
	begun := time.Now()
	code := m.Run()
	if err := errors.Join(storetest.Stop(), os.RemoveAll(binaryDir), leaked(), writeLedger(begun)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// leaked returns an error that names the goroutines the tests left behind, but
// for those that libraries start and never end: lumberjack one for each file,
// scs one for each server's sessions.
func leaked() error {
	return goleak.Find(
		goleak.IgnoreAnyFunction("gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun"),
		goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

// binary returns a command that runs the real program in an empty directory.
func binary(t *testing.T, environment []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir, cmd.Env = t.TempDir(), append([]string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, environment...)
	return cmd
}

func TestBinaryTellsEveryMistakeInOneMessage(t *testing.T) {
	t.Parallel()
	cmd := binary(t, []string{"KITH_ENV=prod", "LOG_LEVEL=loud", "KITH_HTTP_ADR=:1", "DATABASE_URL=postgres://kith:hunter2@localhost:port/x"}, "config")
	out, err := cmd.CombinedOutput()
	want := `kith: warning: KITH_HTTP_ADR is not a setting of Kith; did you mean KITH_HTTP_ADDR?
kith: 3 settings are wrong:
  DATABASE_URL: is not a Postgres URL; write postgres://user:password@host:5432/kith.
  KITH_ENV: "prod" is not known; write development, production or testing.
  LOG_LEVEL: "loud" is not a level; write debug, info, warn or error.
`
	if string(out) != want || cmd.ProcessState.ExitCode() != exitUsage {
		t.Errorf("exit code %d (%v), want %d; printed\n%s\nwant\n%s", cmd.ProcessState.ExitCode(), err, exitUsage, out, want)
	}
}

func TestBinaryReadsDotenvAndMasksSecrets(t *testing.T) {
	t.Parallel()
	cmd := binary(t, []string{"DATABASE_URL=postgres://kith:hunter2@db/kith", "LOG_DIR=/tmp/my logs"}, "config")
	if err := os.WriteFile(filepath.Join(cmd.Dir, ".env"), []byte("TELEGRAM_BOT_TOKEN="+aToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{
		"DATABASE_URL=postgres://kith:xxxxx@db/kith # environment", "TELEGRAM_BOT_TOKEN=xxxxx # .env",
		"KITH_ENV=development # default", "REDIS_URL= # not set", `LOG_DIR="/tmp/my logs" # environment`,
		"KITH_OPEN_REGISTRATION=false # default", "TELEGRAM_API_ID= # not set", "TELEGRAM_CALLS_PER_SECOND=3 # default",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
}

func TestBinaryCompletes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"kith do": "doctor", "kith completion --co": "--code"} {
		cmd := binary(t, []string{"COMP_LINE=" + line})
		if out, err := cmd.Output(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%q completes to %q (%v), want %q", line, out, err, want)
		}
	}
	for shell, want := range map[string]string{"bash": "complete -o default", "zsh": "bashcompinit", "fish": "complete -f -c kith"} {
		out, err := binary(t, nil, "completion", "--code", shell).Output()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: got %q (%v), want %q", shell, out, err, want)
		}
	}
}

func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	kith := binary(t, nil).Path
	script := fmt.Sprintf(`source <(%[1]s completion -c bash) && complete -p kith`, kith)
	out, err := exec.CommandContext(t.Context(), "bash", "-c", script).CombinedOutput()
	if err != nil || !strings.Contains(string(out), kith) {
		t.Errorf("bash says %q (%v), want it to complete with %s", out, err, kith)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"--help"}} {
		out, stderr, code := kith(t, nil, args...)
		if code != exitOK || stderr != "" {
			t.Errorf("kith %v: exit code %d, %q on stderr", args, code, stderr)
		}
		for _, command := range []string{"doctor", "health", "config", "version", "completion"} {
			if !strings.Contains(out, "\n  "+command) {
				t.Errorf("kith %v: no command %s in\n%s", args, command, out)
			}
		}
	}
	for _, command := range []string{"doctor", "health", "config"} {
		if out, _, code := kith(t, nil, command, "--help"); code != exitOK || !strings.HasPrefix(out, "Usage: kith "+command) {
			t.Errorf("kith %s --help: exit code %d, printed\n%s", command, code, out)
		}
	}
}

func TestUnknownCommand(t *testing.T) {
	t.Parallel()
	_, stderr, code := kith(t, nil, "healt")
	want := "kith: unexpected argument healt, did you mean \"health\"?\nType \"kith --help\" to see the commands.\n"
	if code != exitUsage || stderr != want {
		t.Errorf("exit code %d, %q; want %d, %q", code, stderr, exitUsage, want)
	}
}

func TestCommandsRefuseWrongSettings(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"config", "doctor", "health"} {
		if _, stderr, code := kith(t, []string{"LOG_LEVEL=loud"}, command); code != exitUsage || !strings.Contains(stderr, "LOG_LEVEL") {
			t.Errorf("kith %s: exit code %d, %q", command, code, stderr)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if out, _, code := kith(t, nil, "version"); code != exitOK || !strings.HasPrefix(out, "kith ") || !strings.Contains(out, "go1.") {
		t.Errorf("exit code %d, printed %q", code, out)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		status     int
		code       int
		want       string
	}{
		{"healthy", `{"status":"healthy","version":"v1"}`, http.StatusOK, exitOK, "healthy, version v1\n"},
		{"not healthy", `{"status":"unhealthy"}`, http.StatusServiceUnavailable, exitFailed, "503 Service Unavailable unhealthy"},
		{"somebody else", `<html>`, http.StatusOK, exitFailed, "is not Kith"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/health" {
				http.NotFound(w, r)
				return
			}
			w.WriteHeader(tt.status)
			_, _ = fmt.Fprint(w, tt.body)
		}))
		out, stderr, code := kith(t, []string{"KITH_HTTP_ADDR=" + server.Listener.Addr().String()}, "health")
		server.Close()
		if code != tt.code || !strings.Contains(out+stderr, tt.want) {
			t.Errorf("%s: exit code %d, %q; want %d, %q", tt.name, code, out+stderr, tt.code, tt.want)
		}
	}
	if _, stderr, code := kith(t, []string{"KITH_HTTP_ADDR=127.0.0.1:1"}, "health"); code != exitFailed ||
		stderr != "kith: nothing answers at http://127.0.0.1:1/health: connection refused\n" {
		t.Errorf("nobody there: exit code %d, %q", code, stderr)
	}
	if _, stderr, code := kith(t, []string{"KITH_HTTP_ADDR=127.0.0.1:0"}, "health"); code != exitFailed || !strings.Contains(stderr, "port 0") {
		t.Errorf("port 0: exit code %d, %q", code, stderr)
	}
}

func TestHealthURL(t *testing.T) {
	t.Parallel()
	for a, want := range map[address]string{
		":5000":          "http://localhost:5000/health",
		"0.0.0.0:80":     "http://localhost:80/health",
		"[::]:80":        "http://localhost:80/health",
		"[::1]:80":       "http://[::1]:80/health",
		"127.0.0.1:5000": "http://127.0.0.1:5000/health",
	} {
		if got, err := healthURL(a); got != want || err != nil {
			t.Errorf("%s: got %s (%v), want %s", a, got, err, want)
		}
	}
}

func TestExitCodeMasksSecrets(t *testing.T) {
	t.Parallel()
	var stderr strings.Builder
	term := &terminal{
		environment: []string{"TELEGRAM_BOT_TOKEN=" + aToken, "DATABASE_URL=postgres://db/kith"},
		dotenv:      "/nowhere/.env", stderr: &stderr,
	}
	if _, err := term.config(forServe); err != nil {
		t.Fatal(err)
	}
	if code := term.exitCode(fmt.Errorf("post to /bot%s: %w", aToken, context.Canceled)); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if want := "kith: post to /botxxxxx: context canceled\n"; stderr.String() != want {
		t.Errorf("printed %q, want %q", stderr.String(), want)
	}
}
