package when

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	word tokenKind = iota
	number
	mark // any other character
)

// A token is a word, a run of digits or a single other character.
type token struct {
	kind       tokenKind
	text       string // words in lower case
	start, end int
	glued      bool // follows the token before without a space
	upper      bool // a word that starts with a capital letter
}

// num returns the token's value when it is a number of at most four digits.
func (t token) num() (int, bool) {
	if t.kind != number || len(t.text) > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(t.text)
	return n, err == nil
}

func tokens(text string) []token {
	toks := make([]token, 0, len(text)/5+4)
	glued := false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(r) {
			glued = false
			i += size
			continue
		}
		t := token{kind: mark, start: i, end: i + size, glued: glued}
		switch {
		case isDigit(r):
			t.kind = number
			t.end = i + span(text[i:], isDigit)
		case isWordly(r):
			t.kind, t.upper = word, unicode.IsUpper(r)
			t.end = i + span(text[i:], inWord)
		}
		t.text = text[i:t.end]
		if t.kind == word {
			t.text = plain(t.text)
		}
		toks = append(toks, t)
		glued, i = true, t.end
	}
	return toks
}

// span returns how many bytes at the start of text consist of runes that fit.
func span(text string, fits func(rune) bool) int {
	if n := strings.IndexFunc(text, func(r rune) bool { return !fits(r) }); n >= 0 {
		return n
	}
	return len(text)
}

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isWordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }
func inWord(r rune) bool   { return isWordly(r) || r == '\'' || r == '’' }

// plain returns a word in lower case with straight apostrophes, and without
// those around it.
func plain(w string) string {
	w = strings.ToLower(w)
	if strings.Contains(w, "’") {
		w = strings.ReplaceAll(w, "’", "'")
	}
	return strings.Trim(w, "'")
}
