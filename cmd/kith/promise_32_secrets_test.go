package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise32SecretsOfAccounts makes every secret that an account can have, and
// uses some: none is found in the database, in Redis, in the log or in metrics.
func TestPromise32SecretsOfAccounts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	k := r.openOnWeb()
	secrets := k.plant()
	r.settled(time.Minute)
	k.stop()
	places := map[string]string{"the database": r.dumpRows(), "Redis": r.dumpRedis(), "the log": k.log.String(), "the metrics": k.metrics}
	for where, text := range places {
		if len(text) == 0 && where != "the log" {
			t.Errorf("there is nothing in %s; has the dump broken?", where)
		}
		for what, secret := range secrets {
			for _, form := range []string{secret, hex.EncodeToString([]byte(secret))} {
				if len(secret) < 8 || strings.Contains(text, form) {
					t.Errorf("%s (%d characters) stands in %s", what, len(secret), where)
				}
			}
		}
	}
}

// webKith is a Kith that is used over HTTP.
type webKith struct {
	r       *rig
	url     string
	browser *http.Client
	log     lockedBuffer
	metrics string
	stop    func()
}

// A lockedBuffer may be written to by several.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write appends p.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// openOnWeb runs a Kith that logs all it can.
func (r *rig) openOnWeb() *webKith {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	r.must(err)
	k := &webKith{r: r, browser: &http.Client{Jar: jar}}
	h := r.house()
	h.log = slog.New(slog.NewTextHandler(&k.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	listener, err := listen("127.0.0.1:0")
	r.must(err)
	k.url = "http://" + listener.Addr().String()
	k.stop = background(r.t, func(ctx context.Context) error { return h.run(ctx, listener) })
	r.serves(listener.Addr().String())
	return k
}

// ask sends a request, and returns the answer's status and fields.
func (k *webKith) ask(method, path string, body map[string]any) (int, map[string]any) {
	k.r.t.Helper()
	var text io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		k.r.must(err)
		text = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(k.r.ctx, method, k.url+path, text)
	k.r.must(err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := k.browser.Do(req)
	k.r.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	k.r.must(err)
	fields := map[string]any{}
	if json.Unmarshal(raw, &fields) != nil {
		fields["text"] = string(raw)
	}
	return resp.StatusCode, fields
}

// must sends a request that is to succeed.
func (k *webKith) must(method, path string, body map[string]any) map[string]any {
	k.r.t.Helper()
	status, fields := k.ask(method, path, body)
	if status != http.StatusOK {
		k.r.t.Fatalf("%s %s: %d %v", method, path, status, fields["error"])
	}
	return fields
}

// plant makes the secrets of an account, and returns them.
func (k *webKith) plant() map[string]string {
	k.r.t.Helper()
	secrets := map[string]string{"the password": "planted words of ana", "a wrong password": "planted words of eve"}
	ana := map[string]any{"username": "ana", "password": secrets["the password"]}
	k.must(http.MethodPost, "/api/auth/register", ana)
	if status, _ := k.ask(http.MethodPost, "/api/auth/login", map[string]any{"username": "planted.words", "password": secrets["a wrong password"]}); status != http.StatusUnauthorized {
		k.r.t.Errorf("a wrong password: %d, want 401", status)
	}
	k.must(http.MethodPost, "/api/auth/login", ana)
	secrets["a name that was tried"] = "planted.words"
	req, err := http.NewRequestWithContext(k.r.ctx, http.MethodGet, k.url, nil)
	k.r.must(err)
	for _, cookie := range k.browser.Jar.Cookies(req.URL) {
		secrets["the session"] = cookie.Value
	}
	secrets["a token"] = k.must(http.MethodPost, "/api/auth/tokens", map[string]any{"name": "script"})["secret"].(string)
	secrets["an invitation"] = k.must(http.MethodPost, "/api/admin/invitations", nil)["code"].(string)
	link := k.must(http.MethodPost, "/api/auth/telegram-link", nil)["link"].(string)
	_, secrets["a code to link"], _ = strings.Cut(link, "start=link_")

	user, err := k.r.tg.AddUser(k.r.ctx, "Ana")
	k.r.must(err)
	k.r.must2(user.Start(k.r.ctx, "link_"+secrets["a code to link"]))
	k.says(user, "belongs to the account ana")
	k.r.must2(user.Send(k.r.ctx, "/invite"))
	secrets["an invitation by the bot"] = k.says(user, `\?start=(\w+)`)
	k.r.must2(user.Send(k.r.ctx, "/web"))
	first := k.says(user, `/sign-in#(\w+)`)
	k.must(http.MethodPost, "/api/auth/login-link", map[string]any{"code": first})
	k.r.must2(user.Send(k.r.ctx, "/web"))
	secrets["a used code to sign in"], secrets["a code to sign in"] = first, k.says(user, `/sign-in#(\w+)`)
	_, metrics := k.ask(http.MethodGet, "/metrics", nil)
	k.metrics = fmt.Sprint(metrics["text"])
	return secrets
}

// says waits until the chat's latest message fits, and returns what the pattern
// is about.
func (k *webKith) says(u *sandbox.User, pattern string) string {
	k.r.t.Helper()
	want := regexp.MustCompile(pattern)
	var found []string
	_, err := u.Wait(k.r.ctx, func(chat []sandbox.Message) bool {
		last := chat[len(chat)-1]
		found = want.FindStringSubmatch(last.Text)
		return last.FromBot() && found != nil
	})
	k.r.must(err)
	return found[len(found)-1]
}

// dumpRows returns every row of every table, as text.
func (r *rig) dumpRows() string {
	r.t.Helper()
	rows, err := r.rows.Query(r.ctx, `SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`)
	r.must(err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	r.must(err)
	var dump strings.Builder
	for _, table := range tables {
		dump.WriteString(value[string](r, `SELECT COALESCE(string_agg(t::text, E'\n'), '') FROM `+table+` t`) + "\n")
	}
	return dump.String()
}

// dumpRedis returns every key with its value, as Redis keeps it and as text.
func (r *rig) dumpRedis() string {
	r.t.Helper()
	options, err := redis.ParseURL(r.settings["REDIS_URL"])
	r.must(err)
	rdb := redis.NewClient(options)
	defer rdb.Close()
	var dump strings.Builder
	keys := rdb.Scan(r.ctx, 0, "*", 1000).Iterator()
	for keys.Next(r.ctx) {
		dump.WriteString(keys.Val() + "\n")
		raw, err := rdb.Dump(r.ctx, keys.Val()).Result()
		if err == nil { // else it has run out
			dump.WriteString(raw + "\n")
		}
		dump.WriteString(fmt.Sprint(rdb.HGetAll(r.ctx, keys.Val()).Val(), rdb.Get(r.ctx, keys.Val()).Val(), rdb.LRange(r.ctx, keys.Val(), 0, -1).Val()) + "\n")
	}
	r.must(keys.Err())
	return dump.String()
}
