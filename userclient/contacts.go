package userclient

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	all, ok := answer.(*tg.ContactsContacts)
	if !ok {
		return c.Linker.SameContacts(ctx, userID)
	}
	tell(50)
	return c.Linker.Contacts(ctx, userID, sumOf(all), people(all.Users))
}

// people returns users as Kith speaks of them.
func people(users []tg.UserClass) []core.TelegramPerson {
	all := make([]core.TelegramPerson, 0, len(users))
	for _, one := range users {
		if u, ok := one.(*tg.User); ok && !u.Self {
			all = append(all, core.TelegramPerson{
				ID: u.ID, FirstName: core.Clean(u.FirstName), LastName: core.Clean(u.LastName), Username: core.Clean(usernameOf(u)),
				Phone: core.Clean(u.Phone), Verified: u.Verified, Premium: u.Premium, Bot: u.Bot, Deleted: u.Deleted,
			})
		}
	}
	return all
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
