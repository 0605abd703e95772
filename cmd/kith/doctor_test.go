package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store/storetest"
)

// services starts a server that answers as Telegram, Gemini and OpenAI do, and
// returns the settings that lead there.
func services(t *testing.T) []string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bot"+aToken+"/getMe", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"ok":true,"result":{"username":"kith_bot"}}`)
	})
	mux.HandleFunc("GET /v1beta/models/gemini-2.5-flash", needs("X-Goog-Api-Key", "good-gemini-key"))
	mux.HandleFunc("GET /v1/models/gpt-4o-mini", needs("Authorization", "Bearer good-openai-key"))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return []string{
		"TELEGRAM_BOT_API_URL=" + server.URL, "GEMINI_BASE_URL=" + server.URL, "OPENAI_BASE_URL=" + server.URL + "/v1",
	}
}

func needs(header, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(header) != value {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
}

// doctor returns what the doctor prints, with single spaces.
func doctor(t *testing.T, environment ...string) (out string, code int) {
	t.Helper()
	stdout, stderr, code := kith(t, environment, "doctor")
	return strings.Join(strings.Fields(stdout+stderr), " "), code
}

func TestDoctorFindsAllWell(t *testing.T) {
	t.Parallel()
	out, code := doctor(t, append(services(t), "TELEGRAM_BOT_TOKEN="+aToken, "GEMINI_API_KEY=good-gemini-key",
		"OPENAI_API_KEY=good-openai-key", "DATABASE_URL="+storetest.URL(t), "REDIS_URL="+cachetest.Redis(t))...)
	for _, want := range []string{
		", with btree_gin, pg_trgm, unaccent", " at unix://", "ok Telegram @kith_bot at http://", "ok Gemini gemini-2.5-flash at http://", "ok OpenAI gpt-4o-mini at http://",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	if code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
}

func TestDoctorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	nobody := "127.0.0.1:1"
	for _, tt := range []struct {
		name string
		set  []string
		want string
	}{
		{"Postgres is down", []string{"DATABASE_URL=postgres://kith:hunter2hunter2@" + nobody + "/kith"}, "BAD Postgres cannot be reached: connection refused. Start it, or correct DATABASE_URL"},
		{"Redis is down", []string{"REDIS_URL=redis://:hunter2hunter2@" + nobody}, "BAD Redis cannot be reached at redis://:xxxxx@" + nobody + ": connection refused. Start it, or correct REDIS_URL"},
		{"no such host", []string{"REDIS_URL=redis://kith.invalid"}, "no host is called kith.invalid"},
		{"Telegram is down", []string{"TELEGRAM_BOT_TOKEN=" + aToken, "TELEGRAM_BOT_API_URL=http://" + nobody}, "BAD Telegram http://" + nobody + " cannot be reached: connection refused"},
		{"wrong token", append(services(t), "TELEGRAM_BOT_TOKEN=1:hunter2hunter2"), "BAD Telegram the token is refused; copy it again from @BotFather"},
		{"no Bot API", append(services(t), "TELEGRAM_BOT_TOKEN="+aToken, "TELEGRAM_BOT_API_URL="+notTelegram(t)), "does not answer as a Bot API server does"},
		{"wrong key", append(services(t), "GEMINI_API_KEY=hunter2hunter2"), "BAD Gemini the key is refused; correct GEMINI_API_KEY"},
		{"wrong model", append(services(t), "OPENAI_API_KEY=hunter2hunter2", "OPENAI_MODEL=gpt-0"), "has no model gpt-0; correct OPENAI_MODEL"},
		{"AI is down", []string{"OPENAI_API_KEY=hunter2hunter2", "OPENAI_BASE_URL=http://" + nobody}, "cannot be reached: connection refused"},
		{"AI is ill", []string{"OPENAI_API_KEY=hunter2hunter2", "OPENAI_BASE_URL=" + notTelegram(t)}, "answers with status 418"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, code := doctor(t, tt.set...)
			if !strings.Contains(out, tt.want) || !strings.HasSuffix(out, "need something done") || code != exitFailed {
				t.Errorf("exit code %d, want %d; no %q in %s", code, exitFailed, tt.want, out)
			}
			if strings.Contains(out, "hunter2") || strings.Contains(out, aToken) {
				t.Errorf("a secret shows in %s", out)
			}
		})
	}
}

func notTelegram(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(server.Close)
	return server.URL
}

func TestDoctorLeavesAloneWhatIsNotUsed(t *testing.T) {
	t.Parallel()
	out, _ := doctor(t, "KITH_DATA_DIR="+t.TempDir(), "KITH_AI_ORDER=rules", "OPENAI_API_KEY=good-openai-key")
	for _, want := range []string{"Postgres DATABASE_URL is not set: kith up starts a private one from /", "Redis REDIS_URL is not set: kith up starts a private one from /", "off Telegram TELEGRAM_BOT_TOKEN is not set", "off Gemini GEMINI_API_KEY is not set: not used", "off OpenAI not in KITH_AI_ORDER: not used"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
}

// What a kith up brings along is found by its data directory, while it runs.
func TestDoctorFindsTheKithUpThatRuns(t *testing.T) {
	t.Parallel()
	dir, err := privateserver.Scratch("doctor")
	if err = errors.Join(err, os.Chmod(dir, 0o755)); err != nil { // for the account of the servers
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	c, err := readConfig([]string{"KITH_ENV=testing", "KITH_DATA_DIR=" + dir}, "/nowhere/.env")
	if err != nil {
		t.Fatal(err)
	}
	u := up{config: c, log: slog.New(slog.DiscardHandler)}
	stop, _, err := u.startServers(t.Context())
	if err != nil {
		t.Fatal(errors.Join(err, stop()))
	}
	out, _ := doctor(t, "KITH_DATA_DIR="+dir)
	running := " at the kith up that runs with the data in " + dir
	if !strings.Contains(out, running+", with btree_gin, pg_trgm, unaccent ok Redis") || strings.Count(out, running) != 2 {
		t.Errorf("Postgres and Redis are not both found%s in %s", running, out)
	}
	for _, secret := range []string{u.config.DatabaseURL.reveal(), u.config.RedisURL.reveal()} {
		if strings.Contains(out, secret) {
			t.Errorf("a secret shows in %s", out)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if out, _ := doctor(t, "KITH_DATA_DIR="+dir); strings.Contains(out, running) || !strings.Contains(out, "kith up starts a private one") {
		t.Errorf("after it has stopped the doctor says %s", out)
	}
}

func TestJudgePostgres(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		server string
		found  []string
		want   string
	}{
		{"15.18 (Debian 15.18-0+deb12u1)", extensions(), "15.18 (Debian 15.18-0+deb12u1) at db, with btree_gin, pg_trgm, unaccent"},
		{"18beta1", extensions(), "18beta1 at db, with btree_gin, pg_trgm, unaccent"},
		{"14.2", extensions(), "version 14.2 at db is too old; Kith needs 15 or newer"},
		{"", extensions(), "version  at db is too old; Kith needs 15 or newer"},
		{"16.1", []string{"unaccent"}, "db has the extensions [unaccent] of the needed [btree_gin pg_trgm unaccent]; install its contrib package"},
	} {
		found, err := judgePostgres(tt.server, tt.found, "db")
		got := found.text
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.server, got, tt.want)
		}
	}
}

func TestLookForProgram(t *testing.T) {
	t.Parallel()
	if _, err := lookForProgram("kith-no-such-program", "/nowhere/*", "DATABASE_URL"); err == nil || !strings.Contains(err.Error(), "make install") {
		t.Errorf("got %v, want what installs it", err)
	}
	dir := filepath.Dir(file(t, "kith-some-program", ""))
	if found, err := lookForProgram("kith-some-program", dir, "DATABASE_URL"); err != nil || !strings.Contains(found.text, dir) {
		t.Errorf("got %v (%v), want what is in %s", found, err, dir)
	}
}
