package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/recall"
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
		{"a question", 45, func() {
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
