package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// contactRoutes registers the people whom the user knows.
func (s *Server) contactRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/contacts", "List contacts"), s.contacts)
	route(s, api, changes, op(http.MethodPost, "/api/contacts", "Add a contact"), s.addContact)
	route(s, api, reads, op(http.MethodGet, "/api/contacts/{id}", "All there is to show of a contact"), s.contact)
	route(s, api, changes, op(http.MethodPatch, "/api/contacts/{id}", "Change what is filled in about a contact"), s.changeContact)
	route(s, api, changes, op(http.MethodDelete, "/api/contacts/{id}", "Move a contact to the trash"), s.deleteContact)
	route(s, api, changes, op(http.MethodPost, "/api/contacts/{id}/restore", "Take a contact out of the trash"), s.restoreContact)
	route(s, api, reads, op(http.MethodGet, "/api/trash", "List the contacts in the trash, the latest first"), s.trash)
}

type contactsIn struct {
	Page
	Q    string `query:"q" maxLength:"200" doc:"Part of a name or alias, without case and accents, or a username" example:"ana"`
	Tier int    `query:"tier" minimum:"1" maximum:"3" doc:"1 close, 2 regular, 3 distant"`
	Tag  string `query:"tag" maxLength:"100" doc:"The name of a tag, or its id" example:"friends"`
	Sort string `query:"sort" enum:"name,last_contact,created,tier" default:"name" doc:"last_contact and created list the latest first; tier by name within one"`
}

// A ListedContact is a contact as lists answer it.
type ListedContact struct {
	ID               int64      `json:"id"`
	FullName         string     `json:"full_name" example:"Ana Torres"`
	Tier             int        `json:"tier" minimum:"1" maximum:"3" doc:"1 close, 2 regular, 3 distant"`
	TelegramUsername string     `json:"telegram_username" doc:"Without @; empty when not known"`
	IsVerified       bool       `json:"is_verified" doc:"Telegram verified the account"`
	IsPremium        bool       `json:"is_premium" doc:"The account has Telegram Premium"`
	LastContactAt    *time.Time `json:"last_contact_at" doc:"When you last met or spoke; null for never"`
	CreatedAt        time.Time  `json:"created_at"`
}

type contactsReply struct {
	Contacts   []ListedContact `json:"contacts"`
	NextCursor *string         `json:"next_cursor" doc:"null at the end"`
}

func (s *Server) contacts(ctx context.Context, u core.User, in *contactsIn) (*reply[contactsReply], error) {
	filter := store.ContactFilter{Words: in.Q, Tag: in.Tag, Tier: core.Tier(in.Tier), Sort: store.ContactSort(in.Sort)}
	list := fmt.Sprintf("contacts %s %d %q %q", filter.Sort, filter.Tier, filter.Words, filter.Tag)
	from, err := after[store.ContactPlace](in.Page, list)
	if err != nil {
		return nil, err
	}
	rows, err := people.List(ctx, s.Store, u.ID, filter, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	shown, next := cut(in.Page, list, rows, store.ListedContact.Place)
	return answer(contactsReply{Contacts: each(shown, asListed), NextCursor: next})
}

func asListed(c store.ListedContact) ListedContact {
	return ListedContact{
		ID: c.ID, FullName: c.FullName, Tier: int(c.Tier), TelegramUsername: c.TelegramUsername,
		IsVerified: c.Verified, IsPremium: c.Premium, LastContactAt: timeOrNull(c.LastAt), CreatedAt: c.CreatedAt.UTC(),
	}
}

// timeOrNull returns null for the zero time.
func timeOrNull(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}

type addContactIn struct {
	Body struct {
		FullName         string             `json:"full_name" minLength:"1" maxLength:"200" example:"Ana Torres"`
		Tier             *core.Tier         `json:"tier,omitempty" minimum:"1" maximum:"3" doc:"1 close, 2 regular (the default), 3 distant"`
		Aliases          *[]string          `json:"aliases,omitempty" maxItems:"50" maxLength:"200" doc:"Other names they go by"`
		Email            string             `json:"email,omitempty" maxLength:"254" example:"ana@example.org"`
		Phone            string             `json:"phone,omitempty" maxLength:"100" doc:"With the country, or as you dial it" example:"+351 912 345 678"`
		Company          *string            `json:"company,omitempty" maxLength:"200"`
		Location         *string            `json:"location,omitempty" maxLength:"200" doc:"Where they live" example:"Porto"`
		Birthday         *string            `json:"birthday,omitempty" maxLength:"10" doc:"--03-14 where the year is not known" example:"1990-03-14"`
		TelegramUsername *string            `json:"telegram_username,omitempty" maxLength:"33"`
		CustomFields     *map[string]string `json:"custom_fields,omitempty" maxProperties:"50"`
	}
}

type contactIDReply struct {
	Success   bool  `json:"success"`
	ContactID int64 `json:"contact_id"`
}

func (s *Server) addContact(ctx context.Context, u core.User, in *addContactIn) (*reply[contactIDReply], error) {
	b := in.Body
	f := people.Filling{
		FullName: &b.FullName, Tier: b.Tier, Aliases: b.Aliases, Company: b.Company, Location: b.Location, Birthday: b.Birthday,
		TelegramUsername: b.TelegramUsername, CustomFields: b.CustomFields, Reaches: map[core.ReachKind][]string{},
	}
	for kind, value := range map[core.ReachKind]string{core.ReachEmail: b.Email, core.ReachPhone: b.Phone} {
		if strings.TrimSpace(value) != "" {
			f.Reaches[kind] = []string{value}
		}
	}
	id, err := people.Create(ctx, s.Store, u.ID, f)
	if err != nil {
		return nil, err
	}
	return answer(contactIDReply{Success: true, ContactID: id})
}

type changeContactIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		FullName         *string            `json:"full_name,omitempty" minLength:"1" maxLength:"200"`
		Tier             *core.Tier         `json:"tier,omitempty" minimum:"1" maximum:"3"`
		Aliases          *[]string          `json:"aliases,omitempty" maxItems:"50" maxLength:"200" doc:"All other names: those left out are dropped"`
		Emails           []string           `json:"emails,omitempty" maxItems:"20" maxLength:"254" doc:"All addresses; [] for none. The same for the three below"`
		Phones           []string           `json:"phones,omitempty" maxItems:"20" maxLength:"100"`
		URLs             []string           `json:"urls,omitempty" maxItems:"20" maxLength:"500"`
		Addresses        []string           `json:"addresses,omitempty" maxItems:"20" maxLength:"500"`
		Company          *string            `json:"company,omitempty" maxLength:"200" doc:"An empty text leaves it to what notes say"`
		Location         *string            `json:"location,omitempty" maxLength:"200" doc:"An empty text leaves it to what notes say"`
		Birthday         *string            `json:"birthday,omitempty" maxLength:"10" doc:"An empty text leaves it to what notes say"`
		TelegramUsername *string            `json:"telegram_username,omitempty" maxLength:"33" doc:"An empty text for none"`
		CustomFields     *map[string]string `json:"custom_fields,omitempty" maxProperties:"50" doc:"All fields: those left out are dropped"`
	}
}

func (s *Server) changeContact(ctx context.Context, u core.User, in *changeContactIn) (*reply[contactReply], error) {
	b := in.Body
	f := people.Filling{
		FullName: b.FullName, Tier: b.Tier, Aliases: b.Aliases, Company: b.Company, Location: b.Location, Birthday: b.Birthday,
		TelegramUsername: b.TelegramUsername, CustomFields: b.CustomFields, Reaches: map[core.ReachKind][]string{},
	}
	for kind, values := range map[core.ReachKind][]string{
		core.ReachEmail: b.Emails, core.ReachPhone: b.Phones, core.ReachURL: b.URLs, core.ReachAddress: b.Addresses,
	} {
		if values != nil {
			f.Reaches[kind] = values
		}
	}
	if err := people.Change(ctx, s.Store, u.ID, in.ID, f); err != nil {
		return nil, err
	}
	p, err := people.Known(ctx, s.Store, u.ID, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(contactReply{Contact: asContact(p)})
}

func (s *Server) deleteContact(ctx context.Context, u core.User, in *idIn) (*reply[done], error) {
	return doneAnswer(people.Delete(ctx, s.Store, u.ID, in.ID))
}

func (s *Server) restoreContact(ctx context.Context, u core.User, in *idIn) (*reply[contactIDReply], error) {
	if err := people.Restore(ctx, s.Store, u.ID, in.ID); err != nil {
		return nil, err
	}
	return answer(contactIDReply{Success: true, ContactID: in.ID})
}

// A TrashedContact is a contact in the trash.
type TrashedContact struct {
	ID         int64     `json:"id"`
	FullName   string    `json:"full_name"`
	DeletedAt  time.Time `json:"deleted_at"`
	PurgeAt    time.Time `json:"purge_at" doc:"Until when it can be restored"`
	MergedInto *int64    `json:"merged_into" doc:"The contact that it was merged into, which restoring undoes; null for one that was deleted"`
}

type trashReply struct {
	Contacts   []TrashedContact `json:"contacts"`
	NextCursor *string          `json:"next_cursor" doc:"null at the end"`
}

func (s *Server) trash(ctx context.Context, u core.User, in *Page) (*reply[trashReply], error) {
	before, err := after[store.Moment](*in, "trash")
	if err != nil {
		return nil, err
	}
	rows, err := people.Trash(ctx, s.Store, u.ID, before, in.Limit+1, cmp.Or(s.TrashKept, people.KeptInTrash))
	if err != nil {
		return nil, err
	}
	shown, next := cut(*in, "trash", rows, func(c people.Trashed) store.Moment { return store.Moment{At: c.DeletedAt, ID: c.ID} })
	return answer(trashReply{Contacts: each(shown, asTrashed), NextCursor: next})
}

func asTrashed(c people.Trashed) TrashedContact {
	t := TrashedContact{ID: c.ID, FullName: c.FullName, DeletedAt: c.DeletedAt.UTC(), PurgeAt: c.PurgeAt.UTC()}
	if c.MergedInto != 0 {
		t.MergedInto = &c.MergedInto
	}
	return t
}
