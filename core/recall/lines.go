package recall

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// add adds a line, unless there are enough, or the same note says the same.
func (f *finder) add(l Line) {
	if len(f.Lines) < mostLines && !slices.ContainsFunc(f.Lines, func(o Line) bool {
		return o.NoteID == l.NoteID && o.ContactID == l.ContactID && o.Text == l.Text
	}) {
		f.Lines = append(f.Lines, l)
	}
}

// addPassages adds the best part of notes that no line comes from yet.
func (f *finder) addPassages(passages []store.Passage) {
	for _, p := range passages {
		if slices.ContainsFunc(f.Lines, func(l Line) bool { return l.NoteID == p.NoteID }) {
			continue
		}
		f.add(Line{
			Name: strings.Join(p.Names, ", "), Text: Snippet(p.Text, strings.Fields(f.Question.Words)),
			NoteID: p.NoteID, At: p.SaidAt,
		})
	}
}

// single reports whether all names are of one contact.
func single(names []store.Name) bool {
	return !slices.ContainsFunc(names, func(n store.Name) bool { return n.ContactID != names[0].ContactID })
}

// others returns the words that are not part of one of the names.
func others(words string, names []store.Name) string {
	var kept []string
	for w := range strings.FieldsSeq(words) {
		if !slices.ContainsFunc(names, func(n store.Name) bool {
			return slices.Contains(strings.Fields(people.Fold(n.Name)), people.Fold(w))
		}) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// snippetLen is the most characters of a note shown in an answer.
const snippetLen = 160

// Snippet returns a part of text that fits one line of an answer, from around
// the first of words in it. Cut ends carry an ellipsis.
func Snippet(text string, words []string) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= snippetLen {
		return text
	}
	start := 0
	lower := strings.ToLower(text)
	for _, w := range words {
		if at := strings.Index(lower, strings.ToLower(w)); at >= 0 && at <= len(text) {
			start = max(0, utf8.RuneCountInString(lower[:at])-snippetLen/3)
			break
		}
	}
	start = min(start, len(runes)-snippetLen)
	part := strings.TrimSpace(string(runes[start : start+snippetLen]))
	if start > 0 {
		part = "…" + part
	}
	if start+snippetLen < len(runes) {
		part += "…"
	}
	return part
}
