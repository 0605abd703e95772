package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/kith-platform/kith/core"
)

// An access says who may call an operation.
type access int

const (
	reads       access = iota // any user, and a token of either scope
	changes                   // any user, and a token that may write
	administers               // an admin, and a token of theirs that may write
	inPerson                  // any user who is signed in, and no token
)

// op describes an operation. Its tag is the first part of its path after /api.
func op(method, path, summary string) huma.Operation {
	tag, _, _ := strings.Cut(strings.TrimPrefix(path, "/api/"), "/")
	return huma.Operation{
		Method: method, Path: path, OperationID: huma.GenerateOperationID(method, strings.TrimPrefix(path, "/api"), struct{}{}),
		Summary: summary, Tags: []string{tag}, MaxBodyBytes: maxBody,
	}
}

// maxBody bounds the bodies of most requests. A note of 20,000 characters takes
// up to 240 kB where each is escaped.
const maxBody = 1 << 20

// public registers an operation that anybody may call. Text that cannot be kept
// is refused before do gets it.
func public[I, O any](s *Server, api huma.API, o huma.Operation, do func(context.Context, *I) (*O, error)) {
	huma.Register(api, o, func(ctx context.Context, in *I) (*O, error) {
		if field := unkeepable(reflect.ValueOf(in), ""); field != "" {
			return nil, newProblem(ctx, http.StatusBadRequest, field+": has a character that cannot be kept, U+0000 or what is no UTF-8.")
		}
		out, err := do(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// route registers an operation for those who are signed in. Do gets who calls.
// Nobody else is told what is wrong with a request.
func route[I, O any](s *Server, api huma.API, a access, o huma.Operation, do func(context.Context, core.User, *I) (*O, error)) {
	o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	if a == inPerson {
		o.Security = o.Security[:1]
	}
	o.Middlewares = append(o.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		if status, sentence := callerOf(ctx.Context()).refused(a); status != 0 {
			r, w := humachi.Unwrap(ctx)
			send(w, r, status, sentence)
			return
		}
		next(ctx)
	})
	public(s, api, o, func(ctx context.Context, in *I) (*O, error) { return do(ctx, callerOf(ctx).user, in) })
}

// refused returns what the caller is answered with who may not do what a says; 0
// for one who may.
func (c caller) refused(a access) (status int, sentence string) {
	switch {
	case c.user.ID == 0:
		return http.StatusUnauthorized, plain[http.StatusUnauthorized]
	case a == inPerson && c.token:
		return http.StatusForbidden, "A token may not do that. Sign in with a browser."
	case a != reads && c.scope != core.ScopeWrite:
		return http.StatusForbidden, "That token may only read. Make one with scope write."
	case a == administers && c.user.Role != core.RoleAdmin:
		return http.StatusForbidden, "That is for admins."
	}
	return 0, ""
}

// idIn is the input of an operation on one thing.
type idIn struct {
	ID int64 `path:"id" minimum:"1"`
}

// A reply is an operation's answer: a JSON object.
type reply[T any] struct{ Body T }

// answer returns the reply with that body.
func answer[T any](body T) (*reply[T], error) { return &reply[T]{Body: body}, nil }

// done is the answer of what has nothing to tell but that it is done.
type done struct {
	Success bool `json:"success"`
}

// doneAnswer answers that what returned err is done.
func doneAnswer(err error) (*reply[done], error) {
	if err != nil {
		return nil, err
	}
	return answer(done{Success: true})
}
