package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise03OffsetNeverPassesWhatIsCommitted looks at every poll whether the
// updates before its offset are committed, also while those of one chat cannot be
// and the other chats go on.
func TestPromise03OffsetNeverPassesWhatIsCommitted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.onCall(r.lookAtOffset)
	users := r.people(5)
	r.writeAll(users, 4, "before Kith runs")
	release := r.hold(users[0])
	stop := r.open()
	r.until(10*time.Second, "the others' notes are kept", `SELECT count(*) = $1 FROM notes`, 4*(len(users)-1))
	r.writeAll(users, 4, "while the first is held up")
	r.until(10*time.Second, "the others' next notes are kept", `SELECT count(*) = $1 FROM notes`, 8*(len(users)-1))
	if n, err := r.tg.Pending(r.ctx); err != nil || n < 4+4*len(users) {
		t.Errorf("%d updates are unconfirmed (%v), want at least %d: all from the first that is not committed", n, err, 4+4*len(users))
	}
	release()
	for range 5 {
		r.writeAll(users, 10, "while Kith runs")
	}
	r.settled(time.Minute)
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}

// lookAtOffset fails the test when a poll confirms what is not committed.
func (r *rig) lookAtOffset(method string, params map[string]any) {
	offset := integer(params["offset"])
	if method != "getUpdates" || offset == 0 {
		return
	}
	var stored int64
	err := r.rows.QueryRow(r.ctx, `SELECT count(*) FROM updates WHERE update_id < $1`, offset).Scan(&stored)
	if want := offset - 1; err != nil || stored != want {
		r.t.Errorf("a poll confirms %d updates, of which %d are committed (%v)", want, stored, err)
	}
}

// hold keeps whatever a user says from being committed, until it is released.
func (r *rig) hold(u *sandbox.User) (release func()) {
	r.t.Helper()
	tx, err := r.rows.Begin(r.ctx)
	r.must(err)
	_, err = tx.Exec(r.ctx, `SELECT FROM users WHERE telegram_id = $1 FOR UPDATE`, u.ID)
	r.must(err)
	return func() { r.must(tx.Rollback(r.ctx)) }
}

// TestPromise03HeldUpdatesAreNotRepeated keeps one chat from being committed:
// Telegram gives its updates again and again meanwhile. None is dealt with
// twice, and Kith asks no more often than it must.
func TestPromise03HeldUpdatesAreNotRepeated(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.settings["KITH_HTTP_ADDR"] = freeAddr(r)
	users := r.people(3)
	release := r.hold(users[0])
	r.write(users[0], "Ana likes figs, says the one who is held up")
	stop := r.open()
	begun := time.Now()
	for n := range 4 {
		r.writeAll(users, 1, "while the first is held up")
		r.until(10*time.Second, "the others' notes are kept", `SELECT count(*) = $1 FROM notes`, (n+1)*(len(users)-1))
	}
	calls, err := r.tg.Calls(r.ctx, 0)
	r.must(err)
	polls := 0
	for _, c := range calls {
		if c.Method == "getUpdates" {
			polls++
		}
	}
	if most := int(time.Since(begun)/(400*time.Millisecond)) + 2; polls > most {
		t.Errorf("polled %d times, want at most %d", polls, most)
	}
	release()
	r.settled(time.Minute)
	r.wantNotes()
	r.wantReplies(users, 0)
	if n := r.metric(`kith_bot_updates_total{kind="message",outcome="repeated"}`); n != "" {
		t.Errorf("%s updates were dealt with again, want none", n)
	}
	if n := r.metric(`kith_bot_updates_total{kind="message",outcome="done"}`); n != strconv.Itoa(r.total()) {
		t.Errorf("%q updates were dealt with, want %d", n, r.total())
	}
	stop()
}

// metric returns the value of a metric as Kith serves it, or "" for none.
func (r *rig) metric(name string) string {
	r.t.Helper()
	_, body := r.fetch("http://" + r.settings["KITH_HTTP_ADDR"] + "/metrics")
	for line := range strings.Lines(body) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
