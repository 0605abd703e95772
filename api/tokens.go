package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
)

// tokenRoutes registers personal tokens. Only who is signed in may make or end
// one, so that a token that leaked cannot outlive itself.
func (s *Server) tokenRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/auth/tokens", "List your personal tokens"), s.tokens)
	create := op(http.MethodPost, "/api/auth/tokens", "Make a personal token")
	create.Description = "The secret is shown once and kept nowhere; send it as `Authorization: Bearer kith_…`. Only somebody who is signed in may make or end tokens: a token may not."
	route(s, api, inPerson, create, s.addToken)
	route(s, api, inPerson, op(http.MethodDelete, "/api/auth/tokens/{id}", "End a personal token"), s.dropToken)
}

// A Token is a personal token as it is answered.
type Token struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Scope      string     `json:"scope" enum:"read,write"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at" doc:"To the minute; null when never used"`
}

func asToken(t core.Token) Token {
	return Token{
		ID: t.ID, Name: t.Name, Scope: string(t.Scope), CreatedAt: t.CreatedAt.UTC(), ExpiresAt: t.ExpiresAt.UTC(), LastUsedAt: utc(t.LastUsedAt),
	}
}

// utc returns a time that may be missing in UTC.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

type tokensReply struct {
	Tokens     []Token `json:"tokens" doc:"The newest first"`
	NextCursor *string `json:"next_cursor"`
}

func (s *Server) tokens(ctx context.Context, u core.User, in *Page) (*reply[tokensReply], error) {
	before, err := after[int64](*in, "tokens")
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Tokens(ctx, u.ID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	list, next := cut(*in, "tokens", list, func(t core.Token) int64 { return t.ID })
	return answer(tokensReply{each(list, asToken), next})
}

type tokenIn struct {
	Body struct {
		Name  string `json:"name" doc:"What the token is for" minLength:"1" maxLength:"100" example:"backup script"`
		Scope string `json:"scope,omitempty" doc:"What it may do: read, or read and write" enum:"read,write" default:"read"`
		Days  int    `json:"expires_in_days,omitempty" doc:"How long it is good" minimum:"1" maximum:"366" default:"90"`
	}
}

type tokenReply struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret" doc:"Shown this once" example:"kith_7Q…"`
}

func (s *Server) addToken(ctx context.Context, u core.User, in *tokenIn) (*reply[tokenReply], error) {
	t, secret, err := account.AddToken(ctx, s.Store, core.Token{
		UserID: u.ID, Name: in.Body.Name, Scope: core.Scope(in.Body.Scope), ExpiresAt: time.Now().Add(time.Duration(in.Body.Days) * 24 * time.Hour),
	})
	if err != nil {
		return nil, err
	}
	return answer(tokenReply{Token: asToken(t), Secret: secret})
}

func (s *Server) dropToken(ctx context.Context, u core.User, in *idIn) (*reply[done], error) {
	return doneAnswer(s.Store.DropToken(ctx, u.ID, in.ID))
}
