package main

import (
	"slices"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
)

// TestAnotherBotOnOneDatabase gives Kith the token of another bot. In its chat
// messages are numbered from 1 again, as they were with the first.
func TestAnotherBotOnOneDatabase(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	user := r.people(1)[0]
	stop := r.open()
	first := r.write(user, "Ana likes figs, said to the first bot")
	r.settled(20 * time.Second)
	stop()

	r.startTelegram("7000000002:another")
	r.settings["TELEGRAM_BOT_TOKEN"], r.settings["TELEGRAM_BOT_API_URL"] = r.box.Token(), r.box.BotURL()
	again, err := r.tg.Add(r.ctx, models.User{ID: user.ID, FirstName: user.FirstName})
	r.must(err)
	stop = r.open()
	m := r.write(again, "Ana likes plums, said to the second bot")
	if m.ID != first.ID {
		t.Fatalf("the second bot's message is number %d, want %d as with the first", m.ID, first.ID)
	}
	r.settled(20 * time.Second)
	chat, err := again.Chat(r.ctx)
	r.must(err)
	if len(chat) != 2 || chat[1].ReplyToMessage == nil || chat[1].ReplyToMessage.ID != m.ID {
		t.Fatalf("the chat with the second bot has %d messages, want the note and one answer to it", len(chat))
	}
	r.must(r.edit(again, m.ID, "Ana likes pears, said to the second bot"))
	r.must2(again.Reply(r.ctx, chat[1].ID, "She likes tea"))
	r.settled(20 * time.Second)
	want := []string{"Ana likes figs, said to the first bot", "Ana likes pears, said to the second bot", "She likes tea"}
	if got := value[[]string](r, `SELECT array_agg(text ORDER BY id) FROM notes`); !slices.Equal(got, want) {
		t.Errorf("the notes are %q, want %q", got, want)
	}
	if n := value[int](r, `SELECT count(*) FROM updates_aside`); n > 0 {
		t.Errorf("%d updates were set aside, want none", n)
	}
	stop()
}
