package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"rsc.io/qr"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// linkRoutes registers how a user's own Telegram account is linked.
func (s *Server) linkRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/telegram/status", "How it is with the user's own Telegram account"), s.telegramStatus)
	byQR := op(http.MethodPost, "/api/telegram/link/qr", "Link the user's own Telegram account by a QR code")
	byQR.Description = "The QR code changes every half a minute: show the one that the status has. A signed-in Telegram app scans it."
	route(s, api, changes, byQR, s.linkByQR)
	byPhone := op(http.MethodPost, "/api/telegram/link/phone", "Link the user's own Telegram account by a code that Telegram sends")
	byPhone.Description = "Takes the place of whatever was begun before. Telegram voids a code that is sent in any of its chats."
	route(s, api, changes, byPhone, s.linkByPhone)
	route(s, api, changes, op(http.MethodPost, "/api/telegram/link/code", "Give the code that Telegram sent"), s.giveCode)
	route(s, api, changes, op(http.MethodPost, "/api/telegram/link/code/again", "Have the code sent another way"), s.sendCodeAgain)
	route(s, api, changes, op(http.MethodPost, "/api/telegram/link/password", "Give the password of two-step verification"), s.givePassword)
	route(s, api, changes, op(http.MethodPost, "/api/telegram/link/cancel", "Leave it"), s.cancelLink)
	route(s, api, changes, op(http.MethodDelete, "/api/telegram/link", "Sign out at Telegram, and forget the session"), s.unlink)
}

// linkPatience is how long a request waits for Telegram's answer. Whoever gets
// none looks at the status.
const linkPatience = 10 * time.Second

func (s *Server) linkByQR(ctx context.Context, u core.User, _ *struct{}) (*reply[telegramReply], error) {
	return s.move(ctx, u, func() error { return s.Linker.ByQR(ctx, u.ID) })
}

type phoneIn struct {
	Body struct {
		Phone string `json:"phone" minLength:"1" maxLength:"40" example:"+351 912 345 678" doc:"With the country code"`
	}
}

func (s *Server) linkByPhone(ctx context.Context, u core.User, in *phoneIn) (*reply[telegramReply], error) {
	return s.move(ctx, u, func() error { return s.Linker.ByPhone(ctx, u.ID, in.Body.Phone) })
}

type loginCodeIn struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"20"`
	}
}

func (s *Server) giveCode(ctx context.Context, u core.User, in *loginCodeIn) (*reply[telegramReply], error) {
	return s.move(ctx, u, func() error { return s.Linker.Code(ctx, u.ID, in.Body.Code) })
}

func (s *Server) sendCodeAgain(ctx context.Context, u core.User, _ *struct{}) (*reply[telegramReply], error) {
	return s.move(ctx, u, func() error { return s.Linker.Again(ctx, u.ID) })
}

type telegramPasswordIn struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"500" doc:"Telegram never gets to see it, only a proof that you know it"`
	}
}

func (s *Server) givePassword(ctx context.Context, u core.User, in *telegramPasswordIn) (*reply[telegramReply], error) {
	return s.move(ctx, u, func() error { return s.Linker.Password(ctx, u.ID, in.Body.Password) })
}

func (s *Server) cancelLink(ctx context.Context, u core.User, _ *struct{}) (*reply[telegramReply], error) {
	return s.move(ctx, u, func() error { return s.Linker.Cancel(ctx, u.ID) })
}

func (s *Server) unlink(ctx context.Context, u core.User, _ *struct{}) (*reply[telegramReply], error) {
	return s.move(ctx, u, func() error { return s.Linker.Unlink(ctx, u.ID) })
}

// move answers with where the user stands once whoever looks after the account
// has moved as step asks, or patience ends.
func (s *Server) move(ctx context.Context, u core.User, step func() error) (*reply[telegramReply], error) {
	if s.Linker.Missing != "" {
		return nil, core.Tell(core.ErrNotPossible, "%s", s.Linker.Missing)
	}
	if err := step(); err != nil {
		return nil, err
	}
	patience := cmp.Or(s.Patience, linkPatience)
	takeTime(ctx, patience)
	late := time.After(patience)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		status, err := s.Linker.Status(ctx, u.ID)
		if err != nil || !status.Moves() {
			return s.linkStatus(status, err)
		}
		select {
		case <-tick.C:
			continue
		case <-late:
		case <-s.Stopping:
		case <-ctx.Done():
		}
		return s.linkStatus(status, err)
	}
}

type telegramReply struct {
	State      string           `json:"state" enum:"not_configured,not_linked,connecting,scan_qr,code_sent,password_needed,linked,waiting,unlinking,revoked" doc:"waiting: linked, and Telegram asked to wait; connecting: Telegram is being asked"`
	How        string           `json:"how,omitempty" doc:"What whoever runs this Kith does about not_configured"`
	Problem    string           `json:"problem,omitempty" doc:"A sentence on what went wrong last"`
	QR         *qrReply         `json:"qr,omitempty"`
	SentBy     string           `json:"sent_by,omitempty" enum:"app,sms,call,email,other" doc:"How Telegram sent the code"`
	Hint       string           `json:"hint,omitempty" doc:"The user's own, to their password"`
	ExpiresAt  *time.Time       `json:"expires_at,omitempty" doc:"When what was begun is forgotten"`
	Account    *telegramAccount `json:"account,omitempty"`
	WaitsUntil *time.Time       `json:"waits_until,omitempty" doc:"Until when Telegram asked to wait"`
}

type qrReply struct {
	URL string `json:"url" doc:"What the QR code says; a Telegram app on the same device opens it"`
	PNG []byte `json:"png"`
}

type telegramAccount struct {
	TelegramID int64      `json:"telegram_id"`
	Name       string     `json:"name"`
	Username   string     `json:"username"`
	LinkedAt   time.Time  `json:"linked_at"`
	Contacts   int        `json:"contacts" doc:"How many there were when they were last read"`
	SyncedAt   *time.Time `json:"synced_at,omitempty"`
}

func (s *Server) telegramStatus(ctx context.Context, u core.User, _ *struct{}) (*reply[telegramReply], error) {
	if how := s.Linker.Missing; how != "" {
		return answer(telegramReply{State: "not_configured", How: how})
	}
	return s.linkStatus(s.Linker.Status(ctx, u.ID))
}

func (s *Server) linkStatus(status link.Status, err error) (*reply[telegramReply], error) {
	if err != nil {
		return nil, err
	}
	r := telegramReply{State: string(status.State), Problem: status.Problem, SentBy: status.SentBy, Hint: status.Hint, ExpiresAt: timeOrNull(status.ExpiresAt)}
	if status.Scan != "" {
		code, err := qr.Encode(status.Scan, qr.M)
		if err != nil {
			return nil, err
		}
		r.QR = &qrReply{URL: status.Scan, PNG: code.PNG()}
	}
	if l := status.Link; l.UserID != 0 {
		r.Account = &telegramAccount{
			TelegramID: l.TelegramID, Name: l.Name, Username: l.Username, LinkedAt: l.LinkedAt.UTC(), Contacts: l.Contacts, SyncedAt: utc(l.SyncedAt),
		}
		if status.State == link.StateWaiting {
			r.WaitsUntil = utc(l.WaitsUntil)
		}
	}
	return answer(r)
}
