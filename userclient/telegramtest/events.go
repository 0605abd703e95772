package telegramtest

import (
	"slices"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// An event is something that happened in a chat of an account. Its number in the
// account's list of them is its pts.
type event struct {
	message *tg.Message // that is new, or edited
	edited  bool
	deleted int // the message that was deleted
}

// Say adds a message to a chat of an account, and tells its clients.
func (s *Server) Say(a *Account, c *Chat, m *tg.Message) {
	s.Change(func() { c.Messages = append(c.Messages, m) })
	s.happen(a, event{message: m})
}

// Edit changes the words of a message, and tells the clients.
func (s *Server) Edit(a *Account, m *tg.Message, words string) {
	s.Change(func() { m.Message, m.EditDate = words, int(time.Now().Unix()) })
	s.happen(a, event{message: m, edited: true})
}

// Delete deletes a message of a chat, and tells the clients.
func (s *Server) Delete(a *Account, c *Chat, id int) {
	s.Change(func() {
		c.Messages = slices.DeleteFunc(c.Messages, func(m tg.NotEmptyMessage) bool { return m.GetID() == id })
	})
	s.happen(a, event{deleted: id})
}

// Post adds a post to a channel that an account follows, and tells its clients.
func (s *Server) Post(a *Account, channel int64, pts int) {
	m := &tg.Message{ID: pts, PeerID: &tg.PeerChannel{ChannelID: channel}, Message: "news", Date: now()}
	s.tell(a, &tg.Updates{
		Updates: []tg.UpdateClass{&tg.UpdateNewChannelMessage{Message: m, Pts: pts, PtsCount: 1}},
		Chats:   []tg.ChatClass{&tg.Channel{ID: channel, AccessHash: channel * 7, Title: "News", Photo: &tg.ChatPhotoEmpty{}}}, Date: now(),
	})
}

// Lose has the server say nothing by itself, or again.
func (s *Server) Lose(lose bool) { s.Change(func() { s.silent = lose }) }

// Remember has the server answer with a slice of so many events at a time, and
// with differenceTooLong when there are more than it remembers; 0 for as many as
// there are.
func (s *Server) Remember(slice, most int) { s.Change(func() { s.slice, s.most = slice, most }) }

// happen tells the clients of an account of an event.
func (s *Server) happen(a *Account, e event) {
	s.mu.Lock()
	a.events = append(a.events, e)
	var said tg.UpdatesClass = &tg.Updates{Updates: []tg.UpdateClass{e.update(len(a.events))}, Users: a.users(e), Date: now()}
	// Telegram makes it short where it can, and leaves out who wrote it.
	if m := e.message; m != nil && !e.edited && m.Media == nil {
		if with, ok := m.PeerID.(*tg.PeerUser); ok {
			said = &tg.UpdateShortMessage{ID: m.ID, UserID: with.UserID, Out: m.Out, Message: m.Message, Date: m.Date, Pts: len(a.events), PtsCount: 1}
		}
	}
	s.mu.Unlock()
	s.tell(a, said)
}

func (e event) update(pts int) tg.UpdateClass {
	switch {
	case e.message == nil:
		return &tg.UpdateDeleteMessages{Messages: []int{e.deleted}, Pts: pts, PtsCount: 1}
	case e.edited:
		return &tg.UpdateEditMessage{Message: e.copy(), Pts: pts, PtsCount: 1}
	}
	return &tg.UpdateNewMessage{Message: e.copy(), Pts: pts, PtsCount: 1}
}

// copy returns the message as it is now.
func (e event) copy() *tg.Message {
	m := *e.message
	return &m
}

// users returns who is in an event.
func (a *Account) users(e event) (list []tg.UserClass) {
	if e.message == nil {
		return nil
	}
	for _, c := range a.Chats {
		if with, ok := e.message.PeerID.(*tg.PeerUser); ok && with.UserID == c.With.ID {
			c.With.SetAccessHash(c.With.ID * 7)
			list = append(list, c.With)
		}
	}
	return append(list, a.self())
}

func (a *Account) state() *tg.UpdatesState {
	return &tg.UpdatesState{Pts: len(a.events), Date: now(), Seq: 1}
}

// difference answers with what happened since: the messages that are new and
// there still, and what became of others.
func (s *Server) difference(a *Account, req *tg.UpdatesGetDifferenceRequest) (bin.Encoder, *tgerr.Error) {
	if req.Pts > len(a.events) || req.Date == 0 {
		return nil, tgerr.New(400, "PERSISTENT_TIMESTAMP_INVALID")
	}
	missed := a.events[req.Pts:]
	state, all := a.state(), true
	switch {
	case len(missed) == 0:
		return &tg.UpdatesDifferenceEmpty{Date: state.Date, Seq: state.Seq}, nil
	case s.most > 0 && len(missed) > s.most:
		return &tg.UpdatesDifferenceTooLong{Pts: state.Pts}, nil
	case s.slice > 0 && len(missed) > s.slice:
		missed, all = missed[:s.slice], false
		state.Pts = req.Pts + s.slice
	}
	d := &tg.UpdatesDifference{State: *state}
	for i, e := range missed {
		d.Users = append(d.Users, a.users(e)...)
		switch {
		case e.message == nil || e.edited:
			d.OtherUpdates = append(d.OtherUpdates, e.update(req.Pts+i+1))
		case a.has(e.message):
			d.NewMessages = append(d.NewMessages, e.copy())
		}
	}
	if all {
		return d, nil
	}
	return &tg.UpdatesDifferenceSlice{NewMessages: d.NewMessages, OtherUpdates: d.OtherUpdates, Users: d.Users, IntermediateState: *state}, nil
}

func (a *Account) has(m *tg.Message) bool {
	return slices.ContainsFunc(a.Chats, func(c *Chat) bool { return slices.Contains(c.Messages, tg.NotEmptyMessage(m)) })
}

// tell pushes what is said to the clients of an account.
func (s *Server) tell(a *Account, said tg.UpdatesClass) {
	s.mu.Lock()
	clients := s.clients(func(k *authKey) bool { return k.account == a && !s.silent })
	words, err := encode(said)
	s.mu.Unlock()
	if err != nil {
		s.t.Error(err)
	}
	s.push(clients, words)
}

func now() int { return int(time.Now().Unix()) }
