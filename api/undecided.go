package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
)

// undecidedRoutes registers the people at Telegram who may be contacts.
func (s *Server) undecidedRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/telegram/undecided", "The people at Telegram who may be contacts of yours, and may not"), s.undecided)
	route(s, api, changes, op(http.MethodPost, "/api/telegram/undecided/{telegram_id}", "Say who somebody at Telegram is"), s.decide)
}

// An Undecided is somebody at Telegram who may be a contact.
type Undecided struct {
	TelegramID int64              `json:"telegram_id"`
	Name       string             `json:"name"`
	Username   string             `json:"username" doc:"Without @; empty without one"`
	Phone      string             `json:"phone" doc:"Empty where Telegram does not show it"`
	Candidates []UndecidedContact `json:"candidates" doc:"Who they may be; nobody when that contact is no more"`
}

// An UndecidedContact is whom somebody at Telegram may be.
type UndecidedContact struct {
	ContactID int64  `json:"contact_id"`
	FullName  string `json:"full_name"`
	Trashed   bool   `json:"trashed" doc:"They are in the trash, and come back if it is them"`
}

type undecidedReply struct {
	People     []Undecided `json:"people"`
	NextCursor *string     `json:"next_cursor" doc:"null at the end"`
}

func (s *Server) undecided(ctx context.Context, u core.User, in *Page) (*reply[undecidedReply], error) {
	past, err := after[int64](*in, "undecided")
	if err != nil {
		return nil, err
	}
	rows, err := link.Undecided(ctx, s.Store, u.ID, past, in.Limit+1)
	if err != nil {
		return nil, err
	}
	shown, next := cut(*in, "undecided", rows, func(q link.Question) int64 { return q.Person.ID })
	return answer(undecidedReply{People: each(shown, asUndecided), NextCursor: next})
}

func asUndecided(q link.Question) Undecided {
	u := Undecided{TelegramID: q.Person.ID, Name: q.Person.Name(), Username: q.Person.Username, Phone: q.Person.Phone, Candidates: []UndecidedContact{}}
	if q.Candidate.ID != 0 {
		u.Candidates = append(u.Candidates, UndecidedContact{ContactID: q.Candidate.ID, FullName: q.Candidate.FullName, Trashed: q.Trashed})
	}
	return u
}

type decideIn struct {
	TelegramID int64 `path:"telegram_id" minimum:"1"`
	Body       struct {
		Decision  string `json:"decision" enum:"contact,new,leave_out" doc:"They are a contact, somebody new, or nobody to be remembered"`
		ContactID int64  `json:"contact_id,omitempty" minimum:"1" doc:"Which contact; with contact only"`
	}
}

func (s *Server) decide(ctx context.Context, u core.User, in *decideIn) (*reply[done], error) {
	if (in.Body.Decision == "contact") != (in.Body.ContactID != 0) {
		return nil, core.Tell(core.ErrInvalid, "contact_id: it goes with the decision contact, and only with that.")
	}
	return doneAnswer(s.Store.InTx(ctx, func(tx *store.Store) error {
		switch in.Body.Decision {
		case "contact":
			return link.DecideContact(ctx, tx, u.ID, in.TelegramID, in.Body.ContactID)
		case "new":
			return link.DecideNew(ctx, tx, u.ID, in.TelegramID)
		}
		return link.LeaveOut(ctx, tx, u.ID, in.TelegramID)
	}))
}
