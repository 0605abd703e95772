package rules

import "testing"

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
