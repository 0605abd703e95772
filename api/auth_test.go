package api_test

import (
	"net/http"
	"testing"

	"github.com/kith-platform/kith/core"
)

func TestWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.stranger(t).get("/api/auth/session").says(401, "not signed in")
	ana := h.somebody(t, core.RoleUser)
	var in struct{ User struct{ ID int64 } }
	ana.get("/api/auth/session").want(200).into(&in)
	if in.User.ID != ana.user.ID {
		t.Errorf("user %d is signed in, want %d", in.User.ID, ana.user.ID)
	}
	ana.get("/api/auth/session/").want(200)
	ana.token += "x"
	ana.get("/api/auth/session").says(401, "not good")
	ana.get("/api/nowhere").says(404, "nothing at this address")
	ana.do(http.MethodPut, "/api/auth/session", nil).says(405, "method")
}
