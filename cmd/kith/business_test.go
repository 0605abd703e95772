package main

import (
	"slices"
	"testing"
	"time"
)

// A user gives the bot some of their chats: what is said there is heard, and
// nobody there hears of it.
func TestChatsThatTheBotWasGiven(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.start()
	s.enter("You")
	_, me := s.memory()
	at := time.Now().AddDate(0, 0, -2).Unix()
	inject := func(kind string, body map[string]any) {
		t.Helper()
		if _, err := s.box.Client().Inject(s.ctx, map[string]any{kind: body}); err != nil {
			t.Fatal(err)
		}
		if err := s.box.Client().WaitConfirmed(s.ctx); err != nil {
			t.Fatal(err)
		}
	}
	connect := func(id string, user int64, enabled bool) {
		t.Helper()
		inject("business_connection", map[string]any{
			"id": id, "user": map[string]any{"id": user, "is_bot": false, "first_name": "Sam"}, "user_chat_id": user, "date": at, "is_enabled": enabled,
		})
	}
	ana := map[string]any{"id": 70, "type": "private", "first_name": "Ana", "last_name": "Torres", "username": "ana_t"}
	say := func(kind, connection string, id int, from int64, text string, more map[string]any) {
		t.Helper()
		m := map[string]any{
			"message_id": id, "business_connection_id": connection, "date": at, "chat": ana, "text": text,
			"from": map[string]any{"id": from, "is_bot": false, "first_name": "Somebody"},
		}
		for k, v := range more {
			m[k] = v
		}
		inject(kind, m)
	}
	heard := func(want ...string) {
		t.Helper()
		got := s.rows(`SELECT concat_ws(' ', message_id, out, kind, text, edited_at IS NOT NULL) FROM chat_messages ORDER BY message_id`)
		if !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
	}

	if err := s.remember(); err != nil {
		t.Fatal(err)
	}
	say("business_message", "c1", 1, 70, "before it is connected", nil)
	connect("c2", 999, true)
	say("business_message", "c2", 2, 70, "to a stranger", nil)
	heard()
	connect("c1", me.TelegramID, true)
	s.say("Kith: I hear the chats that you gave me***")
	calls := s.called()

	say("business_message", "c1", 3, 70, "I live in Porto", nil)
	say("business_message", "c1", 4, me.TelegramID, "Nice! <b>", nil)
	say("business_message", "c1", 5, 70, "", map[string]any{"text": nil, "sticker": map[string]any{"file_id": "x", "file_unique_id": "x", "type": "regular", "width": 1, "height": 1}})
	say("business_message", "c1", 6, 70, "/start /forget everything", nil)
	say("business_message", "c1", 7, 8, "hello", map[string]any{"chat": map[string]any{"id": -5, "type": "group", "title": "Family"}})
	say("business_message", "c1", 8, 71, "beep", map[string]any{"from": map[string]any{"id": 71, "is_bot": true, "first_name": "Robot"}})
	say("edited_business_message", "c1", 3, 70, "I live in Lisbon", map[string]any{"edit_date": at + 60})
	inject("deleted_business_messages", map[string]any{"business_connection_id": "c1", "chat": ana, "message_ids": []int{6, 99}})
	heard("3 f text I live in Lisbon t", "4 t text Nice! <b> f", "5 f sticker  f", "6 f text  f")
	s.until("the chat is read", func() bool {
		return slices.Equal(s.rows(`SELECT f.state || ' ' || c.full_name || ' ' || f.text FROM facts f JOIN contacts c ON c.id = f.contact_id`), []string{"asked Ana Torres Lives in Lisbon"})
	})
	if now := s.called(); !slices.Equal(now, calls) {
		t.Errorf("Kith called %q at Telegram for what it heard, want nothing", now[len(calls):])
	}

	if err := s.remember(); err != nil {
		t.Fatal(err)
	}
	connect("c1", me.TelegramID, false)
	s.say("Kith: I hear your chats no longer***")
	say("business_message", "c1", 9, 70, "I live in Berlin", nil)
	heard("3 f text I live in Lisbon t", "4 t text Nice! <b> f", "5 f sticker  f", "6 f text  f")
	s.stop()
}
