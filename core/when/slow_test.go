package when_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/when"
)

// What refers to what refers to what must not take the time of all its
// readings.
func TestNestingIsReadFast(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2 weeks after ", "2 weeks ", "the ", "1 ", "may ", "on ", "two days before the ", "at half past ", "fri ", "next ", "1.", "1/1/", "end of ", "a couple of days after yesterday, ", "x"} {
		start := time.Now()
		when.Find(strings.Repeat(s, 20_000/len(s)), sunday)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("20,000 characters of %q took %v", s, took)
		}
	}
}
