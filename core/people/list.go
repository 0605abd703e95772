package people

import (
	"context"
	"strings"
	"time"

	"github.com/kith-platform/kith/core/store"
)

// List returns live contacts that fit, after a place in the list.
func List(ctx context.Context, db *store.Store, userID int64, f store.ContactFilter, after store.ContactPlace, limit int) (list []store.ListedContact, err error) {
	f.Words, f.Tag = strings.TrimSpace(f.Words), strings.TrimSpace(f.Tag)
	err = db.Reading(ctx, userID, func(ctx context.Context, db *store.Store) (err error) {
		list, err = db.ListContacts(ctx, userID, f, after, limit)
		return err
	})
	return list, err
}

// KeptInTrash is how long a contact can be taken out of the trash, where nothing
// else is said.
const KeptInTrash = 30 * 24 * time.Hour

// A Trashed is a contact in the trash.
type Trashed struct {
	store.TrashedContact
	PurgeAt time.Time // until when it can be taken out
}

// Trash returns contacts in the trash, where they are kept for a time, the
// latest first, from a moment on back.
func Trash(ctx context.Context, db *store.Store, userID int64, before store.Moment, limit int, kept time.Duration) ([]Trashed, error) {
	rows, err := db.Trash(ctx, userID, before, limit)
	list := make([]Trashed, len(rows))
	for i, c := range rows {
		list[i] = Trashed{TrashedContact: c, PurgeAt: c.DeletedAt.Add(kept)}
	}
	return list, err
}

// purgeAtOnce is how many contacts, or notes, are erased in one transaction.
const purgeAtOnce = 200

// Purge erases the contacts and notes that have been in the trash for longer
// than kept.
func Purge(ctx context.Context, db *store.Store, kept time.Duration) error {
	for _, purge := range []func(context.Context, time.Duration, int) (int64, error){db.PurgeContacts, db.PurgeNotes} {
		for purged := int64(1); purged > 0; {
			var err error
			if purged, err = purge(ctx, kept, purgeAtOnce); err != nil {
				return err
			}
		}
	}
	return nil
}
