package userclient

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gotd/td/telegram/updates"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
	"golang.org/x/sync/errgroup"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// A hearing is what a linked account hears of its chats from Telegram by itself.
// gotd sees to it that nothing is missing in between, and asks for what came
// while nobody listened.
type hearing struct {
	a       *account
	self    int64 // the account, at Telegram
	manager *updates.Manager
	ready   chan struct{} // a connection was made, and Telegram knows who is signed in
	lost    chan error    // something could not be kept
	deaf    atomic.Bool   // the same: nothing further counts as heard
}

func newHearing(a *account, self int64) *hearing {
	h := &hearing{a: a, self: self, ready: make(chan struct{}, 1), lost: make(chan error, 1)}
	h.manager = updates.New(updates.Config{Handler: heard{h}, Storage: counts{h}, UserAccessHasher: peers{h}})
	return h
}

// connected says that a connection was made.
func (h *hearing) connected(*tg.User) {
	select {
	case h.ready <- struct{}{}:
	default:
	}
}

// Handle takes what Telegram says. What is said in channels is not followed: gotd
// would have to ask each of them for what was missed, and none is read.
func (h *hearing) Handle(ctx context.Context, said tg.UpdatesClass) error {
	switch u := said.(type) {
	case *tg.Updates:
		u.Updates, u.Chats = withoutChannels(u.Updates), nil
	case *tg.UpdatesCombined:
		u.Updates, u.Chats = withoutChannels(u.Updates), nil
	case *tg.UpdateShort:
		if len(withoutChannels([]tg.UpdateClass{u.Update})) == 0 {
			return nil
		}
	}
	return h.manager.Handle(ctx, said)
}

func withoutChannels(all []tg.UpdateClass) []tg.UpdateClass {
	return slices.DeleteFunc(all, func(u tg.UpdateClass) bool {
		_, _, _, ok, _ := tg.IsChannelPtsUpdate(u)
		return ok
	})
}

// nightEvery is how often it is looked whether the night has come.
const nightEvery = 10 * time.Minute

// listen hears what is said until ctx ends, or something could not be kept: what
// does not count as heard is asked for again by the next who listens.
func (h *hearing) listen(ctx context.Context, api *tg.Client) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-h.ready: // whom Telegram does not know asks nothing more
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.manager.Run(ctx, asking{api, h}, h.self, updates.AuthOptions{}) })
	g.Go(func() error { return h.attend(ctx) })
	return g.Wait()
}

// attend asks for what was missed whenever a connection was made again.
func (h *hearing) attend(ctx context.Context) error {
	night := time.NewTicker(nightEvery)
	defer night.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-h.lost:
			return err
		case <-h.ready:
			err = h.manager.Handle(ctx, &tg.UpdatesTooLong{})
		case <-night.C:
			err = h.a.c.Linker.Nightly(ctx, h.a.userID, time.Now())
		}
		if err != nil && ctx.Err() == nil {
			h.a.c.Log.WarnContext(ctx, "linked account is not read", "user", h.a.userID, "err", err)
		}
	}
}

// lose says that something could not be kept.
func (h *hearing) lose(err error) error {
	h.deaf.Store(true)
	select {
	case h.lost <- err:
	default:
	}
	return err
}

// keep keeps what was said in the chats that are read.
func (h *hearing) keep(ctx context.Context, all []tg.UpdateClass) error {
	said, gone := map[int64][]core.ChatMessage{}, []int64{}
	for _, one := range all {
		switch u := one.(type) {
		case *tg.UpdateNewMessage:
			add(said, u.Message)
		case *tg.UpdateEditMessage:
			add(said, u.Message)
		case *tg.UpdateDeleteMessages:
			for _, id := range u.Messages {
				gone = append(gone, int64(id))
			}
		}
	}
	for chat, messages := range said {
		if err := link.AddMessages(ctx, h.a.c.Linker.Store, h.a.userID, chat, messages); err != nil {
			return h.lose(err)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if err := link.DeleteMessages(ctx, h.a.c.Linker.Store, h.a.userID, 0, gone); err != nil {
		return h.lose(err)
	}
	return nil
}

// add adds a message of a private chat to those of its chat.
func add(said map[int64][]core.ChatMessage, one tg.MessageClass) {
	full, ok := one.AsNotEmpty()
	if !ok {
		return
	}
	with, private := full.GetPeerID().(*tg.PeerUser)
	if m, ok := messageOf(one); ok && private && with.UserID != telegramItself {
		said[with.UserID] = append(said[with.UserID], m)
	}
}

// heard is what gotd has put in order.
type heard struct{ *hearing }

// Handle keeps what was said.
func (h heard) Handle(ctx context.Context, said tg.UpdatesClass) error {
	if u, ok := said.(*tg.Updates); ok {
		return h.keep(ctx, u.Updates)
	}
	return nil // it came before gotd listened, which asks for it
}

// asking is what gotd asks Telegram.
type asking struct {
	*tg.Client
	h *hearing
}

// UpdatesGetDifference asks for what was missed, and keeps it. gotd is left with
// its counts: edits and deletions in it would be set aside as if something were
// missing before them, and then be too old.
func (q asking) UpdatesGetDifference(ctx context.Context, req *tg.UpdatesGetDifferenceRequest) (tg.UpdatesDifferenceClass, error) {
	answer, err := q.Client.UpdatesGetDifference(ctx, req)
	if tgerr.Is(err, "PERSISTENT_TIMESTAMP_INVALID", "PERSISTENT_TIMESTAMP_EMPTY") {
		// Telegram knows nothing of these counts: the next who listens begins anew.
		return nil, q.h.lose(errors.Join(err, q.h.a.c.Linker.Store.ForgetHeard(ctx, q.h.a.userID)))
	}
	if _, told := errors.AsType[*tgerr.Error](err); told {
		return nil, q.h.lose(err)
	}
	if err != nil {
		return nil, err // the next connection asks again
	}
	switch missed := answer.(type) {
	case *tg.UpdatesDifference:
		err = q.h.keep(ctx, append(newMessages(missed.NewMessages), missed.OtherUpdates...))
		missed.NewMessages, missed.OtherUpdates, missed.Chats = nil, nil, nil
	case *tg.UpdatesDifferenceSlice:
		err = q.h.keep(ctx, append(newMessages(missed.NewMessages), missed.OtherUpdates...))
		missed.NewMessages, missed.OtherUpdates, missed.Chats = nil, nil, nil
	case *tg.UpdatesDifferenceTooLong:
		if err = q.h.a.c.Linker.Reconcile(ctx, q.h.a.userID); err != nil {
			err = q.h.lose(err)
		}
	}
	return answer, err
}

func newMessages(all []tg.MessageClass) []tg.UpdateClass {
	list := make([]tg.UpdateClass, len(all))
	for i, m := range all {
		list[i] = &tg.UpdateNewMessage{Message: m}
	}
	return list
}
