package recall

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kith-platform/kith/core/people"
)

// snippetLen is the most characters of a note shown in an answer.
const snippetLen = 160

// Snippet returns a part of text that fits one line of an answer, from around
// the first of words in it. Cut ends carry an ellipsis.
func Snippet(text string, words []string) string {
	return excerpt(strings.Join(strings.Fields(text), " "), words).elided()
}

// A piece is a part of a text, letter for letter.
type piece struct {
	text               string
	cutBefore, cutBack bool
}

// elided returns a piece with an ellipsis where it was cut.
func (p piece) elided() string {
	text := p.text
	if p.cutBefore {
		text = "…" + text
	}
	if p.cutBack {
		text += "…"
	}
	return text
}

// excerpt returns a piece of text, of a line's length, from around the first of
// words in it.
func excerpt(text string, words []string) piece {
	runes := []rune(text)
	if len(runes) <= snippetLen {
		return piece{text: text}
	}
	start := 0
	if at := whereIn(text, words); at > snippetLen/3 {
		start = min(at-snippetLen/3, len(runes)-snippetLen)
	}
	end := start + snippetLen
	return piece{strings.TrimSpace(string(runes[start:end])), start > 0, end < len(runes)}
}

// whereIn returns where in text, in characters, the first of words stands that
// does: as it is; or without case and accents; or another form of it, which begins
// like it. It returns -1 when none does.
func whereIn(text string, words []string) int {
	lower, folded := strings.ToLower(text), ""
	for _, w := range words {
		if at := strings.Index(lower, strings.ToLower(w)); at >= 0 {
			return utf8.RuneCountInString(lower[:at])
		}
	}
	for _, w := range words {
		if folded == "" {
			folded = people.Fold(text)
		}
		if at := strings.Index(folded, stem(people.Fold(w))); at >= 0 {
			return utf8.RuneCountInString(folded[:at])
		}
	}
	return -1
}

// stem returns what the forms of a word have in common, roughly: all but the
// last letters of a long one.
func stem(word string) string {
	const ending, least = 3, 4
	runes := []rune(word)
	return string(runes[:max(min(least, len(runes)), len(runes)-ending)])
}

// wordsIn returns the words that a search looks for: without signs, operators,
// and the words that it leaves out.
func wordsIn(search string) []string {
	var words []string
	for _, w := range strings.Fields(search) {
		if strings.HasPrefix(w, "-") || strings.EqualFold(w, "or") {
			continue
		}
		w = strings.TrimFunc(w, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })
		if w != "" {
			words = append(words, w)
		}
	}
	return words
}
