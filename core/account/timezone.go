package account

import (
	"context"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// regions are where the time zones of cities are, in the IANA database.
var regions = []string{"Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/", "Indian/", ""}

// Zone returns the time zone that is so named, as "Europe/Lisbon", or that of a
// city which has one of its own, as "são paulo", and reports whether there is one.
func Zone(place string) (*time.Location, bool) {
	typed := strings.Join(strings.Fields(strings.ReplaceAll(place, "_", " ")), "_")
	if strings.Contains(typed, "/") {
		return zone(typed)
	}
	city := people.Fold(typed)
	for _, name := range []string{titled(city, ""), titled(city, "of es au"), strings.ToUpper(city)} {
		for _, region := range regions {
			if found, ok := zone(region + name); ok {
				return found, true
			}
		}
	}
	return nil, false
}

// zone returns a time zone by its name. Those that are whatever the machine has
// set are none.
func zone(name string) (*time.Location, bool) {
	if low := strings.ToLower(name); low == "" || strings.HasPrefix(low, "local") || strings.HasPrefix(low, "posix") || strings.HasPrefix(low, "right") {
		return nil, false
	}
	found, err := time.LoadLocation(name)
	return found, err == nil
}

// titled capitalizes the words of a name, but for the small ones, as the database
// does: "Port_of_Spain".
func titled(name, small string) string {
	var b strings.Builder
	for word := range strings.SplitAfterSeq(strings.ReplaceAll(name, "-", "-_"), "_") {
		bare := strings.TrimRight(word, "-_")
		if bare != "" && !strings.Contains(" "+small+" ", " "+bare+" ") {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
	}
	return strings.ReplaceAll(b.String(), "-_", "-")
}

// SetTimezone says in which time zone a user is, by its name or a city in it. One
// that nobody knows is an error of kind core.ErrInvalid. What is due at a time
// already stays due then.
func SetTimezone(ctx context.Context, tx *store.Store, userID int64, place string) (*time.Location, error) {
	zone, ok := Zone(place)
	if !ok {
		return nil, core.Tell(core.ErrInvalid, "I don't know that time zone. Write a large city near you, or the zone's name: /timezone Lisbon or /timezone Europe/Lisbon")
	}
	return zone, tx.SetTimezone(ctx, userID, zone.String())
}
