package account

import (
	"context"
	"fmt"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
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
// Kith. It is shut out first, and whoever holds its linked Telegram account has up
// to within, less than a minute, to sign it out: what became of its session is
// returned. The last enabled admin stays: that is an error of kind
// core.ErrConflict. Who is shut out and not deleted may be deleted again.
func DeleteUser(ctx context.Context, l link.Linker, by, id int64, within time.Duration) (link.Session, error) {
	shut := true
	if _, err := ChangeUser(ctx, l.Store, by, id, UserChange{Disabled: &shut}); err != nil {
		return "", err
	}
	session, err := l.SignOut(ctx, id, within)
	if err != nil {
		return "", fmt.Errorf("user %d is shut out and not deleted yet: %w", id, err)
	}
	return session, l.Store.DropUser(ctx, id)
}

func notOneself(by, id int64) error {
	if by == id {
		return core.Tell(core.ErrForbidden, "That is your own account; another admin can change it.")
	}
	return nil
}
