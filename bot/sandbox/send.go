package sandbox

import (
	"context"
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"
)

const blockedByUser = "bot was blocked by the user"

func (s *Server) getMe(context.Context, *call) (any, error) {
	me := s.world.bot
	me.CanJoinGroups = true
	me.CanReadAllGroupMessages = true
	return me, nil
}

func (s *Server) sendMessage(_ context.Context, c *call) (any, error) {
	b, err := c.body("text", "entities")
	switch {
	case err != nil:
		return nil, err
	case b.text == "":
		return nil, badRequest("message text is empty")
	case utf16Len(b.text) > maxText:
		return nil, badRequest("message is too long")
	}
	m := &Message{Message: models.Message{Text: b.text, Entities: b.entities}}
	if err := c.object("link_preview_options", &m.LinkPreviewOptions); err != nil {
		return nil, err
	}
	return s.post(c, m)
}

// post sends the message with what all kinds of messages have in common.
func (s *Server) post(c *call, m *Message) (any, error) {
	keys, err := c.markup()
	if err != nil {
		return nil, err
	}
	var to models.ReplyParameters
	if err := c.object("reply_parameters", &to); err != nil {
		return nil, err
	}
	m.From = &s.world.bot
	m.Silent = c.flag("disable_notification")
	m.HasProtectedContent = c.flag("protect_content")
	m.ReplyMarkup, m.Keyboard = keys.inline, keys.other

	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	chat, err := w.writable(c)
	if err != nil {
		return nil, err
	}
	if err := chat.answerTo(m, to); err != nil {
		return nil, err
	}
	w.add(chat, m)
	return m.alone(), nil
}

// known returns the call's chat, if the bot has heard of it.
func (w *world) known(c *call) (*chat, error) {
	id := strings.TrimSpace(c.text("chat_id"))
	if id == "" {
		return nil, badRequest("chat_id is empty")
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || w.chats[n] == nil {
		return nil, badRequest("chat not found")
	}
	return w.chats[n], nil
}

// writable returns the call's chat if the bot may write to it.
func (w *world) writable(c *call) (*chat, error) {
	chat, err := w.known(c)
	switch {
	case err != nil:
		return nil, err
	case !chat.Started:
		return nil, forbidden("bot can't initiate conversation with a user")
	case chat.Blocked:
		return nil, forbidden(blockedByUser)
	}
	return chat, nil
}

// answerTo makes the message a reply, with the part that it quotes.
func (c *chat) answerTo(m *Message, to models.ReplyParameters) error {
	if to.MessageID == 0 {
		return nil
	}
	i, known := c.find(to.MessageID)
	if !known {
		if to.AllowSendingWithoutReply {
			return nil
		}
		return badRequest("message to be replied not found")
	}
	m.ReplyToMessage = c.messages[i].quotable()
	if to.Quote == "" {
		return nil
	}
	quote, err := quoted(to)
	if err != nil {
		return err
	}
	position := quotePosition(c.messages[i], quote)
	if position < 0 {
		return badRequest("QUOTE_TEXT_INVALID")
	}
	m.Quote = &models.TextQuote{Text: quote, Position: position, IsManual: true}
	return nil
}

// quoted is the quote without the markup of its parse mode.
func quoted(to models.ReplyParameters) (string, error) {
	if !strings.EqualFold(string(to.QuoteParseMode), string(models.ParseModeHTML)) {
		return to.Quote, nil
	}
	text, _, err := parseHTML(to.Quote)
	return text, err
}

// quotePosition is where in the message the quoted words stand, in UTF-16 units, or -1.
func quotePosition(m *Message, quote string) int {
	text := m.Text + m.Caption
	i := strings.Index(text, quote)
	if i < 0 {
		return -1
	}
	return utf16Len(text[:i])
}

func (s *Server) getChat(_ context.Context, c *call) (any, error) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	chat, err := s.world.known(c)
	if err != nil {
		return nil, err
	}
	return chat.Info, nil
}

var chatActions = map[string]bool{
	"typing": true, "upload_photo": true, "record_video": true, "upload_video": true, "record_voice": true,
	"upload_voice": true, "upload_document": true, "choose_sticker": true, "find_location": true,
	"record_video_note": true, "upload_video_note": true,
}

func (s *Server) sendChatAction(_ context.Context, c *call) (any, error) {
	action := c.text("action")
	if !chatActions[action] {
		return nil, badRequest("wrong parameter action in request")
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	chat, err := w.writable(c)
	if err != nil {
		return nil, err
	}
	w.tell(chat, Event{Kind: EventTyping, Chat: chat.Info.ID, Action: action})
	return true, nil
}
