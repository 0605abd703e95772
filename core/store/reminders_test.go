package store_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

const week = 7 * 24 * time.Hour

// dueFact keeps a fact that was said some time ago, and is due some time from now.
func dueFact(t *testing.T, db *store.Store, note core.Note, text string, said, due time.Duration, change ...func(*core.Fact)) core.Fact {
	t.Helper()
	at := time.Now().Add(due)
	return storetest.Fact(t, db, note, text, append(change, func(f *core.Fact) {
		f.Category, f.DueAt, f.SaidAt = core.Actionable, &at, time.Now().Add(-said)
	})...)
}

// reminded returns what the chat of a user is owed reminders of, in order.
func (m *memory) reminded(userID int64) []string {
	m.t.Helper()
	return value[[]string](m, `SELECT array_agg(r.text ORDER BY r.text) FROM messages s JOIN reminders r ON r.user_id = s.user_id AND r.id = (s.args ->> 'subject')::bigint
		WHERE s.user_id = $1 AND s.args ->> 'phrase' = 'reminder' AND s.paced`, userID)
}

// What falls due is owed to the chat once, whoever looks at the same time.
func TestRemind(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	user, apart := storetest.User(t, m.Store), storetest.User(t, m.Store)
	check(t, m.OpenChat(t.Context(), user.ID, 77))
	ana, gone := storetest.Contact(t, m.Store, user.ID, "Ana"), storetest.Contact(t, m.Store, user.ID, "Gone")
	note, undone := storetest.Note(t, m.Store, user.ID, "About Ana", ana), storetest.Note(t, m.Store, user.ID, "Undone", ana)
	dueFact(t, m.Store, note, "Call", time.Hour, -time.Second)
	dueFact(t, m.Store, note, "Write", 8*24*time.Hour, -6*24*time.Hour)
	dueFact(t, m.Store, note, "Ask whom", time.Hour, -time.Second, func(f *core.Fact) { f.ContactID = 0 })
	dueFact(t, m.Store, note, "In the future", time.Hour, time.Minute)
	dueFact(t, m.Store, note, "Long ago", 9*24*time.Hour, -8*24*time.Hour)
	dueFact(t, m.Store, note, "Before it was said", time.Hour, -2*time.Hour)
	dueFact(t, m.Store, note, "Not kept", time.Hour, -time.Second, func(f *core.Fact) { f.State = core.FactAsked })
	dueFact(t, m.Store, undone, "Taken back", time.Hour, -time.Second)
	dueFact(t, m.Store, storetest.Note(t, m.Store, user.ID, "About Gone", gone), "In the trash", time.Hour, -time.Second)
	dueFact(t, m.Store, storetest.Note(t, m.Store, apart.ID, "Without a chat", storetest.Contact(t, m.Store, apart.ID, "Ben")), "Nowhere", time.Hour, -time.Second)
	m.exec(`UPDATE notes SET deleted_at = now() WHERE id = $1`, undone.ID)
	_, err := m.DeleteContacts(t.Context(), user.ID, []int64{gone.ID})
	check(t, err)

	out := storetest.User(t, m.Store)
	check(t, m.OpenChat(t.Context(), out.ID, 78))
	dueFact(t, m.Store, storetest.Note(t, m.Store, out.ID, "About Cy", storetest.Contact(t, m.Store, out.ID, "Cy")), "Shut out", time.Hour, -time.Second)
	m.exec(`UPDATE users SET disabled_at = now() WHERE id = $1`, out.ID)
	blocking := storetest.User(t, m.Store)
	check(t, m.OpenChat(t.Context(), blocking.ID, 79))
	dueFact(t, m.Store, storetest.Note(t, m.Store, blocking.ID, "About Di", storetest.Contact(t, m.Store, blocking.ID, "Di")), "Blocked", time.Hour, -time.Second)
	m.exec(`UPDATE chats SET blocked_at = now() WHERE user_id = $1`, blocking.ID)
	m.exec(`UPDATE notes SET state = 'done'`)
	dueFact(t, m.Store, storetest.Note(t, m.Store, user.ID, "Ana again", ana), "Being read again", time.Hour, -time.Second)

	var all sync.WaitGroup
	var owed atomic.Int64
	for range 4 {
		all.Go(func() {
			n, err := m.Remind(t.Context(), week, 100)
			if err != nil {
				t.Error(err)
			}
			owed.Add(int64(n))
		})
	}
	all.Wait()
	if got, want := m.reminded(user.ID), []string{"Ask whom", "Call", "Write"}; !slices.Equal(got, want) || owed.Load() != 3 {
		t.Errorf("the chat is owed %q, %d in all, want %q once", got, owed.Load(), want)
	}
	if got := m.reminded(apart.ID); len(got) != 0 {
		t.Errorf("who has no chat is owed %q", got)
	}
}

// What is put off comes again, once, and what is done is nothing to do.
func TestReminderIsPutOffAndDone(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	user := storetest.User(t, m.Store)
	check(t, m.OpenChat(t.Context(), user.ID, 77))
	ana := storetest.Contact(t, m.Store, user.ID, "Ana")
	call := dueFact(t, m.Store, storetest.Note(t, m.Store, user.ID, "About Ana", ana), "Call", time.Hour, -time.Second)
	m.exec(`UPDATE notes SET state = 'done'`)
	remind := func(want int) {
		t.Helper()
		if n, err := m.Remind(t.Context(), week, 100); err != nil || n != want {
			t.Fatalf("%d reminders (%v), want %d", n, err, want)
		}
	}
	todo := func(want int) {
		t.Helper()
		list, err := m.ToDo(t.Context(), user.ID, time.Now(), time.Time{}, 10)
		check(t, err)
		about, err := m.FactsAbout(t.Context(), user.ID, ana.ID, core.Actionable, 10)
		check(t, err)
		if len(list) != want || len(about) != want {
			t.Errorf("%d are to be done, %d for Ana, want %d", len(list), len(about), want)
		}
	}
	remind(1)
	check(t, m.DropUntouchedFacts(t.Context(), user.ID, call.NoteID)) // the note is read again
	remind(0)
	r, err := m.Reminder(t.Context(), user.ID, value[int64](m, `SELECT id FROM reminders`))
	check(t, err)
	if r.State != core.ReminderSent || r.FullName != "Ana" || r.FactID != call.ID {
		t.Errorf("once said, it is %+v", r)
	}
	change := func(state core.ReminderState, at time.Time) {
		t.Helper()
		r.State, r.DueAt = state, at.Round(time.Microsecond)
		check(t, m.ChangeReminder(t.Context(), r))
	}
	r.Text = "Call soon"
	change(core.ReminderOpen, time.Now().Add(time.Hour))
	remind(0)
	f, err := m.Fact(t.Context(), user.ID, call.ID)
	check(t, err)
	due, err := m.RemindersDue(t.Context(), user.ID, time.Now(), time.Now().Add(2*time.Hour), 10)
	check(t, err)
	if !f.DueAt.Equal(r.DueAt) || f.Text != "Call soon" || len(due) != 1 || !due[0].DueAt.Equal(r.DueAt) || due[0].Text != "Call soon" {
		t.Errorf("put off to %v, the fact is %+v, and soon due is %+v", r.DueAt, f, due)
	}
	change(core.ReminderOpen, time.Now().Add(-time.Second))
	remind(1)
	remind(0)
	if got := m.reminded(user.ID); !slices.Equal(got, []string{"Call soon", "Call soon"}) {
		t.Errorf("the chat is owed %q", got)
	}
	todo(1)
	for state, left := range map[core.ReminderState]int{core.ReminderDone: 0, core.ReminderSent: 1, core.ReminderCancelled: 0, core.ReminderOpen: 1} {
		change(state, r.DueAt)
		todo(left)
	}
	change(core.ReminderOpen, r.DueAt)
	if _, err := m.Reminder(t.Context(), user.ID+1, r.ID); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("somebody else's reminder gives %v", err)
	}
	m.exec(`UPDATE notes SET deleted_at = now()`)
	remind(0)
	if _, err := m.Reminder(t.Context(), user.ID, r.ID); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("the reminder of a note that is taken back gives %v", err)
	}
}

// What is to be done with several people is said once, and of what a note says once
// it is changed only what is not over.
func TestOneReminderForOneThing(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	user := storetest.User(t, m.Store)
	note := storetest.Note(t, m.Store, user.ID, "Introduce Ana to Ben", storetest.Contact(t, m.Store, user.ID, "Ana"), storetest.Contact(t, m.Store, user.ID, "Ben"))
	at := time.Now().Add(time.Hour)
	for range 2 {
		storetest.Fact(t, m.Store, note, "Introduce", func(f *core.Fact) { f.DueAt = &at })
	}
	storetest.Fact(t, m.Store, note, "Something else", func(f *core.Fact) { f.DueAt = &at })
	m.exec(`UPDATE notes SET revision = 2`)
	dueFact(t, m.Store, note, "Just over", 2*time.Hour, -time.Minute)
	dueFact(t, m.Store, note, "Over", 2*time.Hour, -time.Hour)
	if got, want := value[[]string](m, `SELECT array_agg(text || ' ' || state ORDER BY id) FROM reminders`),
		[]string{"Introduce open", "Something else open", "Just over open", "Over sent"}; !slices.Equal(got, want) {
		t.Errorf("the reminders are %q, want %q", got, want)
	}
}

// A fact that is due has a reminder from when it is kept.
func TestAFactThatIsKeptHasItsReminder(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	user := storetest.User(t, m.Store)
	note := storetest.Note(t, m.Store, user.ID, "About Ana", storetest.Contact(t, m.Store, user.ID, "Ana"))
	asked := dueFact(t, m.Store, note, "Call", time.Hour, time.Hour, func(f *core.Fact) { f.State = core.FactAsked })
	open := func(want int) {
		t.Helper()
		list, err := m.Reminders(t.Context(), user.ID, core.ReminderOpen, 0, store.ReminderPlace{}, 10)
		check(t, err)
		if len(list) != want {
			t.Errorf("%d reminders are open, want %d", len(list), want)
		}
	}
	open(0)
	for state, want := range map[core.FactState]int{core.FactKept: 1, core.FactDiscarded: 0} {
		_, err := m.SetFactState(t.Context(), user.ID, asked.ID, state)
		check(t, err)
		open(want)
	}
}
