package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

type tokenAnswer struct {
	Token struct {
		ID          int64
		Name, Scope string
		ExpiresAt   time.Time  `json:"expires_at"`
		LastUsedAt  *time.Time `json:"last_used_at"`
	}
	Secret string
}

// script returns a program with that token.
func (c *client) script(secret string) *client {
	c.t.Helper()
	s := c.stranger(c.t)
	s.token, s.user = secret, c.user
	return s
}

func (c *client) addToken(body map[string]any) (made tokenAnswer) {
	c.t.Helper()
	c.post("/api/auth/tokens", body).want(200).into(&made)
	return made
}

func TestTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	ana := h.browser(t, "ana")
	if got := string(ana.get("/api/auth/tokens").want(200).body); strings.TrimSpace(got) != `{"tokens":[],"next_cursor":null}` {
		t.Errorf("without tokens the list is %s", got)
	}
	made := ana.addToken(map[string]any{"name": "backup"})
	life := time.Until(made.Token.ExpiresAt)
	if made.Token.Name != "backup" || made.Token.Scope != "read" || !strings.HasPrefix(made.Secret, "kith_") || life > 90*24*time.Hour || life < 89*24*time.Hour {
		t.Errorf("made %+v, want one that may read for 90 days", made)
	}
	reader := ana.script(made.Secret)
	reader.get("/api/auth/session").want(200)
	writer := ana.script(ana.addToken(map[string]any{"name": "sync", "scope": "write", "expires_in_days": 366}).Secret)
	writer.get("/api/auth/session").want(200)

	g := ana.get("/api/auth/tokens").want(200)
	var list struct{ Tokens []struct{ Name string } }
	g.into(&list)
	if len(list.Tokens) != 2 || list.Tokens[0].Name != "sync" || list.Tokens[1].Name != "backup" || strings.Contains(string(g.body), "kith_") {
		t.Errorf("the tokens are %s, want both, the newest first, and no secret", g.body)
	}
	if !strings.Contains(string(g.body), `"last_used_at":"`) {
		t.Errorf("the tokens are %s, want to know when they were used", g.body)
	}
	var first, rest struct {
		Tokens     []struct{ Name string }
		NextCursor *string `json:"next_cursor"`
	}
	ana.get("/api/auth/tokens?limit=1").want(200).into(&first)
	ana.get("/api/auth/tokens?limit=1&cursor=" + *first.NextCursor).want(200).into(&rest)
	if len(rest.Tokens) != 1 || rest.Tokens[0].Name != "backup" || rest.NextCursor != nil {
		t.Errorf("after the first page there is %+v, want the older token alone", rest)
	}
	ana.get("/api/auth/tokens?cursor=x").says(400, "cursor")
	ana.delete(id("/api/auth/tokens/%d", made.Token.ID)).want(200)
	reader.get("/api/auth/session").says(401, "not good")
	ana.delete(id("/api/auth/tokens/%d", made.Token.ID)).says(404, "nothing here")
}

func TestTokensMakeNoTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	script := h.somebody(t, core.RoleAdmin)
	var list struct{ Tokens []struct{ ID int64 } }
	script.get("/api/auth/tokens").want(200).into(&list)
	script.post("/api/auth/tokens", map[string]any{"name": "heir"}).says(403, "A token may not")
	script.delete(id("/api/auth/tokens/%d", list.Tokens[0].ID)).says(403, "A token may not")
	nobody := h.stranger(t)
	nobody.get("/api/auth/tokens").says(401, "not signed in")
	nobody.post("/api/auth/tokens", map[string]any{"name": "heir"}).says(401, "not signed in")
	nobody.delete("/api/auth/tokens/1").says(401, "not signed in")
}

func TestTokensThatCannotBe(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	ana := h.browser(t, "ana")
	for field, body := range map[string]map[string]any{
		"name":            {"name": ""},
		"name: say":       {"name": " \u200b"},
		"name: expected":  {"name": strings.Repeat("x", 101)},
		"scope":           {"name": "x", "scope": "admin"},
		"expires_in_days": {"name": "x", "expires_in_days": 367},
		"at expires_in":   {"name": "x", "at expires_in": 1},
	} {
		ana.post("/api/auth/tokens", body).says(400, field)
	}
	ana.delete("/api/auth/tokens/x").says(400, "id")
	ana.delete("/api/auth/tokens/0").says(400, "id")
	for i := range 50 {
		_, err := h.sql.Exec(t.Context(), `INSERT INTO tokens (user_id, name, hash, scope, expires_at) VALUES ($1, 'x', $2, 'read', now())`, ana.user.ID, []byte{byte(i)})
		check(t, err)
	}
	ana.post("/api/auth/tokens", map[string]any{"name": "x"}).says(422, "50 tokens")
}

func TestTokensOfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	ana, bob := h.browser(t, "ana"), h.browser(t, "bob")
	made := ana.addToken(map[string]any{"name": "private"})
	if g := bob.get("/api/auth/tokens").want(200); strings.Contains(string(g.body), "private") {
		t.Errorf("Bob sees %s", g.body)
	}
	theirs, missing := bob.delete(id("/api/auth/tokens/%d", made.Token.ID)), bob.delete("/api/auth/tokens/999999")
	theirs.says(404, "nothing here")
	missing.says(404, "nothing here")
	ana.script(made.Secret).get("/api/auth/session").want(200)
}

func TestExpiredTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	script := h.somebody(t, core.RoleUser)
	_, err := h.sql.Exec(t.Context(), `UPDATE tokens SET expires_at = now()`)
	check(t, err)
	script.get("/api/auth/session").says(401, "not good")
	script.do(http.MethodPost, "/api/auth/login", creds("x", "y")).says(401, "not good")
}
