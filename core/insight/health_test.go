package insight_test

import (
	"errors"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/insight"
	"github.com/kith-platform/kith/core/store/storetest"
)

var now = time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC) // a Wednesday

func days(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }

func TestOnlyFactsThatCount(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.learn(now, core.Goals, 1)
	before := m.health(now)
	if before.Facts != 1 || before.Score != 72 {
		t.Fatalf("%d facts and health %v, want 1 and 72", before.Facts, before.Score)
	}
	state := func(s core.FactState) func(*core.Fact) { return func(f *core.Fact) { f.State = s } }
	m.learn(now, core.Social, 0.1, state(core.FactAsked))
	m.learn(now, core.Social, 0.1, state(core.FactDiscarded))
	m.learn(now.Add(-time.Hour), core.Social, 0.1, storetest.Slot(core.SlotHome, "Lisbon"))
	m.learn(now, core.Social, 1, storetest.Slot(core.SlotHome, "Porto"))
	gone := m.learn(now.Add(-days(300)), core.Social, 0.1)
	_, err := m.TrashNote(t.Context(), m.user.ID, gone.NoteID)
	check(t, err)
	bob := storetest.Contact(t, m.Store, m.user.ID, "Bob")
	storetest.Fact(t, m.Store, storetest.NoteAt(t, m.Store, m.user.ID, now, "Bob", bob), "Bob's")
	got := m.health(now)
	if got.Facts != 2 || got.Quality != 100 || got.Diversity != 10 || got.Engagement != 100 {
		t.Errorf("of facts asked about, discarded, superseded, taken back and somebody else's some count: %+v, want Porto only", got)
	}
	if len(got.Categories) != 2 || got.Categories[0].Facts != 1 {
		t.Errorf("categories %v, want one fact in each of two", got.Categories)
	}
}

func TestDaysAreWholeAndPast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		last    time.Duration // before now
		days    int
		recency float64
	}{
		{"just now", 0, 0, 100},
		{"not quite a day ago", days(0.99), 0, 100},
		{"a day ago", days(1), 1, 98},
		{"not quite 15 days ago", days(14.99), 14, 72},
		{"50 days ago", days(50), 50, 0},
		{"a year ago", days(365), 365, 0},
		{"in a minute, by another clock", -time.Minute, 0, 100},
		{"in ten days", -days(10), 0, 100},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			m.learn(now.Add(-test.last), core.Goals, 1)
			if got := m.health(now); got.IdleDays != test.days || got.Recency != test.recency {
				t.Errorf("%d days and recency %v, want %d and %v", got.IdleDays, got.Recency, test.days, test.recency)
			}
		})
	}
}

// Half a tenth is rounded up, as people do it: confidences of 0.9025 make
// 30 + 21 + 18.05 + 1.
func TestHalvesAreRoundedUp(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.learn(now, core.Goals, 0.9025)
	if got := m.health(now).Score; got != 70.1 {
		t.Errorf("health %v, want 70.1", got)
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	for health, want := range map[float64]insight.Level{
		100: insight.Excellent, 80: insight.Excellent, 79.9: insight.Good, 60: insight.Good, 59.9: insight.Moderate,
		40: insight.Moderate, 39.9: insight.Low, 0: insight.Low,
	} {
		if got := insight.LevelOf(health); got != want {
			t.Errorf("a health of %v is %s, want %s", health, got, want)
		}
	}
}

func TestContactsThatAreNotThere(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	stranger := storetest.User(t, m.Store)
	theirs := storetest.Contact(t, m.Store, stranger.ID, "Ana Torres")
	trashed := storetest.Contact(t, m.Store, m.user.ID, "Bob")
	_, err := m.TrashContact(t.Context(), m.user.ID, trashed.ID)
	check(t, err)
	for name, id := range map[string]int64{"somebody else's": theirs.ID, "in the trash": trashed.ID, "nobody's": theirs.ID + 1000} {
		_, healthErr := insight.Health(t.Context(), m.Store, m.user.ID, id, now)
		_, _, trendErr := insight.Trends(t.Context(), m.Store, m.user, id, 90, now)
		_, recommendErr := insight.Recommend(t.Context(), m.Store, m.user.ID, id, now)
		for _, err := range []error{healthErr, trendErr, recommendErr} {
			if !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s: %v, want not found", name, err)
			}
		}
	}
}
