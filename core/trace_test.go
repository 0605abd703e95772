package core_test

import (
	"regexp"
	"testing"

	"github.com/kith-platform/kith/core"
)

func TestRefTravelsWithContext(t *testing.T) {
	t.Parallel()
	if got := core.Ref(t.Context()); got != "" {
		t.Errorf("a context without a reference has %q, want none", got)
	}
	ctx := core.WithRef(t.Context(), "update/42")
	if got := core.Ref(ctx); got != "update/42" {
		t.Errorf("got %q, want update/42", got)
	}
	if got := core.Ref(core.WithRef(ctx, "inner")); got != "inner" {
		t.Errorf("got %q, want the newest reference", got)
	}
}

func TestNewRefIsShortAndItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		ref := core.NewRef()
		if !regexp.MustCompile(`^[A-Z2-7]{8}$`).MatchString(ref) || seen[ref] {
			t.Fatalf("NewRef() = %q, want eight letters and digits not seen before", ref)
		}
		seen[ref] = true
	}
}
