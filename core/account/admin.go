package account

import (
	"context"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A UserChange is what becomes of an account; nil stays as it is.
type UserChange struct {
	Role     *core.Role
	Disabled *bool
}

// ChangeUser changes an account that is not by's own; by is 0 for whoever runs
// Kith. Who is shut out is out at once: their sessions, tokens and codes end.
// The last enabled admin stays: that is an error of kind core.ErrConflict.
func ChangeUser(ctx context.Context, db *store.Store, by, id int64, c UserChange) (user core.User, err error) {
	if err := notOneself(by, id); err != nil {
		return core.User{}, err
	}
	err = db.InTx(ctx, func(tx *store.Store) error {
		if c.Role != nil {
			if err := tx.SetRole(ctx, id, *c.Role); err != nil {
				return err
			}
		}
		if c.Disabled != nil {
			if err := setDisabled(ctx, tx, id, *c.Disabled); err != nil {
				return err
			}
		}
		user, err = tx.User(ctx, id)
		return err
	})
	return user, err
}

func setDisabled(ctx context.Context, tx *store.Store, id int64, disabled bool) error {
	if err := tx.SetDisabled(ctx, id, disabled); err != nil || !disabled {
		return err
	}
	for _, end := range []func(context.Context, int64) error{tx.DropSessions, tx.DropTokens, tx.DropCodes} {
		if err := end(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// DeleteUser deletes an account that is not by's own, with all that it has told
// Kith. The last enabled admin stays: that is an error of kind core.ErrConflict.
func DeleteUser(ctx context.Context, db *store.Store, by, id int64) error {
	if err := notOneself(by, id); err != nil {
		return err
	}
	return db.DropUser(ctx, id)
}

func notOneself(by, id int64) error {
	if by == id {
		return core.Tell(core.ErrForbidden, "That is your own account; another admin can change it.")
	}
	return nil
}
