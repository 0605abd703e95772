package bot

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/recall"
	"github.com/kith-platform/kith/core/store/storetest"
)

// What every update and every answer costs. More than this is a change to look
// into. Alone, as what others allocate would count.
func TestReadingAndShowingAllocate(t *testing.T) {
	raw := []byte(`{"update_id":7,"message":{"message_id":9,"date":1764000000,"text":"Had coffee with Ana Torres. She moved to Lisbon.",` +
		`"from":{"id":1000,"is_bot":false,"first_name":"Kim"},"chat":{"id":1000,"type":"private","first_name":"Kim"}}}`)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	found := recall.Finding{Question: recall.Question{Kind: recall.KindSearch, Words: "Lisbon"}}
	for n := range int64(8) {
		found.Lines = append(found.Lines, recall.Line{ContactID: n, Name: "Ana Torres", Text: "She moved to <Lisbon> & likes sailing", NoteID: n + 1, At: now})
	}
	for _, test := range []struct {
		name string
		most float64
		do   func()
	}{
		{"an update", 18, func() {
			if u, err := read(raw); err != nil || u.kind != "message" {
				t.Error(u.kind, err)
			}
		}},
		{"an answer", 140, func() {
			s := findingScreen(found, now)
			if s.markup(1); !strings.Contains(s.text, "&lt;Lisbon&gt;") {
				t.Error(s.text)
			}
		}},
		// Some 45, and more when the collector empties the pools of regexp meanwhile.
		{"a question", 70, func() {
			if q := recall.Parse("Where does Ana Torres live?"); q.Name != "Ana Torres" {
				t.Error(q)
			}
		}},
	} {
		if got := testing.AllocsPerRun(50, test.do); got > test.most {
			t.Errorf("%s allocates %v times, want at most %v", test.name, got, test.most)
		}
	}
}

// What it costs to take a note in, from the update to the commit. A fifth of the
// bound is slack: for the connections, and for the race detector.
func TestTakingANoteInAllocates(t *testing.T) {
	const most = 490
	db, sql := storetest.Open(t)
	user := storetest.User(t, db)
	storetest.Contact(t, db, user.ID, "Ana Torres")
	h := NewWebhook(newBot(t, db), "key")
	h.open.Store(true)
	n := 0
	got := testing.AllocsPerRun(50, func() {
		n++
		body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1764000000,"text":"Ana Torres likes tea",`+
			`"from":{"id":%d,"is_bot":false,"first_name":"Sam"},"chat":{"id":%d,"type":"private"}}}`, n, n, user.TelegramID, user.TelegramID)
		if w := post(h, strings.NewReader(body), h.path, h.header); w.Code != http.StatusOK {
			t.Error(w.Code, w.Body)
		}
	})
	var notes int
	if err := sql.QueryRow(t.Context(), `SELECT count(*) FROM notes`).Scan(&notes); err != nil || notes != n {
		t.Errorf("%d notes (%v), want %d", notes, err, n)
	}
	if got > most {
		t.Errorf("taking a note in allocates %v times, want at most %d", got, most)
	}
}
