package bot

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	word := strings.Repeat("word ", 40) // 200 units
	for _, test := range []struct {
		name, text string
		limit      int
		want       []string
	}{
		{"short", "<b>Ana</b>", 4096, []string{"<b>Ana</b>"}},
		{"as long as it may be", strings.Repeat("a", 100), 100, []string{strings.Repeat("a", 100)}},
		{"after a paragraph", strings.Repeat("a", 60) + "\n\n" + strings.Repeat("b", 100), 150, []string{
			strings.Repeat("a", 60) + "\n", strings.Repeat("b", 100),
		}},
		{"after a line", strings.Repeat("a", 60) + "\n" + strings.Repeat("b", 100), 150, []string{
			strings.Repeat("a", 60) + "\n", strings.Repeat("b", 100),
		}},
		{"after a word", strings.Repeat("a", 60) + " " + strings.Repeat("b", 100), 150, []string{
			strings.Repeat("a", 60) + " ", strings.Repeat("b", 100),
		}},
		{"where there is no word", strings.Repeat("a", 200), 150, []string{strings.Repeat("a", 86), strings.Repeat("a", 114)}},
		{"within a tag's text", "<b>" + word + "</b>", 164, []string{
			"<b>" + strings.Repeat("word ", 19) + "</b>", "<b>" + strings.Repeat("word ", 20) + "word </b>",
		}},
		{"wide characters count twice", strings.Repeat("😀", 60), 100, []string{strings.Repeat("😀", 18), strings.Repeat("😀", 42)}},
		{"not within an entity", strings.Repeat("&amp;", 30), 100, []string{strings.Repeat("&amp;", 7), strings.Repeat("&amp;", 7), strings.Repeat("&amp;", 16)}},
	} {
		got := split(test.text, test.limit)
		sound(t, test.name, test.text, test.limit, got)
		if test.want != nil && strings.Join(got, "|") != strings.Join(test.want, "|") {
			t.Errorf("%s: parts are\n%s, want\n%s", test.name, strings.Join(got, "|"), strings.Join(test.want, "|"))
		}
	}
}

var anyTag = regexp.MustCompile(`<(/?)(\w+)>`)

// sound fails the test unless parts are what Telegram takes of text, and all
// of it but for white space at the cuts.
func sound(t *testing.T, name, text string, limit int, parts []string) {
	t.Helper()
	for i, part := range parts {
		if n := len(utf16.Encode([]rune(part))); n > limit {
			t.Errorf("%s: part %d has %d units, want %d at most", name, i, n, limit)
		}
		var open []string
		for _, tag := range anyTag.FindAllStringSubmatch(part, -1) {
			switch {
			case tag[1] == "":
				open = append(open, tag[2])
			case len(open) == 0 || open[len(open)-1] != tag[2]:
				t.Fatalf("%s: part %d closes %s, which is not open: %q", name, i, tag[2], part)
			default:
				open = open[:len(open)-1]
			}
		}
		if rest := anyTag.ReplaceAllString(part, ""); len(open) > 0 || strings.ContainsAny(rest, "<>") {
			t.Errorf("%s: part %d leaves tags open or cuts one: %q", name, i, part)
		}
	}
	if got, want := visible(strings.Join(parts, "")), visible(text); got != want {
		t.Errorf("%s: together the parts say\n%q, want\n%q", name, got, want)
	}
}

// visible returns the text of html without white space.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, html.UnescapeString(anyTag.ReplaceAllString(text, "")))
}

func FuzzSplit(f *testing.F) {
	f.Add("Ana likes tea & <coffee>\n\nshe moved to Porto", uint16(300), uint64(0b1011))
	f.Add(strings.Repeat("word ", 300), uint16(0), uint64(0xffff))
	f.Add(strings.Repeat("😀", 300), uint16(10), uint64(3))
	f.Add(strings.Repeat("&", 300)+"\n\n\n", uint16(1), uint64(1<<40|5))
	f.Fuzz(func(t *testing.T, words string, more uint16, style uint64) {
		if !utf8.ValidString(words) || len(words) > 1<<16 {
			return
		}
		limit := 256 + int(more)
		sound(t, "fuzzed", styled(words, style), limit, split(styled(words, style), limit))
	})
}

// styled writes text as screens do: escaped, with words in tags by the bits of
// style, all in a quotation if the first bit is set.
func styled(text string, style uint64) string {
	tags := []string{"b", "i", "code"}
	var b strings.Builder
	for i, word := range strings.SplitAfter(text, " ") {
		if word = html.EscapeString(word); style>>(i%64)&1 == 1 {
			tag := tags[i%len(tags)]
			word = "<" + tag + ">" + word + "</" + tag + ">"
		}
		b.WriteString(word)
	}
	if style&1 == 1 {
		return "<blockquote>" + b.String() + "</blockquote>"
	}
	return b.String()
}

func TestPaged(t *testing.T) {
	t.Parallel()
	short := screen{text: "Ana"}
	if short.paged(0); short.text != "Ana" || short.buttons != nil {
		t.Errorf("a short text is paged: %+v", short)
	}
	long := strings.Repeat("word ", 2000)
	for part, want := range map[int]struct {
		label      string
		back, next int64
	}{0: {"1/3", 0, 1}, 1: {"2/3", 0, 2}, 2: {"3/3", 1, 2}, 99: {"3/3", 1, 2}, -1: {"1/3", 0, 1}} {
		s := screen{text: long}
		s.row(button("Undo", "undo"))
		s.paged(part)
		if len(s.buttons) != 2 || len(s.buttons[0]) != 3 {
			t.Fatalf("part %d has buttons %v, want a row to turn pages above the others", part, s.buttons)
		}
		row := s.buttons[0]
		if row[1].label != want.label || row[0].ids[0] != want.back || row[2].ids[0] != want.next || units(s.text) > maxUnits {
			t.Errorf("part %d is %s, back to %d, on to %d; want %+v", part, row[1].label, row[0].ids[0], row[2].ids[0], want)
		}
	}
}
