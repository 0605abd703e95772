package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// A chat is where messages end up, and what it answers.
type chat struct {
	mu    sync.Mutex
	shown []string                   // phrase and version, in the order they came
	on    func(m core.Message) error // may be nil
}

func (c *chat) Show(_ context.Context, m core.Message) (int64, error) {
	if c.on != nil {
		if err := c.on(m); err != nil {
			return 0, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown = append(c.shown, fmt.Sprintf("%s %d", m.Args.Phrase, m.Wanted))
	if m.TelegramMessageID != 0 {
		return m.TelegramMessageID, nil
	}
	return 100 + m.ID, nil
}

// A pace counts who waits.
type pace struct{ waited []int64 }

func (p *pace) Wait(ctx context.Context, chatID int64) error {
	p.waited = append(p.waited, chatID)
	return ctx.Err()
}

// A stage is a user with a chat.
type stage struct {
	t    *testing.T
	db   *store.Store
	sql  *pgxpool.Pool
	user int64
	chat *chat
	pace *pace
}

func newStage(t *testing.T) *stage {
	t.Helper()
	db, sql := storetest.Open(t)
	return &stage{t: t, db: db, sql: sql, user: storetest.User(t, db).ID, chat: &chat{}, pace: &pace{}}
}

func (s *stage) deliverer(owner string) *outbox.Deliverer {
	return &outbox.Deliverer{Store: s.db, Chat: s.chat, Pace: s.pace, Log: slog.New(slog.DiscardHandler), Owner: owner}
}

func (s *stage) deliver() {
	s.t.Helper()
	check(s.t, s.deliverer("a").Deliver(s.t.Context(), s.user))
}

func (s *stage) owe(phrase string) core.Message {
	s.t.Helper()
	m, err := outbox.Owe(s.t.Context(), s.db, core.Message{
		UserID: s.user, ChatID: 7, Kind: core.MessagePhrase, Args: core.MessageArgs{Phrase: phrase},
	})
	check(s.t, err)
	return m
}

// shows fails the test unless the chat was shown just that so far.
func (s *stage) shows(want ...string) {
	s.t.Helper()
	s.chat.mu.Lock()
	defer s.chat.mu.Unlock()
	if !slices.Equal(s.chat.shown, want) {
		s.t.Errorf("the chat was shown %q, want %q", s.chat.shown, want)
	}
}

func (s *stage) exec(sql string) {
	s.t.Helper()
	_, err := s.sql.Exec(s.t.Context(), sql)
	check(s.t, err)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.deliver() // somebody who never wrote
	s.shows()
	first := s.owe("first")
	s.owe("second")
	s.deliver()
	s.shows("first 1", "second 1")
	s.deliver()
	s.shows("first 1", "second 1")
	for _, phrase := range []string{"skipped", "changed"} {
		check(t, s.db.ChangeMessage(t.Context(), s.user, first.ID, core.MessageArgs{Phrase: phrase}))
	}
	s.deliver()
	s.shows("first 1", "second 1", "changed 3")
	m, err := s.db.MessageShown(t.Context(), s.user, 100+first.ID)
	check(t, err)
	if m.Shown != 3 || m.ID != first.ID {
		t.Errorf("under the first message's id stands %+v, want it in version 3", m)
	}
}

func TestOnlyUnaskedMessagesArePaced(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.owe("asked for")
	_, err := outbox.Owe(t.Context(), s.db, core.Message{
		UserID: s.user, ChatID: 7, Kind: core.MessagePhrase, Paced: true, Args: core.MessageArgs{Phrase: "unasked"},
	})
	check(t, err)
	s.deliver()
	s.shows("asked for 1", "unasked 1")
	if !slices.Equal(s.pace.waited, []int64{7}) {
		t.Errorf("waited for chats %v, want once for 7", s.pace.waited)
	}
}

func TestAChatToldToRest(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.chat.on = func(core.Message) error { return fmt.Errorf("send: %w", outbox.RestError{For: time.Hour}) }
	s.owe("first")
	s.deliver()
	s.chat.on = nil
	s.deliver()
	s.shows()
	s.exec(`UPDATE chats SET rest_until = rest_until - interval '59 minutes'`)
	s.deliver()
	s.shows() // another minute
	s.exec(`UPDATE chats SET rest_until = rest_until - interval '1 minute'`)
	s.deliver()
	s.shows("first 1")
}

func TestAChatThatBlockedTheBot(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.chat.on = func(core.Message) error { return fmt.Errorf("send: %w", outbox.ErrBlocked) }
	s.owe("first")
	s.deliver()
	s.chat.on = nil
	s.deliver()
	s.shows()
	s.owe("second") // the user has written again
	s.deliver()
	s.shows("first 1", "second 1")
}

func TestAMessageThatIsRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.chat.on = func(m core.Message) error {
		if m.Args.Phrase == "bad" {
			return fmt.Errorf("send: %w", outbox.ErrRefused)
		}
		return nil
	}
	bad := s.owe("bad")
	s.owe("good")
	s.deliver()
	s.shows("good 1")
	check(t, s.db.ChangeMessage(t.Context(), s.user, bad.ID, core.MessageArgs{Phrase: "better"}))
	s.deliver()
	s.shows("good 1", "better 2")
}

func TestTroubleThatMayPass(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	trouble := errors.New("Telegram is away")
	s.chat.on = func(core.Message) error { return trouble }
	s.owe("first")
	s.owe("second")
	s.deliver()
	s.chat.on = nil
	s.deliver()
	s.shows() // the whole chat waits, so that nothing overtakes
	s.exec(`UPDATE chats SET rest_until = rest_until - interval '1 second'`)
	s.deliver()
	s.shows("first 1", "second 1")
}

func TestAMessageThatFailsForADayIsGivenUp(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.chat.on = func(m core.Message) error {
		if m.Args.Phrase == "first" {
			return errors.New("no luck")
		}
		return nil
	}
	s.owe("first")
	s.owe("second")
	s.exec(`UPDATE messages SET attempts = 1439 WHERE args ->> 'phrase' = 'first'`)
	s.deliver()
	s.shows()
	var rest float64
	check(t, s.sql.QueryRow(t.Context(), `SELECT extract(epoch FROM rest_until - now())::float8 FROM chats`).Scan(&rest))
	if rest < 50 || rest > 60 {
		t.Errorf("after many tries the chat rests for %v s, want a minute", rest)
	}
	s.exec(`UPDATE chats SET rest_until = NULL`)
	s.deliver()
	s.shows("second 1")
}

// Whoever owes something while the chat is being written to finds it claimed;
// the one who writes must not leave before that is sent.
func TestOwedWhileSendingIsSent(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.owe("first")
	var once sync.Once
	s.chat.on = func(core.Message) error {
		once.Do(func() {
			s.owe("second")
			check(t, s.db.ChangeMessage(t.Context(), s.user, first.ID, core.MessageArgs{Phrase: "changed"}))
			check(t, s.deliverer("b").Deliver(t.Context(), s.user))
		})
		return nil
	}
	s.deliver()
	s.shows("first 1", "changed 2", "second 1")
}

func TestConcurrentDeliverersSendOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var want []string
	for i := range 10 {
		phrase := fmt.Sprintf("phrase%d", i)
		s.owe(phrase)
		want = append(want, phrase+" 1")
	}
	var sending sync.WaitGroup
	for i := range 4 {
		sending.Go(func() {
			if err := s.deliverer(fmt.Sprint(i)).Deliver(t.Context(), s.user); err != nil {
				t.Error(err)
			}
		})
	}
	sending.Wait()
	s.shows(want...)
}

func TestAClaimLostWhileSendingEndsTheRound(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.owe("first")
	s.owe("second")
	s.chat.on = func(core.Message) error {
		s.exec(`UPDATE chats SET claimed_by = 'b', claimed_until = now() + interval '1 minute'`)
		return nil
	}
	s.deliver()
	s.shows("first 1")
}

func TestAskedToStopWhileSending(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.owe("first")
	s.owe("second")
	ctx, stop := context.WithCancel(t.Context())
	s.chat.on = func(core.Message) error { stop(); return nil }
	if err := s.deliverer("a").Deliver(ctx, s.user); !errors.Is(err, context.Canceled) {
		t.Errorf("Deliver = %v, want that it was asked to stop", err)
	}
	s.chat.on = nil
	check(t, s.deliverer("b").Deliver(t.Context(), s.user)) // the claim was given back
	s.shows("first 1", "second 1")
}

func TestTopics(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ana, bob := storetest.Contact(t, s.db, s.user, "Ana"), storetest.Contact(t, s.db, s.user, "Bob")
	note := storetest.Note(t, s.db, s.user, "Bob likes tea", bob, ana)
	say := func(m core.Message) int64 {
		m.UserID, m.ChatID = s.user, 7
		owed, err := outbox.Owe(t.Context(), s.db, m)
		check(t, err)
		s.deliver()
		return 100 + owed.ID
	}
	card := say(core.Message{Kind: core.MessageCard, ContactID: ana.ID})
	for _, test := range []struct {
		name string
		id   int64
		want string
	}{
		{"a card", card, "Ana"},
		{"a note", say(core.Message{Kind: core.MessageNote, NoteID: note.ID}), "Bob"},
		{"a note about nobody", say(core.Message{Kind: core.MessageNote, NoteID: storetest.Note(t, s.db, s.user, "tea").ID}), ""},
		{"a phrase", say(core.Message{Kind: core.MessagePhrase}), ""},
	} {
		topic, err := outbox.TopicShown(t.Context(), s.db, s.user, test.id)
		check(t, err)
		if topic.Contact.FullName != test.want || topic.TelegramMessageID != test.id {
			t.Errorf("%s is about %q, want %q", test.name, topic.Contact.FullName, test.want)
		}
	}
	if _, err := outbox.TopicShown(t.Context(), s.db, s.user+1, card); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("somebody else's card: %v, want not found", err)
	}
	byRow, err := outbox.TopicOf(t.Context(), s.db, s.user, card-100)
	check(t, err)
	if byRow.Contact.ID != ana.ID || byRow.TelegramMessageID != card {
		t.Errorf("by its row the card is %+v, want the same", byRow)
	}
	if _, err := outbox.TopicOf(t.Context(), s.db, s.user+1, card-100); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("the row of somebody else's card: %v, want not found", err)
	}
	s.exec(`UPDATE contacts SET deleted_at = now() WHERE full_name = 'Ana'`)
	topic, err := outbox.TopicShown(t.Context(), s.db, s.user, card)
	check(t, err)
	if topic.Contact.ID != 0 {
		t.Errorf("the card of somebody in the trash is about %v, want nobody", topic.Contact)
	}
	check(t, topic.Turn(t.Context(), s.db, core.MessageArgs{View: "facts"}))
	check(t, s.db.ClaimChat(t.Context(), s.user, "a", time.Minute))
	var next core.Message
	check(t, s.db.NextOwed(t.Context(), s.user, "a", &next))
	if next.ID != topic.ID || next.Args.View != "facts" {
		t.Errorf("owed next is %+v, want the card's other face", next)
	}
}

func TestCloseViews(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if closed, err := outbox.CloseViews(t.Context(), s.db, s.user); closed || err != nil {
		t.Errorf("closed %v (%v) where nothing is open", closed, err)
	}
	note := storetest.Note(t, s.db, s.user, "tea")
	m, err := outbox.Owe(t.Context(), s.db, core.Message{
		UserID: s.user, ChatID: 7, Kind: core.MessageNote, NoteID: note.ID, Args: core.MessageArgs{View: "edit", Phrase: "x"},
	})
	check(t, err)
	for i, want := range []bool{true, false} {
		if closed, err := outbox.CloseViews(t.Context(), s.db, s.user); closed != want || err != nil {
			t.Errorf("closed the time %d: %v (%v), want %v", i+1, closed, err, want)
		}
	}
	if m, err = s.db.Message(t.Context(), s.user, m.ID); err != nil || m.Args.View != "" || m.Wanted != 2 {
		t.Errorf("the message is %+v (%v), want its first face owed", m, err)
	}
}
