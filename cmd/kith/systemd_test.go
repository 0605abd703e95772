package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/joho/godotenv"
)

// TestSystemdRuns starts what the unit in deploy/systemd starts, once as each of
// its instances, on servers of the test's; nginx asks those that it is told of.
func TestSystemdRuns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	unit, err := os.ReadFile("../../deploy/systemd/kith@.service")
	r.must(err)
	line := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/kith (.*)$`).FindSubmatch(unit)
	if line == nil {
		t.Fatal("the unit does not start Kith")
	}
	if !strings.Contains(string(unit), "\nTimeoutStartSec=30min\n") {
		t.Error("the unit does not have TimeoutStartSec=30min: a process may take its time to migrate")
	}
	credentials := t.TempDir()
	for name, text := range map[string]string{"bot_token": r.box.Token(), "secret_key": r.settings["KITH_SECRET_KEY"], "backup_key": newSecretKey().reveal()} {
		r.must(os.WriteFile(filepath.Join(credentials, name), []byte(text), 0o600))
	}
	given := map[string]string{
		"DATABASE_URL": r.settings["DATABASE_URL"], "REDIS_URL": r.settings["REDIS_URL"], "TELEGRAM_BOT_API_URL": r.box.BotURL(),
		"KITH_DATA_DIR": t.TempDir(), "KITH_BACKUP_TO": filepath.Join(t.TempDir(), "backups"), "LOG_LEVEL": "error", "KITH_AI_ORDER": "rules",
	}
	var asked []string
	for _, instance := range []string{"web1", "web2", "work"} {
		settings, err := godotenv.Read("../../deploy/systemd/kith.env", "../../deploy/systemd/"+instance+".env")
		r.must(err)
		if strings.Contains(settings["ROLES"], "bot") {
			asked = append(asked, settings["KITH_HTTP_ADDR"])
		}
		addr := freeAddr(r)
		settings["KITH_HTTP_ADDR"] = addr
		var environment []string
		for _, pair := range regexp.MustCompile(`[A-Z_]+=%d/\S+`).FindAllString(string(unit), -1) {
			environment = append(environment, strings.Replace(pair, "%d", credentials, 1))
		}
		for name, value := range settings {
			if other, ok := given[name]; ok {
				value = other
			}
			environment = append(environment, name+"="+value)
		}
		for _, name := range []string{"TELEGRAM_BOT_API_URL", "LOG_LEVEL", "KITH_AI_ORDER"} {
			environment = append(environment, name+"="+given[name])
		}
		command := strings.ReplaceAll(string(line[1]), "${ROLES}", settings["ROLES"])
		cmd := binary(t, environment, strings.Fields(command)...)
		r.started(cmd)
		if said, err := r.startPost(cmd, environment).CombinedOutput(); err != nil {
			t.Fatalf("%s does not count as started: %v: %s", instance, err, said)
		}
		want := http.StatusOK
		if instance == "work" {
			want = http.StatusNotFound
		}
		if status, _ := r.fetch("http://" + addr + "/sign-in"); status != want {
			t.Errorf("%s: the page to sign in is answered %d, want %d", instance, status, want)
		}
	}
	backends, err := os.ReadFile("../../deploy/nginx/backends.conf")
	r.must(err)
	if got := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindAllString(string(backends), -1); !slices.Equal(got, asked) {
		t.Errorf("nginx asks %q, want %q", got, asked)
	}
}

// startPost returns what the unit runs to know whether a process has started.
func (r *rig) startPost(process *exec.Cmd, environment []string) *exec.Cmd {
	r.t.Helper()
	unit, err := os.ReadFile("../../deploy/systemd/kith@.service")
	r.must(err)
	line := regexp.MustCompile(`(?m)^ExecStartPost=/bin/sh -c '(.*)'$`).FindSubmatch(unit)
	if line == nil {
		r.t.Fatal("the unit does not wait for Kith to be healthy")
	}
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	r.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", strings.ReplaceAll(string(line[1]), "/usr/local/bin/kith", process.Path))
	cmd.Env = append(process.Environ(), append(environment, fmt.Sprintf("MAINPID=%d", process.Process.Pid))...)
	return cmd
}

// TestSystemdStartFails has a process end for a setting that is wrong: its start
// ends, too, so that systemd says so and tries again.
func TestSystemdStartFails(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	environment := []string{"KITH_ENV=prod", "KITH_HTTP_ADDR=" + freeAddr(r)}
	kith := binary(t, environment, "serve")
	if said, err := kith.CombinedOutput(); err == nil {
		t.Fatalf("Kith runs with a setting that is wrong: %s", said)
	}
	said, err := r.startPost(kith, environment).CombinedOutput()
	if ended := (*exec.ExitError)(nil); !errors.As(err, &ended) || ended.ExitCode() != 1 {
		t.Errorf("the start ends with %v, want 1: %s", err, said)
	}
}

// TestSystemdSettings has run.sh give a command the settings that systemd gives
// the services: what a shell would make of them is none of their meaning.
func TestSystemdSettings(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../../deploy/systemd/run.sh")
	if err != nil {
		t.Fatal(err)
	}
	const kith = "setpriv --reuid=kith --regid=kith --init-groups /usr/local/bin/kith"
	if !strings.Contains(string(script), kith) {
		t.Fatal("run.sh does not run Kith as the services' user")
	}
	etc := t.TempDir()
	for name, text := range map[string]string{
		"secrets/bot_token": "123:token", "secrets/secret_key": "key", "secrets/backup_key": "another",
		"kith.env": `# DATABASE_URL=postgres:///no
DATABASE_URL=postgres://kith:a$HOME$(touch x)b@db/kith?sslmode=require&application_name=kith
REDIS_URL="redis://127.0.0.1:6379/0"
 KITH_TIMEZONE='Europe/Lisbon'
; nothing
KITH_ENV=production`,
	} {
		path := filepath.Join(etc, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.NewReplacer("/etc/kith", etc, "/var/lib/kith", etc, kith, "printenv").Replace(string(script)),
		"run.sh", "DATABASE_URL", "REDIS_URL", "KITH_TIMEZONE", "KITH_ENV", "TELEGRAM_BOT_TOKEN", "KITH_SECRET_KEY", "KITH_BACKUP_KEY")
	cmd.Dir = etc
	said, err := cmd.CombinedOutput()
	want := `postgres://kith:a$HOME$(touch x)b@db/kith?sslmode=require&application_name=kith
redis://127.0.0.1:6379/0
Europe/Lisbon
production
123:token
key
another
`
	if err != nil || string(said) != want {
		t.Errorf("%v: the command gets\n%s\nwant\n%s", err, said, want)
	}
}
