package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
)

// mergeRoutes registers what makes one contact of two, and two of one.
func (s *Server) mergeRoutes(api huma.API) {
	route(s, api, changes, op(http.MethodPost, "/api/contacts/merge", "Make one contact of two that are the same person"), s.merge)
	route(s, api, changes, op(http.MethodPost, "/api/contacts/merges/{id}/undo", "Undo a merge"), s.unmerge)
}

type mergeIn struct {
	Body struct {
		Into int64 `json:"into" minimum:"1" doc:"The contact that stays"`
		From int64 `json:"from" minimum:"1" doc:"The contact that goes to the trash; what is its becomes the other's"`
	}
}

type mergeReply struct {
	Success   bool  `json:"success"`
	ContactID int64 `json:"contact_id" doc:"The contact that stays"`
	MergeID   int64 `json:"merge_id" doc:"To undo it by, for 30 days"`
}

func (s *Server) merge(ctx context.Context, u core.User, in *mergeIn) (*reply[mergeReply], error) {
	id, err := people.Merge(ctx, s.Store, u.ID, in.Body.Into, in.Body.From)
	if err != nil {
		return nil, err
	}
	return answer(mergeReply{Success: true, ContactID: in.Body.Into, MergeID: id})
}

type mergeIDIn struct {
	ID int64 `path:"id" minimum:"1" doc:"merge_id of the answer to the merge"`
}

type unmergeReply struct {
	Success   bool  `json:"success"`
	ContactID int64 `json:"contact_id" doc:"The contact that is back"`
}

func (s *Server) unmerge(ctx context.Context, u core.User, in *mergeIDIn) (*reply[unmergeReply], error) {
	id, err := people.Unmerge(ctx, s.Store, u.ID, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(unmergeReply{Success: true, ContactID: id})
}
