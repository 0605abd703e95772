package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/remind"
	"github.com/kith-platform/kith/core/store"
)

// reminderRoutes registers what is to be done at a time.
func (s *Server) reminderRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/reminders", "List reminders, the first due first"), s.reminders)
	add := op(http.MethodPost, "/api/reminders", "Add a reminder")
	add.Description = "The bot says it when it is due, to whoever has a chat with it. What a note says is to be done at a time has a reminder by itself."
	route(s, api, changes, add, s.addReminder)
	route(s, api, reads, op(http.MethodGet, "/api/reminders/{id}", "A reminder"), s.reminder)
	route(s, api, changes, op(http.MethodPatch, "/api/reminders/{id}", "Change a reminder, put it off, or say that it is done"), s.changeReminder)
	drop := op(http.MethodDelete, "/api/reminders/{id}", "Remove a reminder")
	drop.Description = "It is never said. A fact that says so stays in its note, and counts as nothing to do."
	route(s, api, changes, drop, s.dropReminder)
}

// A Reminder is something due at a time.
type Reminder struct {
	ID        int64     `json:"id"`
	Text      string    `json:"text" example:"Call Ana"`
	DueAt     time.Time `json:"due_at"`
	State     string    `json:"state" enum:"open,sent,done" doc:"Sent: its time is over, and the bot has said so or had no reason to"`
	ContactID *int64    `json:"contact_id" nullable:"true" doc:"Whom it is about; null for nobody"`
	FullName  *string   `json:"full_name" nullable:"true" doc:"Theirs"`
	FactID    *int64    `json:"fact_id" nullable:"true" doc:"The fact that says so; null where it was added by itself"`
	CreatedAt time.Time `json:"created_at"`
}

func asReminder(r core.Reminder) Reminder {
	out := Reminder{ID: r.ID, Text: r.Text, DueAt: r.DueAt.UTC(), State: string(r.State), CreatedAt: r.CreatedAt.UTC()}
	if r.ContactID != 0 {
		out.ContactID, out.FullName = &r.ContactID, &r.FullName
	}
	if r.FactID != 0 {
		out.FactID = &r.FactID
	}
	return out
}

type remindersIn struct {
	Page
	State     string `query:"state" enum:"open,sent,done" default:"open"`
	ContactID int64  `query:"contact_id" minimum:"1" doc:"Only those about this contact"`
}

type remindersReply struct {
	Reminders  []Reminder `json:"reminders"`
	NextCursor *string    `json:"next_cursor" doc:"null at the end"`
}

type reminderReply struct {
	Reminder Reminder `json:"reminder"`
}

func (s *Server) reminders(ctx context.Context, u core.User, in *remindersIn) (*reply[remindersReply], error) {
	list := fmt.Sprintf("reminders %s %d", in.State, in.ContactID)
	from, err := after[store.ReminderPlace](in.Page, list)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.Reminders(ctx, u.ID, core.ReminderState(in.State), in.ContactID, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	shown, next := cut(in.Page, list, rows, func(r core.Reminder) store.ReminderPlace { return store.ReminderPlace{DueAt: r.DueAt, ID: r.ID} })
	return answer(remindersReply{Reminders: each(shown, asReminder), NextCursor: next})
}

type addReminderIn struct {
	Body struct {
		Text      string    `json:"text" minLength:"1" maxLength:"500" example:"Call Ana"`
		DueAt     time.Time `json:"due_at" doc:"A time to come"`
		ContactID int64     `json:"contact_id,omitempty" minimum:"1" doc:"Whom it is about"`
	}
}

func (s *Server) addReminder(ctx context.Context, u core.User, in *addReminderIn) (*reply[reminderReply], error) {
	return reminderAnswer(remind.Add(ctx, s.Store, core.Reminder{
		UserID: u.ID, ContactID: in.Body.ContactID, Text: in.Body.Text, DueAt: in.Body.DueAt,
	}))
}

func (s *Server) reminder(ctx context.Context, u core.User, in *idIn) (*reply[reminderReply], error) {
	return reminderAnswer(remind.Get(ctx, s.Store, u.ID, in.ID))
}

type changeReminderIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Text  string    `json:"text,omitempty" minLength:"1" maxLength:"500"`
		DueAt time.Time `json:"due_at,omitzero" doc:"A time to come, at which it is said, again if it was"`
		Done  *bool     `json:"done,omitempty"`
	}
}

func (s *Server) changeReminder(ctx context.Context, u core.User, in *changeReminderIn) (*reply[reminderReply], error) {
	return reminderAnswer(remind.Apply(ctx, s.Store, u.ID, in.ID, remind.Change{Text: in.Body.Text, DueAt: in.Body.DueAt, Done: in.Body.Done}))
}

func reminderAnswer(r core.Reminder, err error) (*reply[reminderReply], error) {
	if err != nil {
		return nil, err
	}
	return answer(reminderReply{Reminder: asReminder(r)})
}

func (s *Server) dropReminder(ctx context.Context, u core.User, in *idIn) (*reply[done], error) {
	return doneAnswer(remind.Drop(ctx, s.Store, u.ID, in.ID))
}
