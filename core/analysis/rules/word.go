package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// A word is a run of letters and digits as a name or a verb may have them:
// "O'Brien", "al-Sayed", "J.". Its end leaves out a possessive 's.
type word struct {
	text       string // as written
	low        string // folded: lower case, without accents
	start, end int
	full       int    // the end with the possessive 's
	after      string // what stands between it and the next word
	possessive bool   // followed by 's
}

func (w word) upper() bool {
	r, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

// allCaps reports whether w is an abbreviation or shouted.
func (w word) allCaps() bool {
	return utf8.RuneCountInString(w.text) > 1 && strings.ToUpper(w.text) == w.text && strings.ToLower(w.text) != w.text
}

// ends reports whether a sentence or a part of it ends after w.
func (w word) ends() bool { return strings.ContainsAny(w.after, ".!?;\n") }

func split(text string) []word {
	var words []word
	for i := 0; i < len(text); {
		n := wordLen(text[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		words = append(words, newWord(text, i, i+n))
		i += n
	}
	for i := range words {
		next := len(text)
		if i+1 < len(words) {
			next = words[i+1].start
		}
		words[i].after = text[words[i].full:next]
		if words[i].low == "with" {
			words[i].after = strings.TrimPrefix(words[i].after, "/")
		}
	}
	return words
}

func newWord(text string, start, end int) word {
	w := word{start: start, end: end, full: end}
	for _, s := range []string{"'s", "’s", "'S", "’S"} {
		if strings.HasSuffix(text[start:end], s) {
			w.end, w.possessive = end-len(s), true
		}
	}
	if t := text[start:w.end]; strings.HasSuffix(t, "s'") || strings.HasSuffix(t, "s’") {
		w.end, w.possessive = start+strings.LastIndexAny(t, "s")+1, true
	}
	w.text = text[start:w.end]
	w.low = fold(w.text)
	switch w.low {
	case "w":
		w.low = "with"
	case "hes", "shes":
		w.low, w.possessive = strings.TrimSuffix(w.low, "s"), true
	case "theyre", "youre":
		w.low = strings.TrimSuffix(w.low, "re") + "'re"
	}
	return w
}

// wordLen returns how many bytes the word at the start of text has.
func wordLen(text string) int {
	end := 0
	for i, r := range text {
		switch {
		case wordly(r):
			end = i + utf8.RuneLen(r)
		case end == 0 || r != '\'' && r != '’' && r != '-' && r != '‐' && r != '‑' && r != '_' && !(r == '.' && initialAt(text, i)):
			return end
		case r == '.':
			return i + 1
		}
		if r == '\'' || r == '’' {
			if end == i {
				end = trailingQuote(text, i, end)
			}
		}
	}
	return end
}

// trailingQuote lets the quote after a plural's s belong to it: "the Torres' house".
func trailingQuote(text string, i, end int) int {
	_, size := utf8.DecodeRuneInString(text[i:])
	if i > 0 && text[i-1] == 's' && (i+size == len(text) || text[i+size] == ' ') {
		return i + size
	}
	return end
}

// initialAt reports whether the full stop at i ends an initial: "J."
func initialAt(text string, i int) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size == i && unicode.IsUpper(r) && i+1 < len(text) && text[i+1] == ' ' && r != 'I'
}

func wordly(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

// plain writes typographic quotes and hyphens as a keyboard does.
var plain = strings.NewReplacer("’", "'", "‐", "-", "‑", "-")

// fold returns s in lower case, without accents and with straight quotes.
func fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	s = plain.Replace(strings.ToLower(s))
	folded, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		return s
	}
	return folded
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
