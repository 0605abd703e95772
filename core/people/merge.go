package people

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Merge makes two live contacts one: what is from's becomes into's, and from
// goes to the trash. It returns the id to undo it by.
func Merge(ctx context.Context, db *store.Store, userID, into, from int64) (id int64, err error) {
	if into == from {
		return 0, core.Tell(core.ErrInvalid, "from: that is the same contact as into.")
	}
	err = db.InTx(ctx, func(tx *store.Store) error {
		step, err := tx.NewStep(ctx)
		if err != nil {
			return err
		}
		stays, goes, err := pair(ctx, tx, userID, into, from)
		if err != nil {
			return err
		}
		if stays.Trashed || goes.Trashed {
			return gone(core.ErrNotFound)
		}
		m := store.Merge{IntoID: into, FromID: from}
		if m.Moved, err = unite(ctx, tx, userID, stays, goes); err != nil {
			return err
		}
		id, err = tx.AddMerge(ctx, userID, step, m)
		return err
	})
	return id, err
}

// pair returns two contacts, held against change, live or not.
func pair(ctx context.Context, tx *store.Store, userID, into, from int64) (stays, goes store.Whole, err error) {
	both, err := tx.LockWhole(ctx, userID, into, from)
	switch {
	case err != nil:
		return stays, goes, err
	case len(both) < 2:
		return stays, goes, gone(core.ErrNotFound)
	case both[0].ID == into:
		return both[0], both[1], nil
	}
	return both[1], both[0], nil
}

// unite gives the contact that stays what is the other's.
func unite(ctx context.Context, tx *store.Store, userID int64, stays, goes store.Whole) (m store.Moved, err error) {
	// A Telegram identity may be only one live contact's.
	if _, err := tx.DeleteContacts(ctx, userID, []int64{goes.ID}); err != nil {
		return m, err
	}
	m.Given = gives(stays, goes)
	if err := tx.KeepWhole(ctx, userID, with(stays, m.Given)); err != nil {
		return m, err
	}
	if m.Rows, err = tx.MoveRows(ctx, userID, goes.ID, stays.ID); err != nil {
		return m, err
	}
	if m.Relationships, err = tx.MoveRelationships(ctx, userID, goes.ID, stays.ID); err != nil {
		return m, err
	}
	m.Alias, err = tx.AddFormerName(ctx, userID, stays.ID, goes.FullName)
	return m, err
}

// gives returns what the one that goes has where the one that stays has nothing.
func gives(stays, goes store.Whole) store.Given {
	g := store.Given{
		Birthday: missing(stays.Birthday, goes.Birthday), Company: missing(stays.Company, goes.Company),
		Location: missing(stays.Location, goes.Location), CustomFields: map[string]string{},
	}
	for name, value := range goes.CustomFields {
		if _, has := stays.CustomFields[name]; !has {
			g.CustomFields[name] = value
		}
	}
	// The parts of an identity are one account's.
	if stays.TelegramID == 0 && (stays.TelegramUsername == "" || strings.EqualFold(stays.TelegramUsername, goes.TelegramUsername)) {
		g.TelegramID, g.TelegramUsername = goes.TelegramID, missing(stays.TelegramUsername, goes.TelegramUsername)
		g.Verified, g.Premium = missing(stays.Verified, goes.Verified), missing(stays.Premium, goes.Premium)
	}
	return g
}

// missing returns what there is to give where nothing is.
func missing[T comparable](has, offered T) (none T) {
	if has == none {
		return offered
	}
	return none
}

// with returns a contact that has what is given.
func with(c store.Whole, g store.Given) store.Whole {
	c.Birthday, c.Company, c.Location = filled(c.Birthday, g.Birthday), filled(c.Company, g.Company), filled(c.Location, g.Location)
	c.TelegramID, c.TelegramUsername = filled(c.TelegramID, g.TelegramID), filled(c.TelegramUsername, g.TelegramUsername)
	c.Verified, c.Premium = filled(c.Verified, g.Verified), filled(c.Premium, g.Premium)
	maps.Copy(c.CustomFields, g.CustomFields)
	return c
}

func filled[T comparable](has, given T) T {
	var none T
	if has == none {
		return given
	}
	return has
}

// without returns a contact that has no longer what was given and is as it was.
func without(c store.Whole, g store.Given) store.Whole {
	c.Birthday, c.Company, c.Location = emptied(c.Birthday, g.Birthday), emptied(c.Company, g.Company), emptied(c.Location, g.Location)
	c.TelegramID, c.TelegramUsername = emptied(c.TelegramID, g.TelegramID), emptied(c.TelegramUsername, g.TelegramUsername)
	c.Verified, c.Premium = emptied(c.Verified, g.Verified), emptied(c.Premium, g.Premium)
	for name, value := range g.CustomFields {
		if now, has := c.CustomFields[name]; has && now == value {
			delete(c.CustomFields, name)
		}
	}
	return c
}

func emptied[T comparable](has, given T) (none T) {
	if has == given {
		return none
	}
	return has
}

// Unmerge undoes a merge and returns the id of the contact that is back. What
// came in since stays where it is. A name that another has by now is a
// *TakenError; what is undone already is an error of kind core.ErrNotPossible.
func Unmerge(ctx context.Context, db *store.Store, userID, id int64) (from int64, err error) {
	m, err := db.Merge(ctx, userID, id)
	if errors.Is(err, core.ErrNotFound) {
		return 0, core.Tell(core.ErrNotFound, "There is no such merge.")
	}
	if err != nil {
		return 0, err
	}
	return m.FromID, unmerge(ctx, db, userID, m)
}

func unmerge(ctx context.Context, db *store.Store, userID int64, m store.Merge) error {
	var name string
	err := db.InTx(ctx, func(tx *store.Store) error {
		if _, err := tx.NewStep(ctx); err != nil {
			return err
		}
		stays, goes, err := pair(ctx, tx, userID, m.IntoID, m.FromID)
		if err != nil {
			return err
		}
		if err := closeMerge(ctx, tx, userID, m); err != nil {
			return err
		}
		name = goes.FullName
		return divide(ctx, tx, userID, stays, goes, m.Moved)
	})
	return taken(ctx, db, userID, name, err)
}

// closeMerge says that a merge is undone. One after which the contact was
// merged into yet another cannot be before that one is.
func closeMerge(ctx context.Context, tx *store.Store, userID int64, m store.Merge) error {
	switch _, err := tx.MergeOf(ctx, userID, m.IntoID); {
	case err == nil:
		return core.Tell(core.ErrNotPossible, "That contact was merged into another since. Undo that first.")
	case !errors.Is(err, core.ErrNotFound):
		return err
	}
	closed, err := tx.CloseMerge(ctx, userID, m.ID)
	if err == nil && !closed {
		err = core.Tell(core.ErrNotPossible, "That merge is undone already.")
	}
	return err
}

// divide gives the contact that comes back what was its.
func divide(ctx context.Context, tx *store.Store, userID int64, stays, goes store.Whole, m store.Moved) error {
	if err := tx.KeepWhole(ctx, userID, without(stays, m.Given)); err != nil {
		return err
	}
	if m.Alias != 0 {
		if err := tx.DropAlias(ctx, userID, m.Alias); err != nil {
			return err
		}
	}
	if err := tx.MoveRowsBack(ctx, userID, goes.ID, stays.ID, m.Rows); err != nil {
		return err
	}
	if err := tx.MoveRelationshipsBack(ctx, userID, goes.ID, stays.ID, m.Relationships); err != nil {
		return err
	}
	return tx.RestoreContact(ctx, userID, goes.ID)
}
