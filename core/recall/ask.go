package recall

import (
	"context"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// About returns the one contact that a question is about, or 0.
func About(ctx context.Context, tx *store.Store, userID int64, text string) (contactID int64, err error) {
	name := Parse(text).Name
	if name == "" {
		known, err := people.InText(ctx, tx, userID, text)
		if err != nil || len(known) == 0 || !single(known) {
			return 0, err
		}
		return known[0].ContactID, nil
	}
	which, err := whom(ctx, tx, userID, name)
	one, _ := which.One()
	return one.ContactID, err
}

// whom says who a name in a question is. "My mom" is who goes by Mom.
func whom(ctx context.Context, db *store.Store, userID int64, name string) (people.Which, error) {
	which, err := people.Find(ctx, db, userID, name, nil)
	if err == nil && len(which.Fits) == 0 && len(name) > 3 && strings.EqualFold(name[:3], "my ") {
		return people.Find(ctx, db, userID, name[3:], nil)
	}
	return which, err
}

// Ask owes the answer to a question, and adds the task that has a language
// model put it into a sentence.
func Ask(ctx context.Context, tx *store.Store, m core.Message) (core.Task, error) {
	m, err := outbox.Owe(ctx, tx, m)
	if err != nil {
		return core.Task{}, err
	}
	return tx.AddTask(ctx, core.Task{UserID: m.UserID, Kind: core.TaskAnswerQuestion, MessageID: m.ID})
}

// Improve has a language model put the answer to a message's question into a
// sentence, from what memory has. The answer is nil when memory has nothing, or
// nothing that tells.
func (a *Answerer) Improve(ctx context.Context, db *store.Store, userID, messageID int64) (*core.Answer, error) {
	m, err := db.Message(ctx, userID, messageID)
	if err != nil {
		return nil, err
	}
	user, err := db.User(ctx, userID)
	if err != nil {
		return nil, err
	}
	found, err := Find(ctx, db, userID, m.Args.Query, time.Now().In(user.Location()))
	if err != nil {
		return nil, err
	}
	return a.fromMemory(ctx, db, user, m.Args.Query, found)
}

// fromMemory has a language model answer a question from what was found. The
// answer is nil when that is nothing, or does not tell.
func (a *Answerer) fromMemory(ctx context.Context, db *store.Store, user core.User, question string, found Finding) (*core.Answer, error) {
	if len(found.Lines) == 0 {
		return nil, nil
	}
	passages, err := wholeNotes(ctx, db, user.ID, found, user.Location())
	if err != nil {
		return nil, err
	}
	answer, err := a.Answer(ctx, question, passages)
	if err != nil || answer.Unknown {
		return nil, err
	}
	return &core.Answer{Text: answer.Text, Sources: answer.Sources, Engine: answer.Engine}, nil
}

// wholeNotes returns what a model may answer from: the lines found, with the
// words of the notes that say so.
func wholeNotes(ctx context.Context, db *store.Store, userID int64, found Finding, loc *time.Location) ([]Passage, error) {
	var passages []Passage
	for _, l := range found.Lines {
		p := Passage{NoteID: l.NoteID, Who: l.Name, Text: l.Text, At: l.At.In(loc)}
		if l.Birthday.Known() {
			p.Text = "birthday: " + l.Birthday.String()
		}
		if l.NoteID != 0 {
			note, err := db.Note(ctx, userID, l.NoteID)
			if err != nil {
				return nil, err
			}
			p.Text, p.At = note.Text, note.SaidAt.In(loc)
		}
		passages = append(passages, p)
	}
	return passages, nil
}

// Keep has the message show a model's answer.
func Keep(ctx context.Context, tx *store.Store, userID, messageID int64, answer core.Answer) error {
	m, err := tx.Message(ctx, userID, messageID)
	if err != nil {
		return err
	}
	m.Args.Answer = &answer
	return tx.ChangeMessage(ctx, userID, messageID, m.Args)
}
