package account

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// LinkPrefix begins the codes that link a Telegram account, where /start takes
// invitations, too.
const LinkPrefix = "link_"

// LinkCode makes a code by which the user's account gets a Telegram identity. An
// account that has one is an error of kind core.ErrConflict.
func LinkCode(ctx context.Context, db *store.Store, u core.User) (code string, err error) {
	if u.TelegramID != 0 {
		return "", core.Tell(core.ErrConflict, "Your account is linked to a Telegram account already.")
	}
	code, err = addCode(ctx, db, u.ID, store.CodeLinkTelegram)
	return LinkPrefix + code, err
}

// Link gives the account whose code it is, which comes without its prefix, the
// Telegram identity of somebody who has no account, and returns it. Two accounts
// are never made one.
func Link(ctx context.Context, tx *store.Store, code string, who Identity) (core.User, error) {
	user, err := tx.UseCode(ctx, store.CodeLinkTelegram, hash(code))
	switch {
	case errors.Is(err, core.ErrNotFound):
		return core.User{}, core.Tell(core.ErrForbidden, "That link has been used or has run out. Make a new one where you found it.")
	case err != nil:
		return core.User{}, err
	}
	user, err = tx.LinkTelegram(ctx, user.ID, who.TelegramID, core.Clean(who.Name))
	if errors.Is(err, core.ErrNotFound) {
		return core.User{}, core.Tell(core.ErrConflict, "That account is linked to another Telegram account already.")
	}
	return user, err
}
