package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

// Each of these takes below 0.1 s on a machine at rest; what grows with the
// square of the length takes far more.
func TestRepetitionIsReadFast(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"Ana ", "Ana, ", "Ana and ", "her ", "her son ", "\"", "“a b c ", "and ", "Ana's ", "is ", "a@b.co ", "+49 170 1234567 ", "1", "1 ", "Ana moved ", "in March ", "x", "A.", "Ana likes Ana and Ana\n", "https://a.b ", "?", "van der ", "Al van ", "tomorrow ", "with ", "two weeks after "} {
		text := strings.Repeat(s, core.MaxNoteLen/len(s))
		start := time.Now()
		Read(text, said, Mentions(text, []string{"Ana"}))
		took := time.Since(start)
		if took > 3*time.Second {
			t.Errorf("20,000 characters of %q took %v", s, took)
		}
	}
}
