package main

import (
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core/llm/llmtest"
)

// TestPromise13SlowDown has Telegram ask Kith to slow down: no call of that
// chat is made while it is to wait, whatever the call, and other chats go on.
func TestPromise13SlowDown(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"sendMessage", "editMessageText"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			acknowledged := make(chan struct{})
			model := llmtest.New(llmtest.Slow(acknowledged, llmtest.Fail(500)))
			t.Cleanup(model.Close)
			r := newRig(t, "KITH_AI_ORDER", "openai,rules", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI())
			users := r.people(2)
			calm, told := users[0], users[1]
			stop := r.open()
			const rest = 6 * time.Second
			r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: method, Chat: told.ID, Code: 429, RetryAfter: int(rest.Seconds())}))
			r.write(told, "Ana likes figs")
			if method == "editMessageText" { // what comes of the note is to be an edit
				_, err := r.tg.WaitCall(r.ctx, 0, func(c sandbox.Call) bool { return c.Method == "sendMessage" })
				r.must(err)
			}
			close(acknowledged)
			flood, err := r.tg.WaitCall(r.ctx, 0, func(c sandbox.Call) bool { return c.Method == method && c.Error != "" })
			r.must(err)
			r.until(rest, "the chat rests", `SELECT rest_until > now() FROM chats WHERE chat_id = $1`, told.ID)
			known := time.Now()
			for range 5 {
				r.write(told, "Ana likes figs and plums")
				r.answered(calm, r.write(calm, "Ana likes figs"), rest)
			}
			if late := time.Since(flood.Ended); late > rest {
				t.Fatalf("other chats took %v, longer than the test of them, %v", late, rest)
			}
			r.settled(30 * time.Second)
			r.wantSilence(told, flood.Ended, known, rest)
			r.wantNotes()
			r.wantReplies(users, 0)
			stop()
		})
	}
}

// TestPromise13SlowDownAside has Telegram ask for a rest where nobody waits for
// the answer: the chat rests all the same.
func TestPromise13SlowDownAside(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"sendChatAction", "answerCallbackQuery"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			model := llmtest.New(llmtest.Fail(500))
			t.Cleanup(model.Close)
			r := newRig(t, "KITH_AI_ORDER", "openai,rules", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI())
			users := r.people(2)
			calm, told := users[0], users[1]
			stop := r.open()
			first := r.write(told, "Ana likes figs")
			r.settled(20 * time.Second)
			const rest = 6 * time.Second
			r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: method, Code: 429, RetryAfter: int(rest.Seconds())}))
			if method == "sendChatAction" {
				r.write(told, "Ana likes plums")
			} else {
				r.pressUnder(told, first, "Edit")
			}
			flood, err := r.tg.WaitCall(r.ctx, 0, func(c sandbox.Call) bool { return c.Method == method && c.Error != "" })
			r.must(err)
			// What was being sent when the rest began may cross with it.
			r.until(rest, "the chat rests", `SELECT rest_until > now() AND claimed_by IS NULL FROM chats WHERE chat_id = $1`, told.ID)
			known := time.Now()
			r.write(told, "Ana likes figs and plums")
			r.answered(calm, r.write(calm, "Ana likes figs"), rest)
			r.settled(30 * time.Second)
			r.wantSilence(told, known, known, rest-known.Sub(flood.Ended))
			r.wantNotes()
			stop()
		})
	}
}

// pressUnder has a user press a button under Kith's answer to a message.
func (r *rig) pressUnder(u *sandbox.User, to sandbox.Message, label string) {
	r.t.Helper()
	chat, err := u.Chat(r.ctx)
	r.must(err)
	for _, m := range chat {
		if m.FromBot() && m.ReplyToMessage != nil && m.ReplyToMessage.ID == to.ID {
			b, _ := m.Button(label)
			_, err := u.Press(r.ctx, m.ID, b.CallbackData)
			r.must(err)
			return
		}
	}
	r.t.Fatalf("message %d is not answered", to.ID)
}

// TestPromise13SlowDownBot has Telegram ask the bot as a whole to slow down,
// which it does not say: three chats in a row are refused. No process makes any
// call then until the rest is over.
func TestPromise13SlowDownBot(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(5)
	stop := []func(){r.open(roleBot, roleScheduler), r.open(roleWorker)}
	const rest = 8 * time.Second
	r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: "sendMessage", Code: 429, RetryAfter: int(rest.Seconds()), Times: 3}))
	for _, u := range users[:3] {
		r.write(u, "Ana likes figs")
	}
	var flood sandbox.Call
	for range 3 {
		var err error
		flood, err = r.tg.WaitCall(r.ctx, flood.Seq, func(c sandbox.Call) bool { return c.Method == "sendMessage" && c.Error != "" })
		r.must(err)
	}
	r.until(rest, "the bot rests", `SELECT EXISTS (SELECT FROM leases WHERE name = 'calls' AND expires_at > now())`)
	known := time.Now()
	r.writeAll(users, 2, "while the bot rests")
	r.settled(30 * time.Second)
	calls, err := r.tg.Calls(r.ctx, flood.Seq)
	r.must(err)
	for _, c := range calls {
		if c.Began.After(known) && c.Began.Before(flood.Ended.Add(rest)) {
			t.Errorf("%s was called %v after Telegram asked the bot to wait %v", c.Method, c.Began.Sub(flood.Ended), rest)
		}
	}
	r.wantNotes()
	r.wantReplies(users, 0)
	for _, stop := range stop {
		stop()
	}
}

// wantSilence fails the test if Kith made a call of a chat while it was to wait.
// A typing indicator may cross with the answer that asks for it, and is silent
// since all of Kith knows.
func (r *rig) wantSilence(u *sandbox.User, told, known time.Time, rest time.Duration) {
	r.t.Helper()
	calls, err := r.tg.Calls(r.ctx, 0)
	r.must(err)
	for _, c := range calls {
		from := told
		if c.Method == "sendChatAction" {
			from = known
		}
		if integer(c.Params["chat_id"]) == u.ID && c.Began.After(from) && c.Began.Before(told.Add(rest)) {
			r.t.Errorf("%s was called %v after Telegram asked to wait %v", c.Method, c.Began.Sub(told), rest)
		}
	}
}

// TestPromise13SlowDownPolling has Telegram ask for fewer polls.
func TestPromise13SlowDownPolling(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(1)
	const rest = 2 * time.Second
	r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: "getUpdates", Code: 429, RetryAfter: int(rest.Seconds())}))
	stop := r.open()
	r.writeAll(users, 2, "while polls rest")
	r.settled(20 * time.Second)
	calls, err := r.tg.Calls(r.ctx, 0)
	r.must(err)
	var flood time.Time
	for _, c := range calls {
		switch {
		case c.Method != "getUpdates":
		case c.Error != "":
			flood = c.Ended
		case c.Began.Before(flood.Add(rest)):
			t.Errorf("polled %v after Telegram asked to wait %v", c.Began.Sub(flood), rest)
		}
	}
	if flood.IsZero() {
		t.Error("Telegram never asked to wait")
	}
	r.wantReplies(users, 0)
	stop()
}
