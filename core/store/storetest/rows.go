package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Open is New, with a pool on the same database to do and see what the Store
// does not offer: move time back, count rows.
func Open(t testing.TB) (*store.Store, *pgxpool.Pool) {
	t.Helper()
	url := URL(t)
	s, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return s, pool
}

var telegramIDs atomic.Int64

// User adds a user in UTC with a Telegram identity of their own.
func User(t testing.TB, db *store.Store) core.User {
	t.Helper()
	u, err := db.AddUser(t.Context(), core.User{TelegramID: 1000 + telegramIDs.Add(1), Name: "Sam", Role: core.RoleUser, Timezone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Contact adds a person.
func Contact(t testing.TB, db *store.Store, userID int64, name string) core.Contact {
	t.Helper()
	c, err := db.EnsureContact(t.Context(), core.Contact{UserID: userID, FullName: name, Tier: core.TierRegular})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Note adds an English note that was said just now, outside any chat, about
// the contacts, who are mentioned by their full names.
func Note(t testing.TB, db *store.Store, userID int64, text string, about ...core.Contact) core.Note {
	t.Helper()
	return NoteAt(t, db, userID, time.Now(), text, about...)
}

// NoteAt is Note for one that was said at that time.
func NoteAt(t testing.TB, db *store.Store, userID int64, at time.Time, text string, about ...core.Contact) core.Note {
	t.Helper()
	var note core.Note
	err := db.InTx(t.Context(), func(tx *store.Store) error {
		step, err := tx.NewStep(t.Context())
		if err != nil {
			return err
		}
		note, err = tx.AddNote(t.Context(), store.NewNote{UserID: userID, Text: text, Lang: "english", Step: step, SaidAt: at})
		if err != nil {
			return err
		}
		for _, c := range about {
			if _, err := tx.AddMention(t.Context(), core.Mention{
				UserID: userID, NoteID: note.ID, Name: c.FullName, ContactID: c.ID,
				State: core.MentionResolved, Source: core.MentionNamed,
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return note
}

// Fact adds a kept fact about whom the note mentions first, said when the note
// was. What changes is made to it before.
func Fact(t testing.TB, db *store.Store, note core.Note, text string, change ...func(*core.Fact)) core.Fact {
	t.Helper()
	mentions := mentionsIn(t, db, note)
	f := core.Fact{
		UserID: note.UserID, NoteID: note.ID, MentionID: mentions[0].ID, ContactID: mentions[0].ContactID,
		Category: core.Others, Text: text, Quote: note.Text, Confidence: 1, State: core.FactKept, SaidAt: note.SaidAt,
	}
	for _, c := range change {
		c(&f)
	}
	facts := []core.Fact{f}
	if err := db.AddFacts(t.Context(), note.UserID, facts); err != nil {
		t.Fatal(err)
	}
	mentionsIn(t, db, note) // any statement brings the fact's id
	return facts[0]
}

func mentionsIn(t testing.TB, db *store.Store, note core.Note) []core.Mention {
	t.Helper()
	mentions, err := db.Mentions(t.Context(), note.UserID, note.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(mentions) == 0 {
		t.Fatalf("note %d mentions nobody", note.ID)
	}
	return mentions
}

// Slot makes a fact one of a slot with a value.
func Slot(slot core.Slot, value string) func(*core.Fact) {
	return func(f *core.Fact) { f.Slot, f.Value = slot, value }
}

// Chat has a chat of the user's, and no other, read from their Telegram account.
func Chat(t testing.TB, db *store.Store, userID, chatID int64) {
	t.Helper()
	if err := db.KeepChats(t.Context(), userID, []core.TelegramChat{{ChatID: chatID}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ChooseChats(t.Context(), userID, []int64{chatID}); err != nil {
		t.Fatal(err)
	}
}
