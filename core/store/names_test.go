package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// crowd adds people with names of all sorts, and one of somebody else's.
func crowd(m *memory) {
	m.t.Helper()
	for _, name := range []string{"José Álvarez", "Ana Torres", "Ana Costa", "Michael Chen", "Bea", "Łukasz Øster"} {
		m.contact(name)
	}
	ctx := m.t.Context()
	must(m.EnsureContact(ctx, core.Contact{UserID: m.user, FullName: "Robert Hall", Tier: core.TierRegular, TelegramUsername: "BobTheBuilder"}))(m.t)
	check(m.t, m.AddAlias(ctx, m.user, m.contact("Robert Hall").ID, "Bobby", "correction"))
	trashed := m.contact("Ana Trashed")
	must(m.TrashContact(ctx, m.user, trashed.ID))(m.t)
	storetest.Contact(m.t, m.Store, m.stranger, "Ana Stranger")
	storetest.Contact(m.t, m.Store, m.stranger, "Jose Stranger")
}

func full(list []store.Name) (names []string) {
	for _, n := range list {
		names = append(names, n.FullName)
	}
	return names
}

func TestNamesStarting(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	crowd(m)
	for _, test := range []struct {
		words []string
		want  []string
	}{
		{[]string{"jose"}, []string{"José Álvarez"}},
		{[]string{"JOSÉ"}, []string{"José Álvarez"}},
		{[]string{"lukasz"}, []string{"Łukasz Øster"}},
		{[]string{"Ana", "ana", "Bea"}, []string{"Ana Costa", "Ana Torres", "Bea"}},
		{[]string{"Bobby"}, []string{"Robert Hall"}},
		{[]string{"bobthebuilder"}, []string{"Robert Hall"}},
		{[]string{"Torres"}, nil},
		{[]string{"An"}, nil},
		{[]string{"%"}, nil},
		{nil, nil},
	} {
		got := full(must(m.NamesStarting(t.Context(), m.user, test.words, 10))(t))
		if slices.Sort(got); !slices.Equal(got, test.want) {
			t.Errorf("names starting with %q: %q, want %q", test.words, got, test.want)
		}
	}
	if got := must(m.NamesStarting(t.Context(), m.user, []string{"Ana", "Bea"}, 2))(t); len(got) != 2 {
		t.Errorf("%d names, want as many as asked for: 2", len(got))
	}
}

func TestNamesLike(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	crowd(m)
	for _, test := range []struct{ name, written, best string }{
		{"exact", "Ana Torres", "Ana Torres"},
		{"without accents", "jose alvarez", "José Álvarez"},
		{"with accents too many", "Aná Tórres", "Ana Torres"},
		{"a slip", "Ana Tores", "Ana Torres"},
		{"the family name", "chen", "Michael Chen"},
		{"the beginning of a name", "Mich", "Michael Chen"},
		{"one letter", "b", "Bea"},
		{"an alias", "bobby", "Robert Hall"},
		{"a username", "bobthebuilder", "Robert Hall"},
		{"a username as it is written", "@BobTheBuilder", "Robert Hall"},
		{"nobody", "Zarathustra", ""},
		{"a pattern", "%", ""},
	} {
		got := full(must(m.NamesLike(t.Context(), m.user, test.written, 10))(t))
		if (test.best == "") != (len(got) == 0) || test.best != "" && got[0] != test.best {
			t.Errorf("%s: names like %q are %q, want %q first", test.name, test.written, got, test.best)
		}
		if slices.Contains(got, "Ana Trashed") || slices.Contains(got, "Ana Stranger") {
			t.Errorf("%s: names like %q are %q, with somebody gone or somebody else's", test.name, test.written, got)
		}
	}
	if got := must(m.NamesLike(t.Context(), m.user, "ana", 1))(t); len(got) != 1 {
		t.Errorf("%d names, want as many as asked for: 1", len(got))
	}
}

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
		for _, p := range must(m.SearchNotes(t.Context(), m.user, "english", query, any, about, 10))(t) {
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
	if got := must(m.SearchNotes(t.Context(), m.user, "english", "climb", false, 0, 1))(t); len(got) != 1 {
		t.Errorf("%d notes, want as many as asked for: 1", len(got))
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
		for _, f := range must(m.SearchFacts(t.Context(), m.user, query, 10))(t) {
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
	if got := must(m.SearchFacts(t.Context(), m.stranger, "climb", 10))(t); len(got) > 0 {
		t.Errorf("somebody else finds %v", got)
	}
}

func TestNamesSlipped(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	crowd(m)
	for written, want := range map[string]string{
		"Micheal":      "Michael Chen", // by the first word
		"Micheal Chen": "Michael Chen", // by the whole
		"lose":         "José Álvarez", // by the end of the word
		"Bobbi":        "Robert Hall",  // by an alias
	} {
		got := full(must(m.NamesSlipped(t.Context(), m.user, written, 100))(t))
		if !slices.Contains(got, want) {
			t.Errorf("%q may be one of %q, want %q among them", written, got, want)
		}
		if slices.Contains(got, "Ana Trashed") || slices.Contains(got, "Jose Stranger") {
			t.Errorf("%q may be one of %q, with somebody gone or somebody else's", written, got)
		}
	}
	if got := must(m.NamesSlipped(t.Context(), m.user, "Zarathustra of old", 100))(t); len(got) > 0 {
		t.Errorf("a name nobody has may be %v", got)
	}
	if got := must(m.NamesSlipped(t.Context(), m.user, "Ann", 1))(t); len(got) != 1 {
		t.Errorf("%d names, want as many as asked for: 1", len(got))
	}
}
