package userclient

import (
	"context"
	"errors"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// Handle takes what Telegram says by itself of chosen chats. It is a hint: what
// was missed is read from the history after every reconnection.
func (a *account) Handle(ctx context.Context, updates tg.UpdatesClass) error {
	var err error
	switch u := updates.(type) {
	case *tg.Updates:
		err = a.hear(ctx, u.Updates)
	case *tg.UpdatesCombined:
		err = a.hear(ctx, u.Updates)
	case *tg.UpdateShort:
		err = a.hear(ctx, []tg.UpdateClass{u.Update})
	case *tg.UpdateShortMessage:
		err = a.keep(ctx, &tg.Message{ID: u.ID, Out: u.Out, PeerID: &tg.PeerUser{UserID: u.UserID}, Message: u.Message, Date: u.Date})
	case *tg.UpdatesTooLong:
		a.missed()
	}
	if err != nil && ctx.Err() == nil {
		a.c.Log.WarnContext(ctx, "what telegram said is read from the history", "user", a.userID, "err", err)
		a.missed()
	}
	return nil
}

func (a *account) hear(ctx context.Context, updates []tg.UpdateClass) error {
	var errs []error
	for _, one := range updates {
		switch u := one.(type) {
		case *tg.UpdateNewMessage:
			errs = append(errs, a.keep(ctx, u.Message))
		case *tg.UpdateEditMessage:
			errs = append(errs, a.keep(ctx, u.Message))
		case *tg.UpdateDeleteMessages:
			ids := make([]int64, len(u.Messages))
			for i, id := range u.Messages {
				ids[i] = int64(id)
			}
			errs = append(errs, link.DeleteMessages(ctx, a.c.Linker.Store, a.userID, 0, ids))
		}
	}
	return errors.Join(errs...)
}

// keep keeps a message of a private chat, if that is read.
func (a *account) keep(ctx context.Context, one tg.MessageClass) error {
	said, ok := one.AsNotEmpty()
	if !ok {
		return nil
	}
	with, private := said.GetPeerID().(*tg.PeerUser)
	m, ok := messageOf(one)
	if !private || !ok || with.UserID == telegramItself {
		return nil
	}
	return link.AddMessages(ctx, a.c.Linker.Store, a.userID, with.UserID, []core.ChatMessage{m})
}

// missed says that something may have been missed.
func (a *account) missed() {
	select {
	case a.gap <- struct{}{}:
	default:
	}
}

// How often what may have been missed is looked for at most, and how often it is
// looked whether the night has come.
const (
	catchUpEvery = time.Minute
	nightEvery   = 10 * time.Minute
)

// rest waits, until ctx ends.
func rest(ctx context.Context, wait time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

// attend sees to it that nothing is missed, until ctx ends.
func (a *account) attend(ctx context.Context) {
	night := time.NewTicker(nightEvery)
	defer night.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-night.C:
			err = a.c.Linker.Nightly(ctx, a.userID, time.Now())
		case <-a.gap:
			var read bool
			if read, err = a.c.Linker.CatchUp(ctx, a.userID); err != nil {
				a.missed()
			}
			if read || err != nil {
				rest(ctx, catchUpEvery)
			}
		}
		if err != nil && ctx.Err() == nil {
			a.c.Log.WarnContext(ctx, "linked account is not read", "user", a.userID, "err", err)
		}
	}
}
