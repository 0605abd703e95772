package bot

import (
	"context"
	"errors"
	"regexp"

	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/recall"
)

// note keeps the text as a note and owes its confirmation.
func (b *Bot) note(ctx context.Context, t *turn) error {
	m := capture.Message{
		User: t.user, ChatID: t.chatID, MessageID: t.messageID, Text: t.text, SaidAt: t.saidAt, Author: t.author, Quote: t.quote,
	}
	if t.messageID == 0 {
		m.ChatID = 0
	}
	if t.about != nil {
		m.About = t.about.Contact.ID
	}
	note, task, err := capture.Take(ctx, t.tx, m)
	if err != nil {
		return err
	}
	t.tasks = append(t.tasks, task)
	return t.owe(ctx, core.Message{Kind: core.MessageNote, NoteID: note.ID})
}

// edited re-does the note that was made from a message. A message that made
// none is answered afresh, unless it has no words: a live location is edited at
// every step. So is one that is no note any more, which is taken back.
func (b *Bot) edited(ctx context.Context, t *turn) error {
	note, err := capture.From(ctx, t.tx, t.user.ID, t.chatID, t.messageID)
	_, told := core.Sentence(err) // the note is in the trash
	name, args := command(t.text, b.Username)
	switch {
	case errors.Is(err, core.ErrNotFound) && !told:
		if !core.HasWords(t.text) {
			return nil
		}
		return b.afresh(ctx, t)
	case err != nil:
		return err
	case name == "note":
		return b.revise(ctx, t, note, args)
	case name == "remind" && !rules.Unfinished(rules.Request(args)):
		return b.revise(ctx, t, note, rules.Request(args))
	case name == "" && !rules.Question(t.text):
		return b.revise(ctx, t, note, t.text)
	}
	if _, err := capture.Undo(ctx, t.tx, t.user.ID, note.ID); err != nil || name == "undo" {
		return err
	}
	return b.afresh(ctx, t)
}

// afresh answers an edited message as if it were new.
func (b *Bot) afresh(ctx context.Context, t *turn) error {
	if name, args := command(t.text, b.Username); name != "" {
		return b.command(ctx, t, name, args)
	}
	return b.said(ctx, t)
}

func (b *Bot) revise(ctx context.Context, t *turn, note core.Note, text string) error {
	task, err := capture.Revise(ctx, t.tx, note, text)
	if err != nil {
		return err
	}
	t.tasks = append(t.tasks, task)
	return nil
}

// reply answers what the user writes in reply to a message of Kith's: the
// answer to what it asks, or something about the person it is about.
func (b *Bot) reply(ctx context.Context, t *turn) error {
	if t.about.Kind == core.MessageNote {
		switch t.about.Args.View {
		case viewChoose:
			return b.nameMention(ctx, t)
		case viewEdit:
			note, err := capture.Live(ctx, t.tx, t.user.ID, t.about.NoteID)
			if err != nil {
				return err
			}
			return b.revise(ctx, t, note, t.text)
		case viewFact:
			return capture.RewriteFact(ctx, t.tx, t.user.ID, t.about.Args.Subject, t.text)
		}
		if corrected, err := capture.Correct(ctx, t.tx, t.user.ID, t.about.NoteID, t.text); corrected || err != nil {
			return err
		}
	}
	if t.about.Args.Phrase == core.PhraseReminder {
		if answered, err := b.answerReminder(ctx, t); answered || err != nil {
			return err
		}
	}
	if rules.Question(t.text) {
		return b.question(ctx, t, meant(t.text, t.about.Contact.FullName))
	}
	return b.said(ctx, t)
}

// pronoun finds words that mean the person a message is about; her, his and
// their say that something is that person's.
var pronoun = regexp.MustCompile(`(?i)\b(?:(her|his|their)|she|he|they|him|them)\b`)

// meant puts the name of who is meant, if known, in place of the first pronoun.
func meant(question, name string) string {
	at := pronoun.FindStringSubmatchIndex(question)
	if at == nil || name == "" {
		return question
	}
	if at[2] >= 0 {
		name += "'s"
	}
	return question[:at[0]] + name + question[at[1]:]
}

// question owes the answer to a question. With a language model it is improved
// by a task, once found.
func (b *Bot) question(ctx context.Context, t *turn, text string) error {
	if core.Blank(text) {
		return t.say(ctx, phraseWordless)
	}
	text = shorten(core.Clean(text), maxQuestion)
	m := core.Message{Kind: core.MessageAnswer, Args: core.MessageArgs{Query: text}}
	about, err := recall.About(ctx, t.tx, t.user.ID, text)
	if err != nil {
		return err
	}
	m.ContactID = about
	if !b.Model {
		return t.owe(ctx, m)
	}
	m.UserID, m.ChatID = t.user.ID, t.chatID
	task, err := recall.Ask(ctx, t.tx, m)
	if err != nil {
		return err
	}
	t.tasks = append(t.tasks, task)
	return nil
}

// maxQuestion is the most characters of a question that are looked at.
const maxQuestion = 500

// who shows the card of a person.
func (b *Bot) who(ctx context.Context, t *turn, name string) error {
	if core.Blank(name) {
		return t.say(ctx, phraseWhoUsage)
	}
	which, err := people.Find(ctx, t.tx, t.user.ID, core.Clean(name), nil)
	if err != nil {
		return err
	}
	if one, ok := which.One(); ok {
		return t.owe(ctx, core.Message{Kind: core.MessageCard, ContactID: one.ContactID})
	}
	if len(which.Fits)+len(which.Near) == 0 {
		return t.owe(ctx, core.Message{Kind: core.MessagePhrase, Args: core.MessageArgs{Phrase: phraseNobody, Name: shorten(core.Clean(name), 80)}})
	}
	return t.owe(ctx, core.Message{Kind: core.MessagePeople, Args: core.MessageArgs{Query: shorten(core.Clean(name), 80)}})
}

// people shows everybody, page by page.
func (b *Bot) people(ctx context.Context, t *turn, _ string) error {
	return t.owe(ctx, core.Message{Kind: core.MessagePeople})
}

// find searches people, facts and notes.
func (b *Bot) find(ctx context.Context, t *turn, words string) error {
	if core.Blank(words) {
		return t.say(ctx, phraseFindUsage)
	}
	return t.owe(ctx, core.Message{Kind: core.MessageFound, Args: core.MessageArgs{Query: shorten(core.Clean(words), maxQuestion)}})
}

// cancel closes the question that is open in the latest message.
func (b *Bot) cancel(ctx context.Context, t *turn, _ string) error {
	closed, err := outbox.CloseViews(ctx, t.tx, t.user.ID)
	switch {
	case err != nil:
		return err
	case closed:
		return t.say(ctx, phraseCancelled)
	}
	return t.say(ctx, phraseNothingOpen)
}

// sharedContact adds the person of a contact card.
func (b *Bot) sharedContact(ctx context.Context, t *turn, shared *models.Contact) error {
	name := shared.FirstName
	if shared.LastName != "" {
		name += " " + shared.LastName
	}
	c, err := people.AddShared(ctx, t.tx, t.user.ID, people.Shared{Name: name, Phone: shared.PhoneNumber, TelegramID: shared.UserID})
	if err != nil {
		return err
	}
	return t.owe(ctx, core.Message{Kind: core.MessageCard, ContactID: c.ID})
}
