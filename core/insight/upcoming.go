package insight

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// What is upcoming is on one of so many days from today on.
const (
	soon         = 30
	mostUpcoming = 50
)

// An Upcoming is a birthday, or a reminder.
type Upcoming struct {
	Kind      string // "birthday" or "reminder"
	ID        int64  // of the reminder; 0 for a birthday
	ContactID int64  // 0 for nobody
	FullName  string // "" for nobody
	Text      string
	At        time.Time // of a birthday midnight in the user's location
}

// upcoming returns what is on the days from that of now on, in its location.
func upcoming(ctx context.Context, db *store.Store, u core.User, now time.Time) ([]Upcoming, error) {
	y, m, d := now.Date()
	today, end := time.Date(y, m, d, 0, 0, 0, 0, now.Location()), time.Date(y, m, d+soon, 0, 0, 0, 0, now.Location())
	born, err := db.BirthdaysFrom(ctx, u.ID, today, soon-1, mostUpcoming)
	if err != nil {
		return nil, err
	}
	due, err := db.RemindersDue(ctx, u.ID, today, end, mostUpcoming)
	if err != nil {
		return nil, err
	}
	var list []Upcoming
	for _, c := range born {
		next := c.Birthday.Next(today)
		list = append(list, Upcoming{"birthday", 0, c.ID, c.FullName, celebration(c.Birthday, next), next})
	}
	for _, r := range due {
		list = append(list, Upcoming{"reminder", r.ID, r.ContactID, r.FullName, r.Text, r.DueAt})
	}
	slices.SortStableFunc(list, func(a, b Upcoming) int { return a.At.Compare(b.At) })
	return list[:min(len(list), mostUpcoming)], nil
}

// celebration says what is celebrated on the birthday's day next.
func celebration(b core.Birthday, next time.Time) string {
	if b.Year == 0 || next.Year() <= b.Year {
		return "Birthday"
	}
	return fmt.Sprintf("Turns %d", next.Year()-b.Year)
}
