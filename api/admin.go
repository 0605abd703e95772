package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
)

// adminRoutes registers what only admins may do. None of it shows what users
// have told Kith.
func (s *Server) adminRoutes(api huma.API) {
	route(s, api, administers, op(http.MethodGet, "/api/admin/users", "List the accounts"), s.users)
	change := op(http.MethodPatch, "/api/admin/users/{id}", "Change a role, or shut an account out or in again")
	change.Description = "Not one's own account, and not the last admin. Who is shut out is out at once: sessions and tokens end."
	route(s, api, administers, change, s.changeUser)
	remove := op(http.MethodDelete, "/api/admin/users/{id}", "Delete an account with all that it has told Kith")
	remove.Description = "Not one's own account, and not the last admin. There is no way back. The account is shut out first, and a linked Telegram account signed out, which may take 15 seconds."
	route(s, api, administers, remove, s.deleteUser)
	route(s, api, administers, op(http.MethodPost, "/api/admin/invitations", "Make a code that lets one person in, once"), s.invite)
	route(s, api, administers, op(http.MethodGet, "/api/admin/tasks", "List everybody's tasks, the newest first"), s.allTasks)
}

// A Member is an account as admins see it.
type Member struct {
	User
	Name        string     `json:"name" doc:"As Telegram gives it"`
	CreatedAt   time.Time  `json:"created_at"`
	LastLoginAt *time.Time `json:"last_login_at" doc:"On the web; null when never"`
	Disabled    bool       `json:"disabled"`
}

func asMember(u core.User) Member {
	return Member{User: asUser(u), Name: u.Name, CreatedAt: u.CreatedAt.UTC(), LastLoginAt: utc(u.LastLoginAt), Disabled: u.Disabled()}
}

type usersReply struct {
	Users []Member `json:"users" doc:"The oldest first"`
}

func (s *Server) users(ctx context.Context, _ core.User, _ *struct{}) (*reply[usersReply], error) {
	list, err := s.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	return answer(usersReply{each(list, asMember)})
}

type changeUserIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Role     *core.Role `json:"role,omitempty" enum:"user,admin"`
		Disabled *bool      `json:"disabled,omitempty" doc:"Whether the account is shut out"`
	}
}

type memberReply struct {
	User Member `json:"user"`
}

func (s *Server) changeUser(ctx context.Context, u core.User, in *changeUserIn) (*reply[memberReply], error) {
	user, err := account.ChangeUser(ctx, s.Store, u.ID, in.ID, account.UserChange{Role: in.Body.Role, Disabled: in.Body.Disabled})
	if err != nil {
		return nil, err
	}
	return answer(memberReply{asMember(user)})
}

// signOutPatience is how long a request waits for a linked account to be signed
// out at Telegram.
const signOutPatience = 15 * time.Second

type deleteUserReply struct {
	Success bool   `json:"success"`
	Session string `json:"telegram_session" enum:"none,signed_out,forgotten" doc:"What became of a linked Telegram account's session; one that is forgotten could not be signed out in time, and stays signed in until its owner ends it in Telegram's Settings › Devices"`
}

func (s *Server) deleteUser(ctx context.Context, u core.User, in *idIn) (*reply[deleteUserReply], error) {
	const within = 45 * time.Second // to sign out, and for a million notes; an answer may take no minute
	takeTime(ctx, within)
	running, end := s.patient(ctx, within)
	defer end()
	session, err := account.DeleteUser(running, s.Linker, u.ID, in.ID, cmp.Or(s.Patience, signOutPatience))
	switch {
	case err != nil && errors.Is(running.Err(), context.Canceled) && ctx.Err() == nil:
		return nil, newProblem(ctx, http.StatusServiceUnavailable, "Kith is being stopped, and the account is not deleted yet. Delete it again in a minute.")
	case err != nil:
		return nil, err
	}
	for _, key := range []string{"user:", "password:"} {
		s.Limits.Forget(ctx, key+strconv.FormatInt(in.ID, 10))
	}
	return answer(deleteUserReply{Success: true, Session: string(session)})
}

type inviteIn struct {
	Body *struct {
		Role core.Role `json:"role,omitempty" enum:"user,admin" default:"user" doc:"Of the new account"`
	}
}

type inviteReply struct {
	Code      string    `json:"code" doc:"For POST /api/auth/register; shown this once"`
	Link      string    `json:"link" doc:"Opens the bot with the code"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *Server) invite(ctx context.Context, u core.User, in *inviteIn) (*reply[inviteReply], error) {
	role := core.RoleUser
	if in.Body != nil && in.Body.Role != "" {
		role = in.Body.Role
	}
	link, err := s.startLink(ctx)
	if err != nil {
		return nil, err
	}
	code, err := account.Invite(ctx, s.Store, role, u.ID)
	if err != nil {
		return nil, err
	}
	return answer(inviteReply{Code: code, Link: link(code), ExpiresAt: time.Now().Add(account.InvitationLife).UTC().Truncate(time.Second)})
}

// startLink returns what makes the address that opens the bot with a code.
func (s *Server) startLink(ctx context.Context) (link func(code string) string, err error) {
	ctx, done := context.WithTimeout(ctx, 5*time.Second)
	defer done()
	link, err = s.StartLink(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "the bot's address is not known", "err", err)
		return nil, newProblem(ctx, http.StatusServiceUnavailable, "Telegram cannot be reached just now. Try again in a minute.")
	}
	return link, nil
}

// A WatchedTask is a task as admins see it, without what it is about.
type WatchedTask struct {
	ID        int64     `json:"id"`
	TaskID    string    `json:"task_id"`
	UserID    int64     `json:"user_id"`
	Kind      string    `json:"kind"`
	State     string    `json:"state" enum:"queued,running,done,failed,cancelled"`
	Attempts  int       `json:"attempts"`
	CreatedAt time.Time `json:"created_at"`
	Message   string    `json:"message" doc:"Why it failed, or what it is doing"`
}

func asWatched(t core.Task) WatchedTask {
	return WatchedTask{
		ID: t.ID, TaskID: t.PublicID, UserID: t.UserID, Kind: string(t.Kind), State: string(t.State),
		Attempts: t.Attempts, CreatedAt: t.CreatedAt.UTC(), Message: t.Message,
	}
}

type allTasksReply struct {
	Tasks      []WatchedTask `json:"tasks"`
	NextCursor *string       `json:"next_cursor"`
}

func (s *Server) allTasks(ctx context.Context, _ core.User, in *Page) (*reply[allTasksReply], error) {
	before, err := after[int64](*in, "tasks")
	if err != nil {
		return nil, err
	}
	list, err := s.Store.AllTasks(ctx, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	list, next := cut(*in, "tasks", list, func(t core.Task) int64 { return t.ID })
	return answer(allTasksReply{each(list, asWatched), next})
}
