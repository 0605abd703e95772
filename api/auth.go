package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/cache"
)

// authRoutes registers how people come in and go.
func (s *Server) authRoutes(api huma.API) {
	register := op(http.MethodPost, "/api/auth/register", "Make an account")
	register.Description = "The first account is an admin's, and needs the code that Kith prints when it starts as `invite`, unless the request comes from the machine that Kith runs on. Later ones need an invitation, unless registration is open. Nobody is signed in by this: POST /api/auth/login does that."
	public(s, api, register, s.register)
	public(s, api, withForm(api, op(http.MethodPost, "/api/auth/login", "Sign in with username and password")), s.login)
	public(s, api, op(http.MethodPost, "/api/auth/logout", "Sign out; harmless where nobody is signed in"), s.logout)
	route(s, api, reads, op(http.MethodGet, "/api/auth/session", "Who is signed in"), s.session)
	route(s, api, inPerson, op(http.MethodPut, "/api/auth/password", "Set or change the password; all other sessions end"), s.password)
}

// A User is an account as it is answered.
type User struct {
	ID       int64  `json:"id"`
	Username string `json:"username" doc:"Empty for an account with a Telegram identity only"`
	Role     string `json:"role" enum:"user,admin"`
}

func asUser(u core.User) User { return User{ID: u.ID, Username: u.Username, Role: string(u.Role)} }

type sessionReply struct {
	User User   `json:"user"`
	Name string `json:"name" doc:"What to call the user: their username, or the name that Telegram gives"`
}

func (s *Server) session(_ context.Context, u core.User, _ *struct{}) (*reply[sessionReply], error) {
	return answer(sessionReply{User: asUser(u), Name: u.Called()})
}

// signedIn is the answer to who comes in.
type signedIn struct {
	Success bool `json:"success"`
	User    User `json:"user"`
}

type registerIn struct {
	Body struct {
		Username string `json:"username" doc:"Letters a to z, digits, dots, dashes and underscores; case makes no difference" minLength:"3" maxLength:"50" example:"ana"`
		Password string `json:"password" doc:"8 to 256 characters, any; not one that many people use" example:"four words are easy"`
		Invite   string `json:"invite,omitempty" doc:"The code of an invitation, or the one that Kith prints when it starts" maxLength:"100"`
	}
}

// How often one address may try: a name with passwords, and anything that makes
// Kith hash or may be guessed. Whoever sits at the machine may try any number
// of names.
var (
	perName    = cache.Limit{Rate: 1, Per: time.Minute, Burst: 5}
	perGuesser = cache.Limit{Rate: 10, Per: time.Minute, Burst: 50}
)

// guess counts a guess, and returns what to answer where it is one too many.
func (s *Server) guess(ctx context.Context) error {
	if c := callerOf(ctx); !c.here {
		return s.tooManyTries(ctx, "guess:"+c.address, perGuesser)
	}
	return nil
}

func (s *Server) register(ctx context.Context, in *registerIn) (*reply[signedIn], error) {
	if err := s.guess(ctx); err != nil {
		return nil, err
	}
	user, err := account.Register(ctx, s.Store, s.Passwords, account.Registration{
		Username: in.Body.Username, Password: in.Body.Password, Code: in.Body.Invite,
		Timezone: s.Timezone, Open: s.OpenForAll, Here: callerOf(ctx).here,
	})
	if err != nil {
		return nil, err
	}
	return answer(signedIn{Success: true, User: asUser(user)})
}

// credentials may be missing: clients know the sentence that says so.
type credentials struct {
	Username string `json:"username,omitempty" example:"ana"`
	Password string `json:"password,omitempty" example:"four words are easy"`
}

type loginIn struct{ Body *credentials }

func (s *Server) login(ctx context.Context, in *loginIn) (*reply[signedIn], error) {
	if in.Body == nil || in.Body.Username == "" || in.Body.Password == "" {
		return nil, newProblem(ctx, http.StatusBadRequest, "Username and password required")
	}
	if err := s.guess(ctx); err != nil {
		return nil, err
	}
	key := "login:" + nameKey(in.Body.Username) + ":" + callerOf(ctx).address
	if err := s.tooManyTries(ctx, key, perName); err != nil {
		return nil, err
	}
	user, err := account.SignIn(ctx, s.Store, s.Passwords, in.Body.Username, in.Body.Password)
	switch {
	case errors.Is(err, account.ErrCredentials):
		return nil, newProblem(ctx, http.StatusUnauthorized, "Invalid credentials")
	case err != nil:
		return nil, err
	}
	s.Limits.Forget(ctx, key)
	return s.signIn(ctx, user)
}

// nameKey stands for a username in Redis, where nobody is to read what somebody
// typed.
func nameKey(name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return hex.EncodeToString(sum[:16])
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*reply[done], error) {
	return doneAnswer(s.sessions.Destroy(ctx))
}

type passwordIn struct {
	Body struct {
		Username string `json:"username,omitempty" doc:"Needed where the account has none yet" maxLength:"50" example:"ana"`
		Current  string `json:"current_password,omitempty" doc:"Needed where the account has a password, unless a link has signed you in within the last 10 minutes"`
		Password string `json:"password" doc:"8 to 256 characters, any; not one that many people use" example:"four words are easy"`
	}
}

func (s *Server) password(ctx context.Context, u core.User, in *passwordIn) (*reply[signedIn], error) {
	key := "password:" + strconv.FormatInt(u.ID, 10)
	if err := s.tooManyTries(ctx, key, perName); err != nil {
		return nil, err
	}
	user, err := account.ChangePassword(ctx, s.Store, s.Passwords, u.ID, account.NewPassword{
		Username: in.Body.Username, Current: in.Body.Current, Known: s.cameByLink(ctx), Password: in.Body.Password,
	})
	if err != nil {
		return nil, err
	}
	s.Limits.Forget(ctx, key)
	if err := s.adopt(ctx, u.ID); err != nil {
		return nil, err
	}
	return answer(signedIn{Success: true, User: asUser(user)})
}
