package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// groupRoutes registers groups of contacts.
func (s *Server) groupRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/groups", "List groups by name"), s.groups)
	route(s, api, changes, op(http.MethodPost, "/api/groups", "Add a group"), s.addGroup)
	route(s, api, reads, op(http.MethodGet, "/api/groups/{id}", "A group"), s.group)
	route(s, api, changes, op(http.MethodPatch, "/api/groups/{id}", "Change a group"), s.changeGroup)
	route(s, api, changes, op(http.MethodDelete, "/api/groups/{id}", "Remove a group; its members stay"), s.dropGroup)
	route(s, api, reads, op(http.MethodGet, "/api/groups/{id}/members", "List the members of a group by name"), s.members)
	route(s, api, changes, op(http.MethodPut, "/api/groups/{id}/members/{contact_id}", "Make a contact a member"), s.addMember)
	route(s, api, changes, op(http.MethodDelete, "/api/groups/{id}/members/{contact_id}", "Take a contact out of a group"), s.dropMember)
}

// A Group is contacts that belong together.
type Group struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name" example:"Choir"`
	Color     string    `json:"color" doc:"In the graph" example:"#1e90ff"`
	Members   int64     `json:"members" doc:"How many contacts are in it"`
	CreatedAt time.Time `json:"created_at"`
}

func asGroup(g store.Group) Group {
	return Group{ID: g.ID, Name: g.Name, Color: g.Color, Members: g.Members, CreatedAt: g.CreatedAt.UTC()}
}

type groupsReply struct {
	Groups     []Group `json:"groups"`
	NextCursor *string `json:"next_cursor" doc:"null at the end"`
}

type groupReply struct {
	Group Group `json:"group"`
}

func (s *Server) groups(ctx context.Context, u core.User, in *Page) (*reply[groupsReply], error) {
	from, err := after[store.NamePlace](*in, "groups")
	if err != nil {
		return nil, err
	}
	rows, err := people.Groups(ctx, s.Store, u.ID, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	shown, next := cut(*in, "groups", rows, store.Group.Place)
	return answer(groupsReply{Groups: each(shown, asGroup), NextCursor: next})
}

type addGroupIn struct {
	Body struct {
		Name  string `json:"name" minLength:"1" maxLength:"100" example:"Choir"`
		Color string `json:"color,omitempty" pattern:"^#[0-9A-Fa-f]{6}$" doc:"Grey where none is given" example:"#1e90ff"`
	}
}

func (s *Server) addGroup(ctx context.Context, u core.User, in *addGroupIn) (*reply[groupReply], error) {
	return groupAnswer(people.AddGroup(ctx, s.Store, u.ID, in.Body.Name, in.Body.Color))
}

func (s *Server) group(ctx context.Context, u core.User, in *idIn) (*reply[groupReply], error) {
	return groupAnswer(people.Group(ctx, s.Store, u.ID, in.ID))
}

type changeGroupIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Name  *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Color string  `json:"color,omitempty" pattern:"^#[0-9A-Fa-f]{6}$"`
	}
}

func (s *Server) changeGroup(ctx context.Context, u core.User, in *changeGroupIn) (*reply[groupReply], error) {
	return groupAnswer(people.ChangeGroup(ctx, s.Store, u.ID, in.ID, in.Body.Name, in.Body.Color))
}

func groupAnswer(g store.Group, err error) (*reply[groupReply], error) {
	if err != nil {
		return nil, err
	}
	return answer(groupReply{Group: asGroup(g)})
}

func (s *Server) dropGroup(ctx context.Context, u core.User, in *idIn) (*reply[done], error) {
	return doneAnswer(people.DropGroup(ctx, s.Store, u.ID, in.ID))
}

type membersIn struct {
	Page
	ID int64 `path:"id" minimum:"1"`
}

// A GroupMember is a contact in a group.
type GroupMember struct {
	ID       int64  `json:"id"`
	FullName string `json:"full_name"`
	Tier     int    `json:"tier" minimum:"1" maximum:"3"`
}

type membersReply struct {
	Members    []GroupMember `json:"members"`
	NextCursor *string       `json:"next_cursor" doc:"null at the end"`
}

func (s *Server) members(ctx context.Context, u core.User, in *membersIn) (*reply[membersReply], error) {
	list := fmt.Sprintf("members %d", in.ID)
	from, err := after[store.NamePlace](in.Page, list)
	if err != nil {
		return nil, err
	}
	rows, err := people.Members(ctx, s.Store, u.ID, in.ID, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	shown, next := cut(in.Page, list, rows, store.Member.Place)
	return answer(membersReply{Members: each(shown, asGroupMember), NextCursor: next})
}

func asGroupMember(m store.Member) GroupMember {
	return GroupMember{ID: m.ID, FullName: m.FullName, Tier: int(m.Tier)}
}

type memberIn struct {
	ID        int64 `path:"id" minimum:"1"`
	ContactID int64 `path:"contact_id" minimum:"1"`
}

func (s *Server) addMember(ctx context.Context, u core.User, in *memberIn) (*reply[done], error) {
	return doneAnswer(people.AddMember(ctx, s.Store, u.ID, in.ID, in.ContactID))
}

func (s *Server) dropMember(ctx context.Context, u core.User, in *memberIn) (*reply[done], error) {
	return doneAnswer(people.DropMember(ctx, s.Store, u.ID, in.ID, in.ContactID))
}
