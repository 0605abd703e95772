package recall

import (
	"slices"
	"strings"

	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// add adds a line, unless there are enough, or the same note says the same.
func (f *finder) add(l Line) {
	if len(f.Lines) < f.most && !slices.ContainsFunc(f.Lines, func(o Line) bool {
		return o.NoteID == l.NoteID && o.ContactID == l.ContactID && o.Text == l.Text
	}) {
		f.Lines = append(f.Lines, l)
	}
}

// addPassages adds the best part of notes that no line comes from yet, or of all.
func (f *finder) addPassages(passages []store.Passage, worth float64) {
	words := wordsIn(f.Question.Words)
	for _, p := range passages {
		if !f.every && slices.ContainsFunc(f.Lines, func(l Line) bool { return l.NoteID == p.NoteID }) {
			continue
		}
		part := excerpt(p.Text, words)
		l := Line{
			Name: strings.Join(p.Names, ", "), Text: part.elided(), Quote: part.text,
			NoteID: p.NoteID, At: p.SaidAt, Score: worth * noteScore(p.Rank),
		}
		if len(p.About) > 0 {
			l.ContactID = p.About[0]
		}
		f.add(l)
	}
}

// addFacts adds facts that were found by their words.
func (f *finder) addFacts(facts []store.FoundFact, worth float64) {
	for _, fact := range facts {
		f.add(Line{
			ContactID: fact.ContactID, Name: fact.FullName, Text: fact.Text, Quote: fact.Quote,
			FactID: fact.ID, NoteID: fact.NoteID, At: fact.SaidAt, Score: worth * scoreFact,
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
