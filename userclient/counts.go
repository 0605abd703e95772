package userclient

import (
	"context"
	"errors"

	"github.com/gotd/td/telegram/updates"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// counts keeps up to where an account was heard.
type counts struct{ *hearing }

var errDeaf = errors.New("what was said before could not be kept")

// GetState returns up to where the account was heard. Where that is not known,
// neither is what was missed.
func (c counts) GetState(ctx context.Context, self int64) (updates.State, bool, error) {
	h, err := c.a.c.Linker.Store.Heard(ctx, c.a.userID, self)
	if errors.Is(err, core.ErrNotFound) {
		return updates.State{}, false, c.a.c.Linker.Reconcile(ctx, c.a.userID)
	}
	return updates.State(h), err == nil, err
}

// SetState keeps up to where the account was heard.
func (c counts) SetState(ctx context.Context, self int64, state updates.State) error {
	if c.deaf.Load() {
		return errDeaf
	}
	return c.a.c.Linker.Store.KeepHeard(ctx, c.a.userID, self, store.Heard(state))
}

func (c counts) on(ctx context.Context, self int64, h store.HeardOn) error {
	if c.deaf.Load() {
		return errDeaf
	}
	return c.a.c.Linker.Store.HearOn(ctx, c.a.userID, self, h)
}

// SetPts keeps the count of messages.
func (c counts) SetPts(ctx context.Context, self int64, pts int) error {
	return c.on(ctx, self, store.HeardOn{Pts: &pts})
}

// SetQts keeps the count of what is for this session alone.
func (c counts) SetQts(ctx context.Context, self int64, qts int) error {
	return c.on(ctx, self, store.HeardOn{Qts: &qts})
}

// SetDate keeps the time at Telegram.
func (c counts) SetDate(ctx context.Context, self int64, date int) error {
	return c.on(ctx, self, store.HeardOn{Date: &date})
}

// SetSeq keeps the count of all that is said.
func (c counts) SetSeq(ctx context.Context, self int64, seq int) error {
	return c.on(ctx, self, store.HeardOn{Seq: &seq})
}

// SetDateSeq keeps both.
func (c counts) SetDateSeq(ctx context.Context, self int64, date, seq int) error {
	return c.on(ctx, self, store.HeardOn{Date: &date, Seq: &seq})
}

// GetChannelPts finds nothing: no channel is followed.
func (counts) GetChannelPts(context.Context, int64, int64) (int, bool, error) { return 0, false, nil }

// SetChannelPts keeps nothing.
func (counts) SetChannelPts(context.Context, int64, int64, int) error { return nil }

// ForEachChannels finds none.
func (counts) ForEachChannels(context.Context, int64, func(context.Context, int64, int) error) error {
	return nil
}

// peers keeps by what hash an account may speak of somebody: gotd asks for what
// was missed when somebody is spoken of whom it does not know.
type peers struct{ *hearing }

// GetUserAccessHash returns somebody's hash.
func (p peers) GetUserAccessHash(ctx context.Context, _, id int64) (hash int64, found bool, err error) {
	hash, err = p.a.c.Linker.Store.PeerHash(ctx, p.a.userID, id)
	if errors.Is(err, core.ErrNotFound) {
		return 0, false, nil
	}
	return hash, err == nil, err
}

// SetUserAccessHash keeps somebody's hash.
func (p peers) SetUserAccessHash(ctx context.Context, _, id, hash int64) error {
	return p.a.c.Linker.Store.KeepPeerHash(ctx, p.a.userID, id, hash)
}
