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

// relationshipRoutes registers what contacts are to each other.
func (s *Server) relationshipRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/relationships", "List relationships, in the order they were added"), s.relationships)
	route(s, api, changes, op(http.MethodPost, "/api/relationships", "Say what two contacts are to each other"), s.relate)
	route(s, api, reads, op(http.MethodGet, "/api/relationships/{id}", "A relationship"), s.relationship)
	route(s, api, changes, op(http.MethodPatch, "/api/relationships/{id}", "Say anew what two contacts are to each other"), s.relabel)
	route(s, api, changes, op(http.MethodDelete, "/api/relationships/{id}", "Remove a relationship"), s.unrelate)
}

// A Relationship says what two contacts are to each other.
type Relationship struct {
	ID        int64     `json:"id"`
	Contact   Label     `json:"contact"`
	Other     Label     `json:"other"`
	Label     string    `json:"label" doc:"The contact is that of the other" example:"parent"`
	Inverse   string    `json:"inverse" doc:"The other is that of the contact" example:"child"`
	CreatedAt time.Time `json:"created_at"`
}

func asRelationship(r store.Relationship) Relationship {
	return Relationship{
		ID: r.ID, Contact: Label{ID: r.ContactID, Name: r.ContactName}, Other: Label{ID: r.OtherID, Name: r.OtherName},
		Label: r.Label, Inverse: r.Inverse, CreatedAt: r.CreatedAt.UTC(),
	}
}

type relationshipsIn struct {
	Page
	ContactID int64 `query:"contact_id" minimum:"1" doc:"Only those of this contact"`
}

type relationshipsReply struct {
	Relationships []Relationship `json:"relationships"`
	NextCursor    *string        `json:"next_cursor" doc:"null at the end"`
}

type relationshipReply struct {
	Relationship Relationship `json:"relationship"`
}

func (s *Server) relationships(ctx context.Context, u core.User, in *relationshipsIn) (*reply[relationshipsReply], error) {
	list := fmt.Sprintf("relationships %d", in.ContactID)
	from, err := after[int64](in.Page, list)
	if err != nil {
		return nil, err
	}
	rows, err := people.Relationships(ctx, s.Store, u.ID, in.ContactID, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	shown, next := cut(in.Page, list, rows, func(r store.Relationship) int64 { return r.ID })
	return answer(relationshipsReply{Relationships: each(shown, asRelationship), NextCursor: next})
}

type relateIn struct {
	Body struct {
		ContactID int64  `json:"contact_id" minimum:"1"`
		OtherID   int64  `json:"other_id" minimum:"1"`
		Label     string `json:"label" minLength:"1" maxLength:"100" doc:"What the contact is to the other" example:"parent"`
		Inverse   string `json:"inverse,omitempty" maxLength:"100" doc:"What the other is to the contact; known for kin, work and friends, else needed" example:"child"`
	}
}

func (s *Server) relate(ctx context.Context, u core.User, in *relateIn) (*reply[relationshipReply], error) {
	b := in.Body
	return relationshipAnswer(people.Relate(ctx, s.Store, u.ID, store.Relationship{
		ContactID: b.ContactID, OtherID: b.OtherID, Label: b.Label, Inverse: b.Inverse,
	}))
}

func (s *Server) relationship(ctx context.Context, u core.User, in *idIn) (*reply[relationshipReply], error) {
	return relationshipAnswer(people.Relationship(ctx, s.Store, u.ID, in.ID))
}

type relabelIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Label   string `json:"label,omitempty" minLength:"1" maxLength:"100" doc:"The inverse follows, where it is known"`
		Inverse string `json:"inverse,omitempty" minLength:"1" maxLength:"100"`
	}
}

func (s *Server) relabel(ctx context.Context, u core.User, in *relabelIn) (*reply[relationshipReply], error) {
	return relationshipAnswer(people.Relabel(ctx, s.Store, u.ID, in.ID, in.Body.Label, in.Body.Inverse))
}

func relationshipAnswer(r store.Relationship, err error) (*reply[relationshipReply], error) {
	if err != nil {
		return nil, err
	}
	return answer(relationshipReply{Relationship: asRelationship(r)})
}

func (s *Server) unrelate(ctx context.Context, u core.User, in *idIn) (*reply[done], error) {
	return doneAnswer(people.Unrelate(ctx, s.Store, u.ID, in.ID))
}

// A Relation is what a contact is to another, from the contact's side.
type Relation struct {
	ID        int64  `json:"id"`
	ContactID int64  `json:"contact_id" doc:"The other"`
	FullName  string `json:"full_name" doc:"The other's"`
	Label     string `json:"label" doc:"This contact is that of the other" example:"parent"`
	Inverse   string `json:"inverse" doc:"The other is that of this contact" example:"child"`
}

// seenBy returns how a contact sees one of their relationships.
func seenBy(contactID int64) func(store.Relationship) Relation {
	return func(r store.Relationship) Relation {
		if r.ContactID == contactID {
			return Relation{ID: r.ID, ContactID: r.OtherID, FullName: r.OtherName, Label: r.Label, Inverse: r.Inverse}
		}
		return Relation{ID: r.ID, ContactID: r.ContactID, FullName: r.ContactName, Label: r.Inverse, Inverse: r.Label}
	}
}
