package people

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A TakenError says that a contact of that name is there already. It is of kind
// core.ErrConflict.
type TakenError struct {
	ContactID int64 // who has the name
	told      error
}

// Error returns a sentence for people.
func (e *TakenError) Error() string { return e.told.Error() }

// Unwrap returns the sentence as core makes them.
func (e *TakenError) Unwrap() error { return e.told }

// taken makes of a conflict, after which the transaction is over, one that says
// who has the name. Every other error stays as it is.
func taken(ctx context.Context, db *store.Store, userID int64, name string, err error) error {
	if !errors.Is(err, core.ErrConflict) {
		return err
	}
	id, findErr := db.ContactNamed(ctx, userID, name)
	switch {
	case errors.Is(findErr, core.ErrNotFound):
		return core.Tell(core.ErrConflict, "Another contact has that Telegram identity.")
	case findErr != nil:
		return findErr
	}
	return &TakenError{ContactID: id, told: core.Tell(core.ErrConflict, "full_name: you have a contact of that name already.")}
}

// Create adds a person and returns the id. A name that is there already is a
// *TakenError.
func Create(ctx context.Context, db *store.Store, userID int64, f Filling) (id int64, err error) {
	filled, err := f.fill(store.Filled{Tier: core.TierRegular, CustomFields: map[string]string{}})
	if err != nil {
		return 0, err
	}
	err = db.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.NewStep(ctx); err != nil {
			return err
		}
		var added bool
		if id, added, err = tx.AddContact(ctx, userID, filled); err != nil {
			return err
		}
		if !added {
			return core.ErrConflict
		}
		return f.belongings(ctx, tx, userID, id, filled.FullName)
	})
	return id, taken(ctx, db, userID, filled.FullName, err)
}

// Change fills in what is known of a live contact. A name that another has is a
// *TakenError.
func Change(ctx context.Context, db *store.Store, userID, id int64, f Filling) error {
	var name string
	err := db.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.NewStep(ctx); err != nil {
			return err
		}
		before, err := tx.LockContact(ctx, userID, id)
		if err != nil {
			return gone(err)
		}
		after, err := f.fill(before)
		if err != nil {
			return err
		}
		if name = after.FullName; !same(before, after) {
			if err := tx.FillContact(ctx, userID, id, after); err != nil {
				return err
			}
		}
		return f.belongings(ctx, tx, userID, id, name)
	})
	return taken(ctx, db, userID, name, err)
}

// belongings keeps the other names and the ways to reach a contact.
func (f *Filling) belongings(ctx context.Context, tx *store.Store, userID, id int64, fullName string) error {
	if f.Aliases != nil {
		names, err := f.aliases(fullName)
		if err != nil {
			return err
		}
		if err := tx.SetAliases(ctx, userID, id, names); err != nil {
			return err
		}
	}
	for kind := range f.Reaches {
		values, err := f.reaches(kind)
		if err != nil {
			return err
		}
		if err := tx.SetReaches(ctx, userID, id, kind, values); err != nil {
			return err
		}
	}
	return nil
}

// Delete moves a live contact to the trash.
func Delete(ctx context.Context, db *store.Store, userID, id int64) error {
	return db.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.NewStep(ctx); err != nil {
			return err
		}
		deleted, err := tx.DeleteContacts(ctx, userID, []int64{id})
		if err == nil && deleted == 0 {
			err = gone(core.ErrNotFound)
		}
		return err
	})
}

// Restore takes a contact out of the trash, and undoes the merge by which it
// went there. A name that another has by now is a *TakenError.
func Restore(ctx context.Context, db *store.Store, userID, id int64) error {
	switch m, err := db.MergeOf(ctx, userID, id); {
	case err == nil:
		return unmerge(ctx, db, userID, m)
	case !errors.Is(err, core.ErrNotFound):
		return err
	}
	return restore(ctx, db, userID, id)
}

func restore(ctx context.Context, db *store.Store, userID, id int64) error {
	var name string
	err := db.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.NewStep(ctx); err != nil {
			return err
		}
		c, err := tx.TrashedContact(ctx, userID, id)
		if errors.Is(err, core.ErrNotFound) {
			return core.Tell(core.ErrNotFound, "There is no contact %d in the trash.", id)
		}
		if err != nil {
			return err
		}
		name = c.FullName
		return tx.RestoreContact(ctx, userID, id)
	})
	return taken(ctx, db, userID, name, err)
}

// gone says that there is no such contact, when that is what was wrong.
func gone(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return core.Tell(core.ErrNotFound, "There is no such contact.")
	}
	return err
}
