package recall

import (
	"context"

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
	which, err := people.Find(ctx, tx, userID, name, nil)
	one, _ := which.One()
	return one.ContactID, err
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
