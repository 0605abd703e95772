package link

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// quiet is how long nothing must be said in a chat before what was said today
// becomes a note: each time it does, a model may read it anew.
const quiet = 30 * time.Second

// AddMessages keeps messages of a private chat in the user's account, whose id
// is that of the other one's account; those of a chat that the user did not
// choose it does not keep. Repeats change nothing, and an edit takes the place of
// what was there. They become evidence that the user and the other one spoke, and
// notes, which a task makes.
func AddMessages(ctx context.Context, db *store.Store, userID, chatID int64, messages []core.ChatMessage) error {
	return db.InTx(ctx, func(tx *store.Store) error { return add(ctx, tx, userID, chatID, messages, false) })
}

// AddGiven is AddMessages for a chat that the user gave by other means: in a
// file, or to the bot. It is not read from their account because of that, and
// what is not in their account stays.
func AddGiven(ctx context.Context, db *store.Store, userID, chatID int64, name string, messages []core.ChatMessage) error {
	return db.InTx(ctx, func(tx *store.Store) error {
		if err := tx.NameChat(ctx, userID, chatID, core.Clean(name)); err != nil {
			return err
		}
		return add(ctx, tx, userID, chatID, messages, true)
	})
}

// AddPage is AddMessages for all the messages there are from one id to another.
// Others that were kept in between are gone, unless they were given.
func AddPage(ctx context.Context, db *store.Store, userID, chatID, from, to int64, messages []core.ChatMessage) error {
	ids := make([]int64, len(messages))
	for i, m := range messages {
		ids[i] = m.MessageID
	}
	return db.InTx(ctx, func(tx *store.Store) error {
		if err := add(ctx, tx, userID, chatID, messages, false); err != nil {
			return err
		}
		return tx.DeleteOtherMessages(ctx, userID, chatID, from, to, ids)
	})
}

// DeleteMessages says that messages were deleted in a chat, or with 0 in
// whichever they are. What only they said goes.
func DeleteMessages(ctx context.Context, db *store.Store, userID, chatID int64, ids []int64) error {
	return db.InTx(ctx, func(tx *store.Store) error { return tx.DeleteChatMessages(ctx, userID, chatID, ids) })
}

func add(ctx context.Context, tx *store.Store, userID, chatID int64, messages []core.ChatMessage, given bool) error {
	chat, err := tx.ReadChat(ctx, userID, chatID)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err != nil:
		return err
	case !chat.Chosen && !given, len(messages) == 0:
		return nil
	}
	loc := core.User{Timezone: chat.Timezone}.Location()
	return tx.AddChatMessages(ctx, userID, chatID, chat.ContactID, dated(messages, loc), given, dayOf(time.Now(), loc), quiet)
}

// dated returns messages with their days, each once, the last that was said of
// it.
func dated(messages []core.ChatMessage, loc *time.Location) []store.DatedMessage {
	list, at := make([]store.DatedMessage, 0, len(messages)), map[int64]int{}
	for _, m := range messages {
		if m.Text = core.Clean(m.Text); core.Blank(m.Text) {
			m.Text = ""
		}
		next := store.DatedMessage{ChatMessage: m, Day: dayOf(m.At, loc)}
		if i, again := at[m.MessageID]; again {
			list[i] = next
			continue
		}
		at[m.MessageID] = len(list)
		list = append(list, next)
	}
	return slices.DeleteFunc(list, func(m store.DatedMessage) bool { return m.MessageID <= 0 })
}

// dayOf returns the day of a moment, as a date of the calendar.
func dayOf(at time.Time, loc *time.Location) time.Time {
	y, m, d := at.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
