package telegramtest

import (
	"cmp"
	"slices"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// A Chat is a private chat of an account.
type Chat struct {
	With     *tg.User
	Messages []tg.NotEmptyMessage // in the order of their ids
}

func (c *Chat) top() tg.NotEmptyMessage { return c.Messages[len(c.Messages)-1] }

// dialogs answers with the chats, the latest first.
func (s *Server) dialogs(a *Account, req *tg.MessagesGetDialogsRequest) (bin.Encoder, *tgerr.Error) {
	chats := slices.DeleteFunc(slices.Clone(a.Chats), func(c *Chat) bool { return len(c.Messages) == 0 })
	slices.SortFunc(chats, func(x, y *Chat) int { return cmp.Compare(y.top().GetID(), x.top().GetID()) })
	total := len(chats)
	if req.OffsetID > 0 {
		chats = slices.DeleteFunc(chats, func(c *Chat) bool { return c.top().GetID() >= req.OffsetID })
	}
	chats = chats[:min(len(chats), req.Limit, 100)]
	page := &tg.MessagesDialogsSlice{Count: total}
	for _, c := range chats {
		page.Dialogs = append(page.Dialogs, &tg.Dialog{Peer: &tg.PeerUser{UserID: c.With.ID}, TopMessage: c.top().GetID()})
		page.Messages = append(page.Messages, c.top().(tg.MessageClass))
		c.With.SetAccessHash(c.With.ID * 7)
		page.Users = append(page.Users, c.With)
	}
	if len(chats) == total {
		return &tg.MessagesDialogs{Dialogs: page.Dialogs, Messages: page.Messages, Users: page.Users}, nil
	}
	return page, nil
}

// history answers with a page of a chat, the newest message first.
func (s *Server) history(a *Account, req *tg.MessagesGetHistoryRequest) (bin.Encoder, *tgerr.Error) {
	peer, ok := req.Peer.(*tg.InputPeerUser)
	if !ok || peer.AccessHash != peer.UserID*7 {
		return nil, tgerr.New(400, "PEER_ID_INVALID")
	}
	page := &tg.MessagesMessagesSlice{}
	for _, c := range a.Chats {
		if c.With.ID != peer.UserID {
			continue
		}
		page.Count = len(c.Messages)
		page.Users = []tg.UserClass{c.With}
		for _, m := range slices.Backward(c.Messages) {
			if len(page.Messages) < min(req.Limit, 100) && (req.OffsetID == 0 || m.GetID() < req.OffsetID) && m.GetID() > req.MinID {
				page.Messages = append(page.Messages, m.(tg.MessageClass))
			}
		}
	}
	return page, nil
}
