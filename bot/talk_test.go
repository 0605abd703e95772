package bot

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core/store/storetest"
)

// Telegram tells of every step of a live location as an edit of its message.
func TestALiveLocationIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	db, sql := storetest.Open(t)
	storetest.User(t, db)
	if _, err := sql.Exec(t.Context(), `UPDATE users SET telegram_id = 1001`); err != nil {
		t.Fatal(err)
	}
	h := NewWebhook(newBot(t, db), "key")
	h.open.Store(true)
	for i, kind := range []string{"message", "edited_message", "edited_message"} {
		body := fmt.Sprintf(`{"update_id": %d, "%s": {"message_id": 5, "date": 1, "edit_date": 2,
			"from": {"id": 1001, "is_bot": false, "first_name": "Sam"}, "chat": {"id": 1001, "type": "private"},
			"location": {"latitude": 41.15, "longitude": -8.6%d, "live_period": 900}}}`, i+1, kind, i)
		if w := post(h, strings.NewReader(body), h.path, h.header); w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s, want 200", kind, w.Code, w.Body)
		}
	}
	var said []string
	if err := sql.QueryRow(t.Context(), `SELECT array_agg(args ->> 'phrase') FROM messages`).Scan(&said); err != nil {
		t.Fatal(err)
	}
	if len(said) != 1 || said[0] != phraseLocation {
		t.Errorf("the user is told %q, want %q once", said, phraseLocation)
	}
}
