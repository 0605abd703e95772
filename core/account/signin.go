package account

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// ErrCredentials says that a username and password are not an enabled user's.
var ErrCredentials = errors.New("wrong username or password")

// SignIn returns the enabled user with that username and password, or
// ErrCredentials, which takes as long whatever is wrong.
func SignIn(ctx context.Context, db *store.Store, p *Passwords, username, password string) (core.User, error) {
	login, err := db.LoginByUsername(ctx, username)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return core.User{}, err
	}
	matches, stale, err := p.Matches(ctx, password, login.PasswordHash)
	switch {
	case err != nil:
		return core.User{}, err
	case !matches || login.Disabled():
		return core.User{}, ErrCredentials
	case stale:
		err = rehash(ctx, db, p, login, password)
	}
	return login.User, err
}

func rehash(ctx context.Context, db *store.Store, p *Passwords, login store.Login, password string) error {
	hash, err := p.Hash(ctx, password)
	if err != nil {
		return err
	}
	// Where it is another by now, that is as good.
	_, err = db.SetPassword(ctx, login.ID, login.Username, hash, login.PasswordHash)
	return err
}

// A NewPassword is what a user is to sign in with from now on.
type NewPassword struct {
	Username string // needed where the user has none
	Current  string // needed where the user has a password, and is not known
	Known    bool   // they have shown otherwise who they are, just now
	Password string
}

// ChangePassword gives a user a password, and a username where they have none.
// All of their sessions end.
func ChangePassword(ctx context.Context, db *store.Store, p *Passwords, userID int64, n NewPassword) (core.User, error) {
	login, err := db.Login(ctx, userID)
	if err != nil {
		return core.User{}, err
	}
	username := cmp.Or(login.Username, n.Username)
	if n.Username != "" && !strings.EqualFold(n.Username, username) {
		return core.User{}, core.Tell(core.ErrInvalid, "username: yours is %s, and stays so.", username)
	}
	if err := errors.Join(core.CheckUsername(username), CheckPassword(n.Password, username), known(ctx, p, login, n)); err != nil {
		return core.User{}, err
	}
	hash, err := p.Hash(ctx, n.Password)
	if err != nil {
		return core.User{}, err
	}
	err = db.InTx(ctx, func(tx *store.Store) error {
		if err := replace(ctx, tx, login, username, hash); err != nil {
			return err
		}
		return tx.DropSessions(ctx, userID)
	})
	login.Username = username
	return login.User, err
}

func replace(ctx context.Context, tx *store.Store, login store.Login, username, hash string) error {
	set, err := tx.SetPassword(ctx, login.ID, username, hash, login.PasswordHash)
	switch {
	case errors.Is(err, core.ErrConflict):
		return core.Tell(core.ErrConflict, "username: somebody else has that one.")
	case err == nil && !set:
		return core.Tell(core.ErrConflict, "Your password was changed elsewhere just now.")
	}
	return err
}

// known returns an error unless the user is known, or has no password, or says it.
func known(ctx context.Context, p *Passwords, login store.Login, n NewPassword) error {
	if n.Known || login.PasswordHash == "" {
		return nil
	}
	matches, _, err := p.Matches(ctx, n.Current, login.PasswordHash)
	if err == nil && !matches {
		err = core.Tell(core.ErrForbidden, "current_password: that is not your password.")
	}
	return err
}
