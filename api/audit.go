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

// auditRoutes registers the history of a contact.
func (s *Server) auditRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/contacts/{id}/audit", "Who changed what of a contact, the latest first"), s.audit)
}

type auditIn struct {
	Page
	ID int64 `path:"id" minimum:"1"`
}

// An AuditEvent is one change of a contact, or of what belongs to it.
type AuditEvent struct {
	ID       int64          `json:"id"`
	At       time.Time      `json:"at"`
	Actor    string         `json:"actor" enum:"user,engine,telegram" doc:"engine for what was read out of a note, telegram for what Telegram says of the user's people"`
	Entity   string         `json:"entity" enum:"contact,alias,mention,fact,reach,tag,group,relationship"`
	EntityID int64          `json:"entity_id"`
	Action   string         `json:"action" enum:"created,changed,deleted" doc:"Into the trash and out of it is changed, as deleted_at says"`
	Before   map[string]any `json:"before" nullable:"true" doc:"null for what was created. Without what was empty; of what was another contact's, only whose"`
	After    map[string]any `json:"after" nullable:"true" doc:"null for what was deleted. Without what is empty; of what became another contact's, only whose"`
}

type auditReply struct {
	Events     []AuditEvent `json:"events"`
	NextCursor *string      `json:"next_cursor" doc:"null at the end"`
}

func (s *Server) audit(ctx context.Context, u core.User, in *auditIn) (*reply[auditReply], error) {
	list := fmt.Sprintf("audit %d", in.ID)
	before, err := after[int64](in.Page, list)
	if err != nil {
		return nil, err
	}
	rows, err := people.History(ctx, s.Store, u.ID, in.ID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	shown, next := cut(in.Page, list, rows, func(e store.AuditEvent) int64 { return e.ID })
	return answer(auditReply{Events: each(shown, asAuditEvent), NextCursor: next})
}

func asAuditEvent(e store.AuditEvent) AuditEvent {
	action := "changed"
	switch {
	case e.Before == nil:
		action = "created"
	case e.After == nil:
		action = "deleted"
	}
	return AuditEvent{
		ID: e.ID, At: e.At.UTC(), Actor: string(e.Actor), Entity: e.Entity, EntityID: e.EntityID,
		Action: action, Before: e.Before, After: e.After,
	}
}
