package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
)

// telegramRoutes registers the user's own Telegram account.
func (s *Server) telegramRoutes(api huma.API) {
	s.linkRoutes(api)
	route(s, api, reads, op(http.MethodGet, "/api/telegram/chats", "The private chats of the linked account"), s.telegramChats)
	route(s, api, changes, op(http.MethodPut, "/api/telegram/chats", "Choose the chats to be read"), s.chooseChats)
	s.undecidedRoutes(api)
	sync := op(http.MethodPost, "/api/telegram/sync", "Read contacts and messages from the linked account")
	sync.DefaultStatus = http.StatusAccepted
	route(s, api, changes, sync, s.syncTelegram)
}

type chatsReply struct {
	Chats []chatReply `json:"chats" doc:"Private chats as they were when the account was last read: those that are chosen first, then the latest"`
}

type chatReply struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Chosen bool   `json:"chosen" doc:"Kith reads it"`
}

func (s *Server) telegramChats(ctx context.Context, u core.User, _ *struct{}) (*reply[chatsReply], error) {
	chats, err := s.Store.Chats(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	return answer(chatsReply{each(chats, func(c core.TelegramChat) chatReply { return chatReply{ID: c.ChatID, Name: c.Name, Chosen: c.Chosen} })})
}

type chooseIn struct {
	Body struct {
		ChatIDs []int64 `json:"chat_ids" maxItems:"2000" doc:"The chats that Kith may read, and no others"`
	}
}

func (s *Server) chooseChats(ctx context.Context, u core.User, in *chooseIn) (*reply[chatsReply], error) {
	if err := s.Linker.Choose(ctx, u.ID, in.Body.ChatIDs); err != nil {
		return nil, err
	}
	return s.telegramChats(ctx, u, nil)
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
	if s.Linker.Missing != "" {
		return nil, core.Tell(core.ErrNotPossible, "%s", s.Linker.Missing)
	}
	var task core.Task
	var err error
	if in.Body.What != "messages" {
		if task, err = s.Linker.StartSync(ctx, u.ID, core.TaskSyncContacts); err != nil {
			return nil, err
		}
		s.Nudge(task)
	}
	if in.Body.What != "contacts" {
		messages, err := s.Linker.StartMessages(ctx, u.ID, in.Body.ChatIDs, in.Body.DaysBack)
		switch {
		case err == nil:
			task = messages
			s.Nudge(task)
		case in.Body.What == "messages" || len(in.Body.ChatIDs) > 0 || !errors.Is(err, core.ErrNotPossible):
			return nil, err
		}
	}
	return answer(syncReply{Success: true, TaskID: task.PublicID})
}
