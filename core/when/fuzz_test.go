package when_test

import (
	"testing"
	"time"

	"github.com/kith-platform/kith/core/when"
)

func FuzzFind(f *testing.F) {
	for _, text := range []string{
		"", "tomorrow at 3pm", "the day after tomorrow", "in half an hour", "on the 31st", "29 February", "feb 30 2019", "next month 31",
		"two weeks before Easter", "2025-10-01T15:00", "5 days before new year", "\xff 3 May", "9999 years ago", "in 9999 months", "at 24:00", "31/12/9999", "İ 3 May",
		"2 weeks after 2 weeks after 2 weeks after tomorrow", "' 3", "mid-", "end of", "half past", "a.m.", "12 a . m", "this this this friday",
	} {
		f.Add(text, int64(1_758_103_200))
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, sec int64) {
		now := time.Unix(sec%4_000_000_000, 0).In(berlin)
		end := 0
		for _, all := range [][]when.Found{when.Find(text, now), when.FindPast(text, now)} {
			end = 0
			for _, m := range all {
				switch {
				case m.Start < end || m.End <= m.Start || m.End > len(text):
					t.Fatalf("%q: %d to %d after %d", text, m.Start, m.End, end)
				case m.At.Location() != berlin || m.At.IsZero():
					t.Fatalf("%q: %v", text, m.At)
				case !m.HasTime && (m.At.Hour() > 1 || m.At.Minute() != 0):
					t.Fatalf("%q: a day that starts at %v", text, m.At)
				}
				end = m.End
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	now := time.Date(2025, 9, 17, 10, 0, 0, 0, time.UTC)
	for b.Loop() {
		when.Find("Coffee with Ana Torres, she moves to Porto in March, send her the number by Friday at 3pm", now)
	}
}
