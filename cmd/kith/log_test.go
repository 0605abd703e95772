package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
)

// logInto returns a logger for the settings given, and a function that returns
// what it wrote: by file, with standard error as "".
func logInto(t *testing.T, settings ...string) (*slog.Logger, func() map[string]string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "logs")
	var stderr strings.Builder
	log, closer, err := openLog(mustRead(t, append(settings, "LOG_DIR="+dir)...), &stderr)
	if err != nil {
		t.Fatal(err)
	}
	return log, func() map[string]string {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
		written := map[string]string{"": stderr.String()}
		for _, name := range []string{"kith.log", "kith_errors.log", "kith_worker.log"} {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
			written[name] = string(text)
		}
		return written
	}
}

func TestEachRecordGoesToItsFiles(t *testing.T) {
	t.Parallel()
	log, written := logInto(t, "LOG_LEVEL=info")
	log.Debug("hidden")
	log.Info("started")
	log.Error("broken")
	worker := log.With("component", "worker")
	worker.Info("working", "task", 7)
	worker.WithGroup("g").With("a", 1).Error("gave up")
	log.With("component", "bot").Info("answered")

	want := map[string][]string{
		"":                {"started", "broken", "working", "gave up", "answered"},
		"kith.log":        {"started", "broken", "working", "gave up", "answered"},
		"kith_errors.log": {"broken", "gave up"},
		"kith_worker.log": {"working", "gave up"},
	}
	for file, text := range written() {
		for _, message := range []string{"hidden", "started", "broken", "working", "gave up", "answered"} {
			if got := strings.Contains(text, message); got != slices.Contains(want[file], message) {
				t.Errorf("%q has %q: %v, want the opposite", file, message, got)
			}
		}
	}
}

func TestRecordsCarryTheReferenceOfTheirContext(t *testing.T) {
	t.Parallel()
	log, written := logInto(t, "KITH_ENV=production")
	ctx := core.WithRef(t.Context(), "K3JQ7ZAB")
	log.InfoContext(ctx, "first")
	log.With("a", 1).InfoContext(ctx, "second")
	log.Info("third")
	text := written()[""]
	if got := strings.Count(text, `"ref":"K3JQ7ZAB"`); got != 2 || strings.Count(text, "\n") != 3 {
		t.Errorf("the reference is there %d times, want 2 of 3 records:\n%s", got, text)
	}
}

func TestSecretsNeverReachALog(t *testing.T) {
	t.Parallel()
	const password = `p"ss w/rd&\more`
	withPassword := (&url.URL{Scheme: "postgres", User: url.UserPassword("kith", password), Host: "db", Path: "kith"}).String()
	for _, env := range []string{"development", "production"} {
		log, written := logInto(t, "KITH_ENV="+env, "TELEGRAM_BOT_TOKEN="+aToken, "OPENAI_API_KEY=sk-very-secret", "DATABASE_URL="+withPassword, "KITH_SECRET_KEY="+aKey)
		failed := &url.Error{Op: "Post", URL: "https://api.telegram.org/bot" + aToken + "/getMe", Err: errors.New("refused")}
		log.Error("call failed", "err", fmt.Errorf("get me: %w", failed))
		log.Error("connect to "+withPassword, "password", password, "key", []string{"sk-very-secret"}, "seal", aKey)
		log.With("header", "Bearer sk-very-secret").WithGroup("g").Warn("asked", "quoted", fmt.Sprintf("%q", password))
		for file, text := range written() {
			for _, secret := range []string{aToken, "sk-very-secret", aKey, `w/rd`, `%22ss`, `\\more`} {
				if strings.Contains(text, secret) {
					t.Errorf("%s: %q has %q:\n%s", env, file, secret, text)
				}
			}
			if file == "" && strings.Count(text, mask) < 6 {
				t.Errorf("%s: not everything was masked:\n%s", env, text)
			}
		}
	}
}

func TestLogDirThatCannotBeMade(t *testing.T) {
	t.Parallel()
	inTheWay := file(t, "logs", "")
	if _, _, err := openLog(mustRead(t, "LOG_DIR="+inTheWay), os.Stderr); err == nil {
		t.Error("a file where the directory should be was no error")
	}
}
