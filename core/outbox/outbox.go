// Package outbox is what Kith owes a chat: rows that say which message, in
// which version, never its words. Whoever delivers claims the chat, so that
// one process writes into it at a time, in order.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Owe adds a message to what a user's chat is owed. The user has just written
// there, so a bot that was blocked no longer is.
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
	claimHold = 30 * time.Second
	showFor   = 25 * time.Second
)

// Deliver sends all that the user's chat is owed, unless
// somebody else is at it. What is owed meanwhile is sent too.
func (d *Deliverer) Deliver(ctx context.Context, userID int64) error {
	for {
		claimed, err := d.Store.ClaimChat(ctx, userID, d.Owner, claimHold)
		if err != nil || !claimed {
			return err
		}
		err = d.drain(ctx, userID)
		if releaseErr := d.release(ctx, userID); err == nil {
			err = releaseErr
		}
		if err != nil {
			return err
		}
		// Something owed after the last look, by somebody who then found the
		// chat claimed, would wait for the sweep.
		switch _, err := d.Store.NextOwed(ctx, userID); {
		case errors.Is(err, core.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
	}
}

func (d *Deliverer) release(ctx context.Context, userID int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return d.Store.ReleaseChat(ctx, userID, d.Owner)
}

// drain sends message after message, until none is owed.
func (d *Deliverer) drain(ctx context.Context, userID int64) error {
	for {
		m, err := d.Store.NextOwed(ctx, userID)
		switch {
		case errors.Is(err, core.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		if m.Paced {
			if err := d.Pace.Wait(ctx, m.ChatID); err != nil {
				return err
			}
		}
		if held, err := d.Store.ClaimChat(ctx, userID, d.Owner, claimHold); err != nil || !held {
			return err
		}
		if rest, err := d.show(ctx, m); err != nil || rest {
			return err
		}
	}
}

// show sends one message and writes down what came of it. It reports whether
// the chat is to be left alone for now.
func (d *Deliverer) show(ctx context.Context, m core.Message) (rest bool, err error) {
	within, cancel := untilStopped(ctx, showFor, finishFor)
	defer cancel()
	id, err := d.Chat.Show(within, m)
	// What was sent must be written down even if we are asked to stop.
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	var told RestError
	switch {
	case err == nil:
		return false, d.Store.MarkShown(ctx, m.UserID, m.ID, m.Wanted, id)
	case errors.As(err, &told):
		return true, d.Store.RestChat(ctx, m.UserID, told.For)
	case errors.Is(err, ErrBlocked):
		return true, d.Store.BlockChat(ctx, m.UserID)
	case errors.Is(err, ErrRefused), m.Attempts >= tries:
		d.Log.ErrorContext(ctx, "message given up", "message", m.ID, "kind", m.Kind, "err", err)
		return false, d.Store.GiveUpMessage(ctx, m.UserID, m.ID, m.Wanted, "refused")
	}
	d.Log.WarnContext(ctx, "message put off", "message", m.ID, "kind", m.Kind, "attempt", m.Attempts+1, "err", err)
	if err := d.Store.CountTry(ctx, m.UserID, m.ID); err != nil {
		return true, err
	}
	// The whole chat waits, so that what comes later does not overtake.
	return true, d.Store.RestChat(ctx, m.UserID, wait(m.Attempts))
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
