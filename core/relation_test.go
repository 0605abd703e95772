package core_test

import (
	"testing"

	"github.com/kith-platform/kith/core"
)

func TestInverseOf(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"parent": "child", "child of": "parent of", "Mother": "child", "friend": "friend", "Manager of": "report of",
		"report": "manager", "wife": "spouse", "uncle": "niece or nephew", "dentist": "", "": "", " of": "",
	} {
		if got, known := core.InverseOf(label); got != want || known != (want != "") {
			t.Errorf("InverseOf(%q) = %q, %v; want %q", label, got, known, want)
		}
	}
}

// Whoever says it from the other side comes back to where they were, but for
// what a word says of man or woman.
func TestInversesOfInverses(t *testing.T) {
	t.Parallel()
	for _, label := range []string{
		"parent", "grandparent", "aunt or uncle", "sibling", "stepparent", "parent-in-law", "godparent",
		"manager", "employer", "mentor", "teacher", "doctor", "landlord", "fiancé", "provider", "cousin",
	} {
		inverse, _ := core.InverseOf(label)
		if back, known := core.InverseOf(inverse); back != label || !known {
			t.Errorf("%s of %s of is %q", label, inverse, back)
		}
	}
}
