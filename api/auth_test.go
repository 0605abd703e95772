package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/cache"
)

const goodPassword = "four words are easy"

// openForAll lets anybody register.
func openForAll(s *api.Server) { s.OpenForAll = true }

type userAnswer struct {
	Success bool
	User    struct {
		ID             int64
		Username, Role string
	}
}

// browser returns a browser in which a new account of that username is signed
// in. The first is an admin's.
func (h *house) browser(t *testing.T, username string) *client {
	t.Helper()
	c := h.stranger(t)
	c.post("/api/auth/register", creds(username, goodPassword)).want(200)
	var in userAnswer
	c.post("/api/auth/login", creds(username, goodPassword)).want(200).into(&in)
	user, err := h.Store.User(t.Context(), in.User.ID)
	check(t, err)
	c.user = user
	return c
}

func creds(username, password string) map[string]any {
	return map[string]any{"username": username, "password": password}
}

// from has a request come from elsewhere, by a proxy.
func from(address string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("X-Forwarded-For", address) }
}

func TestWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.stranger(t).get("/api/auth/session").says(401, "not signed in")
	ana := h.somebody(t, core.RoleUser)
	var in userAnswer
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

func TestRegister(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.stranger(t)
	c.do(http.MethodPost, "/api/auth/register", creds("ana", goodPassword), from("192.0.2.1")).says(403, "code that Kith prints")
	rebound := func(r *http.Request) { r.Host = "kith.example.org" }
	c.do(http.MethodPost, "/api/auth/register", creds("ana", goodPassword), rebound).says(403, "code that Kith prints")
	c.post("/api/auth/register", creds("ana", "short")).says(400, "password: write 8")
	c.post("/api/auth/register", creds("a na", goodPassword)).says(400, "username: write 3")
	c.post("/api/auth/register", creds("ana", "zero\x00zero\x00")).says(400, "password")
	c.post("/api/auth/register", map[string]any{"username": "ana"}).says(400, "password")
	c.post("/api/auth/register", map[string]any{"username": "ana", "password": goodPassword, "role": "admin"}).says(400, "role")

	var first, second userAnswer
	c.post("/api/auth/register", creds("Ana", goodPassword)).want(200).into(&first)
	if !first.Success || first.User.Username != "Ana" || first.User.Role != "admin" || first.User.ID == 0 {
		t.Errorf("the first account is %+v, want Ana's, an admin", first)
	}
	c.get("/api/auth/session").says(401, "not signed in")
	c.post("/api/auth/register", creds("ana", goodPassword)).says(400, "Username already exists")
	c.post("/api/auth/register", creds("bob", goodPassword)).says(403, "needs an invitation")

	code, err := account.Invite(t.Context(), h.Store, core.RoleUser, first.User.ID)
	check(t, err)
	invited := map[string]any{"username": "bob", "password": goodPassword, "invite": code}
	c.do(http.MethodPost, "/api/auth/register", invited, from("192.0.2.1")).want(200).into(&second)
	if second.User.Role != "user" {
		t.Errorf("who was invited is %+v, want a user", second)
	}
	invited["username"] = "eve"
	c.post("/api/auth/register", invited).says(403, "has been used")
	if zone := must(h.Store.User(t.Context(), second.User.ID))(t).Timezone; zone != "Europe/Lisbon" {
		t.Errorf("the account has the time zone %s, want that of new accounts", zone)
	}
}

func TestTheClaim(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code, _, err := account.Claim(t.Context(), h.Store)
	check(t, err)
	var first userAnswer
	claim := map[string]any{"username": "ana", "password": goodPassword, "invite": code}
	h.stranger(t).do(http.MethodPost, "/api/auth/register", claim, from("192.0.2.1")).want(200).into(&first)
	if first.User.Role != "admin" {
		t.Errorf("who has the claim is %+v, want an admin", first)
	}
}

func TestTwoRegisterOneName(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var racing sync.WaitGroup
	statuses := make([]int, 4)
	for i := range statuses {
		racing.Go(func() { statuses[i] = h.stranger(t).post("/api/auth/register", creds("ana", goodPassword)).status })
	}
	racing.Wait()
	slices.Sort(statuses)
	if want := []int{200, 400, 400, 400}; !slices.Equal(statuses, want) {
		t.Errorf("answered %v, want %v", statuses, want)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	c := h.stranger(t)
	c.post("/api/auth/register", creds("Ana", goodPassword)).want(200)
	for _, body := range []any{nil, `{}`, creds("Ana", ""), creds("", goodPassword), `{"username": "Ana"}`} {
		c.post("/api/auth/login", body).says(400, "Username and password required")
	}
	c.post("/api/auth/login", `{"username": 7}`).says(400, "username")
	c.post("/api/auth/login", `{"username": "Ana", "password": "x", "remember": true}`).says(400, "remember")
	c.post("/api/auth/login", `{"username"`).says(400, "body")
	c.post("/api/auth/login", creds("Ana", "no words are easy")).says(401, "Invalid credentials")
	c.post("/api/auth/login", creds("Bob", goodPassword)).says(401, "Invalid credentials")

	var in userAnswer
	g := c.post("/api/auth/login", creds("ana", goodPassword)).want(200)
	g.into(&in)
	if !in.Success || in.User.Username != "Ana" {
		t.Errorf("signed in as %+v, want Ana", in)
	}
	cookie := g.header.Get("Set-Cookie")
	if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || strings.Contains(cookie, "Secure") {
		t.Errorf("the cookie is set by %q, want HttpOnly and Lax", cookie)
	}
	c.get("/api/auth/session").want(200)
	if user := must(h.Store.User(t.Context(), in.User.ID))(t); user.LastLoginAt == nil {
		t.Error("nothing says when Ana signed in")
	}
}

func TestLoginByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	c := h.stranger(t)
	c.post("/api/auth/register", creds("ana", "Zoë & four words = easy")).want(200)
	asForm := func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }
	form := func(fields ...string) string {
		values := url.Values{}
		for pair := range slices.Chunk(fields, 2) {
			values.Set(pair[0], pair[1])
		}
		return values.Encode()
	}
	c.do(http.MethodPost, "/api/auth/login", form("username", "ana"), asForm).says(400, "Username and password required")
	c.do(http.MethodPost, "/api/auth/login", "", asForm).says(400, "Username and password required")
	c.do(http.MethodPost, "/api/auth/login", "username=%zz", asForm).says(400, "form")
	c.do(http.MethodPost, "/api/auth/login", form("username", "ana", "password", "x", "role", "admin"), asForm).says(400, "role")
	c.do(http.MethodPost, "/api/auth/login", form("username", "ana", "password", "x"), asForm).says(401, "Invalid credentials")
	c.do(http.MethodPost, "/api/auth/login", form("username", "ana", "password", "Zoë & four words = easy"), asForm).want(200)
	c.get("/api/auth/session").want(200)
	c.do(http.MethodPost, "/api/auth/register", form("username", "bob", "password", goodPassword), asForm).says(415, "application/json")
}

func TestCookiesAreSecureInProduction(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *api.Server) { s.Production = true })
	c := h.stranger(t)
	c.post("/api/auth/register", creds("ana", goodPassword)).want(200)
	if cookie := c.post("/api/auth/login", creds("ana", goodPassword)).want(200).header.Get("Set-Cookie"); !strings.Contains(cookie, "Secure") {
		t.Errorf("the cookie is set by %q, want it for https only", cookie)
	}
}

// sessionOf returns the token in a browser's cookie.
func sessionOf(c *client) string {
	c.t.Helper()
	for _, cookie := range c.http.Jar.Cookies(must(url.Parse(c.url))(c.t)) {
		return cookie.Value
	}
	return ""
}

// holding has a request carry the session of that token.
func holding(session string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Cookie", "kith_session="+session) }
}

func TestSessionsRotateAndEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	ana := h.browser(t, "ana")
	before := sessionOf(ana)
	ana.post("/api/auth/login", creds("ana", goodPassword)).want(200)
	after := sessionOf(ana)
	if before == after || after == "" {
		t.Errorf("the session is %q after %q, want another", after, before)
	}
	other := h.stranger(t)
	other.do(http.MethodGet, "/api/auth/session", nil, holding(before)).says(401, "not signed in")
	other.do(http.MethodGet, "/api/auth/session", nil, holding(after)).want(200)
	other.do(http.MethodGet, "/api/auth/session", nil, holding("made up")).says(401, "not signed in")
	ana.post("/api/auth/logout", nil).want(200)
	ana.get("/api/auth/session").says(401, "not signed in")
	other.do(http.MethodGet, "/api/auth/session", nil, holding(after)).says(401, "not signed in")
	var out struct{ Success bool }
	if ana.post("/api/auth/logout", nil).want(200).into(&out); !out.Success {
		t.Error("to sign out twice does harm")
	}
	ana.post("/api/auth/login", creds("ana", goodPassword)).want(200)
	_, err := h.sql.Exec(t.Context(), `UPDATE sessions SET expires_at = now()`)
	check(t, err)
	ana.get("/api/auth/session").says(401, "not signed in")
}

func TestWhoIsShutOutIsOutAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	h.browser(t, "root")
	ana := h.browser(t, "ana")
	check(t, h.Store.SetDisabled(t.Context(), ana.user.ID, true))
	ana.get("/api/auth/session").says(401, "not signed in")
	ana.post("/api/auth/login", creds("ana", goodPassword)).says(401, "Invalid credentials")
}

func TestSlowedDown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	c := h.stranger(t)
	c.post("/api/auth/register", creds("ana", goodPassword)).want(200)
	c.post("/api/auth/register", creds("bob", goodPassword)).want(200)
	for range 4 {
		c.post("/api/auth/login", creds("ana", "wrong")).says(401, "Invalid credentials")
	}
	c.post("/api/auth/login", creds("ANA", goodPassword)).want(200) // begins afresh
	for _, name := range []string{"ana", "nobody"} {
		for range 5 {
			c.post("/api/auth/login", creds(name, "wrong")).says(401, "Invalid credentials")
		}
		g := c.post("/api/auth/login", creds(name, goodPassword))
		g.says(429, "Too many tries")
		if g.header.Get("Retry-After") == "" {
			t.Error("nothing says when to try again")
		}
	}
	c.post("/api/auth/login", creds("bob", goodPassword)).want(200)
	c.do(http.MethodPost, "/api/auth/login", creds("ana", goodPassword), func(r *http.Request) { r.Header.Set("Authorization", "") }).says(429, "")
}

// Whoever goes through many names from elsewhere is slowed down, too.
func TestGuessersAreSlowedDown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.stranger(t)
	for range 50 {
		c.do(http.MethodPost, "/api/auth/register", creds("ana", "short"), from("192.0.2.1")).says(400, "password")
	}
	c.do(http.MethodPost, "/api/auth/register", creds("ana", "short"), from("192.0.2.1")).says(429, "Too many tries")
	c.do(http.MethodPost, "/api/auth/login", creds("ana", "short"), from("192.0.2.1")).says(429, "Too many tries")
	c.post("/api/auth/register", creds("ana", "short")).says(400, "password")
}

func TestForgedOrigin(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	ana := h.browser(t, "ana")
	forged := func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }
	crossSite := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	own := func(r *http.Request) { r.Header.Set("Origin", ana.url) }
	body := map[string]any{"name": "script"}
	ana.do(http.MethodPost, "/api/auth/tokens", body, forged).says(403, "another site")
	ana.do(http.MethodPost, "/api/auth/tokens", body, crossSite).says(403, "another site")
	ana.do(http.MethodPost, "/api/auth/login", creds("ana", goodPassword), forged).says(403, "another site")
	ana.do(http.MethodPost, "/api/auth/tokens", body, own).want(200)
}

func TestPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	h.browser(t, "root")
	ana, elsewhere := h.browser(t, "ana"), h.stranger(t)
	elsewhere.post("/api/auth/login", creds("ana", goodPassword)).want(200)
	ana.put("/api/auth/password", map[string]any{"password": "short"}).says(400, "password: ")
	ana.put("/api/auth/password", map[string]any{"password": "other words to say"}).says(403, "current_password: ")
	ana.put("/api/auth/password", map[string]any{"password": "other words to say", "username": "bob", "current_password": goodPassword}).says(400, "yours is ana")
	before := sessionOf(ana)
	ana.put("/api/auth/password", map[string]any{"password": "other words to say", "current_password": goodPassword}).want(200)
	ana.get("/api/auth/session").want(200)
	if sessionOf(ana) == before {
		t.Error("the session has the token that it had before")
	}
	elsewhere.get("/api/auth/session").says(401, "not signed in")
	elsewhere.post("/api/auth/login", creds("ana", goodPassword)).says(401, "Invalid credentials")
	elsewhere.post("/api/auth/login", creds("ana", "other words to say")).want(200)
	for range 5 {
		ana.put("/api/auth/password", map[string]any{"password": "other words to say", "current_password": "guess"}).says(403, "current_password: ")
	}
	ana.put("/api/auth/password", map[string]any{"password": "other words to say", "current_password": "guess"}).says(429, "Too many tries")
	h.stranger(t).put("/api/auth/password", map[string]any{"password": "other words to say"}).says(401, "not signed in")
	script := h.somebody(t, core.RoleUser)
	script.put("/api/auth/password", map[string]any{"username": "script", "password": goodPassword}).says(403, "A token may not")
}

// Without Redis limits are those of the process, and nobody is kept out.
func TestSignInWithoutRedis(t *testing.T) {
	t.Parallel()
	away := redis.NewClient(&redis.Options{Network: "unix", Addr: "/nowhere", MaxRetries: -1})
	t.Cleanup(func() { away.Close() })
	h := newHouse(t, openForAll, func(s *api.Server) { s.Limits = cache.NewLimits(away) })
	c := h.stranger(t)
	c.post("/api/auth/register", creds("ana", goodPassword)).want(200)
	for range 4 {
		c.post("/api/auth/login", creds("ana", "wrong")).says(401, "Invalid credentials")
	}
	c.post("/api/auth/login", creds("ana", goodPassword)).want(200)
	for range 5 {
		c.post("/api/auth/login", creds("ana", "wrong")).says(401, "Invalid credentials")
	}
	c.post("/api/auth/login", creds("ana", goodPassword)).says(429, "Too many tries")
}

// must returns a function that returns v, and fails the test on an error.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}
