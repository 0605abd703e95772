package insight

import (
	"context"
	"fmt"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// When a contact is neglected.
const (
	neglected = 50 // below this health
	quiet     = 14 // after more days than these
)

// manyActions is how many things to do with one contact are still few.
const manyActions = 3

// A Recommendation is something to do for a contact.
type Recommendation struct {
	Type        string // "reconnect", "follow_up", "action_items", "goal_support" or "support"
	Priority    string // "high" or "medium"
	Title       string
	Description string
	Action      string
}

// Recommend returns what to do for a contact at the time now, or an error of
// kind core.ErrNotFound.
func Recommend(ctx context.Context, db *store.Store, userID, contactID int64, now time.Time) ([]Recommendation, error) {
	state, err := Health(ctx, db, userID, contactID, now)
	if err != nil {
		return nil, err
	}
	return recommend(state), nil
}

func recommend(s State) (list []Recommendation) {
	if s.Score < neglected {
		list = append(list, Recommendation{
			"reconnect", "high", "Get back in touch with " + s.FullName,
			fmt.Sprintf("The health of this relationship is %g of 100.", s.Score), "Call or write, and note what you learn.",
		})
	}
	if s.IdleDays > quiet {
		list = append(list, Recommendation{
			"follow_up", "medium", "Follow up with " + s.FullName,
			fmt.Sprintf("You last learnt something %d days ago.", s.IdleDays), "Ask how they are.",
		})
	}
	if n := s.facts(core.Actionable); n > manyActions {
		list = append(list, Recommendation{
			"action_items", "high", "Do what is open with " + s.FullName,
			fmt.Sprintf("There are %d things to do.", n), "Do one of them today, or let go of what no longer matters.",
		})
	}
	if s.facts(core.Goals) > 0 {
		list = append(list, Recommendation{
			"goal_support", "medium", "Support a goal of " + s.FullName,
			"You know what they aim for.", "Ask how it goes, and offer help.",
		})
	}
	if s.facts(core.Challenges) > 0 {
		list = append(list, Recommendation{
			"support", "high", "Be there for " + s.FullName,
			"You know of something hard for them.", "Ask what would help.",
		})
	}
	return list
}
