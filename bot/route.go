package bot

import (
	"context"
	"errors"
	"strings"

	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/outbox"
)

// answer finds the handler for an update and runs it. The first rule that fits
// wins: an edit, a press, a command, a reply to an open question, a question, a note.
func (b *Bot) answer(ctx context.Context, t *turn, u update) error {
	switch {
	case u.CallbackQuery != nil:
		return b.pressed(ctx, t, u.CallbackQuery)
	case u.EditedMessage != nil:
		t.hear(u.EditedMessage)
		if typed, err := b.secretTyped(ctx, t); typed || err != nil {
			return err
		}
		return b.edited(ctx, t)
	case u.Message != nil:
		t.hear(u.Message)
		if typed, err := b.secretTyped(ctx, t); typed || err != nil {
			return err
		}
		if err := b.lookUp(ctx, t, u.Message.ReplyToMessage); err != nil {
			return err
		}
		return b.message(ctx, t, u.Message)
	}
	return nil
}

// hear takes from a message what handlers need of it.
func (t *turn) hear(m *models.Message) {
	t.messageID = int64(m.ID)
	t.text = m.Text
	if t.text == "" {
		t.text = m.Caption
	}
	if m.Quote != nil {
		t.quote = m.Quote.Text
	}
	t.author = author(m.ForwardOrigin)
}

// author returns the name of who wrote what is forwarded, or "".
func author(origin *models.MessageOrigin) string {
	switch {
	case origin == nil:
		return ""
	case origin.MessageOriginUser != nil:
		return fullName(&origin.MessageOriginUser.SenderUser)
	case origin.MessageOriginHiddenUser != nil:
		return origin.MessageOriginHiddenUser.SenderUserName
	}
	return ""
}

// lookUp finds what the user replies to, when that is a message of Kith's.
func (b *Bot) lookUp(ctx context.Context, t *turn, replied *models.Message) error {
	if replied == nil {
		return nil
	}
	topic, err := outbox.TopicShown(ctx, t.tx, t.user.ID, int64(replied.ID))
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	t.about = &topic
	return err
}

// message answers a new message.
func (b *Bot) message(ctx context.Context, t *turn, m *models.Message) error {
	name, args := command(t.text, b.Username)
	switch {
	case name != "":
		return b.command(ctx, t, name, args)
	case m.Contact != nil:
		return b.sharedContact(ctx, t, m.Contact)
	case isExport(m.Document):
		return b.document(ctx, t, m.Document)
	case !core.HasWords(t.text):
		return t.say(ctx, wordless(m))
	case t.author != "":
		return b.note(ctx, t)
	case t.about != nil:
		return b.reply(ctx, t)
	}
	return b.said(ctx, t)
}

// said answers words that are no reply: a courtesy, which may be a question, a
// question, or else a note.
func (b *Bot) said(ctx context.Context, t *turn) error {
	switch phrase := courtesy(t.text); {
	case phrase == phraseHelp:
		return b.help(ctx, t, "")
	case phrase != "":
		return t.say(ctx, phrase)
	case rules.Unfinished(t.text):
		return t.say(ctx, phraseRemindUsage)
	case rules.Question(t.text):
		return b.question(ctx, t, t.text)
	}
	return b.note(ctx, t)
}

// wordless returns the phrase for a message without words.
func wordless(m *models.Message) string {
	switch {
	case m.Sticker != nil, m.Dice != nil, !core.Blank(m.Text):
		return phraseSticker
	case m.Location != nil, m.Venue != nil:
		return phraseLocation
	case m.Voice != nil, m.Audio != nil, m.VideoNote != nil:
		return phraseVoice
	case len(m.Photo) > 0, m.Document != nil, m.Video != nil, m.Animation != nil:
		return phraseFile
	}
	return phraseWordless
}

// command returns the name of the command that text starts with and what
// follows it. A command for another bot, or none, has no name.
func command(text, username string) (name, args string) {
	rest, ok := strings.CutPrefix(text, "/")
	if !ok {
		return "", ""
	}
	word, args := rest, ""
	if i := strings.IndexAny(rest, " \n\t"); i >= 0 {
		word, args = rest[:i], strings.TrimSpace(rest[i:])
	}
	name, bot, addressed := strings.Cut(word, "@")
	if name == "" || addressed && !strings.EqualFold(bot, username) {
		return "", ""
	}
	return strings.ToLower(name), args
}
