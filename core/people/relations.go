package people

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// mostRelations is the most relationships that are shown with a contact.
const mostRelations = 200

// Relationships returns relationships of live contacts, of one of them where
// contactID is not 0, after the id of one.
func Relationships(ctx context.Context, db *store.Store, userID, contactID, after int64, limit int) ([]store.Relationship, error) {
	return db.Relationships(ctx, userID, contactID, after, limit)
}

// Relationship returns a relationship of live contacts, or an error of kind
// core.ErrNotFound.
func Relationship(ctx context.Context, db *store.Store, userID, id int64) (store.Relationship, error) {
	r, err := db.Relationship(ctx, userID, id)
	return r, related(err)
}

// Relate says what two live contacts are to each other. Without an inverse it
// is the one that is known of the label. What is said already, from either
// side, is an error of kind core.ErrConflict.
func Relate(ctx context.Context, db *store.Store, userID int64, r store.Relationship) (store.Relationship, error) {
	if r.ContactID == r.OtherID {
		return r, core.Tell(core.ErrInvalid, "other_id: somebody is nothing to themselves.")
	}
	var err error
	if r.Label, r.Inverse, err = labels(r.Label, r.Inverse); err != nil {
		return r, err
	}
	err = step(ctx, db, func(tx *store.Store) error {
		r.ID, err = tx.AddRelationship(ctx, userID, r)
		return err
	})
	if errors.Is(err, core.ErrNotFound) {
		return r, core.Tell(core.ErrNotFound, "There is no such contact.")
	}
	if err != nil {
		return r, related(err)
	}
	return Relationship(ctx, db, userID, r.ID)
}

// Relabel says anew what two contacts are to each other. Where only the label
// changes, the inverse is the one that is known of it.
func Relabel(ctx context.Context, db *store.Store, userID, id int64, label, inverse string) (store.Relationship, error) {
	err := step(ctx, db, func(tx *store.Store) error {
		r, err := tx.Relationship(ctx, userID, id)
		if err != nil {
			return err
		}
		switch {
		case label == "" && inverse == "":
			return nil
		case label == "":
			label = r.Label
		}
		if label, inverse, err = labels(label, inverse); err != nil {
			return err
		}
		return tx.RelabelRelationship(ctx, userID, id, label, inverse)
	})
	if err != nil {
		return store.Relationship{}, related(err)
	}
	return Relationship(ctx, db, userID, id)
}

// Unrelate removes a relationship of live contacts.
func Unrelate(ctx context.Context, db *store.Store, userID, id int64) error {
	return related(step(ctx, db, func(tx *store.Store) error {
		if _, err := tx.Relationship(ctx, userID, id); err != nil {
			return err
		}
		return tx.DropRelationship(ctx, userID, id)
	}))
}

// labels returns a label and its inverse, tidied. One that nobody knows the
// inverse of is not taken to go both ways: a dentist's patient is no dentist.
func labels(said, inverse string) (string, string, error) {
	said, err := label("label", said)
	if err != nil {
		return "", "", err
	}
	if inverse == "" {
		var known bool
		if inverse, known = core.InverseOf(said); !known {
			return "", "", core.Tell(core.ErrInvalid, "inverse: say what the other is to them, as nothing is known to go with %q.", said)
		}
	}
	inverse, err = label("inverse", inverse)
	return said, inverse, err
}

// related says in words that there is no such relationship, or one already.
func related(err error) error {
	if _, told := core.Sentence(err); told {
		return err
	}
	switch {
	case errors.Is(err, core.ErrNotFound):
		return core.Tell(core.ErrNotFound, "There is no such relationship.")
	case errors.Is(err, core.ErrConflict):
		return core.Tell(core.ErrConflict, "That is said of the two already.")
	}
	return err
}
