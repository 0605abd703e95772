package link

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/core/store"
)

// AttemptSession returns the session that an attempt has so far, or nil.
func (l Linker) AttemptSession(ctx context.Context, userID, id int64) ([]byte, error) {
	a, _, err := l.Resume(ctx, userID, id)
	if err != nil || a.Session == nil {
		return nil, err
	}
	session, _, err := l.Keys.Open(a.Session, userID, purposeAttempt)
	return session, err
}

// KeepAttemptSession keeps the session that an attempt has so far.
func (l Linker) KeepAttemptSession(ctx context.Context, userID, id int64, session []byte) error {
	return l.Store.KeepAttemptSession(ctx, userID, id, l.Keys.Seal(session, userID, purposeAttempt))
}

// Session returns the session of a linked account, or nil when it has ended.
func (l Linker) Session(ctx context.Context, userID int64) ([]byte, error) {
	linked, err := l.Store.Link(ctx, userID)
	if errors.Is(err, core.ErrNotFound) || err == nil && linked.Session == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	session, _, err := l.Keys.Open(linked.Session, userID, PurposeSession)
	return session, err
}

// KeepSession keeps a newer session of a linked account.
func (l Linker) KeepSession(ctx context.Context, userID int64, session []byte) error {
	return l.Store.KeepLinkSession(ctx, userID, l.Keys.Seal(session, userID, PurposeSession))
}

// Revoked wipes the session of an account that Telegram ended, and has the chat
// told why, once.
func (l Linker) Revoked(ctx context.Context, userID int64, why string) error {
	return l.Store.InTx(ctx, func(tx *store.Store) error {
		ended, err := tx.RevokeLink(ctx, userID, why)
		if err != nil || !ended {
			return err
		}
		if err := endSyncs(ctx, tx, userID); err != nil {
			return err
		}
		_, err = tx.TellUser(ctx, userID, core.MessageArgs{Phrase: core.PhraseAccountEnded, Sentence: why})
		return err
	})
}

// Forget forgets an account with its session, and has the chat told.
func (l Linker) Forget(ctx context.Context, userID int64, phrase string) error {
	return l.Store.InTx(ctx, func(tx *store.Store) error {
		if err := tx.DropLink(ctx, userID); err != nil {
			return err
		}
		if err := endSyncs(ctx, tx, userID); err != nil {
			return err
		}
		_, err := tx.TellUser(ctx, userID, core.MessageArgs{Phrase: phrase})
		return err
	})
}

// Waits says that Telegram asked an account to wait.
func (l Linker) Waits(ctx context.Context, userID int64, wait time.Duration) error {
	return l.Store.LinkWaits(ctx, userID, time.Now().Add(wait))
}

// CheckKeys holds the keys against every session there is, and seals anew what
// only the key before opens. The error is a *KeyError when neither opens one.
func (l Linker) CheckKeys(ctx context.Context) error {
	locked, err := l.locked(ctx)
	if err == nil && len(locked) > 0 {
		return &KeyError{len(locked)}
	}
	return err
}

// ForgetLocked ends the accounts whose sessions no key opens, and returns how
// many.
func (l Linker) ForgetLocked(ctx context.Context) (int, error) {
	locked, err := l.locked(ctx)
	for _, userID := range locked {
		err = errors.Join(err, l.Revoked(ctx, userID, "The key that its session was sealed by is lost: end the session “Kith” in Telegram's Settings › Devices."))
	}
	return len(locked), err
}

// locked returns whose sessions no key opens.
func (l Linker) locked(ctx context.Context) (userIDs []int64, err error) {
	links, err := l.Store.LinkSessions(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range links {
		session, stale, err := l.Keys.Open(one.Session, one.UserID, PurposeSession)
		switch {
		case errors.Is(err, seal.ErrKey):
			userIDs = append(userIDs, one.UserID)
		case err != nil:
			return nil, err
		case stale:
			if err := l.Store.ResealLinkSession(ctx, one.UserID, one.Session, l.Keys.Seal(session, one.UserID, PurposeSession)); err != nil {
				return nil, err
			}
		}
	}
	return userIDs, nil
}

// A KeyError says that sessions were sealed by a key that is not there.
type KeyError struct{ Sessions int }

func (e *KeyError) Error() string { return fmt.Sprintf("no key opens %d sessions", e.Sessions) }
