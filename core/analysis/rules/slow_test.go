package rules

import (
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
)

// Each takes below 0.1 s on a machine at rest; what grows with the square of
// the length would take far more.
func BenchmarkRepetition(b *testing.B) {
	for _, s := range []string{
		"Ana ", "Ana, ", "Ana and ", "her ", "her son ", "\"", "“a b c ", "and ", "Ana's ", "is ", "a@b.co ", "+49 170 1234567 ", "1", "1 ",
		"Ana moved ", "in March ", "x", "A.", "Ana likes Ana and Ana\n", "https://a.b ", "?", "van der ", "Al van ", "tomorrow ", "with ", "two weeks after ",
		"remind me ", "remind me to call Ana, ", "remind me tomorrow to ", "remind me every Sunday that ",
	} {
		text := strings.Repeat(s, core.MaxNoteLen/len(s))
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				Read(text, said, Mentions(text, []string{"Ana"}))
			}
		})
	}
}
