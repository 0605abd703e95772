package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// TestPromise24KilledWhileReading kills Kith at pages of a chat that it reads: in
// the end it has every message, once.
func TestPromise24KilledWhileReading(t *testing.T) {
	t.Parallel()
	const messages = 900
	r := newRig(t)
	server := r.withTelegram()
	ana := &tg.User{ID: 1, FirstName: "Ana", LastName: "Torres"}
	chat := &telegramtest.Chat{With: ana}
	for i := range messages {
		chat.Messages = append(chat.Messages, &tg.Message{
			ID: i + 1, PeerID: &tg.PeerUser{UserID: 1}, Message: fmt.Sprintf("word %d", i),
			Date: int(time.Now().Add(-time.Duration(messages-i) * 10 * time.Minute).Unix()),
		})
	}
	sam := server.Add(telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam", People: []*tg.User{ana}, Chats: []*telegramtest.Chat{chat}})
	r.people(1)
	user := value[int64](r, `SELECT id FROM users`)
	r.linked(user, server, sam)
	p := r.spawn()
	r.until(time.Minute, "the chats are known", `SELECT count(*) = 1 FROM telegram_chats`)
	r.withLinker(func(l link.Linker) {
		r.must(l.Choose(r.ctx, user, []int64{1}))
		_, err := l.StartMessages(r.ctx, user, nil, 0)
		r.must(err)
	})
	for range 3 {
		for before := len(server.Calls("messages.getHistory")); len(server.Calls("messages.getHistory")) < before+2; {
			if r.ctx.Err() != nil {
				t.Fatal("it does not read on")
			}
			time.Sleep(time.Millisecond)
		}
		p.kill()
		r.expire()
		p = r.spawn()
	}
	r.until(time.Minute, "the chat is read", `SELECT asked_at IS NULL AND read_to = $1 FROM telegram_chats`, messages)
	if n := value[int](r, `SELECT count(*) FROM chat_messages WHERE deleted_at IS NULL AND text = 'word ' || message_id - 1`); n != messages {
		t.Errorf("%d messages are kept, want %d", n, messages)
	}
	p.terminate()
}
