package insight

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Trend says whether more is learnt about a contact than before, or less.
type Trend string

// The trends.
const (
	Increasing   Trend = "increasing"
	Decreasing   Trend = "decreasing"
	Stable       Trend = "stable"
	Insufficient Trend = "insufficient" // fewer than two weeks in which something was learnt
)

// A Week is what was learnt about a contact in a week.
type Week struct {
	Monday     time.Time // midnight in the user's location
	Facts      int
	Confidence float64 // the mean
	Categories int
}

// Trends returns the weeks of the last days, up to now, in which something was
// learnt about a contact, and how that changes. The first week is a whole one.
// An error is of kind core.ErrNotFound where there is no such contact.
func Trends(ctx context.Context, db *store.Store, u core.User, contactID int64, days int, now time.Time) ([]Week, Trend, error) {
	if _, err := db.Contact(ctx, u.ID, contactID); err != nil {
		return nil, "", err
	}
	now = now.In(u.Location())
	starts := mondays(now.AddDate(0, 0, -days), now)
	found, err := reading(ctx, db, u.ID, func(ctx context.Context, db *store.Store) ([]store.FactWeek, error) {
		return db.FactWeeks(ctx, u.ID, contactID, starts)
	})
	if err != nil {
		return nil, "", err
	}
	weeks := make([]Week, len(found))
	for i, w := range found {
		weeks[i] = Week{starts[w.Week-1], w.Facts, w.Confidence, w.Categories}
	}
	return weeks, trend(found, len(starts)-1), nil
}

// mondays returns the Mondays, at midnight, from that of the week of from to
// the one after the week of to.
func mondays(from, to time.Time) []time.Time {
	y, m, d := from.Date()
	d -= (int(from.Weekday()) + 6) % 7
	for list := []time.Time(nil); ; d += 7 {
		list = append(list, time.Date(y, m, d, 0, 0, 0, 0, from.Location()))
		if list[len(list)-1].After(to) {
			return list
		}
	}
}

// lately is how many weeks are compared with those before.
const lately = 4

// trend compares the mean of the last four weeks with that of the weeks before,
// from the first in which something was learnt. A week without facts counts as
// 0; this one, the week of that number, only when there are some already.
func trend(weeks []store.FactWeek, this int) Trend {
	if len(weeks) < 2 {
		return Insufficient
	}
	if weeks[len(weeks)-1].Week < this {
		this--
	}
	before := this - lately - weeks[0].Week + 1
	var recent, earlier int
	for _, w := range weeks {
		if w.Week > this-lately {
			recent += w.Facts
		} else {
			earlier += w.Facts
		}
	}
	switch {
	case earlier == 0:
		return Stable
	case 10*recent*before > 12*earlier*lately:
		return Increasing
	case 10*recent*before < 8*earlier*lately:
		return Decreasing
	}
	return Stable
}
