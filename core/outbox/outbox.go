// Package outbox is what Kith owes a chat: rows that say which message, in
// which version, never its words. Whoever delivers claims the chat, so that
// one process writes into it at a time, in order.
package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Say adds a message to what a user's chat is owed. The user has just written
// there, so a bot that was blocked no longer is.
func Say(ctx context.Context, tx *store.Store, m core.Message) error {
	if err := tx.OpenChat(ctx, m.UserID, m.ChatID); err != nil {
		return err
	}
	return tx.AddMessage(ctx, m)
}

// Owe is Say, and returns the message with its id.
func Owe(ctx context.Context, tx *store.Store, m core.Message) (core.Message, error) {
	if err := tx.OpenChat(ctx, m.UserID, m.ChatID); err != nil {
		return core.Message{}, err
	}
	return tx.OweMessage(ctx, m)
}

// A Chat is where messages end up.
type Chat interface {
	// Show sends the newest version of a message, or edits it into the one
	// that is there, and returns its id in the chat. Its errors are RestError,
	// ErrBlocked, ErrRefused, or anything else that may pass.
	Show(ctx context.Context, m core.Message) (telegramMessageID int64, err error)
}

// What Show may say of a message that did not get through.
var (
	ErrBlocked = errors.New("blocked by the user")    // until the user writes again
	ErrRefused = errors.New("refused for what it is") // another try would fail too
)

// A RestError asks to leave the chat alone for a while.
type RestError struct{ For time.Duration }

func (r RestError) Error() string { return fmt.Sprintf("told to rest for %v", r.For) }

// A Pace holds back messages that nobody asked for just now.
type Pace interface {
	// Wait returns when the next such message may go to the chat, or with ctx's error.
	Wait(ctx context.Context, chatID int64) error
}

// A Deliverer brings chats up to date with what they are owed.
type Deliverer struct {
	Store *store.Store
	Chat  Chat
	Pace  Pace
	Log   *slog.Logger
	Owner string // names this process in claims
}

// How long a claim lasts. It is renewed before every message, and a message
// that takes longer is given up by its sender.
const (
	claimHold = 15 * time.Second
	showFor   = 12 * time.Second
)

// Deliver sends all that the user's chat is owed, unless somebody else is at it.
// What is owed meanwhile is sent too.
func (d *Deliverer) Deliver(ctx context.Context, userID int64) error {
	m, err := d.next(ctx, userID, onlyClaim)
	for err == nil && m.ID != 0 {
		m, err = d.deliver(ctx, m)
	}
	return err
}

// next writes down what was done, and claims the chat for the next message
// that is owed. When there is none it lets the chat go and returns the zero
// Message. The chat is let go before the message is looked for, so that one
// that comes in between is left to whoever claims the chat right after.
func (d *Deliverer) next(ctx context.Context, userID int64, done outcome) (m core.Message, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Store) error {
		if err := done(ctx, tx); err != nil {
			return err
		}
		if err := tx.ClaimChat(ctx, userID, d.Owner, claimHold); err != nil {
			return err
		}
		if err := tx.ReleaseIdleChat(ctx, userID, d.Owner); err != nil {
			return err
		}
		return tx.NextOwed(ctx, userID, d.Owner, &m)
	})
	return m, err
}

// leave writes down what was done, and lets the chat go.
func (d *Deliverer) leave(ctx context.Context, userID int64, done outcome) error {
	return d.Store.InTx(ctx, func(tx *store.Store) error {
		if err := done(ctx, tx); err != nil {
			return err
		}
		return tx.ReleaseChat(ctx, userID, d.Owner)
	})
}

// deliver sends a message and returns the next.
func (d *Deliverer) deliver(ctx context.Context, m core.Message) (core.Message, error) {
	if m.Paced {
		err := d.Pace.Wait(ctx, m.ChatID)
		if err != nil {
			return core.Message{}, errors.Join(err, d.leave(context.WithoutCancel(ctx), m.UserID, nothing))
		}
		// The claim may have run out meanwhile.
		if m, err = d.next(ctx, m.UserID, onlyClaim); err != nil || m.ID == 0 {
			return m, err
		}
	}
	within, cancel := untilStopped(ctx, showFor, finishFor)
	defer cancel()
	id, err := d.Chat.Show(within, m)
	// What was sent must be written down even if we are asked to stop.
	after, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	outcome, rest := d.outcome(ctx, m, id, err)
	if rest || ctx.Err() != nil {
		return core.Message{}, cmp.Or(d.leave(after, m.UserID, outcome), ctx.Err())
	}
	return d.next(after, m.UserID, outcome)
}

// An outcome writes down what came of a message.
type outcome func(ctx context.Context, tx *store.Store) error

func nothing(context.Context, *store.Store) error { return nil }

// onlyClaim is for a transaction that does no more than claim, which may get lost.
func onlyClaim(_ context.Context, tx *store.Store) error {
	tx.Relax()
	return nil
}

// outcome returns what to write down of a message that was sent as id, or not,
// and reports whether the chat is to be left alone for now.
func (d *Deliverer) outcome(ctx context.Context, m core.Message, id int64, err error) (_ outcome, rest bool) {
	var told RestError
	switch {
	case err == nil:
		return func(ctx context.Context, tx *store.Store) error {
			if id == m.TelegramMessageID {
				tx.Relax() // an edit may be done again
			}
			return tx.MarkShown(ctx, m.UserID, m.ID, m.Wanted, id)
		}, false
	case errors.As(err, &told):
		return func(ctx context.Context, tx *store.Store) error { return tx.RestChat(ctx, m.UserID, told.For) }, true
	case errors.Is(err, ErrBlocked):
		return func(ctx context.Context, tx *store.Store) error { return tx.BlockChat(ctx, m.UserID) }, true
	case errors.Is(err, ErrRefused), m.Attempts >= tries:
		d.Log.ErrorContext(ctx, "message given up", "message", m.ID, "kind", m.Kind, "err", err)
		return func(ctx context.Context, tx *store.Store) error {
			return tx.GiveUpMessage(ctx, m.UserID, m.ID, m.Wanted, "refused")
		}, false
	}
	d.Log.WarnContext(ctx, "message put off", "message", m.ID, "kind", m.Kind, "attempt", m.Attempts+1, "err", err)
	return func(ctx context.Context, tx *store.Store) error {
		if err := tx.CountTry(ctx, m.UserID, m.ID); err != nil {
			return err
		}
		// The whole chat waits, so that what comes later does not overtake.
		return tx.RestChat(ctx, m.UserID, wait(m.Attempts))
	}, true
}

// finishFor is how long a call that has begun may go on once ctx has ended:
// a message whose answer is not waited for would be sent again.
const finishFor = 5 * time.Second

// untilStopped returns a context that ends after limit, or some time after ctx.
func untilStopped(ctx context.Context, limit, after time.Duration) (context.Context, context.CancelFunc) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	unhook := context.AfterFunc(ctx, func() {
		late := time.AfterFunc(after, cancel)
		context.AfterFunc(within, func() { late.Stop() })
	})
	return within, func() { unhook(); cancel() }
}

// tries is how often a message may fail before it is given up, so that one
// that nobody can deliver does not silence a chat for ever. It takes a day.
const tries = 1440

// wait returns how long to wait after a failed try: 1 s, doubled each time, at
// most a minute.
func wait(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 6), time.Minute)
}
