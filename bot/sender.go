package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/store"
)

// senders is how many chats are written to at a time.
const senders = 32

// A Sender brings chats up to date with what they are owed.
type Sender struct {
	store   *store.Store
	api     *tg.Bot
	deliver outbox.Deliverer
	log     *slog.Logger
	metrics *Metrics
	floods  *floods
	ready   chan struct{} // one token for every user waiting

	mu      sync.Mutex
	waiting []int64
	state   map[int64]*wake
	side    sync.WaitGroup // calls that nobody waits for
}

// wake is a user whose chat waits to be brought up to date, or is being.
type wake struct {
	since time.Time // when what is to be answered came in; zero when nobody waits
	busy  bool
	again bool // woken while busy
}

// NewSender returns a Sender. Owner names this process in claims; pace holds
// back unasked messages. Run must run for it to work.
func NewSender(db *store.Store, api *tg.Bot, pace outbox.Pace, owner string, log *slog.Logger, metrics *Metrics) *Sender {
	s := &Sender{
		store: db, api: api, log: log, metrics: metrics, floods: newFloods(db, log),
		ready: make(chan struct{}, 1<<20), state: map[int64]*wake{},
	}
	s.deliver = outbox.Deliverer{Store: db, Chat: s, Pace: pace, Log: log, Owner: owner}
	return s
}

// Wake has what is owed to the user sent soon. It does not wait.
func (s *Sender) Wake(userID int64) { s.WakeSince(userID, time.Time{}) }

// WakeSince is Wake for an answer to what came in at that time.
func (s *Sender) WakeSince(userID int64, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.state[userID]
	if !ok {
		w = &wake{since: since}
		s.state[userID] = w
		s.queue(userID)
		return
	}
	w.again = w.again || w.busy
	if w.since.IsZero() {
		w.since = since
	}
}

// queue lets a worker have the user. A queue that is full leaves the user to
// the sweep.
func (s *Sender) queue(userID int64) {
	select {
	case s.ready <- struct{}{}:
		s.waiting = append(s.waiting, userID)
	default:
		delete(s.state, userID)
	}
}

// Run sends until ctx ends, and then finishes the messages under way.
func (s *Sender) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range senders {
		workers.Go(func() { s.work(ctx) })
	}
	workers.Wait()
	s.side.Wait()
	return nil
}

func (s *Sender) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.ready:
			s.next(ctx)
		}
	}
}

// next brings the chat of one waiting user up to date.
func (s *Sender) next(ctx context.Context) {
	s.mu.Lock()
	userID := s.waiting[0]
	s.waiting = s.waiting[1:]
	w := s.state[userID]
	w.busy, w.again = true, false
	s.mu.Unlock()

	if err := s.deliver.Deliver(ctx, userID); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "chat will wait for the sweep", "user", userID, "err", err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	w.busy = false
	if w.again {
		s.queue(userID)
		return
	}
	delete(s.state, userID)
}

// answered notes how long the user waited for the first reply.
func (s *Sender) answered(userID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.state[userID]; w != nil && !w.since.IsZero() {
		s.metrics.replies.Observe(time.Since(w.since).Seconds())
		w.since = time.Time{}
	}
}

// Show renders the newest state of a message, and sends it or edits the one
// that is in the chat. It is what outbox.Chat asks for.
func (s *Sender) Show(ctx context.Context, m core.Message) (int64, error) {
	screen, err := s.render(ctx, m)
	if err != nil {
		return 0, err
	}
	screen.paged(m.Args.Part)
	if m.TelegramMessageID != 0 {
		err := s.edit(ctx, m, screen)
		if err == nil || unchanged(err) {
			s.answered(m.UserID)
			return m.TelegramMessageID, nil
		}
		if !vanished(err) {
			return 0, meaning("editMessageText", err)
		}
	}
	id, err := s.send(ctx, m, screen)
	if err == nil {
		s.answered(m.UserID)
	}
	return id, meaning("sendMessage", err)
}

func (s *Sender) send(ctx context.Context, m core.Message, screen screen) (int64, error) {
	params := &tg.SendMessageParams{
		ChatID: m.ChatID, Text: screen.text, ParseMode: models.ParseModeHTML,
		LinkPreviewOptions: noPreview, DisableNotification: !m.Paced, ReplyMarkup: screen.markup(m.ID),
	}
	if m.ReplyTo != 0 {
		params.ReplyParameters = &models.ReplyParameters{MessageID: int(m.ReplyTo), AllowSendingWithoutReply: true}
	}
	sent, err := s.api.SendMessage(ctx, params)
	s.called(ctx, "sendMessage", m.ChatID, err)
	if err != nil {
		return 0, err
	}
	return int64(sent.ID), nil
}

func (s *Sender) edit(ctx context.Context, m core.Message, screen screen) error {
	_, err := s.api.EditMessageText(ctx, &tg.EditMessageTextParams{
		ChatID: m.ChatID, MessageID: int(m.TelegramMessageID), Text: screen.text,
		ParseMode: models.ParseModeHTML, LinkPreviewOptions: noPreview, ReplyMarkup: screen.markup(m.ID),
	})
	s.called(ctx, "editMessageText", m.ChatID, err)
	return err
}

// called notes how a call to a chat ended.
func (s *Sender) called(ctx context.Context, method string, chatID int64, err error) {
	s.metrics.called(method, err)
	s.floods.heed(ctx, chatID, err)
}
