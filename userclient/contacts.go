package userclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/core"
)

// errNotConnected says that an account cannot be read just now.
var errNotConnected = errors.New("the account is not connected here")

// Held returns whose accounts this process has, and can read.
func (c *Client) Held() []int64 {
	var ids []int64
	for _, a := range c.held.all() {
		if a.api.Load() != nil {
			ids = append(ids, a.userID)
		}
	}
	return ids
}

// api returns what reads a user's account, or errNotConnected.
func (c *Client) api(userID int64) (*tg.Client, error) {
	if a := c.held.of(userID); a != nil {
		if api := a.api.Load(); api != nil {
			return api, nil
		}
	}
	return nil, errNotConnected
}

// SyncContacts brings a user's contacts into line with their account. When
// nothing has changed it reads nothing.
func (c *Client) SyncContacts(ctx context.Context, userID int64, tell func(percent int)) (core.Synced, error) {
	api, err := c.api(userID)
	if err != nil {
		return core.Synced{}, err
	}
	hash, err := c.Linker.ContactsHash(ctx, userID)
	if err != nil {
		return core.Synced{}, err
	}
	if _, err := c.keepChats(ctx, userID, api); err != nil {
		return core.Synced{}, err
	}
	answer, err := api.ContactsGetContacts(ctx, hash)
	if err != nil {
		return core.Synced{}, fmt.Errorf("read contacts: %w", err)
	}
	born, err := birthdays(ctx, api)
	if err != nil {
		return core.Synced{}, err
	}
	tell(50)
	var synced core.Synced
	if all, ok := answer.(*tg.ContactsContacts); ok {
		synced, err = c.Linker.Contacts(ctx, userID, sumOf(all), people(all.Users))
	} else {
		synced, err = c.Linker.SameContacts(ctx, userID)
	}
	if err != nil {
		return core.Synced{}, err
	}
	return c.Linker.Birthdays(ctx, userID, synced, born)
}

// birthdays returns those whose birthday was yesterday, is today or tomorrow:
// all that Telegram tells in one call. Asking of each one would be a call each.
func birthdays(ctx context.Context, api *tg.Client) ([]core.TelegramPerson, error) {
	answer, err := api.ContactsGetBirthdays(ctx)
	if err != nil {
		return nil, fmt.Errorf("read birthdays: %w", err)
	}
	days := map[int64]core.Birthday{}
	for _, one := range answer.Contacts {
		b := one.Birthday
		// What is no day of the calendar is none.
		days[one.ContactID], _ = core.ParseBirthday(core.Birthday{Year: b.Year, Month: time.Month(b.Month), Day: b.Day}.String())
	}
	born := people(answer.Users)
	for i, p := range born {
		born[i].Birthday = days[p.ID]
	}
	return slices.DeleteFunc(born, func(p core.TelegramPerson) bool { return !p.Birthday.Known() }), nil
}

// people returns users as Kith speaks of them, without the account itself and
// those of whom Telegram tells too little.
func people(users []tg.UserClass) []core.TelegramPerson {
	all := make([]core.TelegramPerson, 0, len(users))
	for _, one := range users {
		if u, ok := one.(*tg.User); ok && !u.Self && !u.Min {
			all = append(all, personOf(u))
		}
	}
	return all
}

func personOf(u *tg.User) core.TelegramPerson {
	return core.TelegramPerson{
		ID: u.ID, FirstName: core.Clean(u.FirstName), LastName: core.Clean(u.LastName), Username: core.Clean(usernameOf(u)),
		Phone: core.Clean(u.Phone), Verified: u.Verified, Premium: u.Premium, Bot: u.Bot, Deleted: u.Deleted,
	}
}

// usernameOf returns the username by which somebody is found, of several the
// first.
func usernameOf(u *tg.User) string {
	i := slices.IndexFunc(u.Usernames, func(n tg.Username) bool { return n.Active })
	if u.Username == "" && i >= 0 {
		return u.Usernames[i].Username
	}
	return u.Username
}

// sumOf sums contacts up as Telegram does, to be asked for what has changed.
func sumOf(all *tg.ContactsContacts) int64 {
	ids := make([]int64, 0, len(all.Contacts))
	for _, one := range all.Contacts {
		ids = append(ids, one.UserID)
	}
	slices.Sort(ids)
	var h uint64
	for _, id := range append([]int64{int64(all.SavedCount)}, ids...) {
		h ^= h >> 21
		h ^= h << 35
		h ^= h >> 4
		h += uint64(id)
	}
	return int64(h)
}
