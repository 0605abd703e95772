package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestAddNote(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	at := time.Date(2026, 3, 14, 18, 5, 0, 0, time.UTC)
	n := store.NewNote{UserID: m.user, Text: "  Ana\n", Lang: "english", ChatID: 7, MessageID: 8, Author: "Bob", Step: 9, SaidAt: at}
	got := must(m.AddNote(t.Context(), n))(t)
	want := core.Note{
		UserID: m.user, ID: got.ID, Text: "  Ana\n", State: core.NotePending, Revision: 1, Step: 9, Author: "Bob", SaidAt: got.SaidAt,
	}
	if got != want || !got.SaidAt.Equal(at) {
		t.Errorf("kept %+v, want %+v of %v", got, want, at)
	}
	if _, err := m.AddNote(t.Context(), n); !errors.Is(err, core.ErrConflict) {
		t.Errorf("a second note from one message: %v, want a conflict", err)
	}
	if same := must(m.NoteFromMessage(t.Context(), m.user, 7, 8))(t); same != got {
		t.Errorf("the note of message 7/8 is %+v, want %+v", same, got)
	}
	_, err := m.NoteFromMessage(t.Context(), m.stranger, 7, 8)
	notFound(t, "somebody else's message", err)
	n.UserID = m.stranger
	must(m.AddNote(t.Context(), n))(t)
	for range 2 { // outside a chat there is no message to be told apart by
		m.note("from nowhere")
	}
}

func TestWhatIsNoNote(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	for name, n := range map[string]store.NewNote{
		"no words":          {UserID: m.user, Lang: "english"},
		"too long":          {UserID: m.user, Lang: "english", Text: strings.Repeat("é", core.MaxNoteLen+1)},
		"nobody's":          {UserID: m.stranger + 1000, Lang: "english", Text: "Ana"},
		"a chat alone":      {UserID: m.user, Lang: "english", Text: "Ana", ChatID: 7},
		"a language unread": {UserID: m.user, Lang: "klingon", Text: "Ana"},
	} {
		if _, err := m.AddNote(t.Context(), n); err == nil {
			t.Errorf("%s: kept, want an error", name)
		}
	}
	longest := store.NewNote{UserID: m.user, Lang: "english", Text: strings.Repeat("é", core.MaxNoteLen)}
	if got := must(m.AddNote(t.Context(), longest))(t); got.Text != longest.Text {
		t.Error("the longest note is not kept word for word")
	}
}

func TestRevisionsOfANote(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	note := m.note("Ana likes tea")
	revised := must(m.ReviseNote(t.Context(), m.user, note.ID, "Ana likes coffee", "english"))(t)
	if revised.Revision != 2 || revised.Text != "Ana likes coffee" || revised.State != core.NotePending {
		t.Errorf("revised to %+v, want revision 2, pending", revised)
	}
	if _, finished := m.finish(m.user, note.ID, 1); finished {
		t.Error("the result for the old words was kept")
	}
	if _, finished := m.finish(m.stranger, note.ID, 2); finished {
		t.Error("somebody else finished the note")
	}
	for i, want := range []bool{true, false} {
		n, finished := m.finish(m.user, note.ID, 2)
		if finished != want || finished && (n.ID != note.ID || n.State != core.NoteDone || n.Engine != "rules") {
			t.Errorf("finished the time %d: %v, %+v; want %v, and the note", i+1, finished, n, want)
		}
	}
	if got := must(m.Note(t.Context(), m.user, note.ID))(t); got.State != core.NoteDone || got.Engine != "rules" {
		t.Errorf("the note is %s by %q, want done by rules", got.State, got.Engine)
	}
	if got := must(m.ReviseNote(t.Context(), m.user, note.ID, "Ana", "english"))(t); got.State != core.NotePending || got.Engine != "" {
		t.Errorf("after another edit the note is %s by %q, want pending, read by nobody", got.State, got.Engine)
	}
	_, err := m.ReviseNote(t.Context(), m.stranger, note.ID, "hacked", "english")
	notFound(t, "somebody else's edit", err)
}

// finish says that the rules have read a revision of a note.
func (m *memory) finish(user, note int64, revision int) (n core.Note, finished bool) {
	m.t.Helper()
	n, finished, err := m.FinishNote(m.t.Context(), user, note, revision, core.NoteDone, "rules")
	check(m.t, err)
	return n, finished
}

func TestANoteInTheTrash(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	kept, note := m.note("Ana likes coffee", ana), m.note("Ana likes tea", ana)
	if trashed := must(m.TrashNote(t.Context(), m.stranger, note.ID))(t); trashed {
		t.Error("somebody else moved the note to the trash")
	}
	for i, want := range []bool{true, false} {
		if got := must(m.TrashNote(t.Context(), m.user, note.ID))(t); got != want {
			t.Errorf("moved to the trash the time %d: %v, want %v", i+1, got, want)
		}
	}
	got := must(m.Note(t.Context(), m.user, note.ID))(t)
	if got.DeletedAt == nil || got.Text != "Ana likes tea" || got.Revision != 2 {
		t.Errorf("in the trash: %+v; want it word for word, and a new revision", got)
	}
	if _, finished := m.finish(m.user, note.ID, got.Revision); finished {
		t.Error("an analysis finished a note in the trash")
	}
	_, err := m.ReviseNote(t.Context(), m.user, note.ID, "Ana", "english")
	notFound(t, "an edit of what is in the trash", err)
	if got := must(m.NotesAbout(t.Context(), m.user, ana.ID, store.Moment{}, 10))(t); len(got) != 1 || got[0].ID != kept.ID {
		t.Errorf("notes about Ana: %v, want the live one", got)
	}
	if got := must(m.LatestNote(t.Context(), m.user))(t); got.ID != kept.ID {
		t.Errorf("the latest note is %q, want the live one", got.Text)
	}
	must(m.TrashNote(t.Context(), m.user, kept.ID))(t)
	_, err = m.LatestNote(t.Context(), m.user)
	notFound(t, "the latest of no notes", err)
}

func TestNotesAboutAreTheLatest(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob := m.contact("Ana"), m.contact("Bob")
	now := time.Now()
	for i, text := range []string{"third", "second", "first"} {
		storetest.NoteAt(t, m.Store, m.user, now.Add(time.Duration(i)*time.Minute), text, ana)
	}
	m.note("about Bob", bob)
	var got []string
	for _, n := range must(m.NotesAbout(t.Context(), m.user, ana.ID, store.Moment{}, 2))(t) {
		got = append(got, n.Text)
	}
	if want := []string{"first", "second"}; !slices.Equal(got, want) {
		t.Errorf("notes about Ana: %q, want %q", got, want)
	}
}

func TestLockedNoteWaits(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	note := m.note("Ana likes tea")
	_, err := m.LockNote(t.Context(), m.stranger, note.ID)
	notFound(t, "somebody else's lock", err)
	check(t, m.InTx(t.Context(), func(tx *store.Store) error {
		if _, err := tx.LockNote(t.Context(), m.user, note.ID); err != nil {
			return err
		}
		var id int64
		err := m.sql.QueryRow(t.Context(), `SELECT id FROM notes WHERE id = $1 FOR UPDATE NOWAIT`, note.ID).Scan(&id)
		if err == nil || !strings.Contains(err.Error(), "could not obtain lock") {
			t.Errorf("somebody else gets at the note: %v", err)
		}
		return nil
	}))
}

func TestMentions(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	note := m.note("Ana and Maya")
	first := must(m.AddMention(t.Context(), core.Mention{
		UserID: m.user, NoteID: note.ID, Name: "Ana", ContactID: ana.ID, State: core.MentionResolved, Source: core.MentionNamed,
	}))(t)
	second := must(m.AddMention(t.Context(), core.Mention{
		UserID: m.user, NoteID: note.ID, Name: "Maya", State: core.MentionAsked, Source: core.MentionNamed,
	}))(t)
	again := must(m.AddMention(t.Context(), core.Mention{
		UserID: m.user, NoteID: note.ID, Name: "Ana", State: core.MentionAsked, Source: core.MentionNamed,
	}))(t)
	if again != first {
		t.Errorf("the same name again is %+v, want what was there: %+v", again, first)
	}
	if got := must(m.Mentions(t.Context(), m.user, note.ID))(t); !slices.Equal(got, []core.Mention{first, second}) {
		t.Errorf("mentions are %v, want %v and %v", got, first, second)
	}
	want := []store.NamedMention{{Mention: first, FullName: "Ana"}, {Mention: second}}
	if got := must(m.ShownNote(t.Context(), m.user, note.ID))(t); !slices.Equal(got.Mentions, want) || got.Timezone != "UTC" {
		t.Errorf("shown are %v in %s, want %v", got.Mentions, got.Timezone, want)
	}
	if got := must(m.Mention(t.Context(), m.user, first.ID))(t); got != first {
		t.Errorf("Mention = %v, want %v", got, first)
	}
	_, err := m.ShownNote(t.Context(), m.stranger, note.ID)
	notFound(t, "somebody else's note", err)
	_, err = m.Mention(t.Context(), m.stranger, first.ID)
	notFound(t, "somebody else's mention", err)
	must(m.TrashNote(t.Context(), m.user, note.ID))(t)
	_, err = m.Mention(t.Context(), m.user, first.ID)
	notFound(t, "a mention in the trash", err)
	if _, err := m.AddMention(t.Context(), core.Mention{
		UserID: m.user, NoteID: note.ID, Name: "Bob", State: core.MentionResolved, Source: core.MentionNamed,
	}); err == nil {
		t.Error("a mention that is resolved to nobody is kept")
	}
}

func TestAssignMentionMovesAllOfIt(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob := m.contact("Ana"), m.contact("Bob")
	at := time.Now().Add(-time.Hour)
	note := m.note("Had tea with Ana", ana)
	mention := m.mention(note)
	storetest.Fact(t, m.Store, note, "Drinks tea")
	check(t, m.AddMeeting(t.Context(), mention, at))
	met := func(c core.Contact) bool {
		_, err := m.LastMeeting(t.Context(), m.user, c.ID, time.Now())
		if err != nil {
			notFound(t, "meeting", err)
		}
		return err == nil
	}
	for _, test := range []struct {
		name       string
		to         int64
		state      core.MentionState
		anas, bobs int
	}{
		{"somebody else", bob.ID, core.MentionResolved, 0, 1},
		{"nobody", 0, core.MentionDismissed, 0, 0},
		{"back", ana.ID, core.MentionResolved, 1, 0},
	} {
		check(t, m.AssignMention(t.Context(), m.stranger, mention.ID, test.to))
		check(t, m.AssignMention(t.Context(), m.user, mention.ID, test.to))
		got := must(m.Mention(t.Context(), m.user, mention.ID))(t)
		if got.ContactID != test.to || got.State != test.state || got.Source != core.MentionChosen {
			t.Errorf("%s: the mention is %+v", test.name, got)
		}
		if a, b := len(m.about(ana)), len(m.about(bob)); a != test.anas || b != test.bobs {
			t.Errorf("%s: %d facts about Ana and %d about Bob, want %d and %d", test.name, a, b, test.anas, test.bobs)
		}
		if a, b := met(ana), met(bob); a != (test.anas == 1) || b != (test.bobs == 1) {
			t.Errorf("%s: met Ana %v, Bob %v; want the meeting where the facts are", test.name, a, b)
		}
	}
}

func TestDropMentionsExcept(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob, carl := m.contact("Ana"), m.contact("Bob"), m.contact("Carl")
	note := m.note("Ana, Bob and Carl", ana, bob, carl)
	mentions := must(m.Mentions(t.Context(), m.user, note.ID))(t)
	for _, mention := range mentions {
		storetest.Fact(t, m.Store, note, "Was there", func(f *core.Fact) { f.MentionID, f.ContactID = mention.ID, mention.ContactID })
	}
	facts := must(m.FactsAbout(t.Context(), m.user, carl.ID, "", 1))(t)
	check(t, m.RewriteFact(t.Context(), m.user, facts[0].ID, "Came late", nil))
	check(t, m.DropMentionsExcept(t.Context(), m.stranger, note.ID, nil))
	check(t, m.DropMentionsExcept(t.Context(), m.user, note.ID, []string{"Ana"}))
	if got := len(m.about(ana)); got != 1 {
		t.Errorf("%d facts about Ana, who is still named, want 1", got)
	}
	if got := len(m.about(bob)); got != 0 {
		t.Errorf("%d facts about Bob, who is no longer named, want none", got)
	}
	if got := m.about(carl); !slices.Equal(got, []string{"Came late"}) {
		t.Errorf("about Carl: %q, want what the user wrote", got)
	}
}

func TestLastMeeting(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	now := time.Now().Truncate(time.Second)
	meet := func(ago time.Duration) core.Note {
		note := m.note("Met Ana", ana)
		check(t, m.AddMeeting(t.Context(), m.mention(note), now.Add(-ago)))
		return note
	}
	last := func(user int64) (int64, error) {
		got, err := m.LastMeeting(t.Context(), user, ana.ID, now)
		return got.NoteID, err
	}
	_, err := last(m.user)
	notFound(t, "a meeting before any", err)
	first, second := meet(48*time.Hour), meet(24*time.Hour)
	meet(-24 * time.Hour) // planned, not had
	if got := must(last(m.user))(t); got != second.ID {
		t.Errorf("the last meeting is of note %d, want %d", got, second.ID)
	}
	_, err = last(m.stranger)
	notFound(t, "somebody else's meeting", err)
	must(m.TrashNote(t.Context(), m.user, second.ID))(t)
	if got := must(last(m.user))(t); got != first.ID {
		t.Errorf("with that taken back it is of note %d, want %d", got, first.ID)
	}
	check(t, m.AddMeeting(t.Context(), m.mention(first), now.Add(-time.Hour)))
	if got := must(m.LastMeeting(t.Context(), m.user, ana.ID, now))(t); !got.At.Equal(now.Add(-time.Hour)) {
		t.Errorf("a mention tells of a meeting at %v, want the newer reading", got.At)
	}
	check(t, m.DropMeetings(t.Context(), m.stranger, first.ID))
	check(t, m.DropMeetings(t.Context(), m.user, first.ID))
	_, err = last(m.user)
	notFound(t, "a dropped meeting", err)
}

// Whatever the code asks for, the database refuses a row that points into
// somebody else's data.
func TestSomebodyElsesRowsAreRefused(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ctx := t.Context()
	ana := m.contact("Ana")
	note := m.note("Ana likes tea", ana)
	mention := m.mention(note)
	theirs := storetest.Contact(t, m.Store, m.stranger, "Theirs")
	their := storetest.Note(t, m.Store, m.stranger, "Theirs likes coffee", theirs)
	message := must(m.OweMessage(ctx, core.Message{UserID: m.user, ChatID: 1, Kind: core.MessageCard, ContactID: ana.ID}))(t)
	fact := storetest.Fact(t, m.Store, note, "Likes tea")
	errs := map[string]error{
		"alias":          m.AddAlias(ctx, m.stranger, ana.ID, "Nita", "correction"),
		"reach":          m.AddReach(ctx, m.stranger, ana.ID, "phone", "1"),
		"assign mention": m.AssignMention(ctx, m.user, mention.ID, theirs.ID),
		"meeting":        m.AddMeeting(ctx, core.Mention{UserID: m.stranger, NoteID: note.ID, ID: mention.ID, ContactID: ana.ID}, time.Now()),
	}
	_, errs["mention of a note"] = m.AddMention(ctx, core.Mention{UserID: m.stranger, NoteID: note.ID, State: core.MentionAsked, Source: core.MentionNamed})
	_, errs["mention of a contact"] = m.AddMention(ctx, core.Mention{
		UserID: m.stranger, NoteID: their.ID, Name: "x", ContactID: ana.ID, State: core.MentionResolved, Source: core.MentionNamed,
	})
	stolen := fact
	stolen.UserID = m.stranger
	errs["fact"] = m.AddFacts(ctx, stolen.UserID, []core.Fact{stolen})
	_, errs["message about a note"] = m.OweMessage(ctx, core.Message{UserID: m.stranger, ChatID: 1, Kind: core.MessageNote, NoteID: note.ID})
	_, errs["message about a contact"] = m.OweMessage(ctx, core.Message{UserID: m.stranger, ChatID: 1, Kind: core.MessageCard, ContactID: ana.ID})
	_, errs["task on a note"] = m.AddTask(ctx, core.Task{UserID: m.stranger, Kind: core.TaskAnalyzeNote, NoteID: note.ID})
	_, errs["task on a message"] = m.AddTask(ctx, core.Task{UserID: m.stranger, Kind: core.TaskAnswerQuestion, MessageID: message.ID})
	for name, err := range errs {
		if err == nil || !strings.Contains(err.Error(), "foreign key") {
			t.Errorf("%s: %v, want a refusal by foreign key", name, err)
		}
	}
}
