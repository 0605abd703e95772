package main

import (
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise14Blocked has a user block the bot while an answer is owed: Kith
// tries once, then rests, through the end of the analysis, sweeps and a
// restart, until the user comes back.
func TestPromise14Blocked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(2)
	gone, other := users[0], users[1]
	m := r.write(gone, "Ana likes figs")
	r.must(gone.Block(r.ctx))
	stop := r.open()
	r.until(10*time.Second, "the note is read", `SELECT count(*) = 1 FROM notes WHERE state = 'done'`)
	r.until(10*time.Second, "the chat rests", `SELECT count(*) = 1 FROM chats WHERE blocked_at IS NOT NULL`)
	r.answered(other, r.write(other, "Ana likes figs"), 10*time.Second)
	r.sweep(other, 2)
	stop()
	stop = r.open()
	r.sweep(other, 1)
	if n := r.attempts(gone); n != 1 {
		t.Errorf("%d tries to write to a user who has blocked the bot, want 1", n)
	}

	r.must(gone.Unblock(r.ctx))
	_, err := gone.Start(r.ctx, "")
	r.must(err)
	r.answered(gone, m, 10*time.Second)
	r.settled(20 * time.Second)
	r.wantNotes()
	stop()
}

// attempts counts Kith's calls of a chat.
func (r *rig) attempts(u *sandbox.User) (n int) {
	r.t.Helper()
	calls, err := r.tg.Calls(r.ctx, 0)
	r.must(err)
	for _, c := range calls {
		if integer(c.Params["chat_id"]) == u.ID {
			n++
		}
	}
	return n
}

// sweep waits until chats that are owed something were looked for some times:
// what nobody was told of, only that finds.
func (r *rig) sweep(u *sandbox.User, times int) {
	r.t.Helper()
	for range times {
		r.exec(`INSERT INTO chats (user_id, chat_id) SELECT id, telegram_id FROM users WHERE telegram_id = $1 ON CONFLICT DO NOTHING`, u.ID)
		r.exec(`INSERT INTO messages (user_id, chat_id, kind, args) SELECT id, telegram_id, 'phrase', '{"phrase": "nothing_open"}' FROM users WHERE telegram_id = $1`, u.ID)
		r.until(30*time.Second, "a sweep finds what is owed", `SELECT NOT EXISTS (SELECT FROM messages
			WHERE chat_id = $1 AND shown < wanted AND given_up IS NULL)`, u.ID)
	}
}
