package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
)

// A caller is who sent a request, and from where. Without a user it is nobody
// we know.
type caller struct {
	user    core.User
	scope   core.Scope
	token   bool   // whether it is a script with a personal token
	here    bool   // whether it is a program or browser on the machine that Kith runs on
	address string // names the network that the request comes from
}

type callerKey struct{}

// callerOf returns who sent the request of ctx.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// identify finds out who sent a request: by a personal token, or by a session.
// A token that is not good is refused at once, whatever is asked for.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := s.who(r)
		if err != nil {
			s.unidentified(w, r, err)
			return
		}
		c.here, c.address = local(r) && namesLoopback(r.Host), addressKey(r)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	})
}

// unidentified answers where who asks cannot be found out.
func (s *Server) unidentified(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, core.ErrNotFound) {
		send(w, r, http.StatusUnauthorized, "That token is not good, or no longer.")
		return
	}
	p := s.problem(r.Context(), err)
	send(w, r, p.status, p.Sentence)
}

func (s *Server) who(r *http.Request) (caller, error) {
	if secret, ok := bearer(r); ok {
		user, scope, err := account.ByToken(r.Context(), s.Store, secret)
		return caller{user: user, scope: scope, token: true}, err
	}
	user, err := s.whose(r.Context())
	return caller{user: user, scope: core.ScopeWrite}, err
}

// bearer returns the token that a request carries, and reports whether it
// carries one.
func bearer(r *http.Request) (secret string, ok bool) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return secret, strings.EqualFold(scheme, "Bearer")
}
