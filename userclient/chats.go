package userclient

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// pageSize is how much Telegram gives at a time at most.
const pageSize = 100

// maxPages bounds how many chats are looked at: 2,000.
const maxPages = 20

// private are the private chats of an account, and with whom they are.
type private struct {
	chats []core.TelegramChat
	users map[int64]*tg.User
}

// dialogs reads which private chats an account has, the latest first.
func dialogs(ctx context.Context, api *tg.Client) (*private, error) {
	p := &private{users: map[int64]*tg.User{}}
	ask := &tg.MessagesGetDialogsRequest{OffsetPeer: &tg.InputPeerEmpty{}, Limit: pageSize}
	for range maxPages {
		answer, err := api.MessagesGetDialogs(ctx, ask)
		if err != nil {
			return nil, fmt.Errorf("read chats: %w", err)
		}
		page, ok := answer.AsModified()
		if !ok {
			return p, nil
		}
		p.add(page)
		if _, all := answer.(*tg.MessagesDialogs); all || !p.next(page, ask) {
			return p, nil
		}
	}
	return p, nil
}

// telegramItself sends login codes, which are nobody's to read.
const telegramItself = 777000

func (p *private) add(page tg.ModifiedMessagesDialogs) {
	for _, one := range page.GetUsers() {
		if u, ok := one.(*tg.User); ok {
			p.users[u.ID] = u
		}
	}
	for _, one := range page.GetDialogs() {
		d, ok := one.(*tg.Dialog)
		if !ok {
			continue
		}
		with, ok := d.Peer.(*tg.PeerUser)
		if !ok {
			continue
		}
		u := p.users[with.UserID]
		if u == nil || u.Self || u.Min || u.Bot || u.Deleted || u.Support || u.ID == telegramItself {
			continue
		}
		p.chats = append(p.chats, core.TelegramChat{
			ChatID: u.ID, Name: personOf(u).Name(), AccessHash: u.AccessHash, TopID: int64(d.TopMessage),
		})
	}
}

// next makes ask ask for what follows a page, and reports whether there may be
// anything.
func (p *private) next(page tg.ModifiedMessagesDialogs, ask *tg.MessagesGetDialogsRequest) bool {
	list := page.GetDialogs()
	if len(list) < pageSize {
		return false
	}
	last, ok := list[len(list)-1].(*tg.Dialog)
	if !ok {
		return false
	}
	ask.OffsetID = last.TopMessage
	for _, one := range page.GetMessages() {
		if m, ok := one.AsNotEmpty(); ok && m.GetID() == last.TopMessage {
			ask.OffsetDate = m.GetDate()
		}
	}
	switch peer := last.Peer.(type) {
	case *tg.PeerUser:
		u := p.users[peer.UserID]
		if u == nil {
			return false
		}
		ask.OffsetPeer = u.AsInputPeer()
	case *tg.PeerChat:
		ask.OffsetPeer = &tg.InputPeerChat{ChatID: peer.ChatID}
	case *tg.PeerChannel:
		hash, ok := hashOf(page.GetChats(), peer.ChannelID)
		if !ok {
			return false
		}
		ask.OffsetPeer = &tg.InputPeerChannel{ChannelID: peer.ChannelID, AccessHash: hash}
	}
	return true
}

func hashOf(chats []tg.ChatClass, id int64) (int64, bool) {
	for _, one := range chats {
		if c, ok := one.(*tg.Channel); ok && c.ID == id {
			return c.AccessHash, true
		}
	}
	return 0, false
}

// SyncMessages reads the chats that the user asked for, those asked for meanwhile
// included: those of days past the first time, then what is new.
func (c *Client) SyncMessages(ctx context.Context, userID int64, tell func(percent int)) (core.Synced, error) {
	api, err := c.api(userID)
	if err != nil {
		return core.Synced{}, err
	}
	p, err := c.keepChats(ctx, userID, api)
	if err != nil {
		return core.Synced{}, err
	}
	var synced core.Synced
	for {
		asked, err := c.Linker.Store.AskedChats(ctx, userID)
		if err != nil || len(asked) == 0 {
			return synced, err
		}
		for i, chat := range asked {
			tell(100 * i / len(asked))
			if err := c.meet(ctx, userID, p.users[chat.ChatID]); err != nil {
				return synced, err
			}
			n, err := c.readChat(ctx, userID, api, chat)
			if tgerr.Is(err, "PEER_ID_INVALID", "USER_ID_INVALID") {
				// Telegram does not know that chat any more; others wait behind it.
				if err := c.Linker.Store.ChatRead(ctx, userID, chat, chat.ReadTo); err != nil {
					return synced, err
				}
				continue
			}
			if err != nil {
				return synced, err
			}
			synced.Chats, synced.Messages = synced.Chats+1, synced.Messages+n
		}
	}
}

// keepChats reads which private chats there are.
func (c *Client) keepChats(ctx context.Context, userID int64, api *tg.Client) (*private, error) {
	p, err := dialogs(ctx, api)
	if err != nil {
		return nil, err
	}
	return p, c.Linker.Store.KeepChats(ctx, userID, p.chats)
}

// meet makes a contact of whom the user has a chat with, where that is known.
func (c *Client) meet(ctx context.Context, userID int64, u *tg.User) error {
	if u == nil {
		return nil
	}
	_, err := link.MeetPeople(ctx, c.Linker.Store, userID, people([]tg.UserClass{u}))
	return err
}

// pagesAtOnce is how many pages are kept at a time, once a few were: it takes
// little longer than to keep one.
const pagesAtOnce = 10

// readChat reads what is new in a chat and returns how many messages it looked
// at.
func (c *Client) readChat(ctx context.Context, userID int64, api *tg.Client, chat core.TelegramChat) (n int, err error) {
	reading, more, err := c.Linker.Read(ctx, userID, chat)
	if err != nil {
		return 0, err
	}
	if !more {
		return 0, nil
	}
	ctx, stop := context.WithCancel(ctx)
	ahead, kept := make(chan pages), make(chan struct{})
	var asking sync.WaitGroup
	defer asking.Wait()
	defer stop()
	before := reading.Before()
	asking.Go(func() {
		defer close(ahead)
		readAhead(ctx, api, chat, reading, before, ahead, kept)
	})
	for p := range ahead {
		if p.err != nil {
			return n, p.err
		}
		n += len(p.all)
		if more, err = reading.Page(ctx, p.all); more && p.end {
			more, err = reading.Page(ctx, nil)
		}
		if err != nil || !more {
			return n, err
		}
		if p.few {
			select {
			case kept <- struct{}{}:
			case <-ctx.Done():
			}
		}
	}
	return n, ctx.Err()
}

// pages are some pages of a chat, the newest message first.
type pages struct {
	all []core.ChatMessage
	end bool // there are no more
	few bool // the next ones wait until they are kept
	err error
}

// readAhead hands on the pages of a chat, as far as they are wanted: once
// there are many, it reads the next ones while those before are kept. What is
// broken off before has little to be read again.
func readAhead(
	ctx context.Context, api *tg.Client, chat core.TelegramChat, reading *link.Reading, before int64, to chan<- pages, kept <-chan struct{},
) {
	for many := 1; ; many = min(2*many, pagesAtOnce) {
		p, last := next(ctx, api, chat, reading, before, many)
		p.few = !last && many < pagesAtOnce
		select {
		case to <- p:
		case <-ctx.Done():
			return
		}
		if last {
			return
		}
		if p.few {
			select {
			case <-kept:
			case <-ctx.Done():
				return
			}
		}
		before = p.all[len(p.all)-1].MessageID
	}
}

// next returns the next pages of a chat, and reports whether they are the last
// that are wanted.
func next(ctx context.Context, api *tg.Client, chat core.TelegramChat, reading *link.Reading, before int64, many int) (p pages, last bool) {
	for range many {
		page, err := history(ctx, api, chat, before)
		if err != nil || len(page) == 0 {
			p.end, p.err = err == nil, err
			return p, true
		}
		p.all = append(p.all, page...)
		if reading.Ends(page) {
			return p, true
		}
		before = page[len(page)-1].MessageID
	}
	return p, false
}

// history returns the page of a chat that ends before a message; past the oldest
// one an empty one.
func history(ctx context.Context, api *tg.Client, chat core.TelegramChat, before int64) ([]core.ChatMessage, error) {
	for {
		answer, err := api.MessagesGetHistory(ctx, &tg.MessagesGetHistoryRequest{
			Peer: &tg.InputPeerUser{UserID: chat.ChatID, AccessHash: chat.AccessHash}, OffsetID: int(before), Limit: pageSize,
		})
		if err != nil {
			return nil, fmt.Errorf("read a chat: %w", err)
		}
		page, ok := answer.AsModified()
		if !ok {
			return nil, fmt.Errorf("read a chat: got %s", answer.TypeName())
		}
		var all []core.ChatMessage
		for _, one := range page.GetMessages() {
			if m, ok := messageOf(one); ok {
				all = append(all, m)
			}
			before = int64(one.GetID())
		}
		if len(all) > 0 || len(page.GetMessages()) == 0 {
			return all, nil
		}
	}
}

// messageOf returns a message as Kith speaks of it.
func messageOf(one tg.MessageClass) (core.ChatMessage, bool) {
	switch m := one.(type) {
	case *tg.Message:
		out := core.ChatMessage{MessageID: int64(m.ID), Out: m.Out, At: time.Unix(int64(m.Date), 0).UTC(), Kind: kindOf(m.Media), Text: m.Message}
		if m.EditDate != 0 && !m.EditHide {
			edited := time.Unix(int64(m.EditDate), 0).UTC()
			out.EditedAt = &edited
		}
		return out, true
	case *tg.MessageService:
		kind := core.ChatService
		if _, call := m.Action.(*tg.MessageActionPhoneCall); call {
			kind = core.ChatCall
		}
		return core.ChatMessage{MessageID: int64(m.ID), Out: m.Out, At: time.Unix(int64(m.Date), 0).UTC(), Kind: kind}, true
	}
	return core.ChatMessage{}, false
}

func kindOf(media tg.MessageMediaClass) core.ChatMessageKind {
	switch m := media.(type) {
	case nil, *tg.MessageMediaEmpty, *tg.MessageMediaWebPage:
		return core.ChatText
	case *tg.MessageMediaPoll:
		return core.ChatPoll
	case *tg.MessageMediaDocument:
		if d, ok := m.Document.(*tg.Document); ok {
			for _, a := range d.Attributes {
				if _, sticker := a.(*tg.DocumentAttributeSticker); sticker {
					return core.ChatSticker
				}
			}
		}
	}
	return core.ChatMedia
}
