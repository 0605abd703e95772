package when_test

import (
	"strings"
	"testing"

	"github.com/kith-platform/kith/core/when"
)

// What refers to what refers to what must not take the time of all its
// readings: each takes below 0.1 s on a machine at rest.
func BenchmarkNesting(b *testing.B) {
	for _, s := range []string{
		"2 weeks after ", "2 weeks ", "the ", "1 ", "may ", "on ", "two days before the ", "at half past ", "fri ", "next ", "1.", "1/1/",
		"end of ", "a couple of days after yesterday, ", "x",
	} {
		text := strings.Repeat(s, 20_000/len(s))
		b.Run(s, func(b *testing.B) {
			for b.Loop() {
				when.Find(text, sunday)
			}
		})
	}
}
