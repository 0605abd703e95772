package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
)

// headline returns a fact's text as it is shown: tidy, starting with a
// capital letter, without a full stop, and not too long.
func headline(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Trim(s, " ,;:.!?-–—…•*\"“”")
	if !strings.Contains(s, "(") {
		s = strings.TrimRight(s, ")")
	}
	r, size := utf8.DecodeRuneInString(s)
	if size > 0 && unicode.IsLower(r) && !strings.HasPrefix(s, "http") {
		s = string(unicode.ToUpper(r)) + s[size:]
	}
	return shorten(s)
}

// shorten cuts s to the most characters a fact may have.
func shorten(s string) string {
	if utf8.RuneCountInString(s) <= core.MaxFactLen {
		return s
	}
	n := 0
	for i := range s {
		if n == core.MaxFactLen {
			return s[:i]
		}
		n++
	}
	return s
}

// lower returns s in lower case where that keeps every byte in its place, so
// that what is found in it can be cut out of s.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// straight replaces typographic apostrophes.
func straight(s string) string { return strings.ReplaceAll(s, "’", "'") }

// proper gives a name that was typed in lower case its capital letters:
// "new york" is "New York".
func proper(s string) string {
	if strings.ToLower(s) != s {
		return s
	}
	words := strings.Fields(s)
	for i, w := range words {
		if particles[w] || w == "of" || w == "and" {
			continue
		}
		r, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + w[size:]
	}
	return strings.Join(words, " ")
}

// until cuts s before the first of the words in stops.
func until(s string, stops map[string]bool) string {
	at := 0
	for at < len(s) {
		end := at + len(s[at:])
		if n := strings.IndexByte(s[at:], ' '); n >= 0 {
			end = at + n
		}
		w := lower(s[at:end])
		if at > 0 && stops[strings.Trim(w, ",.;:()-–—")] || w == "-" || w == "–" || w == "—" || strings.HasPrefix(w, "(") {
			return strings.TrimRight(s[:at], " ,;:-–—(")
		}
		if strings.HasSuffix(w, ",") || strings.HasSuffix(w, ";") {
			return s[:end-1]
		}
		at = end + 1
	}
	return strings.TrimRight(s, " .,;:!?)")
}
