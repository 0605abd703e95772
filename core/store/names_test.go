package store_test

import (
	"slices"
	"testing"

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
