// Package people knows who a name is: from "Ana" to which Ana.
package people

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// letters that Unicode does not decompose, as Postgres' unaccent writes them.
var letters = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i", "’", "'", "ё", "е", "й", "и")

// Fold returns name without case and accents, so that "José" and "jose" are
// one. It is what kith_fold does in the database, for all but rare letters.
func Fold(name string) string {
	stripped, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), strings.ToLower(name))
	if err != nil {
		stripped = strings.ToLower(name)
	}
	return letters.Replace(stripped)
}

// words returns the words of text that could begin a name, each once, without
// possessive endings.
func words(text string) []string {
	seen := map[string]bool{}
	var list []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("'’-_", r)
	}) {
		w = strings.Trim(w, "'’-_")
		for _, ending := range []string{"'s", "’s", "'S", "’S"} {
			w = strings.TrimSuffix(w, ending)
		}
		if w != "" && !seen[w] {
			seen[w] = true
			list = append(list, w)
		}
	}
	return list
}

// given returns the first word of a name.
func given(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

// slipped reports whether b is a with at most one small slip of the finger: a
// letter wrong, missing, extra, or two swapped (the Damerau-Levenshtein
// distance, restricted to 1).
func slipped(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	restX, restY := string(x[i:]), string(y[i:])
	switch {
	case len(x) < len(y):
		return restX == string(y[i+1:])
	case restX == restY:
		return true
	case string(x[i+1:]) == string(y[i+1:]):
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
}
