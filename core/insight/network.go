package insight

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// mostParts bounds how many groups, and how many tags, a network shows.
const mostParts = 100

// A Network is how a user's contacts spread, and hang together.
type Network struct {
	store.Ties
	Contacts  int
	Unknown   int            // contacts nothing is known of
	Tiers     []store.Share  // all three, the closest first
	Groups    []store.Share  // the largest first
	Tags      []store.Share  // the largest first
	Strongest []store.Health // the strongest first
	Weakest   []store.Health // the weakest first, of those something is known of
}

// Network returns the network of a user at the time now.
func (o Observer) Network(ctx context.Context, u core.User, now time.Time) (Network, error) {
	return kept(ctx, o, "network", u, now, func(ctx context.Context, db *store.Store) (Network, error) {
		return network(ctx, db, u.ID, now)
	})
}

func network(ctx context.Context, db *store.Store, userID int64, now time.Time) (n Network, err error) {
	if n.Ties, err = db.Ties(ctx, userID); err != nil {
		return n, err
	}
	shares, err := db.Shares(ctx, userID, now, mostParts, mostListed)
	if err != nil {
		return n, err
	}
	strongest, weakest := n.share(shares)
	byScore := func(a, b store.Health) int {
		return cmp.Or(cmp.Compare(a.Score, b.Score), cmp.Compare(a.FullName, b.FullName))
	}
	if n.Weakest, err = db.Healths(ctx, userID, weakest, now); err != nil {
		return n, err
	}
	slices.SortFunc(n.Weakest, byScore)
	n.Strongest, err = db.Healths(ctx, userID, strongest, now)
	slices.SortFunc(n.Strongest, func(a, b store.Health) int { return byScore(b, a) })
	return n, err
}

// share puts shares where they belong, and returns the contacts at both ends.
func (n *Network) share(shares []store.Share) (strongest, weakest []int64) {
	tiers := []core.Tier{core.TierClose, core.TierRegular, core.TierDistant}
	for _, t := range tiers {
		n.Tiers = append(n.Tiers, store.Share{ID: int64(t), Name: t.Name()})
	}
	for _, s := range shares {
		switch s.Kind {
		case "tier":
			tier := &n.Tiers[slices.Index(tiers, core.Tier(s.ID))]
			tier.Size, tier.Average = s.Size, s.Average
			n.Contacts += s.Size
		case "group":
			n.Groups = append(n.Groups, s)
		case "tag":
			n.Tags = append(n.Tags, s)
		case "unknown":
			n.Unknown = s.Size
		case "strongest":
			strongest = append(strongest, s.ID)
		case "weakest":
			weakest = append(weakest, s.ID)
		}
	}
	return strongest, weakest
}
