package rules

import "strings"

// quotes are what a nickname stands in, as they open and close.
var quotes = map[string]string{"(": ")", `"`: `"`, "“": "”", "‘": "’", "«": "»"}

// isNick reports whether nick, which follows first, stands in brackets or quotes.
func isNick(first, nick word) bool {
	mark, ok := strings.CutPrefix(first.after, " ")
	return ok && mark != "" && quotes[mark]+" " == nick.after
}

// nickAfter returns how many words the nickname between the given name at word i
// and a family name has: 1 in "Elizabeth (Liz) Carter", or 0.
func (f *finder) nickAfter(i int) int {
	if f.shouted || !f.word(i).upper() || !isNick(f.word(i), f.word(i+1)) {
		return 0
	}
	for _, at := range []int{i + 1, i + 2} {
		low := f.word(at).low
		if !f.nameShape(at) || calendarWords[low] || nations[low] || firms[low] || (common[low] || verbs[low]) && !wordNames[low] || places[low] && !givenNames[low] {
			return 0
		}
	}
	return 1
}

// nameParts returns the folded words of a name, and the nickname among them or "".
func nameParts(ws []word) (parts []string, nick string) {
	for i, w := range ws {
		if i > 0 && i < len(ws)-1 && isNick(ws[i-1], w) {
			nick = w.low
			continue
		}
		parts = append(parts, w.low)
	}
	return parts, nick
}
