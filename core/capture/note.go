package capture

import (
	"context"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// From returns the live note made from a message of the user's, or an error of
// kind core.ErrNotFound: without a sentence when the message made no note.
func From(ctx context.Context, tx *store.Store, userID, chatID, messageID int64) (core.Note, error) {
	note, err := tx.NoteFromMessage(ctx, userID, chatID, messageID)
	if err != nil {
		return core.Note{}, err
	}
	return Live(ctx, tx, userID, note.ID)
}

// Live returns a note that is not in the trash, and holds it until the
// transaction ends. Its absence is an error of kind core.ErrNotFound.
func Live(ctx context.Context, tx *store.Store, userID, id int64) (core.Note, error) {
	note, err := tx.LockNote(ctx, userID, id)
	switch {
	case err != nil:
		return core.Note{}, gone(err)
	case note.DeletedAt != nil:
		return core.Note{}, gone(core.ErrNotFound)
	}
	return note, nil
}

// A Confirmation is what became of a note, to be shown to the user.
type Confirmation struct {
	Note     core.Note
	Location *time.Location // the user's
	Mentions []core.Mention
	Facts    []core.Fact // kept or asked about

	names map[int64]string // of the contacts
}

// Confirm returns what became of a note so far.
func Confirm(ctx context.Context, db *store.Store, userID, noteID int64) (Confirmation, error) {
	shown, err := db.ShownNote(ctx, userID, noteID)
	if err != nil {
		return Confirmation{}, err
	}
	return confirm(shown), nil
}

// ConfirmAll is Confirm for several notes, by their ids. Those that are not
// there are left out.
func ConfirmAll(ctx context.Context, db *store.Store, userID int64, noteIDs []int64) (map[int64]Confirmation, error) {
	shown, err := db.ShownNotes(ctx, userID, noteIDs)
	all := map[int64]Confirmation{}
	for _, n := range shown {
		all[n.ID] = confirm(n)
	}
	return all, err
}

func confirm(shown store.ShownNote) Confirmation {
	c := Confirmation{
		Note: shown.Note, Location: core.User{Timezone: shown.Timezone}.Location(), Facts: shown.Facts,
		names: map[int64]string{},
	}
	for _, m := range shown.Mentions {
		c.Mentions = append(c.Mentions, m.Mention)
		c.names[m.ContactID] = m.FullName
	}
	return c
}

// NameOf returns the full name of the contact a mention is, or "".
func (c Confirmation) NameOf(m core.Mention) string { return c.names[m.ContactID] }

// FactsOf returns the kept facts about a mention.
func (c Confirmation) FactsOf(mentionID int64) []core.Fact {
	return c.which(func(f core.Fact) bool { return f.MentionID == mentionID && f.State == core.FactKept })
}

// FactsAsked returns the facts the user is asked about.
func (c Confirmation) FactsAsked() []core.Fact {
	return c.which(func(f core.Fact) bool { return f.State == core.FactAsked })
}

func (c Confirmation) which(fits func(core.Fact) bool) []core.Fact {
	return slices.DeleteFunc(slices.Clone(c.Facts), func(f core.Fact) bool { return !fits(f) })
}

// Subject returns whom the note is about, before the others that it mentions.
func (c Confirmation) Subject() core.Mention {
	if len(c.Mentions) == 0 {
		return core.Mention{}
	}
	return c.Mentions[0]
}

// FactsAbout returns the facts, kept or asked about, about whom a mention is.
func (c Confirmation) FactsAbout(m core.Mention) []core.Fact {
	return c.which(func(f core.Fact) bool {
		return f.MentionID == m.ID || m.ContactID != 0 && f.ContactID == m.ContactID
	})
}

// FirstKnown returns the first mention that nobody needs to be asked about, and
// reports whether there is one.
func (c Confirmation) FirstKnown() (core.Mention, bool) {
	i := slices.IndexFunc(c.Mentions, func(m core.Mention) bool { return m.State != core.MentionAsked })
	if i < 0 {
		return core.Mention{}, false
	}
	return c.Mentions[i], true
}
