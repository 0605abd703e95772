package account

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// tokenPrefix marks a personal token, so that people and scanners for leaked
// secrets know one when they see it.
const tokenPrefix = "kith_"

// maxTokens is how many personal tokens a user may have.
const maxTokens = 50

// AddToken makes a personal token, as t says, and returns its secret, which is
// kept nowhere.
func AddToken(ctx context.Context, db *store.Store, t core.Token) (_ core.Token, secret string, err error) {
	if core.Blank(t.Name) {
		return core.Token{}, "", core.Tell(core.ErrInvalid, "name: say what the token is for.")
	}
	others, err := db.Tokens(ctx, t.UserID, 0, maxTokens)
	switch {
	case err != nil:
		return core.Token{}, "", err
	case len(others) >= maxTokens:
		return core.Token{}, "", core.Tell(core.ErrNotPossible, "You have %d tokens, and that is the most; end one first.", len(others))
	}
	secret = tokenPrefix + rand.Text()
	t, err = db.AddToken(ctx, t, hash(secret))
	return t, secret, err
}

// ByToken returns the enabled user whose token has that secret, and what it is
// good for. One that is not good, or no longer, is an error of kind core.ErrNotFound.
func ByToken(ctx context.Context, db *store.Store, secret string) (core.User, core.Scope, error) {
	t, err := db.UseToken(ctx, hash(secret))
	if err != nil {
		return core.User{}, "", err
	}
	user, err := Enabled(ctx, db, t.UserID)
	return user, t.Scope, err
}

// Enabled returns the user of that id. One who is shut out is an error of kind
// core.ErrNotFound, as is one who is gone.
func Enabled(ctx context.Context, db *store.Store, id int64) (core.User, error) {
	user, err := db.User(ctx, id)
	if err == nil && user.Disabled() {
		err = errors.Join(core.ErrNotFound, ErrDisabled)
	}
	return user, err
}
