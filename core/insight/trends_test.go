package insight_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/insight"
)

func TestTrend(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		ago  []int // weeks before this one, a fact each
		want insight.Trend
	}{
		{"nothing", nil, insight.Insufficient},
		{"one week", []int{0, 0, 0}, insight.Insufficient},
		{"one week, long ago", []int{9, 9}, insight.Insufficient},
		{"two weeks", []int{0, 1, 1}, insight.Stable},
		{"no weeks before the last four", []int{0, 0, 0, 1, 3}, insight.Stable},
		{"as always", []int{0, 1, 2, 3, 4, 5, 6}, insight.Stable},
		{"as always, but nothing yet this week", []int{1, 2, 3, 4, 5, 6}, insight.Stable},
		{"1.2 times is not more", []int{0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 7}, insight.Stable},
		{"1.25 times", []int{0, 0, 1, 2, 3, 4, 5, 6, 7}, insight.Increasing},
		{"0.8 times is not less", []int{0, 1, 2, 3, 4, 4, 5, 6, 7}, insight.Stable},
		{"0.75 times", []int{0, 1, 2, 4, 5, 6}, insight.Decreasing},
		{"silent for four weeks", []int{5, 6, 7, 8}, insight.Decreasing},
		{"after a long silence", []int{0, 1, 10, 11}, insight.Increasing},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			for _, week := range test.ago {
				m.learn(now.AddDate(0, 0, -7*week), core.Goals, 1)
			}
			weeks, got, err := insight.Trends(t.Context(), m.Store, m.user, m.ana.ID, 90, now)
			check(t, err)
			if got != test.want {
				t.Errorf("%s, want %s: %v", got, test.want, weeks)
			}
			if want := len(slices.Compact(slices.Sorted(slices.Values(test.ago)))); len(weeks) != want {
				t.Errorf("%d weeks, want %d", len(weeks), want)
			}
		})
	}
}

func TestWeeksOfAContact(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.learn(now.AddDate(0, 0, -7), core.Goals, 0.5)
	m.learn(now.AddDate(0, 0, -7), core.Goals, 1)
	m.learn(now.AddDate(0, 0, -8), core.Social, 0.9)
	m.learn(now, core.Social, 0.3)
	m.learn(now.AddDate(0, 0, 7), core.Social, 1)
	m.learn(now.AddDate(0, 0, -95), core.Social, 1)
	got, _, err := insight.Trends(t.Context(), m.Store, m.user, m.ana.ID, 90, now)
	check(t, err)
	want := []insight.Week{
		{Monday: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC), Facts: 3, Confidence: 0.8, Categories: 2},
		{Monday: time.Date(2026, 3, 16, 0, 0, 0, 0, time.UTC), Facts: 1, Confidence: 0.3, Categories: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the weeks are not those of the last 90 days (-want +got):\n%s", diff)
	}
}

// In New York clocks went forward on Sunday 8 March 2026 at 2:00, and back on
// Sunday 1 November: the weeks that end then have an hour less and one more.
func TestWeeksAreTheUsers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, said, monday string }{
		{"the last second before clocks go forward", "2026-03-08T06:59:59Z", "2026-03-02"},
		{"the last second of the short week", "2026-03-09T03:59:59Z", "2026-03-02"},
		{"the first of the next", "2026-03-09T04:00:00Z", "2026-03-09"},
		{"the last second of the long week", "2026-11-02T04:59:59Z", "2026-10-26"},
		{"the first after it", "2026-11-02T05:00:00Z", "2026-11-02"},
		{"a new year in the middle of a week", "2026-01-01T05:00:00Z", "2025-12-29"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			m.user.Timezone = "America/New_York"
			said, err := time.Parse(time.RFC3339, test.said)
			check(t, err)
			m.learn(said, core.Goals, 1)
			for _, later := range []time.Duration{0, days(30)} {
				weeks, _, err := insight.Trends(t.Context(), m.Store, m.user, m.ana.ID, 90, said.Add(later))
				check(t, err)
				if len(weeks) != 1 || weeks[0].Monday.Format(time.DateOnly) != test.monday {
					t.Errorf("after %v the weeks are %v, want that of %s", later, weeks, test.monday)
				}
			}
		})
	}
}
