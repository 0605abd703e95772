package userclient_test

import (
	"testing"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/userclient"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// liveHouse is a house with a linked account whose chat with Ana was chosen after
// it was connected.
func liveHouse(t *testing.T) (*house, *userclient.Client, *telegramtest.Chat, *telegramtest.Account) {
	t.Helper()
	ana := &tg.User{ID: 1, FirstName: "Ana", LastName: "Torres"}
	h, c, there := linkedHouse(t, ana)
	chat := said(ana, 0, 3)
	h.telegram.Change(func() { there.Chats = []*telegramtest.Chat{chat} })
	h.sync(c)
	h.check(h.Choose(t.Context(), h.user.ID, []int64{1}))
	return h, c, chat, there
}

// message is one of Ana's that is said now.
func message(id int, words string) *tg.Message {
	return &tg.Message{ID: id, PeerID: &tg.PeerUser{UserID: 1}, Message: words, Date: int(time.Now().Unix())}
}

func TestWhatIsSaidWhileLinkedIsKept(t *testing.T) {
	t.Parallel()
	h, _, chat, there := liveHouse(t)
	last := func(want string, n int) {
		t.Helper()
		h.until(want, func() bool { kept, words := h.kept(1); return words == want && kept == n })
	}
	said := message(50, "I move to Porto")
	h.telegram.Say(there, chat, said)
	last("I move to Porto", 1)
	h.telegram.Edit(there, said, "I move to Lisbon")
	last("I move to Lisbon", 1)
	h.telegram.Say(there, chat, message(51, "never mind"))
	last("never mind", 2)
	h.telegram.Delete(there, chat)
	last("I move to Lisbon", 1)
}

// Promise 26: what was said while nobody listened is read from the history.
func TestWhatWasMissedIsAskedForAfterAReconnection(t *testing.T) {
	t.Parallel()
	h, c, chat, _ := liveHouse(t)
	h.telegram.Away(true)
	h.telegram.Change(func() { chat.Messages = append(chat.Messages, message(60, "while you were away")) })
	_, err := h.sql.Exec(t.Context(), `UPDATE tasks SET state = 'done', finished_at = now(), claimed_by = NULL, heartbeat_at = NULL
		WHERE kind = 'process_telegram_messages'`)
	h.check(err)
	h.telegram.Away(false)
	h.until("a task for what was missed", func() bool {
		_, err := h.Store.OpenSync(t.Context(), h.user.ID, core.TaskSyncMessages)
		return err == nil
	})
	_, err = c.SyncMessages(t.Context(), h.user.ID, func(int) {})
	h.check(err)
	if n, last := h.kept(1); n != 4 || last != "while you were away" {
		t.Errorf("%d messages are kept, the last %q", n, last)
	}
}
