package people_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// check fails the test on an error.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// crowd makes a database where a user knows these people, and returns the user.
func crowd(t *testing.T, names ...string) (*store.Store, int64) {
	t.Helper()
	db := storetest.New(t)
	user := storetest.User(t, db).ID
	for _, name := range names {
		storetest.Contact(t, db, user, name)
	}
	stranger := storetest.User(t, db).ID
	for _, name := range []string{"Ana Torres", "Zed Stranger"} {
		storetest.Contact(t, db, stranger, name)
	}
	return db, user
}

// names returns full names, sorted.
func names(list []people.Person) string {
	var names []string
	for _, p := range list {
		names = append(names, p.FullName)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func TestFind(t *testing.T) {
	t.Parallel()
	db, user := crowd(t,
		"Ana Torres", "ana torres lima", "José Álvarez", "Mike Chen", "Mike Chan", "Michael Stone", "Maria Silva", "Mario Rossi",
		"Bea", "Bea Ruiz", "Anastasia Wolf", "Jon", "Søren Ødegård", "O’Neill Park")
	robert, err := db.EnsureContact(t.Context(), core.Contact{UserID: user, FullName: "Robert Hall", Tier: core.TierRegular, TelegramUsername: "bobby_h"})
	check(t, err)
	check(t, db.AddAlias(t.Context(), user, robert.ID, "Rob the Builder", "correction"))
	check(t, db.AddAlias(t.Context(), user, robert.ID, "Robi", "user"))
	for _, test := range []struct{ name, written, fits, near string }{
		{"the full name", "Ana Torres", "Ana Torres", ""},
		{"in another case", "ANA TORRES", "Ana Torres", ""},
		{"without accents", "Jose Alvarez", "José Álvarez", ""},
		{"with accents too many", "Bêa Ruíz", "Bea Ruiz", ""},
		{"letters that are no accents", "soren odegard", "Søren Ødegård", ""},
		{"an apostrophe of another kind", "o'neill park", "O’Neill Park", ""},
		{"the first name alone", "José", "José Álvarez", ""},
		{"the first name without accents", "jose", "José Álvarez", ""},
		{"a first name that several have", "Mike", "Mike Chan, Mike Chen", ""},
		{"a first name that is one's whole name", "Bea", "Bea", ""},
		{"a slip in a full name", "Ana Tores", "Ana Torres", ""},
		{"a letter too many in a full name", "Robbert Hall", "Robert Hall", ""},
		{"two letters swapped in a full name", "Micheal Stone", "Michael Stone", ""},
		{"a slip that fits two", "Mike Chin", "Mike Chan, Mike Chen", ""},
		{"a slip in a first name is only near", "Michel", "", "Michael Stone"},
		{"two letters swapped in a first name", "Micheal", "", "Michael Stone"},
		{"the first letter wrong", "Losé", "", "José Álvarez"},
		{"a letter that makes another name", "Marie", "", "Maria Silva, Mario Rossi"},
		{"a short name is no slip of another", "Jan", "", ""},
		{"a short name that begins others", "An", "", "Ana Torres, Anastasia Wolf, ana torres lima"},
		{"a username", "bobby_h", "Robert Hall", ""},
		{"a username as it is written", "@Bobby_H", "Robert Hall", ""},
		{"a correction", "rob the builder", "Robert Hall", ""},
		{"an alias", "ROBI", "Robert Hall", ""},
		{"two slips", "Ana Tors", "", "Ana Torres, ana torres lima"},
		{"nobody", "Maya", "", ""},
		{"nobody with a full name", "Maya Okafor", "", ""},
		{"somebody else's contact", "Zed Stranger", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, known := range []bool{false, true} {
				var list []store.Name
				var err error
				if known {
					list, err = people.InText(t.Context(), db, user, "Saw "+test.written+" today")
					check(t, err)
				}
				got, err := people.Find(t.Context(), db, user, test.written, list)
				check(t, err)
				if names(got.Fits) != test.fits || test.fits == "" && names(got.Near) != test.near {
					t.Errorf("%q (names of the text given: %v) fits %q, is near %q; want %q, %q",
						test.written, known, names(got.Fits), names(got.Near), test.fits, test.near)
				}
				if one, ok := got.One(); ok != (len(got.Fits) == 1) || ok && one != got.Fits[0] {
					t.Errorf("One of %v is %v, %v", got.Fits, one, ok)
				}
			}
		})
	}
}

func TestInText(t *testing.T) {
	t.Parallel()
	db, user := crowd(t, "Ana Torres", "Bea Ruiz", "José", "Jean-Luc Picard", "O'Neill Park")
	for text, want := range map[string]string{
		"Ana's son met José, and JEAN-LUC": "Ana Torres, Jean-Luc Picard, José",
		"bea’s here; o'neill too":          "Bea Ruiz, O'Neill Park",
		"Torres":                           "",
		"Banana":                           "",
		"?! …":                             "",
		"":                                 "",
	} {
		list, err := people.InText(t.Context(), db, user, text)
		check(t, err)
		got := people.Texts(list)
		slices.Sort(got)
		if strings.Join(got, ", ") != want {
			t.Errorf("in %q there are %q, want %s", text, got, want)
		}
	}
}

func TestNickname(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"Elizabeth (Liz) Carter":    {"Elizabeth Carter", "Liz"},
		`Robert "Bob" Miller`:       {"Robert Miller", "Bob"},
		"Mary Ann “Min” de la Cruz": {"Mary Ann de la Cruz", "Min"},
		"Ana Torres":                {"Ana Torres", ""},
		"Ana Torres (Stripe)":       {"Ana Torres (Stripe)", ""},
		"(Liz) Carter":              {"(Liz) Carter", ""},
		"Ana (from work) Torres":    {"Ana (from work) Torres", ""},
		"Ana (5) Torres":            {"Ana (5) Torres", ""},
		"":                          {},
	} {
		bare, nick := people.Nickname(name)
		if got := [2]string{bare, nick}; got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, written string
		full          bool
		state         core.MentionState
		source        core.MentionSource
		who           string
	}{
		{"somebody known", "Ana", false, core.MentionResolved, core.MentionNamed, "Ana Torres"},
		{"somebody known by a full name with a slip", "Ana Tores", true, core.MentionResolved, core.MentionNamed, "Ana Torres"},
		{"several", "Mike", false, core.MentionAsked, core.MentionNamed, ""},
		{"a new first name", "Maya", false, core.MentionAsked, core.MentionNamed, ""},
		{"a new full name", "Maya Okafor", true, core.MentionResolved, core.MentionNew, "Maya Okafor"},
		{"a new full name with a known first name", "Mike Okafor", true, core.MentionResolved, core.MentionNew, "Mike Okafor"},
		{"a full name that may be somebody's", "Ana Tors", true, core.MentionAsked, core.MentionNamed, ""},
		{"a new full name with a nickname", `Robert "Bob" Miller`, true, core.MentionResolved, core.MentionNew, "Robert Miller"},
		{"somebody known, with a nickname", "Mike (Mickey) Chen", true, core.MentionResolved, core.MentionNamed, "Mike Chen"},
		{"a full name of whom the user calls by the first", "Bea Ruiz", true, core.MentionAsked, core.MentionNamed, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db, user := crowd(t, "Ana Torres", "Mike Chen", "Mike Stone", "Bea")
			known, err := people.InText(t.Context(), db, user, test.written)
			check(t, err)
			got, err := people.Resolve(t.Context(), db, user, people.Spoken{Name: test.written, Full: test.full, Known: known})
			check(t, err)
			who := ""
			if got.ContactID != 0 {
				c, err := db.Contact(t.Context(), user, got.ContactID)
				check(t, err)
				who = c.FullName
			}
			if got.State != test.state || got.Source != test.source || who != test.who || got.Name != test.written {
				t.Errorf("%q is %s (%s) %q; want %s (%s) %q", test.written, got.State, got.Source, who, test.state, test.source, test.who)
			}
			_, total, err := people.Page(t.Context(), db, user, -3, 10)
			check(t, err)
			if added := test.source == core.MentionNew; total != 4 && !added || total != 5 && added {
				t.Errorf("the user knows %d people now; added: want %v", total, added)
			}
		})
	}
}

// A name that fits whom the note is about means them, whoever else it fits.
func TestResolvePrefersWhomTheNoteIsAbout(t *testing.T) {
	t.Parallel()
	db, user := crowd(t, "Ana Torres", "Ana Petrov", "Ana", "Bea", "Mario Rossi", "Eva Stone", "Eva Stoner")
	for _, test := range []struct{ about, written, who string }{
		{"Ana Torres", "Ana", "Ana Torres"},
		{"Ana Petrov", "ana", "Ana Petrov"},
		{"Ana", "Ana", "Ana"},
		{"Ana Torres", "Ana Petrov", "Ana Petrov"},
		{"Ana", "Ana Torres", "Ana Torres"},
		{"Bea", "Bea Ruiz", "Bea"},
		{"Ana Torres", "Bea", "Bea"},
		{"Eva Stone", "Eva Stonee", "Eva Stone"},
		{"Mario Rossi", "Maria", ""},
		{"Ana Torres", "Maya", ""},
	} {
		known, err := people.InText(t.Context(), db, user, test.written)
		check(t, err)
		about := storetest.Contact(t, db, user, test.about)
		got, err := people.Resolve(t.Context(), db, user, people.Spoken{Name: test.written, Full: strings.Contains(test.written, " "), Known: known, About: about.ID})
		check(t, err)
		who := ""
		if got.State == core.MentionResolved {
			c, err := db.Contact(t.Context(), user, got.ContactID)
			check(t, err)
			who = c.FullName
		}
		if who != test.who || got.Name != test.written {
			t.Errorf("in a note about %s, %q is %q, want %q", test.about, test.written, who, test.who)
		}
	}
}

func TestAddRefusesWhatIsNoName(t *testing.T) {
	t.Parallel()
	db, user := crowd(t)
	for _, name := range []string{"", " ", strings.Repeat("a", 201)} {
		_, err := people.Add(t.Context(), db, user, name)
		if _, told := core.Sentence(err); !told || !errors.Is(err, core.ErrInvalid) {
			t.Errorf("Add(%.10q) = %v, want a sentence of kind invalid", name, err)
		}
	}
	c, err := people.Add(t.Context(), db, user, " Ana \n Torres ")
	check(t, err)
	if c.FullName != "Ana Torres" || c.Tier != core.TierRegular {
		t.Errorf("added %+v, want Ana Torres, regular", c)
	}
}

func TestOffer(t *testing.T) {
	t.Parallel()
	db, user := crowd(t, "Ana Torres", "Ana Costa", "Bob", "Carl", "Dora", "Never Mentioned")
	find := func(name string) core.Contact { return storetest.Contact(t, db, user, name) }
	now := time.Now()
	for i, name := range []string{"Dora", "Carl", "Bob", "Ana Costa"} {
		storetest.NoteAt(t, db, user, now.Add(time.Duration(i)*time.Minute), "Saw "+name, find(name))
	}
	for _, test := range []struct {
		name, written, without string
		limit                  int
		want                   string
	}{
		{"those like the name, then the latest", "Ana", "", 10, "Ana Costa, Ana Torres, Bob, Carl, Dora"},
		{"not who it was taken for", "Ana", "Ana Costa", 10, "Ana Torres, Bob, Carl, Dora"},
		{"no more than asked for", "Ana", "Ana Costa", 2, "Ana Torres, Bob"},
		{"no name", "", "", 2, "Ana Costa, Bob"},
		{"a name nobody has", "Zed", "", 1, "Ana Costa"},
	} {
		without := int64(0)
		if test.without != "" {
			without = find(test.without).ID
		}
		got, err := people.Offer(t.Context(), db, user, test.written, without, test.limit)
		check(t, err)
		var list []string
		for _, p := range got {
			list = append(list, p.FullName)
		}
		if strings.Join(list, ", ") != test.want {
			t.Errorf("%s: offered %q, want %s", test.name, list, test.want)
		}
	}
}

func TestAddShared(t *testing.T) {
	t.Parallel()
	db, user := crowd(t, "Ana Torres")
	share := func(s people.Shared) core.Contact {
		t.Helper()
		c, err := people.AddShared(t.Context(), db, user, s)
		check(t, err)
		return c
	}
	known := share(people.Shared{Name: "ana torres", Phone: "+351 1"})
	if known.FullName != "Ana Torres" {
		t.Errorf("a known name gave %q, want who was known", known.FullName)
	}
	added := share(people.Shared{Name: "Bob Hall", Phone: "+351 2", TelegramID: 42})
	if added.FullName != "Bob Hall" || added.TelegramID != 42 {
		t.Errorf("added %+v, want Bob Hall with his identity", added)
	}
	renamed := share(people.Shared{Name: "Bobby", Phone: "+351\x00 3", TelegramID: 42})
	if renamed.ID != added.ID {
		t.Error("a known identity by another name was added again")
	}
	share(people.Shared{Name: "No Phone"})
	reaches, err := db.Reaches(t.Context(), user, added.ID)
	check(t, err)
	if want := []store.Reach{{Kind: "phone", Value: "+351 2"}, {Kind: "phone", Value: "+351 3"}}; !slices.Equal(reaches, want) {
		t.Errorf("Bob is reached at %q, want %q", reaches, want)
	}
	_, err = people.AddShared(t.Context(), db, user, people.Shared{Phone: "+351 4"})
	if _, told := core.Sentence(err); !told {
		t.Errorf("a card without a name: %v, want a sentence", err)
	}
	if _, total, err := people.Page(t.Context(), db, user, 0, 10); total != 3 || err != nil {
		t.Errorf("the user knows %d people (%v), want 3", total, err)
	}
}

func TestCard(t *testing.T) {
	t.Parallel()
	db, user := crowd(t, "Ana Torres")
	ana := storetest.Contact(t, db, user, "Ana Torres")
	card, err := people.Card(t.Context(), db, user, ana.ID)
	check(t, err)
	if card.Contact.ID != ana.ID || card.User.ID != user || card.LastMet != nil || len(card.Facts)+len(card.Notes)+len(card.Reaches) > 0 {
		t.Errorf("the card of somebody new is %+v, want it empty", card)
	}
	met := time.Now().Add(-time.Hour).Truncate(time.Second)
	note := storetest.Note(t, db, user, "Tea with Ana", ana)
	storetest.Fact(t, db, note, "Drinks tea")
	mentions, err := db.Mentions(t.Context(), user, note.ID)
	check(t, err)
	check(t, db.AddMeeting(t.Context(), mentions[0], met))
	check(t, db.AddReach(t.Context(), user, ana.ID, "phone", "+351 1"))
	card, err = people.Card(t.Context(), db, user, ana.ID)
	check(t, err)
	if len(card.Facts) != 1 || len(card.Notes) != 1 || len(card.Reaches) != 1 || card.LastMet == nil || !card.LastMet.Equal(met) {
		t.Errorf("the card is %+v, want a fact, a note, a phone number and the meeting", card)
	}
	if _, err := people.Card(t.Context(), db, user+1, ana.ID); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("somebody else's card: %v, want not found", err)
	}
}

// What Go folds, the database must fold alike, or names would be found in one
// place and missed in the other.
func TestFoldIsWhatTheDatabaseDoes(t *testing.T) {
	t.Parallel()
	_, sql := storetest.Open(t)
	for _, name := range []string{
		"José Álvarez", "ÅNGSTRÖM", "Søren Ødegård", "Łukasz Żółć", "Æsir Œuvre", "Straße", "Đorđe Þór", "İstanbul Işık",
		"O’Neill", "Nguyễn Thị", "Пётр Семёнов", "Zoë", "jose\u0301", "Ñandú", "Ana-Lúcia",
	} {
		var folded string
		check(t, sql.QueryRow(t.Context(), `SELECT kith_fold($1)`, name).Scan(&folded))
		if got := people.Fold(name); got != folded {
			t.Errorf("Fold(%q) = %q, the database has %q", name, got, folded)
		}
	}
}
