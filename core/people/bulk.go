package people

import (
	"context"
	"errors"
	"slices"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Bulk is one thing done to many contacts.
type Bulk struct {
	IDs    []int64
	Action string // delete, tag, untag or tier
	TagID  *int64 // with tag and untag
	Tier   *int   // with tier
}

// check refuses what an action does not need, and demands what it does.
func (b Bulk) check() error {
	tags, tiers := b.Action == "tag" || b.Action == "untag", b.Action == "tier"
	switch {
	case len(slices.Compact(slices.Sorted(slices.Values(b.IDs)))) < len(b.IDs):
		return core.Tell(core.ErrInvalid, "ids: name each contact once.")
	case tags && b.TagID == nil:
		return core.Tell(core.ErrInvalid, "tag_id: %s needs one.", b.Action)
	case !tags && b.TagID != nil:
		return core.Tell(core.ErrInvalid, "tag_id: %s needs none.", b.Action)
	case tiers && b.Tier == nil:
		return core.Tell(core.ErrInvalid, "tier: %s needs one.", b.Action)
	case !tiers && b.Tier != nil:
		return core.Tell(core.ErrInvalid, "tier: %s needs none.", b.Action)
	}
	return nil
}

// Do does it to all of them or to none, and returns how many it changed.
func (b Bulk) Do(ctx context.Context, db *store.Store, userID int64) (changed int64, err error) {
	if err := b.check(); err != nil {
		return 0, err
	}
	err = db.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.NewStep(ctx); err != nil {
			return err
		}
		there, err := tx.LockContacts(ctx, userID, b.IDs)
		if err != nil {
			return err
		}
		for i, id := range b.IDs {
			if !slices.Contains(there, id) {
				return core.Tell(core.ErrNotFound, "ids[%d]: there is no such contact.", i)
			}
		}
		changed, err = b.act(ctx, tx, userID)
		return err
	})
	return changed, err
}

func (b Bulk) act(ctx context.Context, tx *store.Store, userID int64) (int64, error) {
	switch b.Action {
	case "delete":
		return tx.DeleteContacts(ctx, userID, b.IDs)
	case "tier":
		return tx.SetTiers(ctx, userID, b.IDs, *b.Tier)
	}
	err := tx.LockTag(ctx, userID, *b.TagID)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return 0, core.Tell(core.ErrNotFound, "tag_id: there is no such tag.")
	case err != nil:
		return 0, err
	case b.Action == "tag":
		return tx.TagContacts(ctx, userID, b.IDs, *b.TagID)
	}
	return tx.UntagContacts(ctx, userID, b.IDs, *b.TagID)
}
