package bot

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// maxUnits is the most UTF-16 code units in a message, by the Bot API. Tags do
// not count there; counting them here only makes parts a little shorter.
const maxUnits = 4096

// pageOf names a page among others: "2/7".
func pageOf(page, pages int) string { return fmt.Sprintf("%d/%d", page+1, pages) }

// split cuts HTML as Telegram takes it into parts of at most limit UTF-16
// units, at the end of a paragraph, a line or a word where there is one. Tags
// that are open at a cut are closed there and opened again in the next part.
func split(text string, limit int) []string {
	var parts []string
	var open []string // the tags open where the next part begins
	for {
		prefix := strings.Join(open, "")
		if units(prefix+text) <= limit {
			return append(parts, prefix+text)
		}
		cut := cutAt(text, limit-units(prefix)-tagRoom)
		part := prefix + text[:cut]
		open = openTags(part)
		parts = append(parts, part+closing(open))
		text = strings.TrimLeft(text[cut:], "\n ")
		if text == "" {
			return parts
		}
	}
}

// tagRoom is kept free in a part for the tags that close it.
const tagRoom = 64

func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// cutAt returns the last good place, in bytes, to cut text within limit units:
// never inside a tag or an entity.
func cutAt(text string, limit int) int {
	n, inside, hard, word, line, paragraph := 0, false, 0, 0, 0, 0
	for i, r := range text {
		if n += max(utf16.RuneLen(r), 1); n > limit {
			break
		}
		end := i + len(string(r))
		switch {
		case r == '<', r == '&':
			inside = true
		case inside:
			inside = r != '>' && r != ';'
		}
		switch {
		case inside:
			continue
		case r == '\n' && strings.HasPrefix(text[end:], "\n"):
			paragraph = end
		case r == '\n':
			line = end
		case r == ' ':
			word = end
		}
		hard = end
	}
	for _, place := range []int{paragraph, line, word} {
		if place > hard/2 {
			return place
		}
	}
	return max(hard, 1)
}

// openTags returns the tags of html that are not closed, the outermost first.
func openTags(html string) []string {
	var open []string
	for {
		start := strings.IndexByte(html, '<')
		if start < 0 {
			return open
		}
		end := strings.IndexByte(html[start:], '>')
		if end < 0 {
			return open
		}
		tag := html[start : start+end+1]
		html = html[start+end+1:]
		if strings.HasPrefix(tag, "</") {
			open = open[:max(len(open)-1, 0)]
		} else {
			open = append(open, tag)
		}
	}
}

// closing returns the end tags for tags, the innermost first.
func closing(tags []string) string {
	var b strings.Builder
	for i := len(tags) - 1; i >= 0; i-- {
		name, _, _ := strings.Cut(strings.Trim(tags[i], "<>"), " ")
		b.WriteString("</" + name + ">")
	}
	return b.String()
}
