package link

import (
	"context"
	"strings"

	"github.com/kith-platform/kith/core/store"
)

// keep keeps what becomes of people, and counts it.
func (m *matching) keep(ctx context.Context, tx *store.Store, userID int64, persons []person, known map[int64]store.TelegramPerson) (result count, err error) {
	outcomes, ids := make([]outcome, len(persons)), []int64{}
	for i, p := range persons {
		o, chosen := p.chosen()
		if !chosen {
			o = m.find(p, known[p.ID])
		}
		if o.contactID != 0 {
			ids = append(ids, o.contactID)
		}
		outcomes[i] = o
	}
	contacts, err := tx.LockWhole(ctx, userID, ids...)
	if err != nil {
		return result, err
	}
	of := map[int64]store.Whole{}
	for _, c := range contacts {
		of[c.ID] = c
	}
	var told []store.Told
	for i, p := range persons {
		t, counted := m.tell(p, outcomes[i], known[p.ID], of[outcomes[i].contactID])
		result.add(counted)
		if t.ID != 0 {
			told = append(told, t)
		}
	}
	if len(told) == 0 {
		return result, nil
	}
	if err := tx.KeepTelegramPeople(ctx, userID, told); err != nil {
		return result, err
	}
	return result, tx.DueChats(ctx, userID, found(told))
}

// found returns the chats of those who have a contact.
func found(told []store.Told) []int64 {
	chats := []int64{}
	for _, t := range told {
		if t.Contact.FullName != "" {
			chats = append(chats, t.ID)
		}
	}
	return chats
}

// tell returns what is to be kept of p, nobody when nothing is new, and how
// that counts.
func (m *matching) tell(p person, o outcome, was store.TelegramPerson, c store.Whole) (t store.Told, counted count) {
	if o.skipped {
		return t, count{PeopleResult: PeopleResult{Skipped: 1}}
	}
	if !p.Birthday.Known() {
		p.Birthday = was.Birthday // Telegram tells it about its day only
	}
	t.TelegramPerson = store.TelegramPerson{
		TelegramPerson: p.TelegramPerson, Given: was.Given, State: o.state, Candidate: o.candidate, InContacts: p.inContacts || was.InContacts,
	}
	switch {
	case o.state == store.TelegramUndecided:
		counted.Undecided = 1
		if was.State != store.TelegramUndecided {
			counted.asked = 1
		}
	case o.isNew:
		counted.New = 1
		t.Contact.FullName, t.Contact.TelegramUsername, t.Contact.Birthday = m.free(p), p.Username, p.Birthday
		t.Given = store.TelegramGiven{Name: t.Contact.FullName, Username: p.Username, Birthday: p.Birthday}
		t.NewPhone = p.phone
	case c.ID != 0:
		t.Contact = m.change(p, c, &t.Given)
		t.NewPhone, t.OldPhone = phones(p, was, c)
	}
	changed := c.ID != 0 && (t.NewPhone != "" || differs(t.Contact, c))
	if changed {
		counted.Updated = 1
	}
	if !changed && !o.isNew && t.TelegramPerson == was {
		return store.Told{}, counted
	}
	return t, counted
}

// change returns c with what Telegram says of p. What the user typed stays: all
// that is not as Telegram gave it.
func (m *matching) change(p person, c store.Whole, given *store.TelegramGiven) store.Whole {
	name := given.Name
	if name != "" && c.FullName == name && p.name != name && !m.taken(p, p.name, c.ID) {
		c.FullName, given.Name = p.name, p.name
		m.named[strings.ToLower(p.name)] = true
	}
	if c.TelegramUsername == given.Username {
		c.TelegramUsername, given.Username = p.Username, p.Username
	}
	if c.Birthday == given.Birthday && p.Birthday.Known() {
		c.Birthday, given.Birthday = p.Birthday, p.Birthday
	}
	c.TelegramID, c.Verified, c.Premium = p.ID, p.Verified, p.Premium
	return c
}

// phones returns the number that is new for the contact of p, and the one in
// whose place it comes.
func phones(p person, was store.TelegramPerson, c store.Whole) (number, old string) {
	before := newPerson(was.TelegramPerson).phone
	if p.phone == "" || p.phone == before && c.TelegramID == p.ID {
		return "", ""
	}
	return p.phone, before
}

func differs(a, b store.Whole) bool {
	return a.FullName != b.FullName || a.TelegramUsername != b.TelegramUsername || a.Birthday != b.Birthday ||
		a.TelegramID != b.TelegramID || a.Verified != b.Verified || a.Premium != b.Premium
}
