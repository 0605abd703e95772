package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// sayNumbered keeps a note from the message of that number, and shows another of
// Kith's under the next.
func (m *memory) sayNumbered(userID, number int64) core.Message {
	m.t.Helper()
	ctx := m.t.Context()
	note := must(m.AddNote(ctx, store.NewNote{
		UserID: userID, Text: "Ana likes tea", Lang: "english", ChatID: 7, MessageID: number, SaidAt: time.Now(),
	}))(m.t)
	said := must(m.OweMessage(ctx, core.Message{UserID: userID, ChatID: 7, Kind: core.MessageNote, NoteID: note.ID, ReplyTo: number}))(m.t)
	check(m.t, m.MarkShown(ctx, userID, said.ID, said.Wanted, number+1))
	return said
}

func TestAnotherBotNumbersMessagesAfresh(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ctx := t.Context()
	users := []int64{m.user, m.stranger}
	for range 200 { // more than go into one transaction
		users = append(users, storetest.User(t, m.Store).ID)
	}
	if changed := must(m.UseBot(ctx, 1))(t); changed {
		t.Error("the first bot is another than the one before")
	}
	var last core.Message
	for _, id := range users {
		last = m.sayNumbered(id, 5)
	}
	check(t, m.RefreshNoteMessages(ctx, last.UserID, last.NoteID))
	if changed := must(m.UseBot(ctx, 1))(t); changed {
		t.Error("the same bot is another")
	}
	for _, id := range users {
		must(m.MessageShown(ctx, id, 6))(t)
	}

	var changes atomic.Int32
	var starting sync.WaitGroup
	for range 4 {
		starting.Go(func() {
			changed, err := m.UseBot(ctx, 2)
			if err != nil {
				t.Error(err)
			}
			if changed {
				changes.Add(1)
			}
		})
	}
	starting.Wait()
	if changes.Load() == 0 {
		t.Error("nobody saw that the bot is another")
	}
	for _, id := range users {
		_, err := m.NoteFromMessage(ctx, id, 7, 5)
		notFound(t, "the note from a message to the bot before", err)
		_, err = m.MessageShown(ctx, id, 6)
		notFound(t, "a message of the bot before", err)
		m.sayNumbered(id, 5) // the new bot's
	}
	if got := must(m.Message(ctx, last.UserID, last.ID))(t); got.Shown != 1 || got.Wanted != 2 || got.ReplyTo != 0 {
		t.Errorf("the message whose edit was owed is %+v, want it owed still, in reply to nothing", got)
	}
	if changed := must(m.UseBot(ctx, 2))(t); changed {
		t.Error("the bot is another once more")
	}
	must(m.NoteFromMessage(ctx, m.user, 7, 5))(t)
	must(m.MessageShown(ctx, m.user, 6))(t)
}

// A database of before this was known has seen updates of its bot.
func TestWhichBotItWasIsKnownFromUpdates(t *testing.T) {
	t.Parallel()
	url := storetest.EmptyURL(t)
	mover := must(store.NewMigrator(url))(t)
	check(t, mover.To(t.Context(), 31))
	db := must(store.Open(t.Context(), url, store.Options{}))(t)
	defer db.Close()
	must(db.Once(t.Context(), 1, 7, func(*store.Store) error { return nil }))(t)
	must(mover.Up(t.Context()))(t)
	check(t, mover.Close())
	if changed := must(db.UseBot(t.Context(), 1))(t); changed {
		t.Error("the bot that was there is another")
	}
	if changed := must(db.UseBot(t.Context(), 2))(t); !changed {
		t.Error("another bot is the one that was there")
	}
}
