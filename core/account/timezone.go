package account

import (
	"context"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// regions are where the time zones of cities are, in the IANA database.
var regions = []string{"", "Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/", "Indian/"}

// Zone returns the time zone that is so named, as "Europe/Lisbon", or that of a
// city which has one of its own, as "lisbon", and reports whether there is one.
func Zone(place string) (*time.Location, bool) {
	words := strings.Fields(strings.ReplaceAll(place, "_", " "))
	typed := strings.Join(words, "_")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + strings.ToLower(w[1:])
	}
	for _, name := range []string{typed, strings.Join(words, "_"), strings.ToUpper(typed)} {
		for _, region := range regions {
			if name == "" || strings.EqualFold(name, "local") {
				continue
			}
			if zone, err := time.LoadLocation(region + name); err == nil {
				return zone, true
			}
		}
	}
	return nil, false
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
