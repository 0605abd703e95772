package sandbox

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/go-telegram/bot/models"
)

const (
	// pressLife is how long the bot may take to answer a press.
	pressLife     = 60 * time.Second
	maxAnswerText = 200

	queryGone = "query is too old and response timeout expired or query ID is invalid"
)

// An Answer is what answerCallbackQuery said to a press.
type Answer struct {
	Text  string `json:"text,omitempty"`
	Alert bool   `json:"alert,omitempty"`
	URL   string `json:"url,omitempty"`
}

// A press of an inline button, which the bot may answer once.
type press struct {
	ID     string    `json:"id"`
	Chat   int64     `json:"chat"`
	At     time.Time `json:"at"`
	Answer *Answer   `json:"answer,omitempty"`
}

// addPress keeps a press for as long as it may be answered.
func (w *world) addPress(id string, chat int64) *press {
	for _, p := range w.presses {
		if w.now().Sub(p.At) > pressLife {
			delete(w.presses, p.ID)
			w.journal.drop("press/" + p.ID)
		}
	}
	p := &press{ID: id, Chat: chat, At: w.now()}
	w.presses[id] = p
	w.journal.put("press/"+id, p)
	return p
}

// pressButton presses the button with this data under the message.
func (s *Server) pressButton(from models.User, c *chat, id int, data string) (string, error) {
	i, known := c.find(id)
	if !known {
		return "", badRequest("message to press not found")
	}
	m := c.messages[i]
	if !m.offers(data) {
		return "", badRequest("DATA_INVALID")
	}
	p := s.world.addPress(strconv.FormatUint(rand.Uint64(), 10), c.Info.ID)
	_, err := s.queue.add("callback_query", c.Info.ID, &models.CallbackQuery{
		ID:           p.ID,
		From:         from,
		Message:      models.MaybeInaccessibleMessage{Message: m.alone()},
		ChatInstance: strconv.FormatInt(c.Info.ID, 10),
		Data:         data,
	})
	return p.ID, err
}

func (m *Message) offers(data string) bool {
	for _, b := range m.buttons() {
		if b.CallbackData == data {
			return true
		}
	}
	return false
}

func (s *Server) answerCallbackQuery(_ context.Context, c *call) (any, error) {
	text := c.text("text")
	if utf16Len(text) > maxAnswerText {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.presses[c.text("callback_query_id")]
	if p == nil || p.Answer != nil || w.now().Sub(p.At) > pressLife {
		return nil, badRequest(queryGone)
	}
	answered := *p
	answered.Answer = &Answer{Text: text, Alert: c.flag("show_alert"), URL: c.text("url")}
	w.presses[p.ID] = &answered
	w.journal.put("press/"+p.ID, answered)
	w.tell(w.chat(p.Chat), Event{Kind: EventAnswer, Chat: p.Chat, Press: p.ID, Answer: answered.Answer})
	return true, nil
}
