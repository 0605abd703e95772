// Package insight tells how well a user keeps in touch: the health of each
// contact, how it goes on, what to do about it, and how all hangs together.
package insight

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Level is a health in one word.
type Level string

// The levels.
const (
	Excellent Level = "excellent"
	Good      Level = "good"
	Moderate  Level = "moderate"
	Low       Level = "low"
)

// LevelOf returns the level of a health.
func LevelOf(health float64) Level {
	switch {
	case health >= 80:
		return Excellent
	case health >= 60:
		return Good
	case health >= 40:
		return Moderate
	}
	return Low
}

// A State is how things are with a contact.
type State struct {
	store.Health
	Categories []store.CategoryCount // the most frequent first
}

// Health returns how things are with a contact at the time now, or an error of
// kind core.ErrNotFound.
func Health(ctx context.Context, db *store.Store, userID, contactID int64, now time.Time) (State, error) {
	return reading(ctx, db, userID, func(ctx context.Context, db *store.Store) (State, error) {
		return health(ctx, db, userID, contactID, now)
	})
}

func health(ctx context.Context, db *store.Store, userID, contactID int64, now time.Time) (State, error) {
	found, err := db.Healths(ctx, userID, []int64{contactID}, now)
	switch {
	case err != nil:
		return State{}, err
	case len(found) == 0:
		return State{}, core.ErrNotFound
	}
	counts, err := db.CategoriesOf(ctx, userID, contactID)
	return State{found[0], counts}, err
}

// facts returns how many facts of a category count.
func (s State) facts(c core.Category) int {
	for _, count := range s.Categories {
		if count.Category == c {
			return count.Facts
		}
	}
	return 0
}
