package people

import (
	"context"
	"errors"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// MostKnown is the most facts that are shown of a contact.
const MostKnown = 1000

// A Profile is all there is to show of a contact, but for the notes.
type Profile struct {
	store.Profile
	Aliases       []string
	Reaches       []store.Reach
	Tags          []store.Label
	Groups        []store.Label
	Relationships []store.Relationship
	LastMet       *time.Time  // nil when no interaction tells of it
	Facts         []core.Fact // current ones, the newest first
}

// Known returns all there is to show of a live contact, or an error of kind
// core.ErrNotFound.
func Known(ctx context.Context, db *store.Store, userID, id int64) (p Profile, err error) {
	if p.Profile, err = db.Profile(ctx, userID, id); err != nil {
		return p, gone(err)
	}
	if p.Aliases, err = db.Aliases(ctx, userID, id); err != nil {
		return p, err
	}
	if p.Reaches, err = db.Reaches(ctx, userID, id); err != nil {
		return p, err
	}
	if p.Tags, err = db.TagsOf(ctx, userID, id); err != nil {
		return p, err
	}
	if p.Groups, err = db.GroupsOf(ctx, userID, id); err != nil {
		return p, err
	}
	if p.Relationships, err = db.Relationships(ctx, userID, id, 0, mostRelations); err != nil {
		return p, err
	}
	if p.Facts, err = db.FactsAbout(ctx, userID, id, "", MostKnown); err != nil {
		return p, err
	}
	p.LastMet, err = lastMet(ctx, db, userID, id, time.Now())
	return p, err
}

// lastMet returns when the user last met a contact, up to now, or nil.
func lastMet(ctx context.Context, db *store.Store, userID, id int64, now time.Time) (*time.Time, error) {
	m, err := db.LastMeeting(ctx, userID, id, now)
	if errors.Is(err, core.ErrNotFound) {
		return nil, nil
	}
	return &m.At, err
}
