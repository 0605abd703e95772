package telegramtest

import (
	"slices"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// An Account is somebody on Telegram. It is changed by methods once clients
// know it.
type Account struct {
	ID       int64
	Phone    string // digits only
	Name     string
	Username string
	DC       int    // where it lives; 0 means data centre 2
	Code     string // what is sent to it, so that a client can sign in
	Password string // of two-step verification; "" for none
	Hint     string // to the password
	Banned   bool

	People []*tg.User            // its contacts
	Born   map[int64]tg.Birthday // of some of them
	Chats  []*Chat

	events []event // what happened in its chats; the last has the pts of the account
}

// Add has an account on the server.
func (s *Server) Add(a Account) *Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.DC == 0 {
		a.DC = HomeDC
	}
	s.accounts = append(s.accounts, &a)
	return &a
}

// Change changes an account while nobody reads it.
func (s *Server) Change(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *Server) byPhone(phone string) *Account {
	i := slices.IndexFunc(s.accounts, func(a *Account) bool { return a.Phone == phone })
	if i < 0 {
		return nil
	}
	return s.accounts[i]
}

func (a *Account) self() *tg.User {
	u := &tg.User{ID: a.ID, FirstName: a.Name, Self: true}
	u.SetAccessHash(a.ID * 7)
	u.SetPhone(a.Phone)
	if a.Username != "" {
		u.SetUsername(a.Username)
	}
	u.SetFlags()
	return u
}

func (a *Account) authorization() *tg.AuthAuthorization { return &tg.AuthAuthorization{User: a.self()} }

// contacts answers with everybody, unless the client knows them already.
func (s *Server) contacts(a *Account, req *tg.ContactsGetContactsRequest) (bin.Encoder, *tgerr.Error) {
	all := &tg.ContactsContacts{SavedCount: len(a.People)}
	ids := []int64{int64(len(a.People))}
	for _, u := range a.People {
		u.SetFlags()
		all.Users = append(all.Users, u)
		all.Contacts = append(all.Contacts, tg.Contact{UserID: u.ID, Mutual: u.MutualContact})
		ids = append(ids, u.ID)
	}
	slices.Sort(ids[1:])
	if len(ids) > 1 && hash(ids) == req.Hash {
		return &tg.ContactsContactsNotModified{}, nil
	}
	return all, nil
}

// birthdays answers with whose birthday was yesterday, is today or tomorrow.
func (a *Account) birthdays(now time.Time) *tg.ContactsContactBirthdays {
	near := &tg.ContactsContactBirthdays{}
	for _, u := range a.People {
		b, known := a.Born[u.ID]
		for _, day := range []time.Time{now.AddDate(0, 0, -1), now, now.AddDate(0, 0, 1)} {
			if known && int(day.Month()) == b.Month && day.Day() == b.Day {
				near.Contacts = append(near.Contacts, tg.ContactBirthday{ContactID: u.ID, Birthday: b})
				near.Users = append(near.Users, u)
			}
		}
	}
	return near
}

// hash is how Telegram sums up a list of ids.
func hash(ids []int64) int64 {
	var h uint64
	for _, id := range ids {
		h ^= h >> 21
		h ^= h << 35
		h ^= h >> 4
		h += uint64(id)
	}
	return int64(h)
}
