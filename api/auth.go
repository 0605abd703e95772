package api

import (
	"context"

	"github.com/kith-platform/kith/core"
)

// A User is an account as it is answered.
type User struct {
	ID       int64  `json:"id"`
	Username string `json:"username" doc:"Empty for an account with a Telegram identity only"`
	Role     string `json:"role" enum:"user,admin"`
}

type sessionReply struct {
	User User `json:"user"`
}

func (s *Server) session(_ context.Context, u core.User, _ *struct{}) (*reply[sessionReply], error) {
	return answer(sessionReply{User: asUser(u)})
}

func asUser(u core.User) User { return User{ID: u.ID, Username: u.Username, Role: string(u.Role)} }
