package main

import (
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise10AfterAnOutage has Telegram hold the updates of an outage, and
// ask for a rest of one chat and of the polls while they are worked off: each
// message is one note with its latest words, answered once, and Telegram is
// obeyed.
func TestPromise10AfterAnOutage(t *testing.T) {
	t.Parallel()
	chats, notes := load(15, 500), load(24, 150) // with every third edited 100,000 updates
	r := newRig(t)
	users := r.people(chats)
	r.must(r.writingAndEditing(users, notes))
	const rest = 6 * time.Second
	told := users[0]
	r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: "getUpdates", Code: 429, RetryAfter: 1}))
	r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: "sendMessage", Chat: told.ID, Code: 429, RetryAfter: int(rest.Seconds())}))
	stop := r.open()
	flood, err := r.tg.WaitCall(r.ctx, 0, func(c sandbox.Call) bool { return c.Method == "sendMessage" && c.Error != "" })
	r.must(err)
	r.until(time.Minute, "the rest is over", `SELECT rest_until < now() FROM chats WHERE chat_id = $1`, told.ID)
	r.wantSilence(told, flood.Ended, flood.Ended, rest)
	r.settled(time.Duration(load(2, 50)) * time.Minute)
	r.wantNotes()
	r.wantReplies(users, 0)
	r.wantLatestWords()
	stop()
}
