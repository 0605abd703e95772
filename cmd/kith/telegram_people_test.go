package main

import (
	"slices"
	"testing"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
)

// memory is the stage's database, and its first user's account.
func (s *stage) memory() (*store.Store, core.User) {
	s.t.Helper()
	db, err := store.Open(s.ctx, s.house.config.DatabaseURL.reveal(), store.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(db.Close)
	users, err := db.Users(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return db, users[0]
}

// say plays a piece of dialogue.
func (s *stage) say(text string) {
	s.t.Helper()
	for _, l := range parseDialogue(s.t, text) {
		if err := s.do(l); err != nil {
			s.t.Fatalf("line %d, %s: %v", l.number, l.verb, err)
		}
	}
}

func TestWhoSomebodyAtTelegramIsIsAskedInChat(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.start()
	s.enter("You")
	s.say(`
You: /note Mike likes jazz
Kith: ***Who is Mike?***
Press: Add Mike
Kith: Mike
| • Likes jazz***
You: /note Zoe likes tea
Kith: ***Who is Zoe?***
Press: Add Zoe
Kith: Zoe
| • Likes tea***
`)
	db, user := s.memory()
	if err := s.remember(); err != nil {
		t.Fatal(err)
	}
	all := []core.TelegramPerson{
		{ID: 7, FirstName: "Mike", Username: "mike_c", Phone: "14155552671"}, {ID: 8, FirstName: "Zoe"}, {ID: 9, FirstName: "Ana", LastName: "Torres"},
	}
	for range 2 { // of which only the first asks
		result, err := link.SyncPeople(s.ctx, db, user.ID, all)
		if err != nil || result.Undecided != 2 {
			t.Fatalf("the sync says %+v, %v; want two undecided", result, err)
		}
	}
	s.say(`
Kith: Telegram has Mike (@mike_c, +14155552671). Is that the Mike you know?
| [Yes, Mike]
| [Somebody new] [Leave out]
| [Later]
Press "Telegram has": Later
Kith: Telegram has Zoe. Is that the Zoe you know?***
Press "Telegram has": Somebody new
Kith: That's all for today. /people has the rest.
You: /people
Kith: Your people · 4
| [Ana Torres]
| [Mike]
| [Zoe]
| [Zoe (8)]
| [From Telegram, to decide about · 1]
Press "Your people": From Telegram, to decide about · 1
Kith: Telegram has Mike***
Press "Telegram has": Yes, Mike
Kith: Everybody from Telegram is decided about.
You: /who Mike
Kith: Mike
| @mike_c
| +14155552671
| ***
`)
	if list, err := link.Undecided(s.ctx, db, user.ID, 0, 10); err != nil || len(list) > 0 {
		t.Errorf("%v, %v are left to decide about, want nobody", list, err)
	}
	s.stop()
}

func TestAChatIsReadFromItsCard(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.start()
	s.enter("You")
	db, user := s.memory()
	ana := core.TelegramPerson{ID: 7, FirstName: "Ana", LastName: "Torres"}
	_, err := link.SyncPeople(s.ctx, db, user.ID, []core.TelegramPerson{ana})
	s.must(err)
	s.must(db.KeepChats(s.ctx, user.ID, []core.TelegramChat{{ChatID: 7, Name: "Ana Torres", AccessHash: 1, TopID: 5}, {ChatID: 8, Name: "Mike", AccessHash: 2}}))
	s.say(`
You: /who Ana
Kith: Ana Torres
`)
	s.must(db.KeepLink(s.ctx, core.Link{UserID: user.ID, TelegramID: 4242, Name: "You", Session: []byte("sealed")}))
	s.say(`
You: /who Ana
Kith: Ana Torres
| [Sync chat with Ana Torres]
Press "Ana Torres": Sync chat with Ana Torres
Toast: From now on I read it.
Kith: I am reading your Telegram account***
`)
	chats, err := db.AskedChats(s.ctx, user.ID)
	if err != nil || len(chats) != 1 || chats[0].ChatID != 7 {
		t.Errorf("to be read are %+v, %v, want Ana's", chats, err)
	}
	s.say(`
You: /who Ana
Kith: Ana Torres
`)
	s.stop()
}

// must ends the test when err is one.
func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestAnExportIsSentToTheBot(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.start()
	s.enter("You")
	send := func(name, text string) {
		t.Helper()
		if err := s.remember(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.user.SendDocument(s.ctx, name, []byte(text), ""); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		send("result.json", anExport)
		s.say("Kith: Read 1 message of 1 chat. What was said becomes notes; what I draw from them waits on each person's card until you confirm it.")
	}
	s.until("the chat is read", func() bool { return slices.Equal(s.rows(`SELECT text FROM facts`), []string{"Lives in Porto"}) })
	s.say(`
You: /who Ana
Kith: Ana Torres
| Last contact: ***
| [All facts] [Notes]
| [Not confirmed · 1]
Press "Ana Torres": Not confirmed · 1
Kith: ***• Lives in Porto***Yes: Lives in Porto***
Press "Not confirmed": Yes: Lives in Porto
Toast: Kept.
Kith: ***Nothing is left.***
Press "Not confirmed": Back
Kith: Ana Torres***• Lives in Porto
| [All facts] [Notes]
You: /undo
Kith: There is no note to take back.
`)
	send("messages.html", "<!DOCTYPE html>")
	s.say("Kith: That is an export as web pages, which I can't read.***")
	send("result.json", anExport[:150])
	s.say("Kith: The file is cut off***")
	s.must(s.box.Client().Fail(s.ctx, sandbox.Fault{Method: "getFile", Code: 400, Description: "Bad Request: wrong file_id or the file is temporarily unavailable"}))
	send("result.json", anExport)
	s.say("Kith: Telegram does not give me that file. Please send it again.")
	send("holiday.txt", "sun")
	s.say("Kith: I can't look into pictures and files yet***")
	s.stop()
}
