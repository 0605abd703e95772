package outbox

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Topic is a message in the chat and whom it is about.
type Topic struct {
	core.Message
	Contact core.Contact // the zero value when it is about nobody, or nobody knows
}

// TopicShown returns what stands in the chat under a Telegram message id. That
// of somebody else, or of no message of Kith's, is an error of kind
// core.ErrNotFound.
func TopicShown(ctx context.Context, tx *store.Store, userID, telegramMessageID int64) (Topic, error) {
	m, err := tx.MessageShown(ctx, userID, telegramMessageID)
	if err != nil {
		return Topic{}, err
	}
	return topic(ctx, tx, m)
}

// TopicOf returns a message of the user's by its row, or an error of kind
// core.ErrNotFound.
func TopicOf(ctx context.Context, tx *store.Store, userID, messageID int64) (Topic, error) {
	m, err := tx.Message(ctx, userID, messageID)
	if err != nil {
		return Topic{}, err
	}
	return topic(ctx, tx, m)
}

func topic(ctx context.Context, tx *store.Store, m core.Message) (t Topic, err error) {
	t.Message = m
	contactID := m.ContactID
	if contactID == 0 && m.NoteID != 0 {
		mentions, err := tx.Mentions(ctx, m.UserID, m.NoteID)
		if err != nil {
			return Topic{}, err
		}
		contactID = firstKnown(mentions)
	}
	if contactID == 0 {
		return t, nil
	}
	t.Contact, err = tx.Contact(ctx, m.UserID, contactID)
	if errors.Is(err, core.ErrNotFound) { // in the trash
		return t, nil
	}
	return t, err
}

func firstKnown(mentions []core.Mention) int64 {
	for _, m := range mentions {
		if m.ContactID != 0 {
			return m.ContactID
		}
	}
	return 0
}

// Turn shows another face of a message.
func (t Topic) Turn(ctx context.Context, tx *store.Store, args core.MessageArgs) error {
	return tx.ChangeMessage(ctx, t.UserID, t.ID, args)
}

// CloseViews turns the user's latest message back to its first face, and
// reports false when it shows that already.
func CloseViews(ctx context.Context, tx *store.Store, userID int64) (closed bool, err error) {
	m, err := tx.LatestView(ctx, userID)
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, tx.ChangeMessage(ctx, userID, m.ID, core.MessageArgs{})
}
