package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
)

// bulkRoutes registers what is done to many contacts at once.
func (s *Server) bulkRoutes(api huma.API) {
	route(s, api, changes, op(http.MethodPost, "/api/contacts/bulk", "Do one thing to many contacts, to all or to none"), s.bulk)
}

type bulkIn struct {
	Body struct {
		IDs    []int64 `json:"ids" minItems:"1" maxItems:"500" doc:"Contacts, each once"`
		Action string  `json:"action" enum:"delete,tag,untag,tier" doc:"delete moves to the trash"`
		TagID  *int64  `json:"tag_id,omitempty" minimum:"1" doc:"With tag and untag, and only there"`
		Tier   *int    `json:"tier,omitempty" minimum:"1" maximum:"3" doc:"With tier, and only there"`
	}
}

type bulkReply struct {
	Success bool  `json:"success"`
	Changed int64 `json:"changed" doc:"How many were not so before"`
}

func (s *Server) bulk(ctx context.Context, u core.User, in *bulkIn) (*reply[bulkReply], error) {
	b := in.Body
	changed, err := people.Bulk{IDs: b.IDs, Action: b.Action, TagID: b.TagID, Tier: b.Tier}.Do(ctx, s.Store, u.ID)
	if err != nil {
		return nil, err
	}
	return answer(bulkReply{Success: true, Changed: changed})
}
