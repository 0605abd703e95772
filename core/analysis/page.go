package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A page is a note's text in which words can be found although case, white
// space and typographic marks differ.
type page struct {
	text   string
	folded string
	at     []span // where each byte of folded stands in text
}

// A span is a piece of a text, in bytes.
type span struct{ start, end int }

func newPage(text string) page {
	var folded strings.Builder
	p := page{text: text}
	for start, size := 0, 0; start < len(text); start += size {
		var r rune
		r, size = utf8.DecodeRuneInString(text[start:])
		as := foldRune(r)
		if as == " " && strings.HasSuffix(folded.String(), " ") {
			continue
		}
		folded.WriteString(as)
		for range len(as) {
			p.at = append(p.at, span{start, start + size})
		}
	}
	p.folded = folded.String()
	return p
}

// foldRune returns what stands for r where only the words count.
func foldRune(r rune) string {
	switch {
	case unicode.IsSpace(r):
		return " "
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return ""
	}
	switch r {
	case '‘', '’', '‚', '‛', '′', '`', '´':
		return "'"
	case '“', '”', '„', '‟', '″', '«', '»':
		return `"`
	case '‐', '‑', '‒', '–', '—', '―', '−':
		return "-"
	case '…':
		return "..."
	}
	return string(unicode.ToLower(r))
}

// quote returns the piece of the page that words quote, and reports whether
// they are there at all, and letter for letter.
func (p page) quote(words string) (piece string, found, exact bool) {
	words = strings.TrimSpace(words)
	switch {
	case strings.IndexFunc(words, isWord) < 0:
		return "", false, false
	case strings.Contains(p.text, words):
		return words, true, true
	}
	folded := strings.TrimSpace(newPage(words).folded)
	// Models put quotes in quotation marks, and cut them short with dots.
	for _, f := range []string{folded, strings.Trim(folded, ` "'.`)} {
		if i := strings.Index(p.folded, f); i >= 0 && f != "" {
			return p.piece(i, len(f)), true, false
		}
	}
	return "", false, false
}

// name returns how the page writes a name that stands there as whole words,
// and reports whether it does.
func (p page) name(name string) (string, bool) {
	folded := strings.TrimSpace(newPage(name).folded)
	if strings.IndexFunc(folded, unicode.IsLetter) < 0 {
		return "", false
	}
	for from := 0; ; {
		i := strings.Index(p.folded[from:], folded)
		if i < 0 {
			return "", false
		}
		i += from
		if p.boundary(i) && p.boundary(i+len(folded)) {
			return p.piece(i, len(folded)), true
		}
		from = i + 1
	}
}

// piece returns the text behind size bytes of the folded page.
func (p page) piece(start, size int) string {
	return p.text[p.at[start].start:p.at[start+size-1].end]
}

// boundary reports whether no word goes on across i in the folded page.
func (p page) boundary(i int) bool {
	before, _ := utf8.DecodeLastRuneInString(p.folded[:i])
	after, _ := utf8.DecodeRuneInString(p.folded[i:])
	return !isWord(before) || !isWord(after) || unicode.In(before, unspaced...) || unicode.In(after, unspaced...)
}

// unspaced are the scripts that write words without spaces between them, or
// names with their particles.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
