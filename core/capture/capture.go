// Package capture turns what a user says into a note, once, and finds out whom
// it is about.
package capture

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// lastingFor is how long the person last spoken about is meant by a note that
// names nobody.
const lastingFor = 30 * time.Minute

// A Message is what a user says.
type Message struct {
	User      core.User
	ChatID    int64 // where it was said; 0 outside a chat
	MessageID int64
	Text      string
	SaidAt    time.Time
	About     int64  // the contact it is about, when that is said or it replies to something about them
	Author    string // who wrote it, when the user forwards it: the note is about them
	Quote     string // the words it replies to, where the user chose some
	Batch     int64  // the batch it came in with; 0 when it came alone
}

// Take keeps a message as a note, with whom it is about, and adds the task that
// reads it. Text that cannot be a note is an error of kind core.ErrInvalid.
func Take(ctx context.Context, tx *store.Store, m Message) (core.Note, core.Task, error) {
	text, err := core.NoteText(m.Text)
	if err != nil {
		return core.Note{}, core.Task{}, err
	}
	// A name that is no name leaves a note by nobody in particular.
	author, err := core.ContactName(m.Author)
	if err != nil {
		author = ""
	}
	if err := tx.BeginStep(ctx); err != nil {
		return core.Note{}, core.Task{}, err
	}
	note, err := tx.AddNote(ctx, store.NewNote{
		UserID: m.User.ID, Text: text, Lang: Language(text), ChatID: m.ChatID, MessageID: m.MessageID,
		SaidAt: m.SaidAt, Author: author, Quote: core.Clean(m.Quote),
	})
	if err != nil {
		return core.Note{}, core.Task{}, err
	}
	if note.Author != "" {
		err = mentionAuthor(ctx, tx, note)
	} else {
		err = mention(ctx, tx, note, m.About)
	}
	if err != nil {
		return core.Note{}, core.Task{}, err
	}
	task, err := analyze(ctx, tx, note, m.Batch)
	return note, task, err
}

// Revise gives a note other words and has it read again. Facts that the user
// has touched stay.
func Revise(ctx context.Context, tx *store.Store, note core.Note, text string) (core.Task, error) {
	text, err := core.NoteText(text)
	if err != nil {
		return core.Task{}, err
	}
	if err := tx.ResumeStep(ctx, note.Step, core.ActorUser); err != nil {
		return core.Task{}, err
	}
	note, err = tx.ReviseNote(ctx, note.UserID, note.ID, text, Language(text))
	if err != nil {
		return core.Task{}, gone(err)
	}
	if err := tx.RefreshNoteReminders(ctx, note.UserID, note.ID); err != nil {
		return core.Task{}, err
	}
	if err := tx.DropSaidReminders(ctx, note.UserID, note.ID); err != nil {
		return core.Task{}, err
	}
	if err := remention(ctx, tx, note); err != nil {
		return core.Task{}, err
	}
	if err := tx.EditChatNote(ctx, note.UserID, note.ID); err != nil {
		return core.Task{}, err
	}
	return reread(ctx, tx, note)
}

// Retry has a note read again whose analysis failed.
func Retry(ctx context.Context, tx *store.Store, note core.Note) (core.Task, error) {
	note, err := tx.ReviseNote(ctx, note.UserID, note.ID, note.Text, Language(note.Text))
	if err != nil {
		return core.Task{}, gone(err)
	}
	return reread(ctx, tx, note)
}

// reread replaces the tasks of a note by a new one, and has its messages say so.
func reread(ctx context.Context, tx *store.Store, note core.Note) (core.Task, error) {
	if err := tx.CancelTasks(ctx, note.UserID, note.ID); err != nil {
		return core.Task{}, err
	}
	if err := tx.ResetNoteMessages(ctx, note.UserID, note.ID); err != nil {
		return core.Task{}, err
	}
	return analyze(ctx, tx, note, 0)
}

func analyze(ctx context.Context, tx *store.Store, note core.Note, batch int64) (core.Task, error) {
	kind := core.TaskAnalyzeNote
	if note.Source == core.SourceTelegram {
		kind = core.TaskAnalyzeChat
	}
	return tx.AddTask(ctx, core.Task{UserID: note.UserID, Kind: kind, NoteID: note.ID, Revision: note.Revision, BatchID: batch})
}

// mention keeps who a new note is about: the contact it is said to be about, and
// whom it names; or, when it does neither, the person last spoken about before it,
// if it goes on about them, or nobody yet: the user is asked.
func mention(ctx context.Context, tx *store.Store, note core.Note, about int64) error {
	found, err := named(ctx, tx, note, about)
	if err != nil {
		return err
	}
	switch {
	case about != 0:
		found = led(found, note, about)
	case len(found) == 0:
		m, err := before(ctx, tx, note)
		if err != nil {
			return err
		}
		found = []core.Mention{m}
	}
	return keep(ctx, tx, found)
}

// led returns mentions with that of about first, which is one without a name
// when none of the names means them.
func led(mentions []core.Mention, note core.Note, about int64) []core.Mention {
	first := core.Mention{UserID: note.UserID, NoteID: note.ID, ContactID: about, State: core.MentionResolved}
	if i := slices.IndexFunc(mentions, func(m core.Mention) bool { return m.ContactID == about }); i >= 0 {
		first = mentions[i]
		mentions = slices.Delete(mentions, i, i+1)
	}
	first.Source = core.MentionReply
	return slices.Insert(mentions, 0, first)
}

// before returns, as a mention, the person last spoken about before a note that
// names nobody and goes on about them, or else nobody: the user is to be asked.
func before(ctx context.Context, tx *store.Store, note core.Note) (core.Mention, error) {
	m := core.Mention{UserID: note.UserID, NoteID: note.ID, State: core.MentionAsked, Source: core.MentionNamed}
	if !rules.Continues(note.Text) {
		if rules.Reminds(note.Text) { // a chore needs nobody
			m.State = core.MentionDismissed
		}
		return m, nil
	}
	last, err := tx.LastSpokenAbout(ctx, note.UserID, note.ID, note.SaidAt.Add(-lastingFor))
	switch {
	case errors.Is(err, core.ErrNotFound):
		return m, nil
	case err != nil:
		return m, err
	}
	m.ContactID, m.State, m.Source = last.ID, core.MentionResolved, core.MentionBefore
	return m, nil
}

// mentionAuthor keeps that a forwarded note is about who wrote it, and nobody
// else: others may go by names that mean somebody else to the user.
func mentionAuthor(ctx context.Context, tx *store.Store, note core.Note) error {
	m, err := people.Resolve(ctx, tx, note.UserID, people.Spoken{Name: note.Author})
	if err != nil {
		return err
	}
	m.NoteID = note.ID
	return keep(ctx, tx, []core.Mention{m})
}

// remention brings the mentions of a note into line with its new words. Those
// that are still named stay as the user left them.
func remention(ctx context.Context, tx *store.Store, note core.Note) error {
	if note.Author != "" {
		return nil
	}
	was, err := tx.Mentions(ctx, note.UserID, note.ID)
	if err != nil {
		return err
	}
	if err := dropAdded(ctx, tx, note, was); err != nil {
		return err
	}
	about := saidAbout(was)
	found, err := named(ctx, tx, note, about)
	if err != nil {
		return err
	}
	if about != 0 {
		found = led(found, note, about)
	}
	names := []string{} // to a database, nil would be no list at all
	for _, m := range found {
		names = append(names, m.Name)
	}
	for _, m := range was {
		// Whom a note without names is about came from the talk around it.
		if m.Name == "" && (len(found) == 0 || m.Source == core.MentionChosen) {
			names = append(names, "")
		}
	}
	if err := tx.DropMentionsExcept(ctx, note.UserID, note.ID, names); err != nil {
		return err
	}
	if len(names) == 0 {
		return mention(ctx, tx, note, 0)
	}
	return keep(ctx, tx, found)
}

// saidAbout returns the contact that a note with these mentions was said to be
// about, or 0.
func saidAbout(mentions []core.Mention) int64 {
	for _, m := range mentions {
		if m.Source == core.MentionReply {
			return m.ContactID
		}
	}
	return 0
}

// dropAdded takes back the people whom a note added under names that it no
// longer has. They go before the new names are looked up: a name spelt right
// would be taken for the one that was not.
func dropAdded(ctx context.Context, tx *store.Store, note core.Note, was []core.Mention) error {
	stay, added := []string{}, []int64{}
	for _, m := range was {
		if m.Source == core.MentionNew && !strings.Contains(note.Text, m.Name) {
			added = append(added, m.ContactID)
		} else {
			stay = append(stay, m.Name)
		}
	}
	if len(added) == 0 {
		return nil
	}
	if err := tx.DropMentionsExcept(ctx, note.UserID, note.ID, stay); err != nil {
		return err
	}
	for _, id := range added {
		if _, err := tx.TrashContact(ctx, note.UserID, id); err != nil {
			return err
		}
	}
	return nil
}

// named resolves the names in a note about a contact, or about 0.
func named(ctx context.Context, tx *store.Store, note core.Note, about int64) ([]core.Mention, error) {
	known, err := people.InText(ctx, tx, note.UserID, note.Text)
	if err != nil {
		return nil, err
	}
	var found []core.Mention
	for _, name := range rules.Mentions(note.Text, people.Texts(known)) {
		m, err := people.Resolve(ctx, tx, note.UserID, people.Spoken{Name: name.Name, Full: name.Full, Known: known, About: about})
		if err != nil {
			return nil, err
		}
		m.NoteID = note.ID
		found = append(found, m)
	}
	return found, nil
}

func keep(ctx context.Context, tx *store.Store, mentions []core.Mention) error {
	for _, m := range mentions {
		if err := tx.KeepMention(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// gone says that a note is in the trash, when that is why it was not found.
func gone(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return core.Tell(core.ErrNotFound, "That note is gone.")
	}
	return err
}

// Language returns the text search configuration to read text with. Postgres
// brings stemmers; English ones leave words of other Latin scripts nearly
// alone, so only another script needs another.
func Language(text string) string {
	letters, cyrillic := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.Is(unicode.Cyrillic, r) {
			cyrillic++
		}
	}
	if cyrillic*2 > letters {
		return "russian"
	}
	return "english"
}
