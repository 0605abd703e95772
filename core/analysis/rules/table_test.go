package rules

import (
	"slices"
	"testing"
	"time"
)

// Every rule must compile, have a name of its own and file under a category.
func TestRulesAreSound(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range rules {
		r.pattern()
		if seen[r.name] {
			t.Errorf("two rules are called %q", r.name)
		}
		seen[r.name] = true
		if !r.category.Valid() || !r.slot.Valid() || r.confidence <= 0 || r.confidence > 1 {
			t.Errorf("rule %q: %+v", r.name, r)
		}
	}
	for name := range endings {
		if !seen[name] {
			t.Errorf("no rule is called %q", name)
		}
	}
}

// What the user says of one thing in a list is not said of the others: each has
// evidence of its own.
func TestEachThingOfAListHasItsOwnEvidence(t *testing.T) {
	t.Parallel()
	text := "Ana loves tea, coffee and playing chess"
	var quotes []string
	for _, d := range Read(text, time.Now(), Mentions(text, nil)).Drafts {
		quotes = append(quotes, d.Quote)
	}
	if want := []string{"Ana loves tea", "Ana loves tea, coffee", text}; !slices.Equal(quotes, want) {
		t.Errorf("the evidence is %q, want %q", quotes, want)
	}
}
