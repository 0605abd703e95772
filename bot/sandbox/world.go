package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"
)

const (
	firstUserID  = 1_000_000_001
	firstGroupID = -1_000_000_000_001
	counterKey   = "counters"
)

// A chat is a conversation with the bot and its messages, oldest first. A *Message is
// never changed once it is in a chat: a change replaces it.
type chat struct {
	Info    models.Chat `json:"info"`
	Started bool        `json:"started"` // the user has written, so the bot may
	Blocked bool        `json:"blocked"`

	messages []*Message
	rev      int64
	changed  signal
}

func (c *chat) find(id int) (int, bool) {
	return slices.BinarySearchFunc(c.messages, id, func(m *Message, id int) int { return cmp.Compare(m.ID, id) })
}

// latest returns at most n of the newest messages, and never nil.
func (c *chat) latest(n int) []*Message {
	return append([]*Message{}, c.messages[max(len(c.messages)-n, 0):]...)
}

// counters are the ids given last. Private chats and groups share one sequence of
// message ids, as all chats of a bot but supergroups do.
type counters struct {
	User    int64 `json:"user"`
	Group   int64 `json:"group"`
	Message int   `json:"message"`
	File    int   `json:"file"`
}

// A world is all that people and the bot see: users, chats, messages, files and what
// the bot says of itself. Whoever touches the fields holds mu.
type world struct {
	bot     models.User
	journal *journal
	now     func() time.Time
	events  *eventLog

	mu      sync.Mutex
	last    counters
	users   map[int64]*models.User
	chats   map[int64]*chat
	files   map[string]*storedFile
	presses map[string]*press
	profile profile
}

func loadWorld(j *journal, kept map[string]json.RawMessage, bot models.User, now func() time.Time) (*world, error) {
	w := &world{
		bot:     bot,
		journal: j,
		now:     now,
		events:  newEventLog(),
		last:    counters{User: firstUserID - 1, Group: firstGroupID + 1},
		users:   map[int64]*models.User{},
		chats:   map[int64]*chat{},
		files:   map[string]*storedFile{},
		presses: map[string]*press{},
	}
	for key, body := range kept {
		if err := w.restore(key, body); err != nil {
			return nil, fmt.Errorf("read sandbox %s: %w", key, err)
		}
	}
	for _, c := range w.chats {
		slices.SortFunc(c.messages, func(a, b *Message) int { return cmp.Compare(a.ID, b.ID) })
	}
	return w, nil
}

// restore takes one kept value in; keys of other owners are left alone.
func (w *world) restore(key string, body json.RawMessage) error {
	kind, rest, _ := strings.Cut(key, "/")
	switch kind {
	case counterKey:
		return json.Unmarshal(body, &w.last)
	case profileKey:
		return json.Unmarshal(body, &w.profile)
	case "user":
		u := &models.User{}
		err := json.Unmarshal(body, u)
		w.users[u.ID] = u
		return err
	case "chat":
		id, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, w.chat(id))
	case "message":
		m := &Message{}
		err := json.Unmarshal(body, m)
		c := w.chat(m.Chat.ID)
		c.messages = append(c.messages, m)
		return err
	case "file":
		f := &storedFile{}
		err := json.Unmarshal(body, f)
		w.files[f.ID] = f
		return err
	case "press":
		p := &press{}
		err := json.Unmarshal(body, p)
		w.presses[p.ID] = p
		return err
	}
	return nil
}

// chat returns the chat, making an empty one where there is none.
func (w *world) chat(id int64) *chat {
	c := w.chats[id]
	if c == nil {
		c = &chat{rev: w.events.current()}
		w.chats[id] = c
	}
	return c
}

func (w *world) keepCounters()          { w.journal.put(counterKey, w.last) }
func (w *world) keepChat(c *chat)       { w.journal.put(fmt.Sprintf("chat/%d", c.Info.ID), c) }
func messageKey(c *chat, id int) string { return fmt.Sprintf("message/%d/%d", c.Info.ID, id) }

// add gives the message an id, a date and its chat and appends it.
func (w *world) add(c *chat, m *Message) {
	w.last.Message++
	m.ID = w.last.Message
	m.Chat = c.Info
	m.Date = int(w.now().Unix())
	w.keepCounters()
	w.put(c, m)
}

// put shows the message, in place of an older state of it if there is one.
func (w *world) put(c *chat, m *Message) {
	i, known := c.find(m.ID)
	if known {
		c.messages[i] = m
	} else {
		c.messages = slices.Insert(c.messages, i, m)
	}
	w.journal.put(messageKey(c, m.ID), m)
	w.tell(c, Event{Kind: EventMessage, Chat: c.Info.ID, Message: m})
}

// remove takes a message that is there out of the chat.
func (w *world) remove(c *chat, id int) {
	i, _ := c.find(id)
	c.messages = slices.Delete(c.messages, i, i+1)
	w.journal.drop(messageKey(c, id))
	w.tell(c, Event{Kind: EventDeleted, Chat: c.Info.ID, MessageID: id})
}

// tell shows an event on the page and wakes those who wait for the chat.
func (w *world) tell(c *chat, e Event) {
	c.rev = w.events.add(e)
	c.changed.fire()
}

// addUser keeps the user, with an id if it has none, and opens the chat with it.
func (w *world) addUser(u models.User) models.User {
	if u.ID == 0 {
		w.last.User++
		u.ID = w.last.User
		w.keepCounters()
	}
	w.users[u.ID] = &u
	w.journal.put(fmt.Sprintf("user/%d", u.ID), u)
	c := w.chat(u.ID)
	c.Info = models.Chat{
		ID: u.ID, Type: models.ChatTypePrivate,
		FirstName: u.FirstName, LastName: u.LastName, Username: u.Username,
	}
	w.keepChat(c)
	w.tell(c, Event{Kind: EventUser, Chat: u.ID, User: &u, Blocked: c.Blocked})
	return u
}

// addGroup opens a group that has the bot in it.
func (w *world) addGroup(title string) models.Chat {
	w.last.Group--
	w.keepCounters()
	c := w.chat(w.last.Group)
	c.Info = models.Chat{ID: w.last.Group, Type: models.ChatTypeGroup, Title: title}
	c.Started = true
	w.keepChat(c)
	return c.Info
}
