package jobs

import (
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store/storetest"
)

// What is said in a chat is noted and read without anybody asking, and shown to
// nobody.
func TestChatsAreNotedAndRead(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	_, err := link.SyncPeople(t.Context(), w.db, w.user.ID, []core.TelegramPerson{{ID: 7, FirstName: "Ana", LastName: "Torres"}})
	check(t, err)
	storetest.Chat(t, w.db, w.user.ID, 7)
	message := core.ChatMessage{MessageID: 1, At: time.Now(), Kind: core.ChatText, Text: "she likes tea"}
	yesterday := core.ChatMessage{MessageID: 2, At: time.Now().Add(-48 * time.Hour), Kind: core.ChatText, Text: "he likes tea"}
	check(t, link.AddMessages(t.Context(), w.db, w.user.ID, 7, []core.ChatMessage{message, yesterday}))
	w.start(w.worker.Run, w.queue.Run)
	facts := func(want int) {
		t.Helper()
		w.until("the chat is read", func() bool {
			w.round()
			w.wait(patience)
			w.exec(`UPDATE chat_days SET due_at = due_at - interval '5 seconds'`)
			w.exec(`UPDATE tasks SET next_try_at = next_try_at - interval '5 seconds' WHERE state = 'queued'`)
			var n int
			check(t, w.sql.QueryRow(t.Context(), `SELECT count(*) FROM facts WHERE state = 'asked' AND message_id IS NOT NULL`).Scan(&n))
			return n == want
		})
	}
	facts(2)
	check(t, link.DeleteMessages(t.Context(), w.db, w.user.ID, 0, []int64{1}))
	facts(1)
	select {
	case <-w.sender.typing:
		t.Error("the user is shown typing for what they did not say")
	default:
	}
	var owed int
	check(t, w.sql.QueryRow(t.Context(), `SELECT count(*) FROM messages`).Scan(&owed))
	if owed != 0 {
		t.Errorf("the user's chat is owed %d messages, want none", owed)
	}
}
