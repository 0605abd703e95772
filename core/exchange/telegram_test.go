package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

// one is an export of a single chat; all of everything.
const (
	one = `{"name": "Ana Torres", "type": "personal_chat", "id": 7, "messages": [
		{"id": 1, "type": "message", "date": "2026-03-02T10:00:00", "date_unixtime": "1772445600", "from": "Ana Torres", "from_id": "user7", "text": "I live in Porto", "text_entities": []},
		{"id": 2, "type": "message", "date": "2026-03-02T10:01:00", "date_unixtime": "1772445660", "edited": "2026-03-02T10:02:00", "edited_unixtime": "1772445720",
			"from": "Sam", "from_id": "user42", "text": ["See ", {"type": "link", "text": "example.com"}, " 😀\u0000"]},
		{"id": 3, "type": "service", "date_unixtime": "1772445700", "actor": "Sam", "actor_id": "user42", "action": "phone_call", "duration_seconds": 60, "text": ""},
		{"id": 4, "type": "message", "date_unixtime": "1772445800", "from_id": "user7", "media_type": "sticker", "file": "s.webp", "text": ""},
		{"id": 5, "type": "message", "date_unixtime": "1772445900", "from_id": "user7", "photo": "p.jpg", "text": "the new flat"},
		{"id": 6, "type": "message", "date_unixtime": "1772446000", "from_id": "user7", "poll": {"question": "When?"}, "text": ""},
		{"id": 7, "type": "service", "date_unixtime": "1772446100", "actor_id": "user7", "action": "pin_message", "text": ""},
		{"id": 8, "type": "message", "date": "2020-05-01T12:00:00", "from_id": 7, "text": "old"},
		{"id": "x", "type": "message", "date_unixtime": "1772446100", "text": "no id"}, 5, null
	]}`
	all = `{"about": "x", "personal_information": {"user_id": 42, "bio": [[{}]]}, "contacts": {"list": [{"first_name": "Zoe"}]},
		"chats": {"about": "y", "list": [
			{"name": "Family", "type": "private_group", "id": 100, "messages": [{"id": 1, "type": "message", "date_unixtime": "1772445600", "text": "hello"}]},
			{"name": "Mike", "type": "personal_chat", "id": 8, "messages": [{"id": 1, "type": "message", "date_unixtime": "1772445600", "from_id": "user8", "text": "hi"}]},
			{"type": "saved_messages", "id": 42, "messages": []},
			{"name": null, "type": "personal_chat", "id": 9, "messages": [{"id": 1, "type": "message", "date_unixtime": "1772445600", "from_id": "user9", "text": "bye"}]}
		]}}`
)

// reading reads an export, and returns a line for each message.
func reading(r io.Reader) (lines []string, skipped int, err error) {
	skipped, err = readTelegram(r, time.FixedZone("CET", 3600), func(c Chat, messages []core.ChatMessage) error {
		for _, m := range messages {
			out, edited := "", ""
			if m.Out {
				out = "→"
			}
			if m.EditedAt != nil {
				edited = m.EditedAt.Format(" 15:04")
			}
			lines = append(lines, fmt.Sprintf("%s %d%s %s%s %s %q", c.Name, m.MessageID, out, m.At.Format(time.DateTime), edited, m.Kind, m.Text))
		}
		return nil
	})
	return lines, skipped, err
}

func TestReadTelegram(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		want       []string
		skipped    int
	}{
		{"one chat", "\ufeff " + one, []string{
			`Ana Torres 1 2026-03-02 10:00:00 text "I live in Porto"`,
			`Ana Torres 2→ 2026-03-02 10:01:00 10:02 text "See example.com 😀\x00"`,
			`Ana Torres 3→ 2026-03-02 10:01:40 call ""`,
			`Ana Torres 4 2026-03-02 10:03:20 sticker ""`,
			`Ana Torres 5 2026-03-02 10:05:00 media "the new flat"`,
			`Ana Torres 6 2026-03-02 10:06:40 poll ""`,
			`Ana Torres 7 2026-03-02 10:08:20 service ""`,
			`Ana Torres 8 2020-05-01 11:00:00 text "old"`,
		}, 0},
		{"all chats", all, []string{`Mike 1 2026-03-02 10:00:00 text "hi"`, ` 1 2026-03-02 10:00:00 text "bye"`}, 2},
		{"nobody to talk to", `{"chats": {"list": []}}`, nil, 0},
	} {
		lines, skipped, err := reading(strings.NewReader(test.file))
		if err != nil || !slices.Equal(lines, test.want) || skipped != test.skipped {
			t.Errorf("%s: got %q, %d skipped, %v; want %q, %d", test.name, lines, skipped, err, test.want, test.skipped)
		}
	}
}

func TestWhatIsWrongWithAFile(t *testing.T) {
	t.Parallel()
	long := `{"type": "personal_chat", "id": 7, "messages": [{"text": "` + strings.Repeat("x", 2*maxValue) + `"}]}`
	for name, test := range map[string]struct {
		file string
		want error
	}{
		"empty":             {"", errNoExport},
		"web pages":         {"<!DOCTYPE html><html>", errHTML},
		"an archive":        {"PK\x03\x04....", errZip},
		"text":              {"hello", errNoExport},
		"a list":            {"[1,2]", errNoExport},
		"other JSON":        {`{"a": {"b": [1, 2]}}`, errNoExport},
		"messages of none":  {`{"messages": []}`, errNoExport},
		"broken":            {`{"name": "Ana", "type": "personal_chat", "id": 7, "messages": [{"id" 1}]}`, errNoExport},
		"not a list":        {`{"type": "personal_chat", "id": 7, "messages": {}}`, errNoExport},
		"a group":           {`{"name": "Family", "type": "private_group", "id": 7, "messages": []}`, errGroup},
		"a channel":         {`{"name": "News", "type": "public_channel", "id": 7, "messages": []}`, errGroup},
		"cut off at once":   {one[:60], errCutOff},
		"cut off":           {one[:700], errCutOff},
		"cut off at an end": {one[:len(one)-2], errCutOff},
		"too long":          {long, errTooLong},
		"too deep":          {`{"a": ` + strings.Repeat("[", 20_000), errCutOff},
	} {
		if _, _, err := reading(strings.NewReader(test.file)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	lines, _, _ := reading(strings.NewReader(before(one, `"sticker"`)))
	if len(lines) != 3 {
		t.Errorf("of a file that is cut off %d messages are read, want the 3 that are whole", len(lines))
	}
}

// before returns what of text comes before a part of it.
func before(text, part string) string {
	text, _, _ = strings.Cut(text, part)
	return text
}

// endless is an export whose one chat never ends.
type endless struct {
	begun bool
	rest  []byte
	left  int
	sum   int
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		switch {
		case !e.begun:
			e.begun, e.rest = true, []byte(`{"name": "Ana", "type": "personal_chat", "id": 7, "messages": [`)
		case e.left == 0:
			return 0, io.EOF
		default:
			e.left--
			e.rest = fmt.Appendf(nil, `{"id": %d, "type": "message", "date_unixtime": "1772445600", "from_id": "user7", "text": "See you at the station at nine"},`, e.left+1)
		}
	}
	n := copy(p, e.rest)
	e.rest, e.sum = e.rest[n:], e.sum+n
	return n, nil
}

func BenchmarkReadTelegram(b *testing.B) {
	for b.Loop() {
		src := &endless{left: 100_000}
		n := 0
		_, err := readTelegram(src, time.UTC, func(_ Chat, messages []core.ChatMessage) error { n += len(messages); return nil })
		if !errors.Is(err, errCutOff) || n != 100_000 {
			b.Fatalf("read %d messages, %v", n, err)
		}
		b.SetBytes(int64(src.sum))
	}
}

func FuzzReadTelegram(f *testing.F) {
	for _, text := range []string{one, all, one[:300], `{"messages":[]}`, "<html>", "", "\ufeff{}", `{"chats":{"list":[{"messages":[{}]}]}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := readTelegram(bytes.NewReader(file), time.UTC, func(c Chat, messages []core.ChatMessage) error {
			for _, m := range messages {
				if c.ID <= 0 || m.MessageID <= 0 || m.At.Year() < 1970 || m.At.Year() > 2243 {
					t.Errorf("chat %d, message %+v", c.ID, m)
				}
			}
			return nil
		})
		if _, told := core.Sentence(err); err != nil && !told && !errors.Is(err, errCutOff) {
			t.Errorf("%v is for nobody", err)
		}
	})
}
