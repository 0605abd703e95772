package userclient_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/userclient"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// A liveHouse is a house with a linked account whose chat with Ana was read.
type liveHouse struct {
	*house
	client *userclient.Client
	stop   func()
	there  *telegramtest.Account
	chat   *telegramtest.Chat
}

func newLiveHouse(t *testing.T, messages int) *liveHouse {
	t.Helper()
	h := &liveHouse{house: newHouse(t)}
	ana := &tg.User{ID: 1, FirstName: "Ana", LastName: "Torres"}
	account := sam
	account.People, h.chat = []*tg.User{ana}, said(ana, 0, messages)
	account.Chats = []*telegramtest.Chat{h.chat}
	h.there = h.telegram.Add(account)
	h.linked(h.there)
	h.begin()
	h.sync(h.client)
	h.check(h.Choose(t.Context(), h.user.ID, []int64{1}))
	_, err := h.read(t.Context(), h.client)
	h.check(err)
	return h
}

// begin runs the client, which listens by the time that this returns.
func (h *liveHouse) begin() {
	h.t.Helper()
	h.client, h.stop = h.run("one")
	h.listens()
}

// message is one of Ana's that is said now.
func message(id int, words string) *tg.Message {
	return &tg.Message{ID: id, PeerID: &tg.PeerUser{UserID: 1}, Message: words, Date: int(time.Now().Unix())}
}

// same waits until what is kept of the chat is what the server has.
func (h *liveHouse) same() {
	h.t.Helper()
	var want, got string
	h.telegram.Change(func() {
		var all []string
		for _, m := range h.chat.Messages {
			all = append(all, fmt.Sprintf("%d %s", m.GetID(), m.(*tg.Message).Message))
		}
		want = strings.Join(all, "\n")
	})
	defer func() {
		if h.t.Failed() {
			h.t.Errorf("kept:\n%s\nwant:\n%s", got, want)
		}
	}()
	h.until("what the server has to be kept", func() bool {
		h.check(h.sql.QueryRow(h.t.Context(), `SELECT COALESCE(string_agg(message_id || ' ' || text, E'\n' ORDER BY message_id), '')
			FROM chat_messages WHERE chat_id = 1 AND deleted_at IS NULL`).Scan(&got))
		return got == want
	})
}

// much happens in the chat.
func (h *liveHouse) much() {
	h.t.Helper()
	said := message(50, "I move to Porto")
	h.telegram.Say(h.there, h.chat, said)
	h.telegram.Edit(h.there, said, "I move to Lisbon")
	h.telegram.Edit(h.there, h.chat.Messages[0].(*tg.Message), "other words")
	h.telegram.Say(h.there, h.chat, message(51, "never mind"))
	h.telegram.Delete(h.there, h.chat, h.chat.Messages[1].GetID())
	h.telegram.Delete(h.there, h.chat, 51)
}

// asked returns how often pages of the chat were asked for.
func (h *liveHouse) asked() int { return len(h.telegram.Calls("messages.getHistory")) }

func TestWhatIsSaidWhileLinkedIsKept(t *testing.T) {
	t.Parallel()
	h := newLiveHouse(t, 3)
	pages := h.asked()
	h.much()
	h.same()
	h.telegram.Say(h.there, h.chat, message(60, "and another thing"))
	h.same()
	if h.asked() != pages {
		t.Error("the history was read, want nothing asked for")
	}
}

// Promise 26: what happened while nobody listened is asked for, edits and
// deletions included, and not all of the history.
func TestWhatWasMissedIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		miss func(h *liveHouse)
	}{
		{"while it was not running", func(h *liveHouse) { h.stop(); h.much(); h.begin() }},
		{"while it was not running, in slices", func(h *liveHouse) {
			h.telegram.Remember(2, 0)
			h.stop()
			h.much()
			h.begin()
		}},
		{"while the connection was lost", func(h *liveHouse) { h.telegram.Away(true); h.much(); h.telegram.Away(false) }},
		{"while the server lost what it said", func(h *liveHouse) {
			h.telegram.Lose(true)
			h.much()
			h.telegram.Lose(false)
			h.telegram.Say(h.there, h.chat, message(70, "are you there?"))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newLiveHouse(t, 3)
			pages := h.asked()
			test.miss(h)
			h.same()
			if h.asked() != pages {
				t.Error("the history was read, want only what was missed")
			}
		})
	}
}

// Promise 26: what Telegram does not tell any more is read from the history, as
// far back as anything is kept.
func TestWhatIsTooMuchIsReadFromTheHistory(t *testing.T) {
	t.Parallel()
	h := newLiveHouse(t, 150)
	h.telegram.Remember(0, 3)
	h.stop()
	_, err := h.sql.Exec(t.Context(), `UPDATE telegram_chats SET days_back = 1`) // it is older by now
	h.check(err)
	h.much()
	for _, i := range []int{140, 60, 20} {
		h.telegram.Delete(h.there, h.chat, h.chat.Messages[i].GetID())
	}
	h.telegram.Delete(h.there, h.chat, 50) // the last, and the first
	h.telegram.Delete(h.there, h.chat, h.chat.Messages[0].GetID())
	h.begin()
	h.until("a task to read the chat", func() bool {
		_, err := h.Store.OpenSync(t.Context(), h.user.ID, core.TaskSyncMessages)
		return err == nil && h.due()
	})
	_, err = h.client.SyncMessages(t.Context(), h.user.ID, func(int) {})
	h.check(err)
	h.same()
	h.telegram.Say(h.there, h.chat, message(200, "go on"))
	h.same()
}

// due reports whether the chat is to be read.
func (h *liveHouse) due() (due bool) {
	h.t.Helper()
	h.check(h.sql.QueryRow(h.t.Context(), `SELECT asked_at IS NOT NULL FROM telegram_chats`).Scan(&due))
	return due
}

// Counts that Telegram does not know are begun anew, from the history.
func TestCountsThatTelegramDoesNotKnow(t *testing.T) {
	t.Parallel()
	h := newLiveHouse(t, 3)
	h.stop()
	h.much()
	_, err := h.sql.Exec(t.Context(), `UPDATE telegram_heard SET pts = 1000000`)
	h.check(err)
	h.begin()
	h.until("the chat to be asked for", h.due)
	_, err = h.client.SyncMessages(t.Context(), h.user.ID, func(int) {})
	h.check(err)
	h.same()
	h.telegram.Say(h.there, h.chat, message(200, "go on"))
	h.same()
}

func TestAHistoryThatWasClearedIsForgotten(t *testing.T) {
	t.Parallel()
	h := newLiveHouse(t, 3)
	h.telegram.Change(func() { h.chat.Messages = nil })
	h.check(h.Reconcile(t.Context(), h.user.ID))
	_, err := h.client.SyncMessages(t.Context(), h.user.ID, func(int) {})
	h.check(err)
	h.same()
}

// What could not be kept does not count as heard.
func TestWhatCouldNotBeKeptIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := newLiveHouse(t, 3)
	before := len(h.telegram.Calls("updates.getDifference"))
	_, err := h.sql.Exec(t.Context(), `ALTER TABLE chat_messages ADD CONSTRAINT full_disk CHECK (message_id < 50)`)
	h.check(err)
	h.much()
	h.until("it to begin again", func() bool { return len(h.telegram.Calls("updates.getDifference")) > before+1 })
	_, err = h.sql.Exec(t.Context(), `ALTER TABLE chat_messages DROP CONSTRAINT full_disk`)
	h.check(err)
	h.same()
}

// Nothing is asked of channels, whatever is missing in them.
func TestChannelsAreNotFollowed(t *testing.T) {
	t.Parallel()
	h := newLiveHouse(t, 3)
	h.telegram.Post(h.there, 9, 10)
	h.telegram.Post(h.there, 9, 500)
	h.much()
	h.same()
	for _, call := range h.telegram.Calls("") {
		if strings.Contains(call.Method, "hannel") {
			t.Errorf("%s was called", call.Method)
		}
	}
}
