package api_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store/storetest"
)

type member struct {
	ID          int64
	Username    string
	Name        string
	Role        string
	CreatedAt   time.Time  `json:"created_at"`
	LastLoginAt *time.Time `json:"last_login_at"`
	Disabled    bool
}

func TestUsersForAdmins(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	root := h.browser(t, "root")
	sam := storetest.User(t, h.Store)
	g := root.get("/api/admin/users").want(200)
	var list struct{ Users []member }
	g.into(&list)
	if len(list.Users) != 2 {
		t.Fatalf("the users are %s, want root and Sam", g.body)
	}
	if u := list.Users[0]; u.Username != "root" || u.Role != "admin" || u.LastLoginAt == nil || u.CreatedAt.IsZero() || u.Disabled {
		t.Errorf("root is %+v", u)
	}
	if u := list.Users[1]; u.ID != sam.ID || u.Username != "" || u.Name != "Sam" || u.Role != "user" || u.LastLoginAt != nil {
		t.Errorf("Sam is %+v", u)
	}
	if body := string(g.body); strings.Contains(body, "argon2") || strings.Contains(body, "password") {
		t.Errorf("the list has passwords: %s", body)
	}
}

// What only admins may do: users are told so, and nobody's is 401.
func TestOnlyAdmins(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	root, ana := h.somebody(t, core.RoleAdmin), h.somebody(t, core.RoleUser)
	victim := root.user.ID
	for _, ask := range []func(c *client) *got{
		func(c *client) *got { return c.get("/api/admin/users") },
		func(c *client) *got {
			return c.patch(id("/api/admin/users/%d", victim), map[string]any{"role": "user"})
		},
		func(c *client) *got { return c.delete(id("/api/admin/users/%d", victim)) },
		func(c *client) *got { return c.post("/api/admin/invitations", nil) },
		func(c *client) *got { return c.get("/api/admin/tasks") },
	} {
		ask(ana).says(403, "for admins")
		ask(h.stranger(t)).says(401, "not signed in")
	}
	_, err := h.sql.Exec(t.Context(), `UPDATE tokens SET scope = 'read'`)
	check(t, err)
	root.delete(id("/api/admin/users/%d", ana.user.ID)).says(403, "may only read")
}

func TestChangeUsers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	root, ana := h.browser(t, "root"), h.browser(t, "ana")
	script := ana.script(ana.addToken(map[string]any{"name": "script"}).Secret)
	path := id("/api/admin/users/%d", ana.user.ID)
	var out struct{ User member }
	root.patch(path, map[string]any{"role": "admin"}).want(200).into(&out)
	if out.User.Role != "admin" || out.User.Disabled || out.User.Username != "ana" {
		t.Errorf("Ana is %+v, want an admin", out.User)
	}
	ana.get("/api/admin/users").want(200)
	root.patch(path, map[string]any{"role": "user", "disabled": true}).want(200).into(&out)
	if out.User.Role != "user" || !out.User.Disabled {
		t.Errorf("Ana is %+v, want a user who is shut out", out.User)
	}
	ana.get("/api/auth/session").says(401, "not signed in")
	script.get("/api/auth/session").says(401, "not good")
	root.patch(path, map[string]any{"disabled": false}).want(200)
	ana.get("/api/auth/session").says(401, "not signed in") // what ended stays so
	script.get("/api/auth/session").says(401, "not good")
	ana.post("/api/auth/login", creds("ana", goodPassword)).want(200)

	own := id("/api/admin/users/%d", root.user.ID)
	root.patch(own, map[string]any{"disabled": true}).says(403, "your own account")
	root.delete(own).says(403, "your own account")
	root.patch(path, map[string]any{"role": "root"}).says(400, "role")
	root.patch(path, map[string]any{"password": "x"}).says(400, "password")
	root.patch("/api/admin/users/999999", map[string]any{"role": "user"}).says(404, "no user")
	root.patch("/api/admin/users/999999", map[string]any{}).says(404, "nothing here")
	root.patch("/api/admin/users/0", map[string]any{}).says(400, "id")
}

// Two admins who shut each other out at once: one of them stays.
func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	root, ana := h.somebody(t, core.RoleAdmin), h.somebody(t, core.RoleAdmin)
	answers := make(chan int, 2)
	go func() { answers <- root.delete(id("/api/admin/users/%d", ana.user.ID)).status }()
	go func() {
		answers <- ana.patch(id("/api/admin/users/%d", root.user.ID), map[string]any{"disabled": true}).status
	}()
	first, second := <-answers, <-answers
	if first > second {
		first, second = second, first
	}
	if first != 200 || !slices.Contains([]int{401, 409}, second) { // 401 for who is gone before asking
		t.Errorf("answered %d and %d, want 200 and a refusal", first, second)
	}
}

func TestDeleteUsers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	root, ana := h.somebody(t, core.RoleAdmin), h.somebody(t, core.RoleUser)
	anaTorres := storetest.Contact(t, h.Store, ana.user.ID, "Ana Torres")
	ana.post("/api/notes/process", map[string]any{"contact_id": anaTorres.ID, "content": "She moved to Porto, she likes figs."}).want(200)
	path := id("/api/admin/users/%d", ana.user.ID)
	root.delete(path).want(200)
	ana.get("/api/auth/session").says(401, "not good")
	root.delete(path).says(404, "no user")
	rows, err := h.sql.Query(t.Context(), `SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'user_id'`)
	check(t, err)
	defer rows.Close()
	for rows.Next() {
		var table string
		check(t, rows.Scan(&table))
		var n int
		check(t, h.sql.QueryRow(t.Context(), `SELECT count(*) FROM `+table+` WHERE user_id = $1`, ana.user.ID).Scan(&n))
		if n > 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
	keys, err := h.redis.Keys(t.Context(), id("*user:%d*", ana.user.ID)).Result()
	if err != nil || len(keys) > 0 {
		t.Errorf("in Redis there are %q (%v), want nothing of theirs", keys, err)
	}
}

// Who is deleted is signed out at Telegram first, by whoever holds the account, and
// may do nothing more while that lasts.
func TestDeletedUsersAreSignedOutAtTelegram(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	root, ana := h.somebody(t, core.RoleAdmin), h.somebody(t, core.RoleUser)
	h.linked(t, ana)
	h.run(t, func(ctx context.Context) error { // what the user client does
		for tick := time.Tick(10 * time.Millisecond); ; {
			linked, err := h.Store.Link(ctx, ana.user.ID)
			switch {
			case errors.Is(err, core.ErrNotFound):
				return errors.New("the session was gone before anybody could sign it out")
			case err == nil && linked.State == core.LinkLeaving:
				ana.get("/api/auth/session").says(401, "not good")
				return h.Store.DropLink(ctx, ana.user.ID)
			}
			select {
			case <-tick:
			case <-ctx.Done():
				return nil
			}
		}
	})
	root.deletes(ana, "signed_out")
	root.delete(id("/api/admin/users/%d", ana.user.ID)).says(404, "no user")
}

// Whoever asked is told that nobody signed the account out.
func TestDeletedUsersWhomNobodySignsOut(t *testing.T) {
	t.Parallel()
	h := linkable(t)
	root, ana, bob := h.somebody(t, core.RoleAdmin), h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	h.linked(t, ana)
	h.linked(t, bob)
	_, err := h.Store.RevokeLink(t.Context(), bob.user.ID, "It was ended in Telegram.")
	check(t, err)
	root.deletes(ana, "forgotten")
	root.deletes(bob, "none")
}

// A Kith that is stopped deletes nobody whose session it has not ended.
func TestDeletingWaitsForNothingWhenStopping(t *testing.T) {
	t.Parallel()
	stopping := make(chan struct{})
	close(stopping)
	h := newHouse(t, func(s *api.Server) { s.Stopping = stopping })
	root, ana := h.somebody(t, core.RoleAdmin), h.somebody(t, core.RoleUser)
	h.linked(t, ana)
	root.delete(id("/api/admin/users/%d", ana.user.ID)).says(http.StatusServiceUnavailable, "not deleted yet")
	if _, err := h.Store.Link(t.Context(), ana.user.ID); err != nil {
		t.Errorf("the linked account is %v, want it there to be signed out", err)
	}
}

// linked links the account of a client's user.
func (h *house) linked(t *testing.T, c *client) {
	t.Helper()
	check(t, h.Store.KeepLink(t.Context(), core.Link{UserID: c.user.ID, TelegramID: c.user.TelegramID, Session: []byte("sealed")}))
}

// deletes deletes a client's user, and fails the test unless that became of their
// session at Telegram.
func (c *client) deletes(other *client, session string) {
	c.t.Helper()
	var out struct {
		Success bool
		Session string `json:"telegram_session"`
	}
	c.delete(id("/api/admin/users/%d", other.user.ID)).want(200).into(&out)
	if !out.Success || out.Session != session {
		c.t.Errorf("deleted: %+v, want the session %s", out, session)
	}
}

func TestInvitationsOfAdmins(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	root := h.somebody(t, core.RoleAdmin)
	for role, body := range map[string]any{"user": nil, "admin": map[string]any{"role": "admin"}} {
		var out struct {
			Code, Link string
			ExpiresAt  time.Time `json:"expires_at"`
		}
		root.post("/api/admin/invitations", body).want(200).into(&out)
		if left := time.Until(out.ExpiresAt); out.Link != "https://t.me/KithBot?start="+out.Code || left > 7*24*time.Hour || left < 6*24*time.Hour {
			t.Errorf("invited by %+v, want a link with the code, good for a week", out)
		}
		var in userAnswer
		invited := map[string]any{"username": "new-" + role, "password": goodPassword, "invite": out.Code}
		h.stranger(t).post("/api/auth/register", invited).want(200).into(&in)
		if in.User.Role != role {
			t.Errorf("let in as %s, want %s", in.User.Role, role)
		}
	}
	root.post("/api/admin/invitations", map[string]any{"role": "root"}).says(400, "role")
}

func TestInvitationsWithoutTelegram(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *api.Server) {
		s.StartLink = func(context.Context) (func(string) string, error) { return nil, errors.New("no route") }
	})
	h.somebody(t, core.RoleAdmin).post("/api/admin/invitations", nil).says(http.StatusServiceUnavailable, "Telegram cannot be reached")
}

func TestTasksForAdmins(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	root, ana := h.somebody(t, core.RoleAdmin), h.somebody(t, core.RoleUser)
	if got := string(root.get("/api/admin/tasks").want(200).body); strings.TrimSpace(got) != `{"tasks":[],"next_cursor":null}` {
		t.Errorf("without tasks the list is %s", got)
	}
	contact := storetest.Contact(t, h.Store, ana.user.ID, "Ana Torres")
	for range 3 {
		ana.post("/api/notes/process", map[string]any{"contact_id": contact.ID, "content": "She moved to Porto, she likes figs."}).want(200)
	}
	var all []int64
	for path := "/api/admin/tasks?limit=2"; path != ""; {
		g := root.get(path).want(200)
		if strings.Contains(string(g.body), "Porto") || strings.Contains(string(g.body), "Ana") {
			t.Errorf("the tasks tell what users said: %s", g.body)
		}
		var page struct {
			Tasks []struct {
				ID     int64
				UserID int64  `json:"user_id"`
				TaskID string `json:"task_id"`
				Kind   string
				State  string
			}
			NextCursor *string `json:"next_cursor"`
		}
		g.into(&page)
		for _, task := range page.Tasks {
			all = append(all, task.ID)
			if task.UserID != ana.user.ID || task.TaskID == "" || task.Kind != "analyze_note" || task.State == "" {
				t.Errorf("a task is %+v", task)
			}
		}
		path = ""
		if page.NextCursor != nil {
			path = "/api/admin/tasks?limit=2&cursor=" + *page.NextCursor
		}
	}
	if len(all) != 3 || !slices.IsSortedFunc(all, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("the tasks are %v, want three, the newest first", all)
	}
	root.get("/api/admin/tasks?cursor=x").says(400, "cursor")
	root.get("/api/admin/tasks?limit=201").says(400, "limit")
}
