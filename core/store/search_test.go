package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestSearchNotes(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob := m.contact("Ana Torres"), m.contact("Bob")
	now := time.Now()
	storetest.NoteAt(t, m.Store, m.user, now.Add(-time.Hour), "Ana and Bob went climbing in the café", ana, bob)
	storetest.NoteAt(t, m.Store, m.user, now, "Bob climbed alone", bob)
	gone := m.note("Ana climbs no more", ana)
	must(m.TrashNote(t.Context(), m.user, gone.ID))(t)
	storetest.Note(t, m.Store, m.stranger, "Somebody else climbed")
	search := func(query string, any bool, about int64) []string {
		var list []string
		words := store.Words{Text: query, Lang: "english", Any: any}
		found, err := m.SearchNotes(t.Context(), m.user, words, 10)
		if about != 0 {
			found, err = m.SearchNotesAbout(t.Context(), m.user, about, words, 10)
		}
		check(t, err)
		for _, p := range found {
			list = append(list, fmt.Sprintf("%s %q", p.Text, p.Names))
		}
		slices.Sort(list)
		return list
	}
	both, alone := `Ana and Bob went climbing in the café ["Ana Torres" "Bob"]`, `Bob climbed alone ["Bob"]`
	for _, test := range []struct {
		name, query string
		any         bool
		about       int64
		want        []string
	}{
		{"another form of the word", "climb", false, 0, []string{both, alone}},
		{"without accents", "cafe", false, 0, []string{both}},
		{"all words", "climbing cafe", false, 0, []string{both}},
		{"any word", "climbing cafe", true, 0, []string{both, alone}},
		{"about somebody", "climbing", false, ana.ID, []string{both}},
		{"a phrase", `"climbed alone"`, false, 0, []string{alone}},
		{"without a word", "climbing -alone", false, 0, []string{both}},
		{"nothing of the kind", "diving", false, 0, nil},
		{"no word that counts", "the", false, 0, nil},
		{"no words", "", true, 0, nil},
		{"signs", `& | ! ( ) : * ' " \`, true, 0, nil},
		{"signs, all of them", `& | ! ( ) : * ' " \`, false, 0, nil},
	} {
		if got := search(test.query, test.any, test.about); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q finds %q, want %q", test.name, test.query, got, test.want)
		}
	}
	if got := must(m.SearchNotes(t.Context(), m.user, store.Words{Text: "climb", Lang: "english"}, 1))(t); len(got) != 1 {
		t.Errorf("%d notes, want as many as asked for: 1", len(got))
	}
}

// What was said long ago is found too, by words, a phrase and the beginning of
// one, and the newest first of what has the words as well.
func TestSearchOldNotes(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	long := strings.Repeat("ж", 900) // more than the index holds of a word
	now := time.Now()
	for _, days := range []int{0, 80, 100, 1000, 1001, 9000, 20_000} {
		text := fmt.Sprintf("the sea was calm %d days ago, %s", days, long)
		storetest.NoteAt(t, m.Store, m.user, now.AddDate(0, 0, -days), text)
		storetest.NoteAt(t, m.Store, m.stranger, now.AddDate(0, 0, -days), text)
	}
	for _, test := range []struct {
		words store.Words
		want  int
	}{
		{store.Words{Text: "calm sea"}, 7},
		{store.Words{Text: `"calm 9000"`}, 1},
		{store.Words{Text: `"9000 calm"`}, 0},
		{store.Words{Text: "calm -9000"}, 6},
		{store.Words{Text: "storm OR calm"}, 7},
		{store.Words{Text: "storm calm", Any: true}, 7},
		{store.Words{Start: "2000"}, 1},
		{store.Words{Text: "sea", Start: "жжж"}, 7},
		{store.Words{Text: "storm"}, 0},
	} {
		test.words.Lang = "english"
		got := must(m.SearchNotes(t.Context(), m.user, test.words, 10))(t)
		if !slices.IsSortedFunc(got, func(a, b store.Passage) int { return b.SaidAt.Compare(a.SaidAt) }) || len(got) != test.want {
			t.Errorf("%+v finds %d notes, want %d, the newest first", test.words, len(got), test.want)
		}
	}
}

func TestSearchFacts(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob := m.contact("Ana"), m.contact("Bob")
	now := time.Now()
	old := storetest.NoteAt(t, m.Store, m.user, now.Add(-time.Hour), "Ana lives in Lisbon, climbs", ana)
	storetest.Fact(t, m.Store, old, "Lives in Lisbon", storetest.Slot(core.SlotHome, "Lisbon"))
	storetest.Fact(t, m.Store, old, "Climbs in São Pedro")
	storetest.Fact(t, m.Store, old, "May climb higher", func(f *core.Fact) { f.State = core.FactAsked })
	storetest.Fact(t, m.Store, storetest.NoteAt(t, m.Store, m.user, now, "Ana moved, Bob climbs", ana), "Lives in Porto", storetest.Slot(core.SlotHome, "Porto"))
	storetest.Fact(t, m.Store, storetest.NoteAt(t, m.Store, m.user, now, "Bob climbs", bob), "Climbing with friends")
	search := func(query string) (list []string) {
		for _, f := range must(m.SearchFacts(t.Context(), m.user, store.Words{Text: query}, 10))(t) {
			list = append(list, f.FullName+": "+f.Text)
		}
		return list
	}
	for query, want := range map[string][]string{
		"climb":          {"Bob: Climbing with friends", "Ana: Climbs in São Pedro"},
		"climbing pedro": {"Ana: Climbs in São Pedro"},
		"sao pedro":      {"Ana: Climbs in São Pedro"},
		"lisbon":         nil, // she moved
		"porto":          {"Ana: Lives in Porto"},
		"":               nil,
	} {
		if got := search(query); !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	if got := must(m.SearchFacts(t.Context(), m.stranger, store.Words{Text: "climb"}, 10))(t); len(got) > 0 {
		t.Errorf("somebody else finds %v", got)
	}
}

// What a word begins with is what it is, whatever signs are in it: none is an
// operator, and none is an error.
func TestSearchByStart(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	for _, text := range []string{
		"Ana knows an architect in Évora", "Ana writes to ana@example.org", "Ana likes O'Brien's well-known café",
		"Аня переезжает в Петербург", `Ana said c:\temp and 50% off`, "Ana paid ½ of it", "Ana has an arch",
	} {
		storetest.Fact(t, m.Store, m.note(text, ana), text)
	}
	for _, test := range []struct {
		before, start string
		want          int
	}{
		{"", "archit", 1},
		{"", "ARCHIT", 1},
		{"", "arch", 2},
		{"", "évo", 1},
		{"", "evo", 1},
		{"", "ana@ex", 1},
		{"", "o'bri", 0}, // two words to the parser, of which this is none
		{"", "well-kn", 1},
		{"", "петерб", 1},
		{"knows", "archit", 1},
		{"writes", "archit", 0},
		{"-knows", "arch", 1},
		{"", "xyz", 0},
		{"", "arch:*", 0},
		{"", "arch | ana", 0},
		{"", "arch & !x", 0},
		{"", "arch' | 'ana", 0},
		{"", `arch\' | ana:*`, 0},
		{"", `\`, 0},
		{"", "'", 0},
		{"", "''", 0},
		{"", "ŉ", 0},  // becomes 'n
		{"", "½", 1},  // becomes 1/2, in the note too
		{"", "℀℁", 0}, // become a/c and a/s
		{"", "\u0301\u0301\u0301", 0},
		{"", "<->", 0},
		{"", "(((", 0},
		{"", ":*AB", 0},
		{"", "👩‍👧👩‍👧", 0},
		{"", "%", 0},
	} {
		words := store.Words{Text: test.before, Lang: "english", Start: test.start}
		notes := must(m.SearchNotes(t.Context(), m.user, words, 10))(t)
		facts := must(m.SearchFacts(t.Context(), m.user, words, 10))(t)
		if len(notes) != test.want || len(facts) != test.want {
			t.Errorf("%q and what begins with %q: %d notes and %d facts, want %d", test.before, test.start, len(notes), len(facts), test.want)
		}
	}
	if got := must(m.SearchNotes(t.Context(), m.stranger, store.Words{Lang: "english", Start: "arch"}, 10))(t); len(got) > 0 {
		t.Errorf("somebody else finds %v", got)
	}
}

// No sign, alone or among others, is an operator or an error in a search.
func TestNoSignBreaksASearch(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.note("a b")
	for sign := '!'; sign <= '~'; sign++ {
		for _, start := range []string{string(sign), "zz" + string(sign) + "a", "zz'" + string(sign), `zz\` + string(sign), string(sign) + "ŉ℀"} {
			words := store.Words{Text: start, Lang: "english", Start: start}
			for _, any := range []bool{false, true} {
				words.Any = any
				if _, err := m.SearchNotes(t.Context(), m.user, words, 10); err != nil {
					t.Errorf("notes by %q: %v", start, err)
				}
			}
			if got, err := m.SearchFacts(t.Context(), m.user, words, 10); err != nil || len(got) > 0 {
				t.Errorf("facts by %q: %v, %v", start, got, err)
			}
		}
	}
}
