package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
)

func (m *memory) owe(phrase string) core.Message {
	m.t.Helper()
	return must(m.OweMessage(m.t.Context(), core.Message{
		UserID: m.user, ChatID: 7, Kind: core.MessagePhrase, Args: core.MessageArgs{Phrase: phrase},
	}))(m.t)
}

func (m *memory) next() core.Message {
	m.t.Helper()
	check(m.t, m.OpenChat(m.t.Context(), m.user, 7))
	check(m.t, m.ClaimChat(m.t.Context(), m.user, "a", time.Minute))
	return m.nextFor("a")
}

// nextFor returns what owner is to write next, or the zero Message.
func (m *memory) nextFor(owner string) (next core.Message) {
	m.t.Helper()
	check(m.t, m.NextOwed(m.t.Context(), m.user, owner, &next))
	return next
}

func TestMessageIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	note, ana := m.note("Ana likes tea"), m.contact("Ana")
	want := core.Message{
		UserID: m.user, ChatID: 7, Kind: core.MessageAnswer, NoteID: note.ID, ContactID: ana.ID, Paced: true, ReplyTo: 9,
		Args: core.MessageArgs{
			Query: "Who?", Page: 1, Part: 2, View: "v", Subject: 3, Phrase: "p", Sentence: "s", Ref: "r", Name: "n",
			Answer: &core.Answer{Text: "Ana", Sources: []int64{note.ID}, Engine: "rules"},
		},
		Wanted: 1,
	}
	owed := must(m.OweMessage(t.Context(), want))(t)
	want.ID, want.CreatedAt = owed.ID, owed.CreatedAt
	if diff := cmp.Diff(want, must(m.Message(t.Context(), m.user, owed.ID))(t)); diff != "" {
		t.Errorf("kept otherwise (-want +got):\n%s", diff)
	}
	_, err := m.Message(t.Context(), m.stranger, owed.ID)
	notFound(t, "somebody else's message", err)
}

func TestVersionsOfAMessage(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	first := m.owe("first")
	second := m.owe("second")
	if got := m.next(); got.ID != first.ID {
		t.Errorf("owed next is %q, want the older message", got.Args.Phrase)
	}
	check(t, m.MarkShown(t.Context(), m.user, first.ID, 1, 100))
	if got := m.next(); got.ID != second.ID {
		t.Errorf("owed next is %q, want the other message", got.Args.Phrase)
	}
	for _, phrase := range []string{"changed", "changed again"} {
		check(t, m.ChangeMessage(t.Context(), m.user, first.ID, core.MessageArgs{Phrase: phrase}))
	}
	check(t, m.ChangeMessage(t.Context(), m.stranger, first.ID, core.MessageArgs{Phrase: "hacked"}))
	got := m.next()
	if got.ID != first.ID || got.Wanted != 3 || got.Shown != 1 || got.TelegramMessageID != 100 || got.Args.Phrase != "changed again" {
		t.Errorf("owed next is %+v, want the newest state of the first message alone", got)
	}
	check(t, m.MarkShown(t.Context(), m.user, first.ID, 2, 100))
	if got := m.next(); got.ID != first.ID || got.Shown != 2 {
		t.Errorf("owed next is %+v, want the version that came up while another was sent", got)
	}
	check(t, m.MarkShown(t.Context(), m.user, first.ID, 3, 100))
	check(t, m.MarkShown(t.Context(), m.user, first.ID, 2, 999)) // comes late
	check(t, m.MarkShown(t.Context(), m.user, second.ID, 1, 101))
	if got := m.nextFor("a"); got.ID != 0 {
		t.Errorf("more is owed: %+v", got)
	}
	if got := must(m.MessageShown(t.Context(), m.user, 100))(t); got.ID != first.ID || got.Shown != 3 {
		t.Errorf("under 100 stands %+v, want the first message in version 3", got)
	}
	_, err := m.MessageShown(t.Context(), m.stranger, 100)
	notFound(t, "what somebody else was shown", err)
}

func TestMessagesOfANoteAreShownAnew(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	note := m.note("Ana likes tea")
	owe := func(kind core.MessageKind, noteID int64) core.Message {
		owed := must(m.OweMessage(t.Context(), core.Message{
			UserID: m.user, ChatID: 7, Kind: kind, NoteID: noteID, Args: core.MessageArgs{View: "edit"},
		}))(t)
		check(t, m.MarkShown(t.Context(), m.user, owed.ID, 1, 100+owed.ID))
		check(t, m.CountTry(t.Context(), m.user, owed.ID))
		return owed
	}
	owed := owe(core.MessageNote, note.ID)
	owe(core.MessagePhrase, note.ID)
	owe(core.MessageNote, m.note("Bob likes tea").ID)
	check(t, m.RefreshNoteMessages(t.Context(), m.stranger, note.ID))
	check(t, m.RefreshNoteMessages(t.Context(), m.user, note.ID))
	if got := m.next(); got.ID != owed.ID || got.Args.View != "edit" || got.Attempts != 0 {
		t.Errorf("owed next is %+v, want the note's message with its face and all its tries", got)
	}
	check(t, m.ResetNoteMessages(t.Context(), m.user, note.ID))
	if got := m.next(); got.ID != owed.ID || got.Args.View != "" || got.Wanted != 3 {
		t.Errorf("owed next is %+v, want the note's message with its first face", got)
	}
	check(t, m.MarkShown(t.Context(), m.user, owed.ID, 3, 100+owed.ID))
	if got := m.nextFor("a"); got.ID != 0 {
		t.Errorf("another message is owed: %+v", got)
	}
}

func TestGivingUpAMessage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		sent int64 // the Telegram message id before
	}{{"never sent", 0}, {"an edit", 100}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			owed := m.owe("first")
			if test.sent != 0 {
				check(t, m.MarkShown(t.Context(), m.user, owed.ID, 1, test.sent))
				check(t, m.ChangeMessage(t.Context(), m.user, owed.ID, core.MessageArgs{Phrase: "bad"}))
			}
			refused := m.next()
			check(t, m.GiveUpMessage(t.Context(), m.user, owed.ID, refused.Wanted, "refused"))
			if got := m.nextFor("a"); got.ID != 0 {
				t.Errorf("a version that was given up is owed: %+v", got)
			}
			check(t, m.ChangeMessage(t.Context(), m.user, owed.ID, core.MessageArgs{Phrase: "better"}))
			if got := m.next(); got.Args.Phrase != "better" || got.TelegramMessageID != test.sent {
				t.Errorf("owed next is %+v, want the newer version", got)
			}
		})
	}
}

func TestTriesOfAMessage(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	owed := m.owe("first")
	check(t, m.CountTry(t.Context(), m.stranger, owed.ID))
	check(t, m.CountTry(t.Context(), m.user, owed.ID))
	check(t, m.CountTry(t.Context(), m.user, owed.ID))
	if got := m.next().Attempts; got != 2 {
		t.Errorf("%d tries, want 2", got)
	}
	check(t, m.MarkShown(t.Context(), m.user, owed.ID, 1, 100))
	if got := must(m.Message(t.Context(), m.user, owed.ID))(t).Attempts; got != 0 {
		t.Errorf("%d tries of what is shown, want none", got)
	}
}

func TestLatestView(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	_, err := m.LatestView(t.Context(), m.user)
	notFound(t, "a view where nothing was said", err)
	note := m.note("Ana likes tea")
	owe := func(view string) core.Message {
		return must(m.OweMessage(t.Context(), core.Message{
			UserID: m.user, ChatID: 7, Kind: core.MessageNote, NoteID: note.ID, Args: core.MessageArgs{View: view},
		}))(t)
	}
	owe("choose")
	want := owe("edit")
	owe("")
	if got := must(m.LatestView(t.Context(), m.user))(t); got.ID != want.ID {
		t.Errorf("the latest view is of message %d, want %d", got.ID, want.ID)
	}
	_, err = m.LatestView(t.Context(), m.stranger)
	notFound(t, "somebody else's view", err)
}

func TestLastSpokenAbout(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob := m.contact("Ana"), m.contact("Bob")
	asking, since := m.note("She likes tea").ID, time.Now().Add(-30*time.Minute)
	_, err := m.LastSpokenAbout(t.Context(), m.user, asking, since)
	notFound(t, "anybody before the first word", err)
	say := func(kind core.MessageKind, noteID, contactID int64) core.Message {
		return must(m.OweMessage(t.Context(), core.Message{UserID: m.user, ChatID: 7, Kind: kind, NoteID: noteID, ContactID: contactID}))(t)
	}
	want := func(name string, c core.Contact) {
		t.Helper()
		if got := must(m.LastSpokenAbout(t.Context(), m.user, asking, since))(t); got.ID != c.ID {
			t.Errorf("%s: spoken about %q, want %q", name, got.FullName, c.FullName)
		}
	}
	card := say(core.MessageCard, 0, ana.ID)
	want("a card", ana)
	note := m.note("Bob likes tea", bob, ana)
	say(core.MessageNote, note.ID, 0)
	want("a note, by its first mention", bob)
	m.owe("help")
	want("a phrase is about nobody", bob)
	must(m.TrashNote(t.Context(), m.user, note.ID))(t)
	want("that note taken back", ana)
	say(core.MessageNote, asking, 0)
	say(core.MessageCard, 0, bob.ID)
	want("a card after the note", ana)
	m.exec(`UPDATE messages SET created_at = now() - interval '31 minutes' WHERE id = $1`, card.ID)
	_, err = m.LastSpokenAbout(t.Context(), m.user, asking, since)
	notFound(t, "somebody spoken about long ago", err)
	_, err = m.LastSpokenAbout(t.Context(), m.stranger, asking, since)
	notFound(t, "whom somebody else spoke about", err)
}
