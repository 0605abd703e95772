package core_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
)

func TestNoteText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"word for word", "  Ana likes tea.\n\n– and *coffee* ", "  Ana likes tea.\n\n– and *coffee* "},
		{"emoji only", "🎂", "🎂"},
		{"a family of emoji", "👩‍👩‍👧", "👩‍👩‍👧"},
		{"one letter", "x", "x"},
		{"a full stop", ".", "."},
		{"control characters stay", "Ana\x07 \x1b[31mred", "Ana\x07 \x1b[31mred"},
		{"a NUL is taken out", "Ana\x00 likes tea\x00", "Ana likes tea"},
		{"bytes that are no UTF-8", "Ana \xff\xfe likes tea", "Ana \uFFFD likes tea"},
		{"right to left", "אנה אוהבת תה", "אנה אוהבת תה"},
		{"as long as it may be", strings.Repeat("a", 20_000), strings.Repeat("a", 20_000)},
		{"as long as it may be, in wide characters", strings.Repeat("é😀", 10_000), strings.Repeat("é😀", 10_000)},
		{"as long as it may be, but for a NUL", strings.Repeat("a", 20_000) + "\x00", strings.Repeat("a", 20_000)},
	} {
		if got, err := core.NoteText(test.text); got != test.want || err != nil {
			t.Errorf("%s: NoteText = %.50q, %v; want %.50q", test.name, got, err, test.want)
		}
	}
}

func TestNoNote(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "nothing in that message"},
		{"white space", " \t\n\u00a0\u2003", "nothing in that message"},
		{"only control characters", "\x00\x01\x1b\x7f", "nothing in that message"},
		{"only characters that do not show", "\u200b\u200e\u2060\ufeff", "nothing in that message"},
		{"a character too long", strings.Repeat("a", 20_001), "longer than 20,000 characters"},
		{"a wide character too long", strings.Repeat("😀", 20_001), "longer than 20,000 characters"},
	} {
		got, err := core.NoteText(test.text)
		sentence, told := core.Sentence(err)
		if got != "" || !told || !errors.Is(err, core.ErrInvalid) || !strings.Contains(sentence, test.want) {
			t.Errorf("%s: NoteText = %.50q, %v; want a sentence with %q", test.name, got, err, test.want)
		}
	}
}

func FuzzNoteText(f *testing.F) {
	for _, text := range []string{"", "Ana likes tea", "\x00", "\xff", "\u200b", "a\x00b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kept, err := core.NoteText(text)
		if err != nil {
			return
		}
		if !utf8.ValidString(kept) || strings.Contains(kept, "\x00") || core.Blank(kept) {
			t.Errorf("NoteText(%q) = %q, which Postgres or a reader cannot take", text, kept)
		}
		if again, err := core.NoteText(kept); again != kept || err != nil {
			t.Errorf("what was kept, %q, becomes %q (%v) when it is kept again", kept, again, err)
		}
		if utf8.ValidString(text) && !strings.Contains(text, "\x00") && kept != text {
			t.Errorf("NoteText(%q) = %q, want every byte as it was", text, kept)
		}
	})
}
