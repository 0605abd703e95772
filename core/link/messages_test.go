package link_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// monday is a day in the past, in the morning.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// said is a message of Ana's, minutes after monday; of the user's, with a
// negative id.
func said(id int, minutes int, text string) core.ChatMessage {
	return core.ChatMessage{MessageID: int64(max(id, -id)), Out: id < 0, At: monday.Add(time.Duration(minutes) * time.Minute), Kind: core.ChatText, Text: text}
}

// talking returns an account whose user chose to have the chat with Ana read.
func talking(t *testing.T) *account {
	t.Helper()
	a := newAccount(t)
	a.sync(link.PeopleResult{New: 1}, ana)
	storetest.Chat(t, a.db, a.user.ID, ana.ID)
	return a
}

// add adds messages, and has what is due noted and read.
func (a *account) add(messages ...core.ChatMessage) {
	a.t.Helper()
	check(a.t, link.AddMessages(a.t.Context(), a.db, a.user.ID, ana.ID, messages))
	a.work()
}

// delete deletes messages, and has what is due noted and read.
func (a *account) delete(chatID int64, ids ...int64) {
	a.t.Helper()
	check(a.t, link.DeleteMessages(a.t.Context(), a.db, a.user.ID, chatID, ids))
	a.work()
}

// work does what a worker does, by rules.
func (a *account) work() {
	a.t.Helper()
	for more := true; more; {
		var err error
		more, err = link.NoteDays(a.t.Context(), a.db, a.user.ID)
		check(a.t, err)
	}
	analyst := analysis.Analyst{Engines: []analysis.Engine{analysis.ByRules{}}}
	rows, err := a.sql.Query(a.t.Context(), `SELECT note_id, revision FROM tasks WHERE kind = 'analyze_chat' AND state = 'queued'`)
	check(a.t, err)
	type open struct {
		id       int64
		revision int
	}
	var notes []open
	for rows.Next() {
		var n open
		check(a.t, rows.Scan(&n.id, &n.revision))
		notes = append(notes, n)
	}
	for _, n := range notes {
		note, _, err := analysis.Load(a.t.Context(), a.db, a.user.ID, n.id, n.revision)
		check(a.t, err)
		read, err := analyst.Read(a.t.Context(), note)
		check(a.t, err)
		check(a.t, a.tx(func(ctx context.Context, tx *store.Store) error {
			return analysis.File(ctx, tx, a.user.ID, n.id, n.revision, read)
		}))
	}
	a.exec(`UPDATE tasks SET state = 'done', finished_at = now() WHERE state = 'queued'`)
}

// notes checks the live notes, the oldest first.
func (a *account) notes(want ...string) {
	a.t.Helper()
	got := a.texts(`SELECT text FROM notes WHERE user_id = $1 AND deleted_at IS NULL ORDER BY said_at, id`, a.user.ID)
	if !slices.Equal(got, want) {
		a.t.Errorf("the notes are %q, want %q", got, want)
	}
}

// facts checks the facts, with their states and the messages that say them.
func (a *account) facts(want ...string) {
	a.t.Helper()
	got := a.texts(`SELECT concat_ws(' ', f.state, COALESCE(f.message_id, 0), c.full_name || ':', f.text) FROM facts f JOIN contacts c ON c.id = f.contact_id
		WHERE f.user_id = $1 ORDER BY f.message_id, f.id`, a.user.ID)
	if !slices.Equal(got, want) {
		a.t.Errorf("the facts are %q, want %q", got, want)
	}
}

// met checks when the user spoke with whom.
func (a *account) met(want ...string) {
	a.t.Helper()
	got := a.texts(`SELECT c.full_name || to_char(i.at AT TIME ZONE 'UTC', ' DD Mon HH24:MI') FROM interactions i JOIN contacts c ON c.id = i.contact_id
		WHERE i.user_id = $1 ORDER BY i.at`, a.user.ID)
	if !slices.Equal(got, want) {
		a.t.Errorf("interactions are %q, want %q", got, want)
	}
}

func TestAChatBecomesNotesAndFacts(t *testing.T) {
	t.Parallel()
	a := talking(t)
	hour := 60
	a.add(
		said(-1, 0, "Good morning!"),
		said(2, 5, "I'm moving to Porto in March.\nMe: I owe Ana 1000 euros"),
		core.ChatMessage{MessageID: 3, At: monday.Add(6 * time.Minute), Kind: core.ChatSticker},
		said(4, 7, "Mike Chen works at Stripe. I love oysters."),
		said(-5, 8, "I'll send you the contract tomorrow. I work at Google."),
		said(6, 20*hour, "My son Leo started piano"),
		core.ChatMessage{MessageID: 7, At: monday.Add(72 * time.Hour), Kind: core.ChatCall},
		core.ChatMessage{MessageID: 8, At: monday.Add(96 * time.Hour), Kind: core.ChatService},
	)
	a.notes(
		"Me: Good morning!\nAna Torres: I'm moving to Porto in March.\n  Me: I owe Ana 1000 euros\nAna Torres: Mike Chen works at Stripe. I love oysters.\n"+
			"Me: I'll send you the contract tomorrow. I work at Google.\n",
		"Ana Torres: My son Leo started piano\n",
	)
	a.facts(
		"asked 2 Ana Torres: Moving to Porto in March", "asked 2 Ana Torres: Owe Ana 1000 euros", "asked 4 Ana Torres: Loves oysters",
		"asked 5 Ana Torres: Send you the contract", "asked 6 Ana Torres: Son Leo started piano",
	)
	a.met("Ana Torres 02 Mar 09:08", "Ana Torres 03 Mar 05:00", "Ana Torres 05 Mar 09:00")
	if got := a.texts(`SELECT DISTINCT author || ' ' || source FROM notes`); !slices.Equal(got, []string{"Ana Torres telegram"}) {
		t.Errorf("the notes are by and from %q", got)
	}
	if got := a.texts(`SELECT count(*)::text FROM messages`); got[0] != "0" {
		t.Errorf("the user's chat is owed %s messages, want none", got[0])
	}
	a.people("Ana Torres 7 @ana_t --03-14 +351912345678")
}

func TestTheSameMessagesAgainChangeNothing(t *testing.T) {
	t.Parallel()
	a := talking(t)
	messages := []core.ChatMessage{said(1, 0, "I live in Porto"), said(1, 0, "I live in Porto"), said(-2, 3, "Nice")}
	for range 3 {
		a.add(messages...)
	}
	a.notes("Ana Torres: I live in Porto\nMe: Nice\n")
	if got := a.texts(`SELECT count(*) || ' ' || (SELECT max(revision) FROM notes) || ' ' || (SELECT count(*) FROM interactions) FROM chat_messages`); got[0] != "2 1 1" {
		t.Errorf("there are messages, revisions and interactions %q, want 2 1 1", got[0])
	}
	if got := a.texts(`SELECT count(*)::text FROM tasks WHERE kind = 'analyze_chat'`); got[0] != "1" {
		t.Errorf("the note was read %s times, want once", got[0])
	}
}

func TestAnEditedMessageRebuildsItsDay(t *testing.T) {
	t.Parallel()
	a := talking(t)
	a.add(said(1, 0, "I live in Porto"), said(2, 1, "I love tea"))
	a.facts("asked 1 Ana Torres: Lives in Porto", "asked 2 Ana Torres: Loves tea")
	edited := said(1, 0, "I live in Lisbon")
	at := monday.Add(time.Hour)
	edited.EditedAt = &at
	a.add(edited)
	a.add(said(1, 0, "I live in Porto")) // an older copy, from another lane
	a.notes("Ana Torres: I live in Lisbon\nAna Torres: I love tea\n")
	a.facts("asked 1 Ana Torres: Lives in Lisbon", "asked 2 Ana Torres: Loves tea")
}

func TestADeletedMessageTakesWhatOnlyItSaid(t *testing.T) {
	t.Parallel()
	for _, chatID := range []int64{0, ana.ID} {
		a := talking(t)
		a.add(said(1, 0, "I live in Porto"), said(2, 1, "I love tea"))
		a.delete(chatID, 1, 99)
		a.notes("Ana Torres: I love tea\n")
		a.facts("asked 2 Ana Torres: Loves tea")
		a.add(said(1, 0, "I live in Porto"))
		a.notes("Ana Torres: I love tea\n")
		a.delete(chatID, 2)
		a.notes()
		a.facts()
		a.met()
		if got := a.texts(`SELECT text FROM chat_messages WHERE text <> '' UNION SELECT text FROM notes`); len(got) > 0 {
			t.Errorf("%q is left of what was deleted", got)
		}
		a.add(said(3, 2, "I love coffee"))
		a.facts("asked 3 Ana Torres: Loves coffee")
	}
}

func TestWhatTheUserConfirmedStays(t *testing.T) {
	t.Parallel()
	a := talking(t)
	a.add(said(1, 0, "I live in Porto"), said(2, 1, "I love tea"))
	var id int64
	check(t, a.sql.QueryRow(t.Context(), `SELECT id FROM facts WHERE message_id = 1`).Scan(&id))
	check(t, a.tx(func(ctx context.Context, tx *store.Store) error {
		return capture.DecideFact(ctx, tx, a.user.ID, id, core.FactKept)
	}))
	a.delete(ana.ID, 1, 2)
	a.notes("I live in Porto")
	a.facts("kept 1 Ana Torres: Lives in Porto")
	a.delete(ana.ID, 1, 2)
	a.notes("I live in Porto")
}

func TestANoteThatTheUserDeletedStaysSo(t *testing.T) {
	t.Parallel()
	a := talking(t)
	a.add(said(1, 0, "I live in Porto"))
	a.exec(`UPDATE notes SET deleted_at = now()`)
	a.add(said(2, 1, "I love tea"))
	a.notes()
	a.met("Ana Torres 02 Mar 09:01")
}

// A note that the user edited is theirs; what is said later is another.
func TestANoteThatTheUserEditedStaysSo(t *testing.T) {
	t.Parallel()
	a := talking(t)
	a.add(said(1, 0, "I move to Porto"), said(2, 1, "never mind"))
	a.revise("Ana Torres is moving to Porto, she says")
	a.work()
	a.add(said(3, 2, "My son Leo started piano"))
	a.notes("Ana Torres is moving to Porto, she says", "Ana Torres: My son Leo started piano\n")
	edited := said(1, 0, "I move to Lisbon")
	edited.EditedAt = &monday
	a.add(edited, said(4, 3, "and chess"))
	a.delete(ana.ID, 1, 2)
	a.notes("Ana Torres is moving to Porto, she says", "Ana Torres: My son Leo started piano\nAna Torres: and chess\n")
	a.delete(ana.ID, 3, 4)
	a.notes("Ana Torres is moving to Porto, she says")
}

// revise gives the only note other words, as the user does.
func (a *account) revise(text string) {
	a.t.Helper()
	var id int64
	check(a.t, a.sql.QueryRow(a.t.Context(), `SELECT id FROM notes`).Scan(&id))
	check(a.t, a.tx(func(ctx context.Context, tx *store.Store) error {
		note, err := capture.Live(ctx, tx, a.user.ID, id)
		if err != nil {
			return err
		}
		_, err = capture.Revise(ctx, tx, note, text)
		return err
	}))
	a.exec(`UPDATE tasks SET state = 'done', finished_at = now() WHERE state = 'queued'`)
}

// What came in, and what changed, while the contact was in the trash.
func TestARestoredContactHasTheChatNoted(t *testing.T) {
	t.Parallel()
	a := talking(t)
	a.add(said(1, 0, "I move to Porto"))
	var id int64
	check(t, a.sql.QueryRow(t.Context(), `SELECT id FROM contacts WHERE telegram_id = $1`, ana.ID).Scan(&id))
	check(t, people.Delete(t.Context(), a.db, a.user.ID, id))
	edited := said(1, 0, "I move to Lisbon")
	edited.EditedAt = &monday
	a.add(edited, said(2, 24*60, "My son Leo started piano"))
	a.notes("Ana Torres: I move to Porto\n")
	check(t, people.Restore(t.Context(), a.db, a.user.ID, id))
	a.work()
	a.notes("Ana Torres: I move to Lisbon\n", "Ana Torres: My son Leo started piano\n")
	a.met("Ana Torres 02 Mar 09:00", "Ana Torres 03 Mar 09:00")
}

func TestAChatThatWasNotChosenIsNotKept(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.sync(link.PeopleResult{New: 1}, ana)
	empty := func() {
		t.Helper()
		if got := a.texts(`SELECT text FROM chat_messages UNION SELECT text FROM notes`); len(got) > 0 {
			t.Errorf("kept %q of a chat that was not chosen", got)
		}
	}
	a.add(said(1, 0, "I live in Porto"))
	empty()
	storetest.Chat(t, a.db, a.user.ID, ana.ID)
	_, err := a.db.ChooseChats(t.Context(), a.user.ID, nil)
	check(t, err)
	a.add(said(1, 0, "I live in Porto"))
	empty()
	b := storetest.User(t, a.db)
	storetest.Chat(t, a.db, a.user.ID, ana.ID)
	check(t, link.AddMessages(t.Context(), a.db, b.ID, ana.ID, []core.ChatMessage{said(1, 0, "I live in Porto")}))
	empty()
	a.add(said(1, 0, "I live in Porto"))
	check(t, link.DeleteMessages(t.Context(), a.db, b.ID, 0, []int64{1}))
	a.work()
	a.notes("Ana Torres: I live in Porto\n")
}

func TestAChatWaitsUntilItIsKnownWithWhomItIs(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.contact("Mike")
	a.sync(link.PeopleResult{Undecided: 1}, mike)
	storetest.Chat(t, a.db, a.user.ID, mike.ID)
	check(t, link.AddMessages(t.Context(), a.db, a.user.ID, mike.ID, []core.ChatMessage{said(1, 0, "I live in Porto")}))
	a.work()
	a.notes()
	check(t, a.tx(func(ctx context.Context, tx *store.Store) error {
		return link.DecideContact(ctx, tx, a.user.ID, mike.ID, a.id("Mike"))
	}))
	if got := a.texts(`SELECT state FROM tasks WHERE kind = 'note_chats' AND state = 'queued'`); len(got) != 1 {
		t.Errorf("%d tasks wait to note the chat, want 1", len(got))
	}
	a.work()
	a.notes("Mike: I live in Porto\n")
	a.facts("asked 1 Mike: Lives in Porto")
	a.met("Mike 02 Mar 09:00")
}

func TestTodayWaitsForSilence(t *testing.T) {
	t.Parallel()
	a := talking(t)
	m := said(1, 0, "I live in Porto")
	m.At = time.Now()
	a.add(m)
	a.notes()
	if got := a.texts(`SELECT count(*)::text FROM interactions`); got[0] != "1" {
		t.Errorf("%s interactions, want the one of today at once", got[0])
	}
	a.exec(`UPDATE chat_days SET due_at = now()`)
	a.work()
	a.notes("Ana Torres: I live in Porto\n")
}

func TestADayIsTheUsers(t *testing.T) {
	t.Parallel()
	a := talking(t)
	a.exec(`UPDATE users SET timezone = 'Asia/Tokyo'`)
	a.add(said(1, 0, "one"), said(2, 6*60-1, "two"), said(3, 6*60, "three")) // at 09:00 UTC it is 18:00 in Tokyo
	a.notes("Ana Torres: one\nAna Torres: two\n", "Ana Torres: three\n")
}

func TestALongDayHasSeveralNotes(t *testing.T) {
	t.Parallel()
	a := talking(t)
	var messages []core.ChatMessage
	for i := 1; i <= 12; i++ {
		messages = append(messages, said(i, i, strings.Repeat("я", 4000)))
	}
	messages = append(messages, said(13, 13, strings.Repeat("x", 50_000)), said(14, 14, "I live in Porto"))
	a.add(messages...)
	count := func(want string) {
		t.Helper()
		if got := a.texts(`SELECT count(*)::text FROM notes`); got[0] != want {
			t.Errorf("the day has %s notes, want %s", got[0], want)
		}
	}
	count("4")
	a.facts("asked 14 Ana Torres: Lives in Porto")
	a.delete(ana.ID, 1, 2, 3, 4, 5, 6, 7, 8, 13)
	count("1")
	a.facts("asked 14 Ana Torres: Lives in Porto")
}

func TestAPageOfHistoryIsTheTruth(t *testing.T) {
	t.Parallel()
	a := talking(t)
	a.add(said(1, 0, "one"), said(2, 1, "two"), said(3, 2, "three"), said(9, 3, "nine"))
	check(t, link.AddPage(t.Context(), a.db, a.user.ID, ana.ID, 1, 5, []core.ChatMessage{said(3, 2, "three"), said(4, 3, "four")}))
	a.work()
	a.notes("Ana Torres: three\nAna Torres: four\nAna Torres: nine\n")
}

// linked links an account in place of the one before.
func (a *account) linked(telegramID int64) {
	a.t.Helper()
	check(a.t, a.db.DropLink(a.t.Context(), a.user.ID))
	check(a.t, a.tx(func(ctx context.Context, tx *store.Store) error {
		return tx.KeepLink(ctx, core.Link{UserID: a.user.ID, TelegramID: telegramID, Name: "Sam", Session: []byte("sealed")})
	}))
}

// Two accounts have the same numbers for other messages.
func TestAnotherAccountLeavesWhatTheFirstOneBrought(t *testing.T) {
	t.Parallel()
	a := talking(t)
	check(t, link.AddGiven(t.Context(), a.db, a.user.ID, ana.ID, "Ana", []core.ChatMessage{said(3, 3, "out of a file")}))
	a.linked(1)
	a.add(said(1, 1, "one"), said(2, 2, "two"))
	first := "Ana Torres: one\nAna Torres: two\nAna Torres: out of a file\n"
	a.notes(first)
	a.linked(1)
	if chats, err := a.db.Chats(t.Context(), a.user.ID); err != nil || !chats[0].Chosen {
		t.Errorf("the same account again: %+v, %v, want the chat chosen still", chats, err)
	}
	a.linked(2)
	if chats, err := a.db.Chats(t.Context(), a.user.ID); err != nil || chats[0].Chosen {
		t.Errorf("another account: %+v, %v, want no chat chosen", chats, err)
	}
	a.add(said(4, 4, "not chosen"))
	a.notes(first)
	storetest.Chat(t, a.db, a.user.ID, ana.ID)
	edited := said(2, 2, "other words")
	edited.EditedAt = &edited.At
	a.add(said(1, 50, "another one"), edited, said(4, 0, "earlier"))
	a.delete(0, 1, 2, 3)
	check(t, link.AddPage(t.Context(), a.db, a.user.ID, ana.ID, 0, 9, []core.ChatMessage{said(4, 0, "earlier")}))
	a.work()
	a.notes("Ana Torres: earlier\n" + first)
	a.linked(1)
	a.delete(0, 2, 4)
	a.notes("Ana Torres: earlier\nAna Torres: one\nAna Torres: out of a file\n")
}

func TestWhatWasGivenIsNotMissingInAPage(t *testing.T) {
	t.Parallel()
	a := talking(t)
	check(t, link.AddGiven(t.Context(), a.db, a.user.ID, ana.ID, "Ana", []core.ChatMessage{said(1, 1, "one"), said(2, 2, "two")}))
	a.add(said(2, 2, "two"), said(3, 3, "three"))
	check(t, link.AddGiven(t.Context(), a.db, a.user.ID, ana.ID, "Ana", []core.ChatMessage{said(3, 3, "three")}))
	a.add(said(4, 4, "four"))
	check(t, link.AddPage(t.Context(), a.db, a.user.ID, ana.ID, 0, 9, nil))
	a.work()
	a.notes("Ana Torres: one\nAna Torres: two\nAna Torres: three\n")
	a.delete(0, 1)
	a.notes("Ana Torres: two\nAna Torres: three\n")
	check(t, link.AddGiven(t.Context(), a.db, a.user.ID, ana.ID, "Ana", []core.ChatMessage{said(2, 7, "of another account")}))
	a.work()
	a.notes("Ana Torres: two\nAna Torres: three\n")
}

func BenchmarkAddMessages(b *testing.B) {
	for _, size := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			db := storetest.New(b)
			user := storetest.User(b, db)
			_, err := link.SyncPeople(b.Context(), db, user.ID, []core.TelegramPerson{ana})
			check(b, err)
			storetest.Chat(b, db, user.ID, ana.ID)
			id := int64(0)
			begun := time.Now()
			for b.Loop() {
				page := make([]core.ChatMessage, size)
				for i := range page {
					id++
					page[i] = core.ChatMessage{
						MessageID: id, Out: id%2 == 0, Kind: core.ChatText, Text: "See you at the station at nine, I bring the tickets",
						At: monday.Add(time.Duration(id) * 10 * time.Minute),
					}
				}
				check(b, link.AddMessages(b.Context(), db, user.ID, ana.ID, page))
			}
			b.ReportMetric(float64(id)/time.Since(begun).Seconds(), "messages/s")
		})
	}
}
