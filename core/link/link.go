// Package link is the user's own Telegram account: how it is linked, how it is
// and what is read from it: the people in it become contacts, and the chats that
// the user chose become interactions and notes. What speaks to Telegram is
// package userclient.
package link

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/core/store"
)

// Life is how long an attempt to link an account may take.
const Life = 10 * time.Minute

// A Linker links accounts, and forgets them.
type Linker struct {
	Store   *store.Store
	Keys    seal.Keys
	Missing string // why no account can be linked here, and what to do about it; "" where one can
}

// What is sealed is bound to one of these.
const (
	PurposeSession = "telegram session" // of a linked account
	purposeAttempt = "telegram attempt" // the session of an attempt
	purposeInput   = "telegram input"
	purposeScan    = "telegram scan"
	purposeNext    = "telegram progress"
)

// ByQR begins to link the user's account by a QR code.
func (l Linker) ByQR(ctx context.Context, userID int64) error {
	return l.begin(ctx, userID, core.LinkByQR, nil)
}

// ByPhone begins to link the user's account by a code that Telegram sends. A
// phone number that can be none is an error of kind core.ErrInvalid.
func (l Linker) ByPhone(ctx context.Context, userID int64, phone string) error {
	digits, ok := asPhone(phone)
	if !ok {
		return core.Tell(core.ErrInvalid, "phone: write the number with its country code, such as +351 912 345 678.")
	}
	return l.begin(ctx, userID, core.LinkByPhone, l.sealed(userID, purposeInput, Input{InputPhone, digits}))
}

func (l Linker) begin(ctx context.Context, userID int64, method core.LinkMethod, input []byte) error {
	switch there, err := l.Store.Link(ctx, userID); {
	case err == nil && there.State != core.LinkRevoked:
		return core.Tell(core.ErrConflict, "Your Telegram account is linked already. Unlink it first to link another.")
	case err != nil && !errors.Is(err, core.ErrNotFound):
		return err
	}
	_, err := l.Store.BeginAttempt(ctx, userID, method, input, Life)
	return err
}

// Code gives the code that Telegram sent. It is an error of kind
// core.ErrNotPossible when none is waited for.
func (l Linker) Code(ctx context.Context, userID int64, code string) error {
	digits, ok := asCode(code)
	if !ok {
		return core.Tell(core.ErrInvalid, "code: write the digits that Telegram sent.")
	}
	return l.give(ctx, userID, core.LinkCode, Input{InputCode, digits})
}

// Again has Telegram send the code again, another way if there is one.
func (l Linker) Again(ctx context.Context, userID int64) error {
	return l.give(ctx, userID, core.LinkCode, Input{Kind: InputAgain})
}

// Password gives the password of two-step verification.
func (l Linker) Password(ctx context.Context, userID int64, password string) error {
	if password == "" {
		return core.Tell(core.ErrInvalid, "password: write the password of your Telegram account.")
	}
	return l.give(ctx, userID, core.LinkPassword, Input{InputPassword, password})
}

func (l Linker) give(ctx context.Context, userID int64, step core.LinkStep, in Input) error {
	kept, err := l.Store.GiveAttempt(ctx, userID, step, l.sealed(userID, purposeInput, in))
	if err == nil && !kept {
		return core.Tell(core.ErrNotPossible, "That is not what is waited for now. Look at where linking stands, or begin again.")
	}
	return err
}

// Cancel ends the attempt to link an account. It is an error of kind
// core.ErrNotPossible when there is none.
func (l Linker) Cancel(ctx context.Context, userID int64) error {
	found, err := l.Store.DropAttempt(ctx, userID, 0)
	if err == nil && !found {
		return core.Tell(core.ErrNotPossible, "No account is being linked.")
	}
	return err
}

// Unlink has the user's account signed out at Telegram and forgotten, as soon as
// it can be. It is an error of kind core.ErrNotPossible when there is none.
func (l Linker) Unlink(ctx context.Context, userID int64) error {
	found, err := l.Store.LeaveLink(ctx, userID)
	if err == nil && !found {
		return errNotLinked
	}
	return err
}

// A Session says what became of the session that Kith had at Telegram.
type Session string

// What may become of a session.
const (
	SessionNone      Session = "none" // there was none
	SessionEnded     Session = "signed_out"
	SessionForgotten Session = "forgotten" // by Kith, and signed in still until its owner ends it
)

// SignOut has the user's account signed out at Telegram, and waits for whoever
// holds it to have done so, up to within: less than a minute, after which a holder
// that does not reach Telegram forgets the session. When nobody did, the session
// is SessionForgotten to the caller, who is to forget it.
func (l Linker) SignOut(ctx context.Context, userID int64, within time.Duration) (Session, error) {
	switch linked, err := l.Store.Link(ctx, userID); {
	case errors.Is(err, core.ErrNotFound), err == nil && linked.State == core.LinkRevoked:
		return SessionNone, nil
	case err != nil:
		return "", err
	}
	if err := l.Unlink(ctx, userID); err != nil && !errors.Is(err, core.ErrNotPossible) { // it ended meanwhile
		return "", err
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(within); ; {
		_, err := l.Store.Link(ctx, userID)
		switch {
		case errors.Is(err, core.ErrNotFound):
			return SessionEnded, nil
		case err != nil:
			return "", err
		case time.Now().After(deadline):
			return SessionForgotten, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

var errNotLinked = core.Tell(core.ErrNotPossible, "Your Telegram account is not linked.")

// sealed returns v as sealed JSON.
func (l Linker) sealed(userID int64, purpose string, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // these types can all be written
	}
	return l.Keys.Seal(text, userID, purpose)
}

// open reads what sealed wrote into v, which stays as it is for nil.
func (l Linker) open(sealed []byte, userID int64, purpose string, v any) error {
	if sealed == nil {
		return nil
	}
	text, _, err := l.Keys.Open(sealed, userID, purpose)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
