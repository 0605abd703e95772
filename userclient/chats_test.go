package userclient_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/userclient"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// said makes n messages of a chat, the last a minute ago, an hour apart. Their
// ids begin after first.
func said(with *tg.User, first, n int) *telegramtest.Chat {
	c := &telegramtest.Chat{With: with}
	for i := range n {
		c.Messages = append(c.Messages, &tg.Message{
			ID: first + i + 1, Out: i%2 == 0, PeerID: &tg.PeerUser{UserID: with.ID}, Message: fmt.Sprintf("word %d", i),
			Date: int(time.Now().Add(-time.Minute - time.Duration(n-1-i)*time.Hour).Unix()),
		})
	}
	return c
}

// chatHouse is a house with a linked account that has a chat with Ana, which is
// read, and one with Mike, which is not.
func chatHouse(t *testing.T, messages int) (*house, *userclient.Client, *telegramtest.Chat) {
	t.Helper()
	ana := &tg.User{ID: 1, FirstName: "Ana", LastName: "Torres"}
	h, c, there := linkedHouse(t, ana)
	chat := said(ana, 0, messages)
	h.telegram.Change(func() {
		there.Chats = []*telegramtest.Chat{chat, said(&tg.User{ID: 2, FirstName: "Mike"}, 10_000, 3), said(&tg.User{ID: 777000, FirstName: "Telegram"}, 20_000, 1)}
	})
	h.sync(c)
	h.check(h.Choose(t.Context(), h.user.ID, []int64{1}))
	return h, c, chat
}

// read reads the chats that are chosen.
func (h *house) read(ctx context.Context, c *userclient.Client) (core.Synced, error) {
	h.t.Helper()
	_, err := h.StartMessages(h.t.Context(), h.user.ID, nil, 30)
	h.check(err)
	return c.SyncMessages(ctx, h.user.ID, func(int) {})
}

// kept returns how many messages are kept of a chat that are not deleted, and
// the words of the last.
func (h *house) kept(chatID int64) (n int, last string) {
	h.t.Helper()
	h.check(h.sql.QueryRow(h.t.Context(), `SELECT count(*), COALESCE((array_agg(text ORDER BY message_id DESC))[1], '')
		FROM chat_messages WHERE chat_id = $1 AND deleted_at IS NULL`, chatID).Scan(&n, &last))
	return n, last
}

func TestAChosenChatIsRead(t *testing.T) {
	t.Parallel()
	h, c, chat := chatHouse(t, 250)
	chats, err := h.Store.Chats(t.Context(), h.user.ID)
	if err != nil || len(chats) != 2 || chats[0].Name != "Ana Torres" || !chats[0].Chosen || chats[1].Chosen {
		t.Fatalf("the chats are %+v, %v, want Ana's, chosen, and Mike's", chats, err)
	}
	if got, err := h.read(t.Context(), c); err != nil || got.Messages != 250 || got.Chats != 1 {
		t.Errorf("read %+v, %v, want 250 messages of one chat", got, err)
	}
	if n, last := h.kept(1); n != 250 || last != "word 249" {
		t.Errorf("%d messages are kept, the last %q", n, last)
	}
	if n, _ := h.kept(2); n != 0 {
		t.Errorf("%d messages are kept of a chat that was not chosen", n)
	}
	before := len(h.telegram.Calls("messages.getHistory"))
	if got, err := h.read(t.Context(), c); err != nil || got.Messages != 0 || len(h.telegram.Calls("messages.getHistory")) != before {
		t.Errorf("read again: %+v, %v, want nothing asked for", got, err)
	}
	h.telegram.Change(func() {
		edited := chat.Messages[248].(*tg.Message)
		edited.Message, edited.EditDate = "other words", int(time.Now().Unix())
		chat.Messages = append(chat.Messages[:247], chat.Messages[248:]...) // word 247 is deleted
		chat.Messages = append(chat.Messages, &tg.Message{ID: 300, PeerID: &tg.PeerUser{UserID: 1}, Message: "new", Date: int(time.Now().Unix())})
	})
	if got, err := h.read(t.Context(), c); err != nil || got.Messages > 100 {
		t.Errorf("read what is new: %+v, %v, want a page at most", got, err)
	}
	var text string
	h.check(h.sql.QueryRow(t.Context(), `SELECT text FROM chat_messages WHERE message_id = 249`).Scan(&text))
	if n, last := h.kept(1); n != 250 || last != "new" || text != "other words" {
		t.Errorf("%d messages are kept, the last %q, the edited one %q", n, last, text)
	}
}

// Telegram tells of some people but a name, and by what it tells of them their
// chat cannot be read.
func TestAChatWithSomebodyHardlyKnownIsLeftOut(t *testing.T) {
	t.Parallel()
	h, c, there := linkedHouse(t)
	h.telegram.Change(func() {
		there.Chats = []*telegramtest.Chat{said(&tg.User{ID: 1, FirstName: "Ana"}, 0, 3), said(&tg.User{ID: 2, FirstName: "Mike", Min: true}, 10, 3)}
	})
	h.sync(c)
	if chats, err := h.Store.Chats(t.Context(), h.user.ID); err != nil || len(chats) != 1 || chats[0].Name != "Ana" {
		t.Errorf("the chats are %+v, %v, want Ana's alone", chats, err)
	}
}

func TestOnlyTheLastDaysAreReadFirst(t *testing.T) {
	t.Parallel()
	h, c, _ := chatHouse(t, 250)
	_, err := h.StartMessages(t.Context(), h.user.ID, []int64{1}, 2)
	h.check(err)
	_, err = c.SyncMessages(t.Context(), h.user.ID, func(int) {})
	h.check(err)
	if n, last := h.kept(1); n != 48 || last != "word 249" {
		t.Errorf("%d messages are kept, the last %q, want two days' of one an hour", n, last)
	}
	if _, err := h.StartMessages(t.Context(), h.user.ID, []int64{2}, 2); !errors.Is(err, core.ErrNotPossible) {
		t.Errorf("a chat that is not chosen: %v, want not possible", err)
	}
	if err := h.Choose(t.Context(), h.user.ID, []int64{3}); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("a chat that is not there: %v, want not found", err)
	}
}

// Promise 24, for reading that is broken off at each page.
func TestReadingGoesOnWhereItWasLeftOff(t *testing.T) {
	t.Parallel()
	h, c, _ := chatHouse(t, 450)
	for page := 1; page <= 4; page++ {
		ctx, cancel := context.WithCancel(t.Context())
		before := len(h.telegram.Calls("messages.getHistory"))
		go func() {
			for ctx.Err() == nil && len(h.telegram.Calls("messages.getHistory")) == before {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		_, err := h.read(ctx, c)
		cancel()
		if err == nil {
			break // it was faster
		}
	}
	if _, err := h.read(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if n, last := h.kept(1); n != 450 || last != "word 449" {
		t.Errorf("%d messages are kept, the last %q, want all", n, last)
	}
	if asked := len(h.telegram.Calls("messages.getHistory")); asked > 5+2*4 {
		t.Errorf("asked for %d pages, want no more than what was broken off again", asked)
	}
}

// A chat may be known by a hash that Telegram does not take any more.
func TestAChatThatTelegramDoesNotKnowHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	h, c, there := linkedHouse(t)
	h.telegram.Change(func() { there.Chats = []*telegramtest.Chat{said(&tg.User{ID: 2, FirstName: "Mike"}, 0, 3)} })
	h.check(h.Store.KeepChats(t.Context(), h.user.ID, []core.TelegramChat{{ChatID: 1, Name: "Ana Torres", AccessHash: 5, TopID: 9}}))
	h.sync(c)
	h.check(h.Choose(t.Context(), h.user.ID, []int64{1, 2}))
	for _, want := range []core.Synced{{Chats: 1, Messages: 3}, {Chats: 1}} {
		if got, err := h.read(t.Context(), c); err != nil || got != want {
			t.Errorf("read %+v, %v, want %+v", got, err, want)
		}
	}
	if n, _ := h.kept(2); n != 3 {
		t.Errorf("%d messages are kept of the other chat, want 3", n)
	}
}

// An export is often made before a history is cleared.
func TestAnExportStaysWhenTheChatIsReadWithoutIt(t *testing.T) {
	t.Parallel()
	h, c, chat := chatHouse(t, 5)
	var exported []core.ChatMessage
	for _, m := range chat.Messages[:3] {
		words := m.(*tg.Message)
		exported = append(exported, core.ChatMessage{MessageID: int64(words.ID), At: time.Unix(int64(words.Date), 0), Kind: core.ChatText, Text: words.Message})
	}
	h.check(link.AddGiven(t.Context(), h.Store, h.user.ID, 1, "Ana Torres", exported))
	h.telegram.Change(func() { chat.Messages = chat.Messages[3:] })
	_, err := h.read(t.Context(), c)
	h.check(err)
	if n, last := h.kept(1); n != 5 || last != "word 4" {
		t.Errorf("%d messages are kept, the last %q, want those of the export and those that are new", n, last)
	}
}

func TestAnotherAccountErasesNothingOfTheFirst(t *testing.T) {
	t.Parallel()
	h := newLiveHouse(t, 3)
	h.check(h.Unlink(t.Context(), h.user.ID))
	h.reaches(link.StateNotLinked)
	h.stop()
	work := telegramtest.Account{ID: 4343, Phone: "351912345679", Name: "Sam at work"}
	work.Chats = []*telegramtest.Chat{said(&tg.User{ID: 1, FirstName: "Ana", LastName: "Torres"}, 100, 4)}
	h.linked(h.telegram.Add(work))
	h.begin()
	h.sync(h.client)
	if chats, err := h.Store.Chats(t.Context(), h.user.ID); err != nil || len(chats) != 1 || chats[0].Chosen || chats[0].ReadTo != 0 {
		t.Errorf("the chats are %+v, %v, want Ana's, not read", chats, err)
	}
	h.check(h.Choose(t.Context(), h.user.ID, []int64{1}))
	if got, err := h.read(t.Context(), h.client); err != nil || got.Messages != 4 {
		t.Errorf("read %+v, %v, want the 4 messages of the other account", got, err)
	}
	if n, _ := h.kept(1); n != 7 {
		t.Errorf("%d messages are kept, want those of both accounts", n)
	}
}

func TestKindsOfMessages(t *testing.T) {
	t.Parallel()
	h, c, chat := chatHouse(t, 1)
	now := int(time.Now().Unix())
	peer := &tg.PeerUser{UserID: 1}
	h.telegram.Change(func() {
		chat.Messages = append(chat.Messages,
			&tg.Message{ID: 11, PeerID: peer, Date: now, Media: &tg.MessageMediaPhoto{}, Message: "look"},
			&tg.Message{ID: 12, PeerID: peer, Date: now, Media: &tg.MessageMediaDocument{Document: &tg.Document{Attributes: []tg.DocumentAttributeClass{
				&tg.DocumentAttributeSticker{Alt: "x", Stickerset: &tg.InputStickerSetEmpty{}},
			}}}},
			&tg.MessageService{ID: 13, PeerID: peer, Date: now, Action: &tg.MessageActionPhoneCall{CallID: 5}},
			&tg.MessageService{ID: 14, PeerID: peer, Date: now, Action: &tg.MessageActionPinMessage{}},
			&tg.Message{ID: 15, PeerID: peer, Date: now, EditDate: now, EditHide: true, Message: "liked"},
		)
	})
	_, err := h.read(t.Context(), c)
	h.check(err)
	var kinds string
	var edited int
	h.check(h.sql.QueryRow(t.Context(), `SELECT string_agg(kind, ' ' ORDER BY message_id), count(edited_at) FROM chat_messages`).Scan(&kinds, &edited))
	if kinds != "text media sticker call service text" || edited != 0 {
		t.Errorf("kept %q, %d of them edited", kinds, edited)
	}
}

func TestManyChatsAreListed(t *testing.T) {
	t.Parallel()
	h, c, there := linkedHouse(t)
	h.telegram.Change(func() {
		for i := range 230 {
			there.Chats = append(there.Chats, said(&tg.User{ID: int64(i + 1), FirstName: fmt.Sprintf("Person %d", i)}, i*10, 1))
		}
	})
	h.sync(c)
	if chats, err := h.Store.Chats(t.Context(), h.user.ID); err != nil || len(chats) != 230 {
		t.Errorf("%d chats, %v, want all 230", len(chats), err)
	}
}

// Promise 29: calls keep to the pace that is set, after the first five.
func TestCallsKeepToThePace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.pace = 20
	ana := &tg.User{ID: 1, FirstName: "Ana"}
	account := sam
	account.Chats = []*telegramtest.Chat{said(ana, 0, 2500)}
	h.linked(h.telegram.Add(account))
	c, _ := h.run("one")
	h.until("it to listen", func() bool { return len(h.telegram.Calls("updates.getDifference")) > 0 })
	h.sync(c)
	h.check(h.Choose(t.Context(), h.user.ID, []int64{1}))
	_, err := h.StartMessages(t.Context(), h.user.ID, nil, 365)
	h.check(err)
	_, err = c.SyncMessages(t.Context(), h.user.ID, func(int) {})
	h.check(err)
	calls := h.telegram.Calls("messages.getHistory")
	took, least := calls[len(calls)-1].At.Sub(calls[0].At), time.Duration(len(calls)-1-5)*time.Second/20
	if len(calls) < 25 || took < least*99/100 {
		t.Errorf("%d calls took %v, want %v at least", len(calls), took, least)
	}
}
