package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store"
)

// entryRoutes registers how people come in by what Telegram, or the bot there,
// gave them.
func (s *Server) entryRoutes(api huma.API) {
	mini := op(http.MethodPost, "/api/auth/telegram", "Sign in from a Mini App")
	mini.Description = "Takes what Telegram gave the Mini App as `Telegram.WebApp.initData`, at most an hour old."
	public(s, api, mini, s.signInByInitData)
	public(s, api, op(http.MethodPost, "/api/auth/login-link/look", "Whom a link from /web would sign in"), s.lookAtCode)
	link := op(http.MethodPost, "/api/auth/login-link", "Sign in by a link from /web, once")
	link.Description = "The code is what follows # in the link. It is good for 10 minutes, and used up by this."
	public(s, api, link, s.signInByCode)
	tie := op(http.MethodPost, "/api/auth/telegram-link", "Make a link that gives your account a Telegram identity")
	tie.Description = "Open it in the Telegram account that is to be yours, within 10 minutes. That account must not have an account here: two are never made one."
	route(s, api, inPerson, tie, s.linkTelegram)
}

type initDataIn struct {
	Body struct {
		InitData string `json:"init_data" minLength:"1" maxLength:"10000" doc:"Telegram.WebApp.initData, as it is"`
	}
}

func (s *Server) signInByInitData(ctx context.Context, in *initDataIn) (*reply[signedIn], error) {
	if err := s.guess(ctx); err != nil {
		return nil, err
	}
	user, err := account.ByInitData(ctx, s.Store, s.BotToken, in.Body.InitData, time.Now())
	switch {
	case errors.Is(err, account.ErrInitData):
		return nil, newProblem(ctx, http.StatusUnauthorized, "That was not opened from this Kith's bot within the last hour. Open it again.")
	case errors.Is(err, account.ErrStranger):
		return nil, newProblem(ctx, http.StatusForbidden, "This Kith is private. If somebody runs it for you, ask them for an invitation link.")
	case errors.Is(err, account.ErrDisabled):
		return nil, newProblem(ctx, http.StatusForbidden, "This account is switched off. Ask whoever runs this Kith.")
	case err != nil:
		return nil, err
	}
	return s.signIn(ctx, user)
}

type codeIn struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"100" doc:"What follows # in the link"`
	}
}

type lookReply struct {
	Name string `json:"name" doc:"Of whose account it is"`
}

func (s *Server) lookAtCode(ctx context.Context, in *codeIn) (*reply[lookReply], error) {
	user, err := s.byCode(ctx, in, account.ByCode)
	if err != nil {
		return nil, err
	}
	return answer(lookReply{Name: user.Called()})
}

func (s *Server) signInByCode(ctx context.Context, in *codeIn) (*reply[signedIn], error) {
	user, err := s.byCode(ctx, in, account.RedeemCode)
	if err != nil {
		return nil, err
	}
	signed, err := s.signIn(ctx, user)
	if err == nil {
		s.sessions.Put(ctx, sessionLink, time.Now().Unix())
	}
	return signed, err
}

// byCode returns whose code it is, by look.
func (s *Server) byCode(ctx context.Context, in *codeIn, look func(context.Context, *store.Store, string) (core.User, error)) (core.User, error) {
	if err := s.guess(ctx); err != nil {
		return core.User{}, err
	}
	user, err := look(ctx, s.Store, in.Body.Code)
	if errors.Is(err, account.ErrCode) {
		return core.User{}, newProblem(ctx, http.StatusUnauthorized, "That link has been used or has run out. Write /web to the bot for a new one.")
	}
	return user, err
}

type linkReply struct {
	Link      string    `json:"link"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *Server) linkTelegram(ctx context.Context, u core.User, _ *struct{}) (*reply[linkReply], error) {
	link, err := s.startLink(ctx)
	if err != nil {
		return nil, err
	}
	code, err := account.LinkCode(ctx, s.Store, u)
	if err != nil {
		return nil, err
	}
	return answer(linkReply{Link: link(code), ExpiresAt: time.Now().Add(account.CodeLife).UTC().Truncate(time.Second)})
}
