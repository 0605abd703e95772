package sandbox

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/go-telegram/bot/models"
)

// An Incoming is a message that a user sends.
type Incoming struct {
	// From is the sender; 0 is the user whose private chat it is.
	From int64 `json:"from,omitempty"`
	// ReplyTo is the id of the message it replies to, Quote the part of it.
	ReplyTo int    `json:"reply_to,omitempty"`
	Quote   string `json:"quote,omitempty"`
	// Message is the content: any fields of a Bot API Message. What Telegram fills in
	// (ids, date, sender, chat, entities of the text, the facts about files) is filled in.
	Message models.Message `json:"message"`
}

// receive takes a user's message into the chat and queues it for the bot.
func (s *Server) receive(c *chat, in Incoming) (*Message, error) {
	w := s.world
	from, err := w.sender(c, in.From)
	if err != nil {
		return nil, err
	}
	m := &Message{Message: in.Message}
	if err := w.complete(m); err != nil {
		return nil, err
	}
	if err := c.answerTo(m, models.ReplyParameters{MessageID: in.ReplyTo, Quote: in.Quote}); err != nil {
		return nil, err
	}
	m.From = from
	if !c.Started {
		c.Started = true
		w.keepChat(c)
	}
	w.add(c, m)
	_, err = s.queue.add("message", c.Info.ID, m.alone())
	return m, err
}

// sender is the user who may write to the bot in this chat.
func (w *world) sender(c *chat, id int64) (*models.User, error) {
	if id == 0 {
		id = c.Info.ID
	}
	from := w.users[id]
	switch {
	case from == nil:
		return nil, badRequest("user not found")
	case c.Blocked:
		return nil, badRequest("the user has blocked the bot")
	}
	return from, nil
}

// complete fills in what a client leaves to Telegram.
func (w *world) complete(m *Message) error {
	b := body{m.Text, m.Entities}.tidy()
	if utf16Len(b.text) > maxText {
		return badRequest("message is too long")
	}
	m.Text, m.Entities = b.text, b.entities
	caption := body{m.Caption, m.CaptionEntities}.tidy()
	m.Caption, m.CaptionEntities = caption.text, caption.entities
	if m.Document != nil {
		if f := w.files[m.Document.FileID]; f != nil {
			m.Document = f.document()
		}
	}
	if m.Voice != nil {
		if f := w.files[m.Voice.FileID]; f != nil {
			m.Voice.FileUniqueID, m.Voice.MimeType, m.Voice.FileSize = f.unique(), f.Type, int64(f.Size)
		}
	}
	if isEmpty(m.Message) {
		return badRequest("message text is empty")
	}
	return nil
}

// isEmpty reports whether the message has no content of any kind.
func isEmpty(m models.Message) bool {
	m.ForwardOrigin, m.MediaGroupID = nil, ""
	return reflect.ValueOf(m).IsZero()
}

// revise changes the text, or the caption, of a user's own message.
func (s *Server) revise(c *chat, id int, text string) (*Message, error) {
	i, known := c.find(id)
	if !known || c.messages[i].FromBot() {
		return nil, badRequest("message can't be edited")
	}
	m := *c.messages[i]
	b := body{text: text}.tidy()
	switch {
	case c.Blocked:
		return nil, badRequest("the user has blocked the bot")
	case utf16Len(b.text) > maxText:
		return nil, badRequest("message is too long")
	case m.Text != "" && b.text == "":
		return nil, badRequest("message text is empty")
	case m.Text != "":
		m.Text, m.Entities = b.text, b.entities
	default:
		m.Caption, m.CaptionEntities = b.text, b.entities
	}
	m.Edits++
	m.EditDate = int(s.now().Unix())
	s.world.put(c, &m)
	_, err := s.queue.add("edited_message", c.Info.ID, m.alone())
	return &m, err
}

// setBlocked blocks or unblocks the bot, which hears of it.
func (s *Server) setBlocked(c *chat, blocked bool) error {
	if c.Blocked == blocked {
		return nil
	}
	w := s.world
	from := w.users[c.Info.ID]
	if from == nil {
		return badRequest("user not found")
	}
	c.Blocked = blocked
	w.keepChat(c)
	w.tell(c, Event{Kind: EventUser, Chat: c.Info.ID, User: from, Blocked: blocked})
	member := models.ChatMember{Type: models.ChatMemberTypeMember, Member: &models.ChatMemberMember{User: &w.bot}}
	kicked := models.ChatMember{Type: models.ChatMemberTypeBanned, Banned: &models.ChatMemberBanned{User: &w.bot}}
	change := &models.ChatMemberUpdated{
		Chat: c.Info, From: *from, Date: int(w.now().Unix()), OldChatMember: member, NewChatMember: kicked,
	}
	if !blocked {
		change.OldChatMember, change.NewChatMember = kicked, member
	}
	_, err := s.queue.add("my_chat_member", c.Info.ID, change)
	return err
}

// inject queues an update as it is. People, chats, messages and presses that it
// speaks of become known, so that the bot can answer.
func (s *Server) inject(raw map[string]json.RawMessage) (int64, error) {
	delete(raw, "update_id")
	kinds := slices.Collect(maps.Keys(raw))
	if len(kinds) != 1 {
		return 0, badRequest("an update has one field besides update_id, this one has %d", len(kinds))
	}
	var u models.Update
	whole, err := json.Marshal(raw)
	if err == nil {
		err = json.Unmarshal(whole, &u)
	}
	if err != nil {
		return 0, badRequest("can't parse update: %s", err)
	}
	return s.queue.add(kinds[0], s.world.learn(&u), raw[kinds[0]])
}

// learn takes in what a raw update shows and returns the chat it belongs to.
func (w *world) learn(u *models.Update) int64 {
	switch {
	case u.CallbackQuery != nil:
		q := u.CallbackQuery
		w.meet(&q.From)
		w.addPress(q.ID, q.From.ID)
		return q.From.ID
	case u.Message != nil:
		return w.witness(u.Message, false)
	case u.EditedMessage != nil:
		return w.witness(u.EditedMessage, true)
	}
	return 0
}

// meet adds the user unless it is known.
func (w *world) meet(u *models.User) {
	if u != nil && !u.IsBot && w.users[u.ID] == nil {
		w.addUser(*u)
	}
}

// witness takes in a message that was made elsewhere. One that is known stays as it
// is unless this is a newer state of it.
func (w *world) witness(m *models.Message, newer bool) int64 {
	w.meet(m.From)
	c := w.chat(m.Chat.ID)
	c.Info, c.Started = m.Chat, true
	w.keepChat(c)
	w.last.Message = max(w.last.Message, m.ID)
	w.keepCounters()
	if _, known := c.find(m.ID); !known || newer {
		w.put(c, &Message{Message: *m})
	}
	return c.Info.ID
}
