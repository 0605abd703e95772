package bot

import (
	"context"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// answerPress stops the spinner of a user's button, with a few words if any.
func (s *Sender) answerPress(ctx context.Context, userID int64, id, toast string) {
	s.aside(ctx, userID, "answerCallbackQuery", func(ctx context.Context, _ int64) error {
		_, err := s.api.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: id, Text: shorten(toast, maxToast)})
		return err
	})
}

// maxToast is the most characters in the answer to a press, by the Bot API.
const maxToast = 200

// Typing shows a user that an answer is on its way. It does not wait.
func (s *Sender) Typing(userID int64) {
	s.aside(context.Background(), userID, "sendChatAction", func(ctx context.Context, chatID int64) error {
		_, err := s.api.SendChatAction(ctx, &tg.SendChatActionParams{ChatID: chatID, Action: models.ChatActionTyping})
		return err
	})
}

// aside makes a call to a user's chat that nobody waits for and that may get
// lost. While the chat rests it makes none.
func (s *Sender) aside(ctx context.Context, userID int64, method string, call func(ctx context.Context, chatID int64) error) {
	s.side.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		chatID, err := s.store.ChatOf(ctx, userID)
		if err != nil {
			return
		}
		err = call(ctx, chatID)
		s.called(ctx, method, chatID, err)
		if flood := flooded(err); flood != nil {
			s.rest(context.WithoutCancel(ctx), userID, restAfter(flood))
		}
	})
}

// rest leaves the user's chat alone for a while, whatever time the call took
// that was told so.
func (s *Sender) rest(ctx context.Context, userID int64, rest time.Duration) {
	ctx, done := context.WithTimeout(ctx, 2*time.Second)
	defer done()
	if err := s.store.RestChat(ctx, userID, rest); err != nil {
		s.log.WarnContext(ctx, "chat does not rest", "user", userID, "err", err)
	}
}
