package sandbox

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/go-telegram/bot/models"
)

const (
	maxDelete = 100
	// deleteAge is the age beyond which a message stays.
	deleteAge = 48 * time.Hour

	notModified = "message is not modified: specified new message content and reply markup are exactly the same " +
		"as a current content and reply markup of the message"
)

func (s *Server) editMessageText(_ context.Context, c *call) (any, error) {
	b, err := c.body("text", "entities")
	switch {
	case err != nil:
		return nil, err
	case b.text == "":
		return nil, badRequest("message text is empty")
	case utf16Len(b.text) > maxText:
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	var preview *models.LinkPreviewOptions
	if err := c.object("link_preview_options", &preview); err != nil {
		return nil, err
	}
	return s.edit(c, func(m *Message) error {
		if m.Text == "" {
			return badRequest("there is no text in the message to edit")
		}
		m.Text, m.Entities, m.LinkPreviewOptions = b.text, b.entities, preview
		return nil
	})
}

func (s *Server) editMessageReplyMarkup(_ context.Context, c *call) (any, error) {
	return s.edit(c, func(*Message) error { return nil })
}

// edit changes one of the bot's own messages; the buttons are always replaced, so a
// call without a markup removes them.
func (s *Server) edit(c *call, change func(*Message) error) (any, error) {
	keys, err := c.markup()
	if err != nil {
		return nil, err
	}
	if keys.other != nil {
		return nil, badRequest("inline keyboard expected")
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	chat, m, err := w.message(c, "message to edit not found")
	switch {
	case err != nil:
		return nil, err
	case chat.Blocked:
		return nil, forbidden(blockedByUser)
	case m.From.ID != w.bot.ID:
		return nil, badRequest("message can't be edited")
	}
	changed := *m
	changed.ReplyMarkup = keys.inline
	if err := change(&changed); err != nil {
		return nil, err
	}
	if sameContent(m, &changed) {
		return nil, badRequest(notModified)
	}
	changed.Edits++
	changed.EditDate = int(w.now().Unix())
	w.put(chat, &changed)
	return changed.alone(), nil
}

// sameContent compares what an edit can change, except the preview: Telegram does not
// count that as a modification.
func sameContent(a, b *Message) bool {
	return a.Text == b.Text && reflect.DeepEqual(a.Entities, b.Entities) &&
		reflect.DeepEqual(a.ReplyMarkup, b.ReplyMarkup)
}

// message returns the call's message, and complains in the given words when there is
// none.
func (w *world) message(c *call, missing string) (*chat, *Message, error) {
	chat, err := w.known(c)
	if err != nil {
		return nil, nil, err
	}
	id := c.integer("message_id")
	if id <= 0 {
		return nil, nil, badRequest("message identifier is not specified")
	}
	i, known := chat.find(int(id))
	if !known {
		return nil, nil, badRequest("%s", missing)
	}
	return chat, chat.messages[i], nil
}

func (s *Server) deleteMessage(_ context.Context, c *call) (any, error) {
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	chat, m, err := w.message(c, "message to delete not found")
	if err != nil {
		return nil, err
	}
	if !w.deletable(m) {
		return nil, badRequest("message can't be deleted for everyone")
	}
	w.remove(chat, m.ID)
	return true, nil
}

func (w *world) deletable(m *Message) bool {
	return w.now().Sub(time.Unix(int64(m.Date), 0)) < deleteAge
}

func (s *Server) deleteMessages(_ context.Context, c *call) (any, error) {
	var ids []int
	if err := c.object("message_ids", &ids); err != nil {
		return nil, err
	}
	if len(ids) == 0 || len(ids) > maxDelete {
		return nil, badRequest("message identifiers are not specified")
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	chat, err := w.known(c)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if i, known := chat.find(id); known && w.deletable(chat.messages[i]) {
			w.remove(chat, id)
		}
	}
	return true, nil
}

// reactions are the emoji that a bot may react with.
var reactions = []string{
	"👍", "👎", "❤", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮", "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴",
	"😍", "🐳", "❤‍🔥", "🌚", "🌭", "💯", "🤣", "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓", "👻",
	"👨‍💻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅", "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊",
	"🙊", "😎", "👾", "🤷‍♂", "🤷", "🤷‍♀", "😡",
}

func (s *Server) setMessageReaction(_ context.Context, c *call) (any, error) {
	var given []models.ReactionType
	if err := c.object("reaction", &given); err != nil {
		return nil, err
	}
	if len(given) > 1 {
		return nil, badRequest("REACTIONS_TOO_MANY")
	}
	var emoji []string
	for _, r := range given {
		if r.ReactionTypeEmoji == nil || !slices.Contains(reactions, r.ReactionTypeEmoji.Emoji) {
			return nil, badRequest("REACTION_INVALID")
		}
		emoji = append(emoji, r.ReactionTypeEmoji.Emoji)
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	chat, m, err := w.message(c, "message to react not found")
	if err != nil {
		return nil, err
	}
	changed := *m
	changed.Reactions = emoji
	w.put(chat, &changed)
	return true, nil
}
