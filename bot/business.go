package bot

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/link"
)

// business reports whether the update is of a user's own account, which they
// connected the bot to. Nobody in such a chat is ever answered.
func (u update) business() bool {
	return u.BusinessConnection != nil || u.DeletedBusinessMessages != nil || u.businessMessage() != nil
}

// businessMessage returns the message, new or edited, in a chat of a user's with
// somebody else, or nil.
func (u update) businessMessage() *models.Message {
	if u.BusinessMessage != nil {
		return u.BusinessMessage
	}
	return u.EditedBusinessMessage
}

// overheard takes in an update of a user's own account, unless that was done
// before, and returns the outcome.
func (b *Bot) overheard(ctx context.Context, u update) (outcome string, err error) {
	t := &turn{saidAt: u.at}
	err = b.commit(ctx, u, t, func() error { return b.overhear(ctx, t, u) })
	switch {
	case errors.Is(err, errSeen):
		return "repeated", nil
	case errors.Is(err, account.ErrStranger), errors.Is(err, account.ErrDisabled):
		return "ignored", nil
	case err != nil:
		return "", err
	}
	if u.BusinessConnection != nil {
		b.Sender.WakeSince(t.user.ID, u.at)
	}
	return "done", nil
}

// admitOwner finds out whose account an update is of. What Kith has to say goes
// to the owner's own chat with it.
func (b *Bot) admitOwner(ctx context.Context, t *turn, u update) (err error) {
	id := u.connection()
	if c := u.BusinessConnection; c != nil {
		t.user, err = account.Admit(ctx, t.tx, c.User.ID)
	} else {
		t.user, err = account.AdmitConnected(ctx, t.tx, id)
	}
	t.chatID = t.user.TelegramID
	return err
}

// connection returns the id of the connection to a user's account that an
// update came by.
func (u update) connection() string {
	switch {
	case u.BusinessConnection != nil:
		return u.BusinessConnection.ID
	case u.DeletedBusinessMessages != nil:
		return u.DeletedBusinessMessages.BusinessConnectionID
	}
	return u.businessMessage().BusinessConnectionID
}

func (b *Bot) overhear(ctx context.Context, t *turn, u update) error {
	switch {
	case u.BusinessConnection != nil:
		return b.automate(ctx, t, u.BusinessConnection)
	case u.DeletedBusinessMessages != nil:
		ids := make([]int64, len(u.DeletedBusinessMessages.MessageIDs))
		for i, id := range u.DeletedBusinessMessages.MessageIDs {
			ids[i] = int64(id)
		}
		return link.DeleteMessages(ctx, t.tx, t.user.ID, u.DeletedBusinessMessages.Chat.ID, ids)
	}
	m := u.businessMessage()
	if !t.isChat(m) {
		return nil
	}
	if err := link.Meet(ctx, t.tx, t.user.ID, partner(m)); err != nil {
		return err
	}
	return link.AddGiven(ctx, t.tx, t.user.ID, m.Chat.ID, chatName(m.Chat), []core.ChatMessage{t.chatMessage(m)})
}

// automate says that the bot hears the user's chats from here on, or no longer.
func (b *Bot) automate(ctx context.Context, t *turn, c *models.BusinessConnection) error {
	if err := t.tx.KeepBusiness(ctx, t.user.ID, c.ID, c.IsEnabled); err != nil {
		return err
	}
	if c.IsEnabled {
		return t.say(ctx, phraseConnected)
	}
	return t.say(ctx, phraseDisconnected)
}

// isChat reports whether a message is one between the user and another person.
func (t *turn) isChat(m *models.Message) bool {
	return m.Chat.Type == models.ChatTypePrivate && m.Chat.ID > 0 && m.Chat.ID != t.user.TelegramID &&
		m.From != nil && !m.From.IsBot && m.SenderBusinessBot == nil
}

func chatName(c models.Chat) string { return strings.TrimSpace(c.FirstName + " " + c.LastName) }

// partner returns with whom a chat is.
func partner(m *models.Message) core.TelegramPerson {
	p := core.TelegramPerson{ID: m.Chat.ID, FirstName: m.Chat.FirstName, LastName: m.Chat.LastName, Username: m.Chat.Username}
	if m.From.ID == m.Chat.ID {
		p.Premium = m.From.IsPremium
	}
	return p
}

func (t *turn) chatMessage(m *models.Message) core.ChatMessage {
	c := core.ChatMessage{
		MessageID: int64(m.ID), Out: m.From.ID == t.user.TelegramID, At: time.Unix(int64(m.Date), 0), Kind: chatKind(m), Text: cmp.Or(m.Text, m.Caption),
	}
	if m.EditDate != 0 {
		edited := time.Unix(int64(m.EditDate), 0)
		c.EditedAt = &edited
	}
	return c
}

func chatKind(m *models.Message) core.ChatMessageKind {
	switch {
	case m.Text != "":
		return core.ChatText
	case m.Sticker != nil, m.Dice != nil:
		return core.ChatSticker
	case m.Poll != nil:
		return core.ChatPoll
	case len(m.Photo) > 0, m.Video != nil, m.Animation != nil, m.Document != nil, m.Audio != nil, m.Voice != nil, m.VideoNote != nil,
		m.Story != nil, m.Contact != nil, m.Location != nil, m.Venue != nil, m.Checklist != nil, m.PaidMedia != nil, m.Game != nil:
		return core.ChatMedia
	}
	return core.ChatService
}
