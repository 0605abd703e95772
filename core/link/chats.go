package link

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Choose has those chats of the user's account read from here on, and no others.
// One that is not known is an error of kind core.ErrNotFound.
func (l Linker) Choose(ctx context.Context, userID int64, chatIDs []int64) error {
	chatIDs = once(chatIDs)
	return l.Store.InTx(ctx, func(tx *store.Store) error {
		known, err := tx.ChooseChats(ctx, userID, chatIDs)
		if err == nil && known < int64(len(chatIDs)) {
			return core.Tell(core.ErrNotFound, "One of those chats is not among your private chats.")
		}
		return err
	})
}

// once returns each of the ids once.
func once(ids []int64) []int64 { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// StartMessages has chosen chats read: those, or with none all of them. The first
// time they are read from so many days back, or with 0 as many as are usual.
func (l Linker) StartMessages(ctx context.Context, userID int64, chatIDs []int64, daysBack int) (core.Task, error) {
	chatIDs = once(chatIDs)
	asked, err := l.Store.AskChats(ctx, userID, chatIDs, daysBack)
	switch {
	case err != nil:
		return core.Task{}, err
	case asked == 0, asked < int64(len(chatIDs)):
		if _, err := l.Store.Link(ctx, userID); errors.Is(err, core.ErrNotFound) {
			return core.Task{}, errNotLinked
		}
		return core.Task{}, core.Tell(core.ErrNotPossible, "Choose the chats to be read first.")
	}
	return l.StartSync(ctx, userID, core.TaskSyncMessages)
}

// SyncChat has the chat with a contact read from here on, and begins with it. It
// is an error of kind core.ErrNotPossible when the user's account has none.
func (l Linker) SyncChat(ctx context.Context, userID, contactID int64) (core.Task, error) {
	chat, err := l.Store.LinkedChat(ctx, userID, contactID)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return core.Task{}, core.Tell(core.ErrNotPossible, "I know of no chat with them in a Telegram account of yours.")
	case err != nil:
		return core.Task{}, err
	}
	if err := l.Store.ChooseChat(ctx, userID, chat.ChatID); err != nil {
		return core.Task{}, err
	}
	return l.StartMessages(ctx, userID, []int64{chat.ChatID}, 0)
}

// recent is how far back what was read already is read again, because it may
// have been edited or deleted.
const recent = 48 * time.Hour

// A Reading is a chat that is being read, from its newest message down.
type Reading struct {
	l      Linker
	userID int64
	chat   core.TelegramChat
	since  time.Time // of what is older nothing is kept
	last   int64     // the newest message that was kept before
}

// Read begins to read a chat that was asked for, or goes on where it was left off.
// It reports false when there is nothing new in it.
func (l Linker) Read(ctx context.Context, userID int64, chat core.TelegramChat) (*Reading, bool, error) {
	r := &Reading{l: l, userID: userID, chat: chat, since: time.Now().AddDate(0, 0, -chat.DaysBack)}
	if chat.ReadTo != 0 {
		r.since = time.Now().Add(-recent)
	}
	if chat.ReadingTo == 0 {
		if chat.TopID == chat.ReadTo {
			return nil, false, l.Store.ChatRead(ctx, userID, chat, chat.ReadTo)
		}
		r.chat.ReadingTo = chat.TopID
	}
	var err error
	r.last, err = l.Store.LastChatMessage(ctx, userID, chat.ChatID)
	return r, true, err
}

// Before returns the id of the message before which the next page ends; 0 for
// the newest page.
func (r *Reading) Before() int64 { return r.chat.ReadingAt }

// Page keeps a page of the chat, or several, the newest message first, and reports whether
// there may be more to be read. It is kept once, however often it comes. What
// was kept before and is not there any more is gone; past an empty page, all is.
func (r *Reading) Page(ctx context.Context, page []core.ChatMessage) (more bool, err error) {
	kept := page
	for len(kept) > 0 && r.old(kept[len(kept)-1]) {
		kept = kept[:len(kept)-1]
	}
	from, to := r.reach(page, kept)
	if err := AddPage(ctx, r.l.Store, r.userID, r.chat.ChatID, from, to, kept); err != nil {
		return false, err
	}
	if len(page) == 0 {
		return false, r.done(ctx)
	}
	r.chat.ReadingTo, r.chat.ReadingAt = max(r.chat.ReadingTo, page[0].MessageID), page[len(page)-1].MessageID
	if len(kept) < len(page) {
		return false, r.done(ctx)
	}
	return r.l.Store.ChatReading(ctx, r.userID, r.chat)
}

// Ends reports whether a page has messages that are not kept any more, so that
// none below it is wanted.
func (r *Reading) Ends(page []core.ChatMessage) bool { return r.old(page[len(page)-1]) }

// reach returns from which message to which a page of which some are kept tells
// what there is. Above its newest was what is gone, or came in just now.
func (r *Reading) reach(page, kept []core.ChatMessage) (from, to int64) {
	to = r.last
	switch {
	case r.Before() > 0:
		to = r.Before() - 1
	case len(page) > 0:
		to = max(to, page[0].MessageID)
	}
	switch {
	case len(kept) > 0:
		from = kept[len(kept)-1].MessageID
	case len(page) > 0:
		from = page[0].MessageID + 1
	}
	return from, to
}

// old reports whether the reading ends before m.
func (r *Reading) old(m core.ChatMessage) bool {
	return m.At.Before(r.since) && (r.chat.ReadTo == 0 || m.MessageID <= r.chat.ReadTo)
}

func (r *Reading) done(ctx context.Context) error {
	return r.l.Store.ChatRead(ctx, r.userID, r.chat, r.chat.ReadingTo)
}
