// Package account lets people in and keeps others out: users, roles, passwords,
// tokens, invitations and Telegram identities.
package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// InvitationLife is how long an invitation stays good.
const InvitationLife = 7 * 24 * time.Hour

// claimLife is how long a claim stays good. Kith prints a new one at every
// start, and any account voids them all.
const claimLife = 365 * 24 * time.Hour

// Invite makes a code that lets one person in, once, with the role. By is the
// user who invites, or 0 for whoever runs Kith.
func Invite(ctx context.Context, db *store.Store, role core.Role, by int64) (code string, err error) {
	return add(ctx, db, store.Invitation{Role: role, CreatedBy: by, ExpiresAt: time.Now().Add(InvitationLife)})
}

// Claim makes a code for the first account, an admin, and reports whether one
// is needed: when there is any account it makes none.
func Claim(ctx context.Context, db *store.Store) (code string, needed bool, err error) {
	if err := db.DropStaleInvitations(ctx); err != nil {
		return "", false, err
	}
	if exists, err := db.AnyUser(ctx); err != nil || exists {
		return "", false, err
	}
	code, err = add(ctx, db, store.Invitation{Role: core.RoleAdmin, Claim: true, ExpiresAt: time.Now().Add(claimLife)})
	return code, true, err
}

// add keeps an invitation under a new code of 26 characters, 130 random bits.
func add(ctx context.Context, db *store.Store, i store.Invitation) (code string, err error) {
	code = rand.Text()
	i.CodeHash = hash(code)
	return code, db.AddInvitation(ctx, i)
}

// An Identity is who Telegram says somebody is.
type Identity struct {
	TelegramID int64
	Name       string
	Timezone   string // for the new account
}

// Redeem makes an account for whoever holds a good code. A code that is not
// good, or no longer, is an error of kind core.ErrForbidden.
func Redeem(ctx context.Context, tx *store.Store, code string, who Identity) (core.User, error) {
	invitation, err := use(ctx, tx, code)
	if err != nil {
		return core.User{}, err
	}
	user, err := tx.AddUser(ctx, core.User{TelegramID: who.TelegramID, Name: core.Clean(who.Name), Role: invitation.Role, Timezone: who.Timezone})
	if err != nil {
		return core.User{}, fmt.Errorf("let somebody in: %w", err)
	}
	return user, tx.CloseInvitation(ctx, invitation.CodeHash, user.ID)
}

// use uses up a code. The first account, by whichever code, is an admin's.
func use(ctx context.Context, tx *store.Store, code string) (store.Invitation, error) {
	invitation, err := tx.UseInvitation(ctx, hash(code))
	switch {
	case errors.Is(err, core.ErrNotFound):
		return store.Invitation{}, core.Tell(core.ErrForbidden, "That link has been used or has run out. Ask whoever sent it for a new one.")
	case err != nil:
		return store.Invitation{}, err
	}
	exists, err := tx.AnyUser(ctx)
	if !exists {
		invitation.Role = core.RoleAdmin
	}
	return invitation, err
}

func hash(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}

// Why somebody is not let in.
var (
	ErrStranger = errors.New("nobody we know")
	ErrDisabled = errors.New("account is disabled")
)

// AdmitConnected returns the enabled user whose account the bot is connected to
// by that connection, or ErrStranger or ErrDisabled.
func AdmitConnected(ctx context.Context, tx *store.Store, connection string) (core.User, error) {
	return admitted(tx.BusinessOwner(ctx, connection))
}

// Admit returns the enabled user with that Telegram identity, or ErrStranger
// or ErrDisabled.
func Admit(ctx context.Context, tx *store.Store, telegramID int64) (core.User, error) {
	return admitted(tx.UserByTelegram(ctx, telegramID))
}

func admitted(user core.User, err error) (core.User, error) {
	switch {
	case errors.Is(err, core.ErrNotFound):
		return core.User{}, ErrStranger
	case err == nil && user.Disabled():
		return core.User{}, ErrDisabled
	}
	return user, err
}
