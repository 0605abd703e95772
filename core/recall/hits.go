package recall

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// A HitKind says what a search found.
type HitKind string

// The kinds of hit.
const (
	HitContact HitKind = "contact"
	HitNote    HitKind = "note"
	HitFact    HitKind = "fact"
)

// A Hit is something that a search found.
type Hit struct {
	Kind      HitKind
	ID        int64
	ContactID int64  // whom it is about, first of all; 0 for nobody
	Name      string // theirs; of a note about several, the names of all
	Snippet   string // the name, or the words around those found
	Score     float64
}

// What is worth more comes first: a name, then a fact, then a note that has the
// words; then what has another word that begins so, or a name that is only like it.
const (
	scoreName  = 1.0
	scoreNames = 0.9 // a name with every word searched for in it, or begun
	scoreFact  = 0.8
	scoreNote  = 0.5
	scoreLike  = 0.4
	scoreBegun = 0.5 // of what the words themselves would be worth
)

// noteScore returns what a note is worth by its rank.
func noteScore(rank float32) float64 {
	return scoreNote + 0.25*float64(rank/(rank+0.1))
}

// Hits looks for people, facts and notes by words, and returns the best of them,
// the best first.
func Hits(ctx context.Context, db *store.Store, userID int64, words string, limit int) (found []Hit, err error) {
	err = db.Reading(ctx, userID, func(ctx context.Context, db *store.Store) (err error) {
		found, err = hits(ctx, db, userID, words, limit)
		return err
	})
	return found, err
}

func hits(ctx context.Context, db *store.Store, userID int64, words string, limit int) ([]Hit, error) {
	f := finder{db: db, userID: userID, most: 2 * limit, each: limit, every: true}
	if err := f.search(ctx, words, limit); err != nil {
		return nil, err
	}
	var list []Hit
	for _, p := range f.People {
		list = append(list, Hit{Kind: HitContact, ID: p.ContactID, ContactID: p.ContactID, Name: p.FullName, Snippet: p.Name, Score: p.Score})
	}
	for _, l := range f.Lines {
		h := Hit{Kind: HitNote, ID: l.NoteID, ContactID: l.ContactID, Name: l.Name, Snippet: l.Text, Score: l.Score}
		if l.FactID != 0 {
			h.Kind, h.ID, h.Snippet = HitFact, l.FactID, excerpt(l.Text, wordsIn(words)).elided()
		}
		list = append(list, h)
	}
	slices.SortStableFunc(list, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return list[:min(len(list), limit)], nil
}

// A FoundPerson is somebody found by a name.
type FoundPerson struct {
	people.Person
	Name  string // that was found: the full name, an alias, a username
	Score float64
}

// addPerson adds whose name it is, unless they are there by a better one.
func (f *finder) addPerson(n store.Name) {
	if !slices.ContainsFunc(f.People, func(p FoundPerson) bool { return p.ContactID == n.ContactID }) {
		f.People = append(f.People, FoundPerson{people.Person{ContactID: n.ContactID, FullName: n.FullName}, n.Name, nameScore(n.Name, f.Question.Words)})
	}
}

// nameScore returns what a name is worth that is like words.
func nameScore(name, words string) float64 {
	name, words = people.Fold(name), people.Fold(strings.TrimPrefix(strings.TrimSpace(words), "@"))
	if name == words {
		return scoreName
	}
	parts := strings.Fields(name)
	for _, w := range wordsIn(words) {
		if !slices.ContainsFunc(parts, func(part string) bool { return strings.HasPrefix(part, w) }) {
			return scoreLike
		}
	}
	return scoreNames
}

// slipped adds people whose name may be words but for a slip of the finger.
func (f *finder) slipped(ctx context.Context, words string, most int) error {
	list, err := people.Slipped(ctx, f.db, f.userID, strings.TrimSpace(words))
	for _, p := range list[:min(len(list), most)] {
		f.addPerson(store.Name{ContactID: p.ContactID, FullName: p.FullName, Name: p.FullName})
	}
	return err
}
