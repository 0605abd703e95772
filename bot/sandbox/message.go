package sandbox

import (
	"encoding/json"

	"github.com/go-telegram/bot/models"
)

// A Message is one message of a chat as its latest state shows it.
type Message struct {
	models.Message

	// Edits counts how often the message was changed.
	Edits int `json:"edits,omitempty"`
	// Silent is set when the message was sent without a notification.
	Silent bool `json:"silent,omitempty"`
	// Reactions are the bot's, emoji only.
	Reactions []string `json:"reactions,omitempty"`
	// Keyboard is the reply_markup when it is not an inline keyboard.
	Keyboard json.RawMessage `json:"keyboard,omitempty"`
}

// MarshalJSON encodes the message as alone returns it.
func (m Message) MarshalJSON() ([]byte, error) {
	type plain Message
	m.Message = *m.alone()
	return json.Marshal(plain(m))
}

// alone returns a copy of the message with copies of what the models package writes to
// while it encodes, so that several requests can encode one message at once.
func (m Message) alone() *models.Message {
	own := m.Message
	own.ForwardOrigin = originOf(own.ForwardOrigin)
	if own.ReplyToMessage != nil {
		replied := *own.ReplyToMessage
		replied.ForwardOrigin = originOf(replied.ForwardOrigin)
		own.ReplyToMessage = &replied
	}
	return &own
}

// originOf returns a copy of an origin.
func originOf(o *models.MessageOrigin) *models.MessageOrigin {
	if o == nil {
		return nil
	}
	return &models.MessageOrigin{
		Type: o.Type, MessageOriginUser: copied(o.MessageOriginUser), MessageOriginHiddenUser: copied(o.MessageOriginHiddenUser),
		MessageOriginChat: copied(o.MessageOriginChat), MessageOriginChannel: copied(o.MessageOriginChannel),
	}
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// FromBot reports whether a bot sent the message.
func (m Message) FromBot() bool { return m.From != nil && m.From.IsBot }

// Button returns the first inline button with this label, and reports whether there
// is one.
func (m Message) Button(label string) (models.InlineKeyboardButton, bool) {
	for _, b := range m.buttons() {
		if b.Text == label {
			return b, true
		}
	}
	return models.InlineKeyboardButton{}, false
}

// Buttons returns the labels of the inline buttons, row by row.
func (m Message) Buttons() []string {
	var labels []string
	for _, b := range m.buttons() {
		labels = append(labels, b.Text)
	}
	return labels
}

func (m Message) buttons() []models.InlineKeyboardButton {
	if m.ReplyMarkup == nil {
		return nil
	}
	var all []models.InlineKeyboardButton
	for _, row := range m.ReplyMarkup.InlineKeyboard {
		all = append(all, row...)
	}
	return all
}

// quotable is the message as a reply to it carries it: without what it replied to.
func (m Message) quotable() *models.Message {
	quoted := m.Message
	quoted.ReplyToMessage = nil
	return &quoted
}
