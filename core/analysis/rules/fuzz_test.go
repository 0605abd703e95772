package rules

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
)

var said = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC) // a Sunday

// hostile are texts that have nothing, or too much of something, to read.
var hostile = []string{
	"", " ", "🎉🎉", "\x00\x01", "\u202eanA htiw eeffoC", "A\u200dna\u200d likes\u200d tea", "\xff\xfe Ana \xc3 likes tea", "'s", "Ana's", "’s’s’s", "@", "@@ana",
	"Ana'", "\"", "“Ana", "\"Ana\" said \"x y z\"", "?", "... !!! ???", "Ana is", "her", "her son", "Ana's son", "and and and", "1", "İstanbul is where Ana's İ likes i̇",
	"Ana\u0301 moved to Porto", "I promised", "born", "turns 999 on Friday", "call", "+", "+1", "0000000000", "a@b.c", "http://", "www.", "Ana moved to", "likes",
	"Remind me to call Ana. Tomorrow at 9.", "Call Ana. Tomorrow.", "I need to call Ana. On Friday.", "Call Ana. Ok.",
	"remind me", "remind me to", "remind me: ", "can you remind me ’ to", "set a reminder for", "remind me that", "reminder: \xff", "remind me every ", "REMIND ME TO \u0130",
	"Ana likes", "Coffee with", "Ana, Mike and", "who", "my", "my sister", "she's", "Ana's birthday is on 99 May", "if", "don't", "owe",
}

func FuzzRead(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	for _, c := range corpus(f) {
		f.Add(c.note)
	}
	f.Fuzz(func(t *testing.T, text string) {
		known := []string{"Ana Torres", "Will", "@ana_t"}
		mentions := Mentions(text, known)
		for _, m := range mentions {
			if m.Name == "" || m.Start < 0 || m.End > len(text) || m.Start >= m.End || text[m.Start:m.End] != m.Name {
				t.Fatalf("mention %+v does not stand in %q", m, text)
			}
		}
		Question(text)
		Continues(text)
		Unfinished(text)
		checkReading(t, text, mentions)
	})
}

func checkReading(t *testing.T, text string, mentions []Mention) {
	t.Helper()
	names := map[string]bool{"": true}
	for _, m := range mentions {
		names[m.Name] = true
	}
	reading := Read(text, said, mentions)
	for _, d := range reading.Drafts {
		switch {
		case !strings.Contains(text, d.Quote) || core.Blank(d.Quote):
			t.Errorf("quote %q does not stand in %q", d.Quote, text)
		case !d.Category.Valid() || !d.Slot.Valid() || d.Confidence < 0 || d.Confidence > 1:
			t.Errorf("%q: draft %+v", text, d)
		case !names[d.About]:
			t.Errorf("%q: about %q, who is no mention", text, d.About)
		case core.Blank(d.Text) || utf8.RuneCountInString(d.Text) > core.MaxFactLen || utf8.RuneCountInString(d.Quote) > core.MaxFactLen:
			t.Errorf("%q: text %q", text, d.Text)
		}
	}
	for _, m := range reading.Meetings {
		if !names[m.About] || m.On.IsZero() {
			t.Errorf("%q: meeting %+v", text, m)
		}
	}
}

func TestHostile(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		checkReading(t, text, Mentions(text, nil))
		checkReading(t, text, []Mention{{Name: "Ana"}, {Name: "", Start: -1, End: 99}})
	}
}

// longNote is as long as a note may be, with something to read in each line.
func longNote() string {
	line := "Coffee with Ana Torres, she moves to Porto in March, her son Leo started piano, send her the architect's number by Friday. "
	return strings.Repeat(line, core.MaxNoteLen/len(line)+1)[:core.MaxNoteLen]
}

func BenchmarkRead(b *testing.B) {
	text := "Coffee with Ana Torres, she moves to Porto in March, her son Leo started piano, send her the architect's number by Friday"
	for b.Loop() {
		Read(text, said, Mentions(text, nil))
	}
}

func BenchmarkReadLongNote(b *testing.B) {
	text := longNote()
	for b.Loop() {
		Read(text, said, Mentions(text, []string{"Ana Torres"}))
	}
}
