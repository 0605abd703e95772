package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store"
)

// sessionLife is how long somebody stays signed in.
const sessionLife = 7 * 24 * time.Hour

// What a session holds: the id of who is signed in, and where a link did that,
// the time.
const (
	sessionUser = "user"
	sessionLink = "link"
)

// newSessions returns the sessions of browsers, kept in db.
func (s *Server) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = sessionRows{db: s.Store}
	m.HashTokenInStore = true
	m.Lifetime = sessionLife
	m.Cookie.Name = "kith_session"
	m.Cookie.Secure = s.Production
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		p := s.problem(r.Context(), err)
		send(w, r, p.status, p.Sentence)
	}
	return m
}

// signIn notes that the user signs in, and makes the request's session one of
// theirs.
func (s *Server) signIn(ctx context.Context, u core.User) (*reply[signedIn], error) {
	if err := s.Store.MarkLogin(ctx, u.ID); err != nil {
		return nil, err
	}
	if err := s.adopt(ctx, u.ID); err != nil {
		return nil, err
	}
	return answer(signedIn{Success: true, User: asUser(u)})
}

// adopt makes the request's session one of the user's, under a new token.
func (s *Server) adopt(ctx context.Context, userID int64) error {
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Remove(ctx, sessionLink)
	s.sessions.Put(ctx, sessionUser, userID)
	return nil
}

// cameByLink reports whether a link has signed in the user lately.
func (s *Server) cameByLink(ctx context.Context) bool {
	return time.Since(time.Unix(s.sessions.GetInt64(ctx, sessionLink), 0)) < account.CodeLife
}

// whose returns the enabled user whose session ctx has, or the zero value.
func (s *Server) whose(ctx context.Context) (core.User, error) {
	id := s.sessions.GetInt64(ctx, sessionUser)
	if id == 0 {
		return core.User{}, nil
	}
	user, err := account.Enabled(ctx, s.Store, id)
	if errors.Is(err, core.ErrNotFound) {
		return core.User{}, nil
	}
	return user, err
}

// sessionRows keeps sessions in Postgres.
type sessionRows struct {
	scs.Store // never called: those with a context are
	db        *store.Store
}

// FindCtx returns what a session holds, and reports whether there is one.
func (s sessionRows) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	data, err = s.db.Session(ctx, token)
	if errors.Is(err, core.ErrNotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx keeps what a session holds. One in which nobody is signed in is
// nothing to keep.
func (s sessionRows) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return err
	}
	userID, ok := values[sessionUser].(int64)
	if !ok {
		return nil
	}
	return s.db.KeepSession(ctx, userID, token, data, expiry)
}

// DeleteCtx ends a session.
func (s sessionRows) DeleteCtx(ctx context.Context, token string) error {
	return s.db.DropSession(ctx, token)
}
