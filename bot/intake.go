package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/store"
)

// A turn is one update of a user's while it is being answered.
type turn struct {
	tx        *store.Store
	user      core.User
	chatID    int64
	messageID int64 // of the user's message; 0 for a press
	text      string
	saidAt    time.Time
	about     *outbox.Topic // what the user replies to, or whose button was pressed
	quote     string        // the words of it that the user chose
	author    string        // who wrote what the user forwards
	linked    bool          // whether this update gave the user their Telegram identity

	tasks []core.Task // to nudge once committed
	toast string      // what the press of a button is answered with
}

// owe adds a message to what the chat is owed.
func (t *turn) owe(ctx context.Context, m core.Message) error {
	m.UserID, m.ChatID = t.user.ID, t.chatID
	if m.Kind == core.MessageNote && m.Args.View == "" {
		m.ReplyTo = t.messageID
	}
	return outbox.Say(ctx, t.tx, m)
}

// say owes one of the fixed sentences.
func (t *turn) say(ctx context.Context, phrase string) error {
	return t.owe(ctx, core.Message{Kind: core.MessagePhrase, Args: core.MessageArgs{Phrase: phrase}})
}

// update is one update as it came in.
type update struct {
	models.Update
	raw  []byte
	at   time.Time
	kind string
}

// read decodes an update. What cannot be decoded still has its id, if it can
// be found, and is of a kind that is ignored.
func read(raw []byte) (update, error) {
	u := update{raw: raw, at: time.Now(), kind: "other"}
	if err := json.Unmarshal(raw, &u.Update); err != nil {
		head := struct {
			ID int64 `json:"update_id"`
		}{}
		if err := json.Unmarshal(raw, &head); err != nil || head.ID == 0 {
			return u, errors.New("an update without an update_id")
		}
		u.Update = models.Update{ID: head.ID}
		u.kind = "unreadable"
		return u, nil
	}
	switch {
	case u.Message != nil:
		u.kind = "message"
	case u.EditedMessage != nil:
		u.kind = "edited_message"
	case u.CallbackQuery != nil:
		u.kind = "callback_query"
	case u.business():
		u.kind = "business"
	}
	return u, nil
}

// message returns the message the update brings, or nil.
func (u update) message() *models.Message {
	switch {
	case u.Message != nil:
		return u.Message
	case u.EditedMessage != nil:
		return u.EditedMessage
	case u.CallbackQuery != nil:
		return u.CallbackQuery.Message.Message
	}
	return nil
}

// sender returns who sent the update, or nil.
func (u update) sender() *models.User {
	if u.CallbackQuery != nil {
		return &u.CallbackQuery.From
	}
	if m := u.message(); m != nil {
		return m.From
	}
	return nil
}

// chat returns the chat that the update is of; 0 for none. The updates of one
// chat are answered in order.
func (u update) chat() int64 {
	if m := u.businessMessage(); m != nil {
		return m.Chat.ID
	}
	if d := u.DeletedBusinessMessages; d != nil {
		return d.Chat.ID
	}
	if c := u.BusinessConnection; c != nil {
		return c.User.ID
	}
	if m := u.message(); m != nil {
		return m.Chat.ID
	}
	if s := u.sender(); s != nil {
		return s.ID
	}
	return 0
}

// tries is how often an update may fail before it is set aside.
const tries = 3

// handleFor bounds one try to deal with an update.
const handleFor = 8 * time.Second

// Handle deals with one update: when it returns nil, the update and all its
// effects are committed. An error means that the database cannot be reached,
// and that the update is to come again. An update that has begun is finished
// even when ctx ends.
func (b *Bot) Handle(ctx context.Context, u update) error {
	ctx = context.WithoutCancel(core.WithRef(ctx, core.NewRef()))
	begun := time.Now()
	for range tries {
		outcome, err := b.try(ctx, u)
		if err == nil {
			b.Metrics.updates.WithLabelValues(u.kind, outcome).Inc()
			b.outage.over(u.chat())
			return nil
		}
		if b.databaseAway(ctx, err) {
			b.Metrics.updates.WithLabelValues(u.kind, "error").Inc()
			b.tellAway(ctx, u, begun)
			return err
		}
		b.Log.ErrorContext(ctx, "update failed", "update", u.ID, "kind", u.kind, "err", err)
	}
	return b.setAside(ctx, u)
}

// try answers an update once, within its time.
func (b *Bot) try(ctx context.Context, u update) (outcome string, err error) {
	ctx, done := context.WithTimeout(ctx, handleFor)
	defer done()
	return b.once(ctx, u)
}

// databaseAway reports whether err is the database's fault. Running out of time
// may be the update's own.
func (b *Bot) databaseAway(ctx context.Context, err error) bool {
	if !store.Unavailable(err) || !errors.Is(err, context.DeadlineExceeded) {
		return store.Unavailable(err)
	}
	ctx, done := context.WithTimeout(ctx, 2*time.Second)
	defer done()
	return b.Store.Ping(ctx) != nil
}

// once answers an update, unless that was done before, and returns the outcome.
func (b *Bot) once(ctx context.Context, u update) (outcome string, err error) {
	if u.business() {
		return b.overheard(ctx, u)
	}
	from, m := u.sender(), u.message()
	switch {
	case from == nil || from.IsBot:
		return "ignored", nil
	case m != nil && m.Chat.Type != models.ChatTypePrivate:
		b.refuse(ctx, m.Chat.ID, onlyPrivate)
		return "refused", nil
	}
	t := &turn{chatID: u.chat(), saidAt: u.at}
	err = b.commit(ctx, u, t, func() error { return b.answer(ctx, t, u) })
	sentence, told := core.Sentence(err)
	if told && t.user.ID != 0 {
		t = &turn{chatID: t.chatID, saidAt: t.saidAt, toast: sentence}
		err = b.commit(ctx, u, t, func() error { return b.explain(ctx, t, u, sentence) })
	}
	switch {
	case errors.Is(err, errSeen):
		b.Sender.Wake(from.ID)
		return "repeated", nil
	case errors.Is(err, account.ErrStranger):
		b.refuse(ctx, t.chatID, strangers)
		return "refused", nil
	case errors.Is(err, account.ErrDisabled):
		b.refuse(ctx, t.chatID, switchedOff)
		return "refused", nil
	case told && t.user.ID == 0:
		b.refuse(ctx, t.chatID, sentence)
		return "refused", nil
	case err != nil:
		return "", err
	}
	b.follow(ctx, u, t)
	return "done", nil
}

// errSeen says that an update was dealt with before.
var errSeen = errors.New("update is dealt with")

// commit runs do and remembers the update, in one transaction.
func (b *Bot) commit(ctx context.Context, u update, t *turn, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.Log.ErrorContext(ctx, "handler panicked", "update", u.ID, "kind", u.kind, "stack", string(debug.Stack()))
			err = errors.New("panic")
		}
	}()
	fresh, err := b.Store.Once(ctx, b.ID, u.ID, func(tx *store.Store) error {
		t.tx, t.tasks = tx, nil
		if err := b.admit(ctx, t, u); err != nil {
			return err
		}
		return do()
	})
	if err == nil && !fresh {
		return errSeen
	}
	return err
}

// admit finds out whose update it is. Whoever holds a good invitation is let in,
// and so is who links an account that they made elsewhere.
func (b *Bot) admit(ctx context.Context, t *turn, u update) (err error) {
	if u.business() {
		return b.admitOwner(ctx, t, u)
	}
	t.user, err = account.Admit(ctx, t.tx, u.sender().ID)
	if errors.Is(err, account.ErrStranger) {
		return b.redeem(ctx, t, u)
	}
	return err
}

func (b *Bot) redeem(ctx context.Context, t *turn, u update) error {
	if u.Message == nil {
		return account.ErrStranger
	}
	name, code := command(u.Message.Text, b.Username)
	if name != "start" || code == "" {
		return account.ErrStranger
	}
	who := account.Identity{TelegramID: u.Message.From.ID, Name: fullName(u.Message.From), Timezone: b.Timezone}
	enter := account.Redeem
	if code, t.linked = strings.CutPrefix(code, account.LinkPrefix); t.linked {
		enter = account.Link
	}
	user, err := enter(ctx, t.tx, code, who)
	if err != nil {
		return err
	}
	t.user = user
	return nil
}

func fullName(u *models.User) string {
	if u.LastName == "" {
		return u.FirstName
	}
	return u.FirstName + " " + u.LastName
}

// explain owes the sentence that says what is wrong with what the user sent.
// The press of a button is answered by a toast instead.
func (b *Bot) explain(ctx context.Context, t *turn, u update, sentence string) error {
	if u.CallbackQuery != nil {
		return nil
	}
	return t.owe(ctx, core.Message{
		Kind: core.MessagePhrase, ReplyTo: int64(u.message().ID),
		Args: core.MessageArgs{Phrase: phraseSentence, Sentence: sentence},
	})
}

// follow does what comes after the commit; all of it is repaired elsewhere if
// it gets lost.
func (b *Bot) follow(ctx context.Context, u update, t *turn) {
	b.Sender.WakeSince(t.user.ID, u.at)
	for _, task := range t.tasks {
		b.Nudge(task)
	}
	if u.CallbackQuery != nil {
		b.Sender.answerPress(ctx, t.user.ID, u.CallbackQuery.ID, t.toast)
	}
}

// setAside keeps an update that keeps failing for a person to look into, says
// sorry, and lets the chat go on. Of somebody unknown nothing is kept.
func (b *Bot) setAside(ctx context.Context, u update) error {
	b.Metrics.updates.WithLabelValues(u.kind, "aside").Inc()
	ctx, done := context.WithTimeout(ctx, handleFor)
	defer done()
	t := &turn{chatID: u.chat(), saidAt: u.at, toast: "Something went wrong on our side."}
	err := b.commit(ctx, u, t, func() error {
		sealed := b.Keys.Seal(u.raw, t.user.ID, fmt.Sprintf("update %d/%d", b.ID, u.ID))
		if err := t.tx.SetAside(ctx, b.ID, u.ID, t.user.ID, core.Ref(ctx), sealed); err != nil || u.business() {
			return err
		}
		return t.owe(ctx, core.Message{Kind: core.MessagePhrase, Args: core.MessageArgs{Phrase: phraseSorry, Ref: core.Ref(ctx)}})
	})
	switch {
	case err == nil:
		b.follow(ctx, u, t)
	case b.databaseAway(ctx, err):
		return err
	default:
		b.Log.ErrorContext(ctx, "update dropped", "update", u.ID, "kind", u.kind, "err", err)
	}
	return nil
}
