package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
)

// telegramRoutes registers the user's own Telegram account.
func (s *Server) telegramRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/telegram/status", "Whether the user's own Telegram account is linked"), s.telegramStatus)
	sync := op(http.MethodPost, "/api/telegram/sync", "Read contacts and messages from the linked account")
	sync.DefaultStatus = http.StatusAccepted
	route(s, api, changes, sync, s.syncTelegram)
}

type telegramReply struct {
	State string `json:"state" enum:"not_configured,not_linked" doc:"not_configured: whoever runs this Kith has not set TELEGRAM_API_ID"`
}

func (s *Server) telegramStatus(context.Context, core.User, *struct{}) (*reply[telegramReply], error) {
	if s.Linkable {
		return answer(telegramReply{State: "not_linked"})
	}
	return answer(telegramReply{State: "not_configured"})
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

func (s *Server) syncTelegram(context.Context, core.User, *syncIn) (*reply[syncReply], error) {
	if s.Linkable {
		return nil, core.Tell(core.ErrNotPossible, "Your Telegram account is not linked.")
	}
	return nil, core.Tell(core.ErrNotPossible, "Telegram accounts cannot be linked: whoever runs this Kith has not set TELEGRAM_API_ID.")
}
