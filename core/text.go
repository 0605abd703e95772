package core

import (
	"strings"
	"unicode"
)

// readable reports whether r shows something to a reader.
func readable(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r)
}

// HasWords reports whether text has a letter or a digit: emoji and punctuation
// alone say nothing that can be remembered.
func HasWords(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0
}
