package analysis

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// Load returns what an engine gets to read of a note, and reports false when
// there is nothing to read: the note has moved on since the revision, or an
// engine has read it.
func Load(ctx context.Context, db *store.Store, userID, noteID int64, revision int) (Note, bool, error) {
	return load(ctx, db, userID, noteID, func(n core.Note) bool {
		return n.Revision == revision && n.State == core.NotePending
	})
}

// LoadAgain is Load for a model, of a note that the rules have read.
func LoadAgain(ctx context.Context, db *store.Store, userID, noteID int64, revision int) (Note, bool, error) {
	return load(ctx, db, userID, noteID, func(n core.Note) bool {
		return n.Revision == revision && n.State == core.NoteDone && n.Engine == ByRules{}.Name()
	})
}

func load(ctx context.Context, db *store.Store, userID, noteID int64, open func(core.Note) bool) (Note, bool, error) {
	note, err := db.DatedNote(ctx, userID, noteID)
	if err != nil {
		return Note{}, false, err
	}
	if note.DeletedAt != nil || !open(note.Note) {
		return Note{}, false, nil
	}
	known, err := people.InText(ctx, db, userID, note.Text)
	if err != nil {
		return Note{}, false, err
	}
	return Note{Text: note.Text, At: note.SaidAt.In(core.User{Timezone: note.Timezone}.Location()), Known: people.Texts(known), Author: note.Author, Chat: note.Source == core.SourceTelegram}, true, nil
}

// File keeps what an engine read in a revision of a note, in place of what was
// read before and the user has not touched. When the note has moved on it
// keeps nothing.
func File(ctx context.Context, tx *store.Store, userID, noteID int64, revision int, read Result) error {
	note, finished, err := tx.FinishNote(ctx, userID, noteID, revision, core.NoteDone, read.Engine)
	if err != nil || !finished {
		return err
	}
	f := filing{tx: tx, note: note}
	if err := f.begin(ctx); err != nil {
		return err
	}
	for _, d := range read.Drafts {
		if err := f.fact(ctx, d); err != nil {
			return err
		}
	}
	if err := tx.AddFacts(ctx, userID, f.facts); err != nil {
		return err
	}
	for _, m := range read.Meetings {
		if err := f.meeting(ctx, m); err != nil {
			return err
		}
	}
	return tx.RefreshNoteMessages(ctx, userID, noteID)
}

// A filing puts what was read of one note in its places.
type filing struct {
	tx       *store.Store
	note     core.Note
	mentions []core.Mention
	touched  []string // texts of facts the user has touched
	chat     store.ChatNote
	facts    []core.Fact // to be kept
}

// begin makes room, but for what the user has touched.
func (f *filing) begin(ctx context.Context) (err error) {
	if err := f.tx.ResumeStep(ctx, f.note.Step, core.ActorEngine); err != nil {
		return err
	}
	if err := f.tx.DropUntouchedFacts(ctx, f.note.UserID, f.note.ID); err != nil {
		return err
	}
	if err := f.tx.DropMeetings(ctx, f.note.UserID, f.note.ID); err != nil {
		return err
	}
	if err := f.tx.TouchedQuotes(ctx, f.note.UserID, f.note.ID, &f.touched); err != nil {
		return err
	}
	if f.note.Source == core.SourceTelegram {
		if f.chat, err = f.tx.ChatNoteOf(ctx, f.note.UserID, f.note.ID); err != nil {
			return err
		}
	}
	f.mentions, err = f.tx.Mentions(ctx, f.note.UserID, f.note.ID)
	return err
}

// fact files a draft, unless the user has decided about what it says.
func (f *filing) fact(ctx context.Context, d core.Draft) error {
	if slices.ContainsFunc(f.touched, func(quote string) bool { return tells(quote, d) }) {
		return nil
	}
	m, err := f.mention(ctx, d.About)
	if err != nil {
		return err
	}
	fact := core.Fact{
		UserID: f.note.UserID, NoteID: f.note.ID, MentionID: m.ID, ContactID: m.ContactID,
		Category: d.Category, Text: d.Text, Quote: d.Quote, QuoteStart: strings.Index(f.note.Text, d.Quote),
		Confidence: d.Confidence, State: core.FactKept, Slot: d.Slot, Value: d.Value, SaidAt: f.note.SaidAt,
	}
	fact.MessageID = messageAt(f.chat, fact.QuoteStart)
	if d.Slot == core.SlotBirthday {
		fact.Value = d.Birthday.String()
	}
	// What others write is theirs to say, and the user's to confirm.
	if d.Confidence < core.KeepAt || f.note.Author != "" {
		fact.State = core.FactAsked
	}
	if d.Due != nil {
		due := d.Due.Due(f.note.SaidAt)
		fact.DueAt = &due
	}
	f.facts = append(f.facts, fact)
	return nil
}

// tells reports whether a fact with that quote says what a draft does. Of what is to
// be done another engine may quote more, or less.
func tells(quote string, d core.Draft) bool {
	return quote == d.Quote || d.Category == core.Actionable && (strings.Contains(quote, d.Quote) || strings.Contains(d.Quote, quote))
}

// messageAt returns the message of a chat whose words have that place in its
// note; 0 for a note of no chat.
func messageAt(c store.ChatNote, at int) int64 {
	i := sort.SearchInts(c.Starts, at+1)
	if i == 0 {
		return 0
	}
	return c.MessageIDs[i-1]
}

func (f *filing) meeting(ctx context.Context, met core.Meeting) error {
	m, err := f.mention(ctx, met.About)
	if err != nil {
		return err
	}
	return f.tx.AddMeeting(ctx, m, met.On)
}

// mention returns who a name in the note is; a name that nobody had found
// before is resolved now. Without a name it is whom the note is about.
func (f *filing) mention(ctx context.Context, about string) (core.Mention, error) {
	if m, ok := f.known(about); ok {
		return m, nil
	}
	m := core.Mention{UserID: f.note.UserID, State: core.MentionAsked, Source: core.MentionNamed}
	if about != "" {
		known, err := people.InText(ctx, f.tx, f.note.UserID, about)
		if err != nil {
			return m, err
		}
		if m, err = people.Resolve(ctx, f.tx, f.note.UserID, people.Spoken{Name: about, Full: strings.Contains(about, " "), Known: known}); err != nil {
			return m, err
		}
	}
	m.NoteID = f.note.ID
	m, err := f.tx.AddMention(ctx, m)
	f.mentions = append(f.mentions, m)
	return m, err
}

// known returns the mention that a name in the note means, and reports whether
// there is one: of that name, or the only one whose full name begins with it.
func (f *filing) known(about string) (core.Mention, bool) {
	if f.note.Author != "" && len(f.mentions) > 0 {
		return f.mentions[0], true
	}
	key := people.Fold(about)
	var called []core.Mention
	for _, m := range f.mentions {
		name := people.Fold(m.Name)
		bare, nick := people.Nickname(name)
		if name == key || nick != "" && (bare == key || nick == key) {
			return m, true
		}
		if first, _, full := strings.Cut(name, " "); full && first == key {
			called = append(called, m)
		}
	}
	switch {
	case about == "" && len(f.mentions) > 0:
		return f.mentions[0], true
	case len(called) == 1:
		return called[0], true
	}
	return core.Mention{}, false
}
