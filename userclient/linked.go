package userclient

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gotd/contrib/middleware/ratelimit"
	"github.com/gotd/td/telegram"

	"github.com/kith-platform/kith/core"
)

// session is where the session of the linked account is kept.
func (a *account) session() *storage {
	return newStorage(
		func(ctx context.Context) ([]byte, error) { return a.c.Linker.Session(ctx, a.userID) },
		func(ctx context.Context, data []byte) error { return a.c.Linker.KeepSession(ctx, a.userID, data) })
}

// linked keeps a linked account connected until ctx ends, or Telegram ends it.
func (a *account) linked(ctx context.Context) error {
	known, err := a.c.Linker.Store.Link(ctx, a.userID)
	if err != nil {
		return err
	}
	h := newHearing(a, known.TelegramID)
	client, err := a.client(ctx, a.session(), func(o *telegram.Options) {
		o.Middlewares = a.manners(known)
		// With a handler gotd asks who is signed in after each reconnection, and so
		// learns that nobody is any more. What was said in between it does not ask for.
		o.UpdateHandler = h
		o.OnSelfSuccess = h.connected
		o.OnSelfError = func(_ context.Context, err error) error {
			if ended(err) != "" {
				return err // or it would go on
			}
			return nil
		}
	})
	if err != nil {
		return err
	}
	err = client.Run(ctx, func(ctx context.Context) error {
		a.api.Store(client.API())
		return h.listen(ctx, client.API())
	})
	a.api.Store(nil)
	return a.settle(ctx, err)
}

// manners are what keeps calls to the pace that Telegram likes: first who waits
// when told to, so that what is called again keeps to the pace, too.
func (a *account) manners(known core.Link) []telegram.Middleware {
	var until time.Time
	if known.WaitsUntil != nil {
		until = *known.WaitsUntil
	}
	waits := func(ctx context.Context, wait time.Duration) {
		if err := a.c.Linker.Waits(ctx, a.userID, wait); err != nil && ctx.Err() == nil {
			a.c.Log.WarnContext(ctx, "the user does not see that Telegram asked to wait", "user", a.userID, "err", err)
		}
	}
	return []telegram.Middleware{
		telegram.MiddlewareFunc(newPatience(until, waits).handle),
		ratelimit.New(a.c.Pace, paceBurst),
	}
}

// paceBurst is how many calls are made at once, before the pace counts.
const paceBurst = 5

// settle deals with the end of a connection: a session that Telegram ended is
// wiped, and never dialled again.
func (a *account) settle(ctx context.Context, err error) error {
	why := ended(err)
	switch {
	case why == "" && (err == nil || ctx.Err() != nil || errors.Is(err, context.Canceled)):
		return nil
	case why == "":
		return fmt.Errorf("linked account: %w", err)
	}
	a.over.Store(true)
	a.c.Log.WarnContext(ctx, "telegram ended the session of a linked account", "user", a.userID)
	if err := a.c.Linker.Revoked(context.WithoutCancel(ctx), a.userID, why); err != nil {
		return err
	}
	a.c.Wake(a.userID)
	return nil
}

// signOutWithin is how long Telegram may take to be reached before the session
// is forgotten all the same.
const signOutWithin = time.Minute

// signOut signs an account out at Telegram, and forgets it.
func (a *account) signOut(ctx context.Context) error {
	client, err := a.client(ctx, a.session(), func(*telegram.Options) {})
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, signOutWithin)
	defer cancel()
	out := false
	err = client.Run(within, func(ctx context.Context) error {
		_, err := client.API().AuthLogOut(ctx)
		out = err == nil
		return err
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case !out && ended(err) == "" && within.Err() == nil:
		return fmt.Errorf("sign out: %w", err)
	}
	phrase := core.PhraseAccountUnlinked
	if !out && ended(err) == "" {
		phrase = core.PhraseAccountForgotten
	}
	if err := a.c.Linker.Forget(ctx, a.userID, phrase); err != nil {
		return err
	}
	a.c.Wake(a.userID)
	return nil
}
