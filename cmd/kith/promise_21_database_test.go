package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/faultproxy"
	"github.com/kith-platform/kith/core/store/storetest"
)

// ana adds a contact, and returns what sends notes about her and what they say.
func (p *program) ana() (note func() (heard, error)) {
	p.r.t.Helper()
	var ana struct {
		ID int64 `json:"contact_id"`
	}
	p.must(http.MethodPost, "/api/contacts", map[string]any{"full_name": "Ana Torres"}, &ana)
	return func() (heard, error) {
		return p.ask(http.MethodPost, pathNote, map[string]any{"contact_id": ana.ID, "content": "She likes figs very much", "async": true})
	}
}

// TestPromise21TheDatabaseIsCutOff cuts Kith off from Postgres: whoever asks is
// refused, whoever writes waits, and soon after it heals all is well by itself.
func TestPromise21TheDatabaseIsCutOff(t *testing.T) {
	t.Parallel()
	databaseURL := storetest.URL(t)
	r := newRigOn(t, databaseURL, cachetest.Redis(t))
	proxy, through := faultproxy.Before(t, databaseURL)
	r.settings["DATABASE_URL"] = through
	base := r.listens()
	users := r.people(1)
	p := r.program(base, users[0], core.ScopeWrite)
	stop := r.open()
	r.becomes(base, "it can serve", func(status int, _ api.Detailed) bool { return status == http.StatusOK })
	note := p.ana()

	for _, fault := range []func(){proxy.Cut, proxy.Blackhole} {
		fault()
		before := value[int](r, `SELECT count(*) FROM notes`)
		r.wantRefused(note())
		r.write(users[0], "Ana Torres likes plums") // waits at Telegram's
		if n := value[int](r, `SELECT count(*) FROM notes`); n != before {
			t.Errorf("%d notes were kept in spite of the refusal", n-before)
		}
		proxy.Heal()
		r.until(5*time.Second, "what was written is kept", `SELECT count(*) = $1 FROM notes`, before+1)
		if got, err := note(); err != nil || got.status != http.StatusOK {
			t.Errorf("after it heals: %d %s (%v)", got.status, got.body, err)
		}
	}
	r.settled(time.Minute)
	stop()
}

// TestPromise21TheDiskIsFull has Postgres say what it says when it has no room:
// nothing is said to be kept that is not.
func TestPromise21TheDiskIsFull(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	base := r.listens()
	users := r.people(1)
	p := r.program(base, users[0], core.ScopeWrite)
	stop := r.open()
	r.becomes(base, "it can serve", func(status int, _ api.Detailed) bool { return status == http.StatusOK })
	note := p.ana()

	r.exec(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
	END $$`)
	r.exec(`CREATE TRIGGER no_room BEFORE INSERT ON notes FOR EACH STATEMENT EXECUTE FUNCTION no_room()`)
	r.wantRefused(note())
	m := r.write(users[0], "Ana Torres likes plums")
	r.told(users, "try again in a minute")
	r.exec(`DROP TRIGGER no_room ON notes`)
	r.answered(users[0], m, 5*time.Second)
	if got, err := note(); err != nil || got.status != http.StatusOK {
		t.Errorf("with room again: %d %s (%v)", got.status, got.body, err)
	}
	r.settled(time.Minute)
	if n := value[int](r, `SELECT count(*) FROM updates_aside`); n > 0 {
		t.Errorf("%d updates are set aside for the disk's sake", n)
	}
	if n := value[int](r, `SELECT count(*) FROM notes`); n != 2 {
		t.Errorf("%d notes, want the one from the chat and the one after", n)
	}
	stop()
}

// told waits until some user hears from Kith what contains the words.
func (r *rig) told(users []*sandbox.User, words string) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		for _, u := range users {
			chat, err := u.Chat(r.ctx)
			r.must(err)
			for _, m := range chat {
				if m.FromBot() && strings.Contains(m.Text, words) {
					return
				}
			}
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("nobody hears %q", words)
		}
	}
}

// wantRefused checks that the API says that the database is away, and nothing
// more of it.
func (r *rig) wantRefused(got heard, err error) {
	r.t.Helper()
	r.must(err)
	if got.status != http.StatusServiceUnavailable || !strings.Contains(string(got.body), "Try again in a minute.") {
		r.t.Errorf("without a database: %d %s, want 503 and when to try again", got.status, got.body)
	}
	if strings.Contains(string(got.body), "device") || strings.Contains(string(got.body), "connect") {
		r.t.Errorf("the refusal tells of what is inside: %s", got.body)
	}
}
