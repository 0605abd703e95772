package userclient

import (
	"context"
	"errors"
	"time"

	"github.com/gotd/td/telegram"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// A login is an attempt to link an account, under way.
type login struct {
	*account
	row      core.LinkAttempt
	next     link.Progress
	zone     *time.Location
	client   *telegram.Client
	session  *storage
	accepted chan struct{} // somebody scanned the QR code
}

// attempt takes an attempt as far as the user goes.
func (a *account) attempt(ctx context.Context) error {
	l := &login{account: a, accepted: make(chan struct{}, 1)}
	var err error
	if l.row, l.next, err = a.c.Linker.Resume(ctx, a.userID, a.row.Attempt); err != nil {
		return unlessOver(err)
	}
	user, err := a.c.Linker.Store.User(ctx, a.userID)
	if err != nil {
		return err
	}
	l.zone = user.Location()
	l.session = newStorage(
		func(ctx context.Context) ([]byte, error) { return a.c.Linker.AttemptSession(ctx, a.userID, l.row.ID) },
		func(ctx context.Context, data []byte) error {
			return a.c.Linker.KeepAttemptSession(ctx, a.userID, l.row.ID, data)
		})
	if l.client, err = a.client(ctx, l.session, func(o *telegram.Options) { o.UpdateHandler = l.updates() }); err != nil {
		return unlessOver(err)
	}
	return l.settle(ctx, l.client.Run(ctx, l.run))
}

func unlessOver(err error) error {
	if errors.Is(err, link.ErrAttemptOver) {
		return nil
	}
	return err
}

// updates listens for the QR code to be scanned.
func (l *login) updates() telegram.UpdateHandler {
	d := tg.NewUpdateDispatcher()
	d.OnLoginToken(func(context.Context, tg.Entities, *tg.UpdateLoginToken) error {
		select {
		case l.accepted <- struct{}{}:
		default:
		}
		return nil
	})
	return d
}

// run goes from step to step until somebody is signed in.
func (l *login) run(ctx context.Context) error {
	for {
		do := l.scan
		switch {
		case l.row.Step == core.LinkPassword:
			do = l.password
		case l.row.Step == core.LinkCode:
			do = l.code
		case l.row.Method == core.LinkByPhone:
			do = l.phone
		}
		who, err := do(ctx)
		switch {
		case tgerr.Is(err, "SESSION_PASSWORD_NEEDED"):
			err = l.askPassword(ctx)
		case who != nil:
			return l.finish(ctx, who)
		}
		if err != nil {
			if err := l.again(ctx, err); err != nil {
				return err
			}
		}
	}
}

// again lets the user try the step again after a refusal that allows it.
func (l *login) again(ctx context.Context, err error) error {
	r, ok := refused(err, l.zone)
	if !ok || !r.again || l.row.Step == core.LinkBegun || l.row.Step == core.LinkScan {
		return err
	}
	return l.move(ctx, link.Next{Step: l.row.Step, Progress: l.next, Problem: r.sentence})
}

// move writes down where the attempt stands.
func (l *login) move(ctx context.Context, n link.Next) error {
	l.row.Step, l.next = n.Step, n.Progress
	return l.c.Linker.Move(ctx, l.row, n)
}

// input waits for what the user gives next.
func (l *login) input(ctx context.Context) (link.Input, error) {
	for {
		in, given, err := l.c.Linker.Input(ctx, l.row)
		if err != nil || given {
			return in, err
		}
		select {
		case <-ctx.Done():
			return in, ctx.Err()
		case <-l.account.input:
		}
	}
}

// finish makes a linked account of the attempt. When nobody waits for it any
// more it is signed out again.
func (l *login) finish(ctx context.Context, who *tg.User) error {
	session, err := l.session.of(ctx, l.client.Config().ThisDC)
	if err != nil {
		return err
	}
	err = l.c.Linker.Linked(ctx, l.row, linkOf(who), session)
	if errors.Is(err, link.ErrAttemptOver) || errors.Is(err, core.ErrConflict) {
		_, out := l.client.API().AuthLogOut(ctx)
		return errors.Join(link.ErrAttemptOver, out)
	}
	if err == nil {
		l.c.Wake(l.userID)
	}
	return err
}

// linkOf returns what Kith keeps of who signed in.
func linkOf(u *tg.User) core.Link {
	name := u.FirstName
	if u.LastName != "" {
		name += " " + u.LastName
	}
	return core.Link{TelegramID: u.ID, Name: core.Clean(name), Username: core.Clean(u.Username)}
}

// settle ends an attempt that Telegram, or trouble, put an end to.
func (l *login) settle(ctx context.Context, err error) error {
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, link.ErrAttemptOver):
		return nil
	}
	r, ok := refused(err, l.zone)
	if !ok {
		l.c.Log.WarnContext(ctx, "account was not linked", "user", l.userID, "err", err)
		r.sentence = "Something went wrong between Kith and Telegram. Begin again."
	}
	return unlessOver(l.c.Linker.Fail(ctx, l.row, r.sentence))
}
