package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

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
	for _, line := range []string{"\nExecStartPost=/bin/sh -c 'until /usr/local/bin/kith health ", "\nTimeoutStartSec=30min\n"} {
		if !strings.Contains(string(unit), line) {
			t.Errorf("the unit does not have%s: a process counts as started when it is healthy, and may take its time to migrate", line)
		}
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
		r.started(binary(t, environment, strings.Fields(command)...))
		r.serves(addr)
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
