package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Most facts and notes on a card.
const (
	mostFacts = 200
	mostAsked = 100
	mostNotes = 8
)

// A CardOf is what the user knows about a contact.
type CardOf struct {
	User    core.User
	Contact core.Contact
	Facts   []core.Fact       // current ones, the newest first
	Asked   []store.AskedFact // not confirmed, the newest first
	Notes   []core.Note       // the latest
	Reaches []store.Reach     // e-mail addresses, phone numbers, …
	LastMet *time.Time        // nil when no note tells of a meeting
	Now     time.Time         // in the user's location
}

// Card returns what the user knows about a live contact, or an error of kind
// core.ErrNotFound.
func Card(ctx context.Context, db *store.Store, userID, contactID int64) (c CardOf, err error) {
	if c.Contact, err = db.Contact(ctx, userID, contactID); err != nil {
		return c, err
	}
	if c.User, err = db.User(ctx, userID); err != nil {
		return c, err
	}
	c.Now = time.Now().In(c.User.Location())
	if c.Facts, err = db.FactsAbout(ctx, userID, contactID, "", mostFacts); err != nil {
		return c, err
	}
	if c.Asked, err = db.FactsAsked(ctx, userID, contactID, mostAsked); err != nil {
		return c, err
	}
	if c.Notes, err = db.NotesAbout(ctx, userID, contactID, store.Moment{}, mostNotes); err != nil {
		return c, err
	}
	if c.Reaches, err = db.Reaches(ctx, userID, contactID); err != nil {
		return c, err
	}
	c.LastMet, err = lastMet(ctx, db, userID, contactID, c.Now)
	return c, err
}

// Page returns limit contacts by name, past offset, and how many there are.
func Page(ctx context.Context, db *store.Store, userID int64, offset, limit int) ([]store.ContactSummary, int, error) {
	return db.ContactsPage(ctx, userID, max(offset, 0), limit)
}

// Offer returns up to limit people that a name in a note may be: those with a
// name like it, then those spoken about lately, without the one it was taken for.
func Offer(ctx context.Context, db *store.Store, userID int64, name string, without int64, limit int) ([]Person, error) {
	var like []store.Name
	var err error
	if name != "" {
		if like, err = db.NamesLike(ctx, userID, name, limit+1); err != nil {
			return nil, err
		}
	}
	recent, err := db.RecentContacts(ctx, userID, limit+1)
	if err != nil {
		return nil, err
	}
	offer := who(like, func(store.Name) bool { return true })
	for _, c := range recent {
		if p := (Person{ContactID: c.ID, FullName: c.FullName}); !slices.Contains(offer, p) {
			offer = append(offer, p)
		}
	}
	offer = slices.DeleteFunc(offer, func(p Person) bool { return p.ContactID == without })
	return offer[:min(len(offer), limit)], nil
}

// Shared is a person as Telegram shares one.
type Shared struct {
	Name       string
	Phone      string
	TelegramID int64 // 0 when they are not on Telegram
}

// AddShared adds a shared person, or the phone number to whoever is known by
// that Telegram identity or name.
func AddShared(ctx context.Context, tx *store.Store, userID int64, s Shared) (core.Contact, error) {
	name, err := core.ContactName(s.Name)
	if err != nil {
		return core.Contact{}, err
	}
	if err := tx.BeginStep(ctx); err != nil {
		return core.Contact{}, err
	}
	c, err := tx.ContactByTelegram(ctx, userID, s.TelegramID)
	if errors.Is(err, core.ErrNotFound) {
		c, err = tx.EnsureContact(ctx, core.Contact{UserID: userID, FullName: name, Tier: core.TierRegular, TelegramID: s.TelegramID})
	}
	if err != nil || core.Blank(s.Phone) {
		return c, err
	}
	phone := core.Clean(s.Phone)
	if number, ok := International(phone); ok && (s.TelegramID != 0 || strings.HasPrefix(phone, "+")) {
		phone = number // Telegram writes those of its people without the plus
	}
	return c, tx.AddReach(ctx, userID, c.ID, core.ReachPhone, phone)
}
