package insight

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// How much a dashboard shows.
const (
	mostListed     = 10 // contacts
	mostCategories = 5
	activeWeeks    = 12
)

// bounds are the scores of contacts that are doing well, or are not.
var bounds = store.Bounds{Strong: 70, Weak: 40, Neglected: neglected}

// A Dashboard is what there is, how it goes and what comes next.
type Dashboard struct {
	store.Overview
	store.Totals
	Activity   []Activity            // twelve weeks, the last is this one
	Categories []store.CategoryCount // the most frequent first
	Reconnect  []store.Health        // neglected contacts, the closest first
	Upcoming   []Upcoming            // the first first
}

// An Activity is how much was written and met in a week.
type Activity struct {
	Monday       time.Time // midnight in the user's location
	Notes        int
	Interactions int
}

// Dashboard returns the dashboard of a user at the time now.
func (o Observer) Dashboard(ctx context.Context, u core.User, now time.Time) (Dashboard, error) {
	return kept(ctx, o, "dashboard", u, now, func(ctx context.Context, db *store.Store) (Dashboard, error) {
		return dashboard(ctx, db, u, now.In(u.Location()))
	})
}

func dashboard(ctx context.Context, db *store.Store, u core.User, now time.Time) (d Dashboard, err error) {
	if d.Overview, err = db.Overview(ctx, u.ID, now, bounds, mostListed); err != nil {
		return d, err
	}
	if d.Reconnect, err = db.Healths(ctx, u.ID, d.Neglected, now); err != nil {
		return d, err
	}
	if d.Totals, err = db.Totals(ctx, u.ID); err != nil {
		return d, err
	}
	if d.Categories, err = db.TopCategories(ctx, u.ID, mostCategories); err != nil {
		return d, err
	}
	if d.Activity, err = activity(ctx, db, u, now); err != nil {
		return d, err
	}
	d.Upcoming, err = upcoming(ctx, db, u, now)
	return d, err
}

func activity(ctx context.Context, db *store.Store, u core.User, now time.Time) ([]Activity, error) {
	starts := mondays(now.AddDate(0, 0, -7*(activeWeeks-1)), now)
	found, err := db.ActivityWeeks(ctx, u.ID, starts)
	if err != nil {
		return nil, err
	}
	weeks := make([]Activity, len(starts)-1)
	for i := range weeks {
		weeks[i].Monday = starts[i]
	}
	for _, w := range found {
		weeks[w.Week-1].Notes, weeks[w.Week-1].Interactions = w.Notes, w.Interactions
	}
	return weeks, nil
}
