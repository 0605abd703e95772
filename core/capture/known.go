package capture

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// engineHand is the engine of notes that are a fact which the user wrote.
const engineHand = "hand"

// A FactChange is what the user changes about a fact. Nil leaves a part as it is.
type FactChange struct {
	Text     *string // other words keep the fact, unless State says otherwise
	Category *core.Category
	State    *core.FactState
}

// ChangeFact changes a fact about a live contact, or about nobody yet, as part
// of the transaction's step, and returns how it is then.
func ChangeFact(ctx context.Context, tx *store.Store, userID, factID int64, c FactChange) (core.Fact, error) {
	err := edit(ctx, tx, userID, factID, func(f core.Fact, _ core.Note) error {
		if f.ContactID != 0 {
			if _, err := tx.Contact(ctx, userID, f.ContactID); err != nil {
				return err
			}
		}
		return c.make(ctx, tx, f)
	})
	if err != nil {
		return core.Fact{}, noFact(err)
	}
	return tx.Fact(ctx, userID, factID)
}

func (c FactChange) make(ctx context.Context, tx *store.Store, f core.Fact) error {
	if c.Text != nil && *c.Text != f.Text {
		text, err := factText(*c.Text)
		if err != nil {
			return err
		}
		if err := tx.RewriteFact(ctx, f.UserID, f.ID, text, nil); err != nil {
			return err
		}
	}
	if c.Category != nil {
		if err := tx.RefileFact(ctx, f.UserID, f.ID, *c.Category); err != nil {
			return err
		}
	}
	if c.State != nil {
		_, err := tx.SetFactState(ctx, f.UserID, f.ID, *c.State)
		return err
	}
	return nil
}

// noFact says that there is no such fact, when that is what was wrong.
func noFact(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return core.Tell(core.ErrNotFound, "There is no such fact.")
	}
	return err
}

// A Known is one fact that the user says is known of a contact.
type Known struct {
	ID       int64 // of the fact that it is; 0 for one that is added
	Category core.Category
	Text     string
}

// ReplaceFacts makes known what is known of a live contact: the facts named
// stay, with other words or in other categories where they have them; those
// left out are discarded; those without an id are added.
func ReplaceFacts(ctx context.Context, tx *store.Store, userID, contactID int64, known []Known) (err error) {
	r := replacing{tx: tx, userID: userID, contactID: contactID}
	if r.step, err = tx.NewStep(ctx); err != nil {
		return err
	}
	if _, err := tx.LockContact(ctx, userID, contactID); err != nil {
		if errors.Is(err, core.ErrNotFound) {
			return core.Tell(core.ErrNotFound, "There is no such contact.")
		}
		return err
	}
	if r.before, err = tx.FactsAbout(ctx, userID, contactID, "", people.MostKnown); err != nil {
		return err
	}
	if err := r.discard(ctx, known); err != nil {
		return err
	}
	for _, k := range known {
		if err := r.keep(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// A replacing is what is known of a contact while it is replaced.
type replacing struct {
	tx        *store.Store
	userID    int64
	contactID int64
	step      int64
	before    []core.Fact
}

// discard discards the facts that are left out.
func (r *replacing) discard(ctx context.Context, known []Known) error {
	named := map[int64]bool{}
	for _, k := range known {
		named[k.ID] = true
	}
	discarded := core.FactDiscarded
	for _, f := range r.before {
		if named[f.ID] {
			continue
		}
		if _, err := ChangeFact(ctx, r.tx, r.userID, f.ID, FactChange{State: &discarded}); err != nil {
			return err
		}
	}
	return nil
}

// keep keeps one fact as the user has it.
func (r *replacing) keep(ctx context.Context, k Known) error {
	if k.ID == 0 {
		return r.add(ctx, k)
	}
	if slices.ContainsFunc(r.before, func(f core.Fact) bool { return f.ID == k.ID && f.Category == k.Category && f.Text == k.Text }) {
		return nil
	}
	f, err := r.tx.Fact(ctx, r.userID, k.ID)
	if err == nil && f.ContactID != r.contactID {
		err = core.ErrNotFound
	}
	if err != nil {
		return noFact(err)
	}
	kept := core.FactKept
	_, err = ChangeFact(ctx, r.tx, r.userID, k.ID, FactChange{Text: &k.Text, Category: &k.Category, State: &kept})
	return err
}

// add adds a fact that the user wrote. As no fact is without a note, its words
// are one, about the contact, that needs no reading.
func (r *replacing) add(ctx context.Context, k Known) error {
	text, err := factText(k.Text)
	if err != nil {
		return err
	}
	note, err := r.tx.AddNote(ctx, store.NewNote{UserID: r.userID, Text: text, Lang: Language(text), Step: r.step, SaidAt: time.Now()})
	if err != nil {
		return err
	}
	m, err := r.tx.AddMention(ctx, core.Mention{
		UserID: r.userID, NoteID: note.ID, ContactID: r.contactID, State: core.MentionResolved, Source: core.MentionChosen,
	})
	if err != nil {
		return err
	}
	fact := core.Fact{
		UserID: r.userID, NoteID: note.ID, MentionID: m.ID, ContactID: r.contactID, Category: k.Category, Text: text, Quote: text,
		Confidence: 1, State: core.FactKept, SaidAt: note.SaidAt,
	}
	if err := r.tx.AddFacts(ctx, r.userID, []core.Fact{fact}); err != nil {
		return err
	}
	_, _, err = r.tx.FinishNote(ctx, r.userID, note.ID, note.Revision, core.NoteDone, engineHand)
	return err
}
