package account

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Registration asks for an account with a username and a password.
type Registration struct {
	Username string
	Password string
	Code     string // of an invitation or a claim; "" without one
	Timezone string // for the new account
	Open     bool   // whether anybody may register once there is an account
	Here     bool   // whether it is asked for on the machine that Kith runs on
}

// Register makes the account. Without a good code that is an error of kind
// core.ErrForbidden, unless registration is open or this is the first account
// and it is asked for here.
func Register(ctx context.Context, db *store.Store, p *Passwords, r Registration) (user core.User, err error) {
	if err := errors.Join(core.CheckUsername(r.Username), CheckPassword(r.Password, r.Username)); err != nil {
		return core.User{}, err
	}
	hash, err := p.Hash(ctx, r.Password)
	if err != nil {
		return core.User{}, err
	}
	err = db.InTx(ctx, func(tx *store.Store) error {
		user, err = r.enter(ctx, tx, hash)
		return err
	})
	return user, err
}

// enter lets somebody in by the hash of their password.
func (r Registration) enter(ctx context.Context, tx *store.Store, hash string) (core.User, error) {
	invitation, err := r.invitation(ctx, tx)
	if err != nil {
		return core.User{}, err
	}
	user, err := tx.AddUser(ctx, core.User{Username: r.Username, Role: invitation.Role, Timezone: r.Timezone})
	switch {
	case errors.Is(err, core.ErrConflict):
		return core.User{}, errTaken()
	case err != nil:
		return core.User{}, err
	}
	if _, err := tx.SetPassword(ctx, user.ID, user.Username, hash, ""); err != nil {
		return core.User{}, err
	}
	return user, tx.CloseInvitation(ctx, invitation.CodeHash, user.ID)
}

func errTaken() error { return core.Tell(core.ErrInvalid, "Username already exists") }

// invitation returns what lets somebody in. Without a code that is one without
// a hash.
func (r Registration) invitation(ctx context.Context, tx *store.Store) (store.Invitation, error) {
	if r.Code != "" {
		return use(ctx, tx, r.Code)
	}
	if err := tx.LockAccounts(ctx); err != nil {
		return store.Invitation{}, err
	}
	exists, err := tx.AnyUser(ctx)
	switch {
	case err != nil:
		return store.Invitation{}, err
	case !exists && r.Here:
		return store.Invitation{Role: core.RoleAdmin}, nil
	case !exists:
		return store.Invitation{}, core.Tell(core.ErrForbidden, "invite: the first account needs the code that Kith prints when it starts.")
	case r.Open:
		return store.Invitation{Role: core.RoleUser}, nil
	}
	return store.Invitation{}, r.uninvited(ctx, tx)
}

// uninvited says why somebody is not let in. Which names are taken only those
// learn who sit at the machine.
func (r Registration) uninvited(ctx context.Context, tx *store.Store) error {
	_, err := tx.LoginByUsername(ctx, r.Username)
	switch {
	case err == nil && r.Here:
		return errTaken()
	case err == nil, errors.Is(err, core.ErrNotFound):
		return core.Tell(core.ErrForbidden, "invite: registration needs an invitation; ask whoever runs this Kith for one.")
	}
	return err
}
