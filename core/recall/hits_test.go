package recall

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store/storetest"
)

// found puts hits into words: "fact Ana Torres: Likes tea".
func found(hits []Hit) []string {
	var list []string
	for _, h := range hits {
		list = append(list, fmt.Sprintf("%s %s: %s", h.Kind, h.Name, h.Snippet))
	}
	return list
}

func TestHits(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	anna := storetest.Contact(t, db, user.ID, "Анна Петрова")
	storetest.Note(t, db, user.ID, "Анна переезжает в Петербург", anna)
	check(t, db.AddAlias(t.Context(), user.ID, anna.ID, "Nyura", "user"))
	for query, want := range map[string][]string{
		"Mike Chen":         {"contact Mike Chen: Mike Chen"},
		"mike":              {"contact Mike Chen: Mike Chen", "contact Mike Stone: Mike Stone", "note Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores", "note Mike Chen: Mike works at Stripe, he was born on 24 November 1990"},
		"zoe":               {"contact Zoë: Zoë", "note Zoë: Zoë may move to Porto"},
		"Ana Tores":         {"contact Ana Torres: Ana Torres"},
		"Mkie":              {"contact Mike Chen: Mike Chen", "contact Mike Stone: Mike Stone"},
		"nyura":             {"contact Анна Петрова: Nyura"},
		"sailing":           {"note Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores"},
		`"round the azure"`: nil,
		`"the Azores"`:      {"note Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores"},
		"architect": {
			"fact Ana Torres: Send her the architect's number",
			"note Ana Torres: Coffee with Ana. She lives in Porto and likes tea. Send her the architect's number.",
		},
		"петербург":                    {"note Анна Петрова: Анна переезжает в Петербург"},
		"анна петрова":                 {"contact Анна Петрова: Анна Петрова"},
		"the":                          nil,
		"xyzzy":                        nil,
		"?! ... ---":                   nil,
		"%":                            nil,
		"'; DROP TABLE notes; --":      nil,
		"\u202e\u200d😀":                nil,
		strings.Repeat("sailing ", 50): {"note Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores"},
	} {
		hits, err := Hits(t.Context(), db, user.ID, query, 20)
		check(t, err)
		got := found(hits)
		if slices.Sort(got); query != "architect" {
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%.40q finds\n%q, want\n%q", query, got, want)
		}
		for i, h := range hits {
			if h.Score <= 0 || h.Score > 1 || h.ID == 0 || h.ContactID == 0 || i > 0 && h.Score > hits[i-1].Score {
				t.Errorf("%.40q finds %+v after %+v", query, h, hits[max(i-1, 0)])
			}
		}
	}
}

func TestHitsBestFirst(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	porter := storetest.Contact(t, db, user.ID, "Bea Porter")
	storetest.Note(t, db, user.ID, "Likes portobello mushrooms", porter)
	hits, err := Hits(t.Context(), db, user.ID, "porto", 50)
	check(t, err)
	var kinds []string
	for _, h := range hits {
		kinds = append(kinds, string(h.Kind)+" "+h.Name)
	}
	want := []string{"fact Zoë", "fact Ana Torres", "note Ana Torres", "note Zoë", "contact Bea Porter"}
	if len(kinds) > 3 {
		slices.Sort(kinds[2:4])
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("porto finds %q, want %q", kinds, want)
	}
	few, err := Hits(t.Context(), db, user.ID, "porto", 2)
	check(t, err)
	if len(few) != 2 || few[0] != hits[0] || few[1] != hits[1] {
		t.Errorf("the best two are %q, want the first of %q", found(few), found(hits))
	}
}

// A snippet is the note's own words, around what was found.
func TestSnippetsOfHits(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	ana := storetest.Contact(t, db, user.ID, "Ana Moreno")
	hay := strings.Repeat("hay\tis  hay,\n", 60)
	for query, needle := range map[string]string{
		"quokka": "a <b>QUOKKA</b> \u202e&amp; co", "sauntering": "she saunters  along", "ballyhoo": "the bállyhoo\ngrows",
	} {
		text := hay + needle + "\n" + hay
		note := storetest.Note(t, db, user.ID, text, ana)
		hits, err := Hits(t.Context(), db, user.ID, query, 9)
		check(t, err)
		if len(hits) != 1 || hits[0].ID != note.ID {
			t.Fatalf("%s finds %q, want the note", query, found(hits))
		}
		got := hits[0].Snippet
		if !strings.Contains(got, needle) || !strings.Contains(text, strings.Trim(got, "…")) || utf8.RuneCountInString(got) > snippetLen+2 {
			t.Errorf("of %s is shown %q, want %q in it, letter for letter", query, got, needle)
		}
	}
}

func TestHitsOfOthers(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	stranger := storetest.User(t, db)
	for _, query := range []string{"Ana Torres", "porto", "sailing", "Mkie"} {
		if hits, err := Hits(t.Context(), db, stranger.ID, query, 9); len(hits) > 0 || err != nil {
			t.Errorf("somebody else finds %q for %s (%v)", found(hits), query, err)
		}
	}
	hits, err := Hits(t.Context(), db, user.ID, "lives in porto", 50)
	check(t, err)
	if got := found(hits); slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "Other") }) {
		t.Errorf("found %q, which somebody else was told", got)
	}
}

func FuzzWordsIn(f *testing.F) {
	for _, query := range []string{`"red wine" -white or tea`, "", "---", "\xff", "Ёлка é"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, w := range wordsIn(query) {
			if w == "" || !core.HasWords(w) && !strings.ContainsFunc(w, func(r rune) bool { return r > 127 }) {
				t.Errorf("%q looks for %q", query, w)
			}
		}
		excerpt(strings.Repeat(query, 20), wordsIn(query))
		nameScore(query, query)
	})
}
