package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// telegramRoutes registers the user's own Telegram account.
func (s *Server) telegramRoutes(api huma.API) {
	s.linkRoutes(api)
	sync := op(http.MethodPost, "/api/telegram/sync", "Read contacts and messages from the linked account")
	sync.DefaultStatus = http.StatusAccepted
	route(s, api, changes, sync, s.syncTelegram)
}

type syncIn struct {
	Body struct {
		What     string  `json:"what" enum:"contacts,messages,all"`
		ChatIDs  []int64 `json:"chat_ids,omitempty" minItems:"1" maxItems:"500" doc:"Which of the chosen chats; all of them without"`
		DaysBack int     `json:"days_back,omitempty" minimum:"1" maximum:"365" doc:"How far back messages are read the first time; 30 without"`
	}
}

type syncReply struct {
	Success bool   `json:"success"`
	TaskID  string `json:"task_id"`
}

func (s *Server) syncTelegram(ctx context.Context, u core.User, in *syncIn) (*reply[syncReply], error) {
	if !s.Linkable {
		return nil, core.Tell(core.ErrNotPossible, "%s", link.HowToConfigure)
	}
	task, err := s.Linker.StartSync(ctx, u.ID, core.TaskSyncContacts)
	if err != nil {
		return nil, err
	}
	s.Nudge(task)
	return answer(syncReply{Success: true, TaskID: task.PublicID})
}
