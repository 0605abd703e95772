package api_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

const botToken = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

// openedBy returns the init data of a Mini App of that bot, opened by a user at
// some time.
func openedBy(token string, telegramID int64, at time.Time) map[string]any {
	mac := func(key []byte, text string) []byte {
		m := hmac.New(sha256.New, key)
		fmt.Fprint(m, text)
		return m.Sum(nil)
	}
	date, user := fmt.Sprint(at.Unix()), fmt.Sprintf(`{"id":%d,"first_name":"Sam"}`, telegramID)
	hash := mac(mac([]byte("WebAppData"), token), "auth_date="+date+"\nuser="+user)
	data := url.Values{"auth_date": {date}, "user": {user}, "hash": {hex.EncodeToString(hash)}}
	return map[string]any{"init_data": data.Encode()}
}

func TestMiniApp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	root, sam := h.somebody(t, core.RoleAdmin), storetest.User(t, h.Store)
	c := h.stranger(t)
	now := time.Now()
	c.post("/api/auth/telegram", openedBy("1:other", sam.TelegramID, now)).says(401, "not opened from this Kith's bot")
	c.post("/api/auth/telegram", openedBy(botToken, sam.TelegramID, now.Add(-61*time.Minute))).says(401, "within the last hour")
	c.post("/api/auth/telegram", openedBy(botToken, sam.TelegramID, now.Add(time.Minute))).says(401, "within the last hour")
	c.post("/api/auth/telegram", map[string]any{"init_data": "hash=0"}).says(401, "not opened")
	c.post("/api/auth/telegram", map[string]any{"init_data": ""}).says(400, "init_data")
	c.post("/api/auth/telegram", map[string]any{}).says(400, "init_data")
	c.post("/api/auth/telegram", openedBy(botToken, 7, now)).says(403, "invitation")
	c.get("/api/auth/session").says(401, "not signed in")
	var in userAnswer
	c.post("/api/auth/telegram", openedBy(botToken, sam.TelegramID, now)).want(200).into(&in)
	if !in.Success || in.User.ID != sam.ID {
		t.Errorf("signed in as %+v, want user %d", in, sam.ID)
	}
	c.get("/api/auth/session").want(200)
	root.patch(id("/api/admin/users/%d", sam.ID), map[string]any{"disabled": true}).want(200)
	c.post("/api/auth/telegram", openedBy(botToken, sam.TelegramID, now)).says(403, "switched off")
	c.get("/api/auth/session").says(401, "not signed in")
}

func TestSignInLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sam := storetest.User(t, h.Store)
	first := must(account.SignInCode(t.Context(), h.Store, sam.ID))(t)
	code := map[string]any{"code": must(account.SignInCode(t.Context(), h.Store, sam.ID))(t)}
	c := h.stranger(t)
	for _, path := range []string{"/api/auth/login-link", "/api/auth/login-link/look"} {
		c.post(path, map[string]any{"code": first}).says(401, "used or has run out") // a later one is in its place
		c.post(path, map[string]any{"code": "made up"}).says(401, "used or has run out")
		c.post(path, map[string]any{"code": ""}).says(400, "code")
		c.get(path).says(405, "method")
	}
	var look struct{ Name string }
	for range 2 {
		c.post("/api/auth/login-link/look", code).want(200).into(&look)
	}
	if look.Name != "Sam" {
		t.Errorf("the link is said to sign in %q, want Sam", look.Name)
	}
	c.get("/api/auth/session").says(401, "not signed in")
	var in userAnswer
	c.post("/api/auth/login-link", code).want(200).into(&in)
	if in.User.ID != sam.ID {
		t.Errorf("signed in as %+v, want user %d", in, sam.ID)
	}
	var session struct{ Name string }
	c.get("/api/auth/session").want(200).into(&session)
	if session.Name != "Sam" {
		t.Errorf("who is signed in is called %q, want Sam", session.Name)
	}
	h.stranger(t).post("/api/auth/login-link", code).says(401, "used or has run out")
}

func TestSignInLinksThatAreNoLongerGood(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sam := storetest.User(t, h.Store)
	h.somebody(t, core.RoleAdmin)
	for what, sql := range map[string]string{
		"old": `UPDATE codes SET expires_at = now()`, "of who is shut out": `UPDATE users SET disabled_at = now()`,
		"for something else": `UPDATE codes SET kind = 'link_telegram'`,
	} {
		code := must(account.SignInCode(t.Context(), h.Store, sam.ID))(t)
		_, err := h.sql.Exec(t.Context(), sql)
		check(t, err)
		if g := h.stranger(t).post("/api/auth/login-link", map[string]any{"code": code}); g.status != 401 {
			t.Errorf("a link %s: %d %s, want 401", what, g.status, g.body)
		}
		_, err = h.sql.Exec(t.Context(), `UPDATE users SET disabled_at = NULL`)
		check(t, err)
		_, err = h.sql.Exec(t.Context(), `DELETE FROM codes`)
		check(t, err)
	}
}

func TestTwoUseOneSignInLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code := map[string]any{"code": must(account.SignInCode(t.Context(), h.Store, storetest.User(t, h.Store).ID))(t)}
	var racing sync.WaitGroup
	statuses := make(chan int, 4)
	for range cap(statuses) {
		racing.Go(func() { statuses <- h.stranger(t).post("/api/auth/login-link", code).status })
	}
	racing.Wait()
	close(statuses)
	in := 0
	for status := range statuses {
		if status == 200 {
			in++
		}
	}
	if in != 1 {
		t.Errorf("%d came in by one link", in)
	}
}

// Somebody who has a Telegram identity only sets a username and a password.
func TestPasswordAfterALink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sam := storetest.User(t, h.Store)
	c := h.stranger(t)
	c.post("/api/auth/login-link", map[string]any{"code": must(account.SignInCode(t.Context(), h.Store, sam.ID))(t)}).want(200)
	c.put("/api/auth/password", map[string]any{"password": goodPassword}).says(400, "username")
	var out userAnswer
	c.put("/api/auth/password", map[string]any{"username": "sam", "password": goodPassword}).want(200).into(&out)
	if out.User.Username != "sam" {
		t.Errorf("the account is %+v, want it called sam", out.User)
	}
	var in userAnswer
	h.stranger(t).post("/api/auth/login", creds("sam", goodPassword)).want(200).into(&in)
	if in.User.ID != sam.ID {
		t.Errorf("signed in as %+v, want user %d", in, sam.ID)
	}
}

// Whoever has forgotten their password comes in by a link and sets another.
func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	h.browser(t, "root")
	ana := h.browser(t, "ana")
	var who userAnswer
	ana.post("/api/auth/login", creds("ana", goodPassword)).want(200).into(&who)
	ana.put("/api/auth/password", map[string]any{"password": "other words to say"}).says(403, "current_password: ")
	c := h.stranger(t)
	c.post("/api/auth/login-link", map[string]any{"code": must(account.SignInCode(t.Context(), h.Store, who.User.ID))(t)}).want(200)
	c.put("/api/auth/password", map[string]any{"password": "other words to say"}).want(200)
	h.stranger(t).post("/api/auth/login", creds("ana", "other words to say")).want(200)
	ana.get("/api/auth/session").says(401, "not signed in")
	// Once only, and not after signing in by a password.
	c.put("/api/auth/password", map[string]any{"password": goodPassword}).says(403, "current_password: ")
	c.post("/api/auth/login-link", map[string]any{"code": must(account.SignInCode(t.Context(), h.Store, who.User.ID))(t)}).want(200)
	c.post("/api/auth/login", creds("ana", "other words to say")).want(200)
	c.put("/api/auth/password", map[string]any{"password": goodPassword}).says(403, "current_password: ")
}

type linkAnswer struct {
	Link      string
	ExpiresAt time.Time `json:"expires_at"`
}

func TestLinkTelegram(t *testing.T) {
	t.Parallel()
	h := newHouse(t, openForAll)
	ana := h.browser(t, "ana")
	var out linkAnswer
	ana.post("/api/auth/telegram-link", nil).want(200).into(&out)
	_, code, ok := strings.Cut(out.Link, "https://t.me/KithBot?start=link_")
	if left := time.Until(out.ExpiresAt); !ok || left > 10*time.Minute || left < 9*time.Minute {
		t.Fatalf("linked by %+v, want a link to the bot for 10 minutes", out)
	}
	link := func(code string, telegramID int64) (user core.User, err error) {
		err = h.Store.InTx(t.Context(), func(tx *store.Store) error {
			user, err = account.Link(t.Context(), tx, code, account.Identity{TelegramID: telegramID, Name: "Ana T\x00orres"})
			return err
		})
		return user, err
	}
	refused := func(what string, err error, words string) {
		t.Helper()
		if said, _ := core.Sentence(err); !strings.Contains(said, words) {
			t.Errorf("%s: %v, want %q", what, err, words)
		}
	}
	_, err := link("MADEUP", 42)
	refused("a made-up code", err, "used or has run out")
	h.stranger(t).post("/api/auth/login-link", map[string]any{"code": code}).says(401, "used or has run out")
	if user, err := link(code, 42); err != nil || user.ID != ana.user.ID || user.TelegramID != 42 || user.Name != "Ana Torres" {
		t.Errorf("linked %+v (%v), want Ana's account with the identity", user, err)
	}
	_, err = link(code, 43)
	refused("a used code", err, "used or has run out")
	ana.post("/api/auth/telegram-link", nil).says(409, "linked to a Telegram account already")
	h.stranger(t).post("/api/auth/telegram", openedBy(botToken, 42, time.Now())).want(200)

	late := must(account.LinkCode(t.Context(), h.Store, core.User{ID: ana.user.ID}))(t)
	_, err = link(strings.TrimPrefix(late, "link_"), 44)
	refused("an account that is linked by now", err, "another Telegram account already")
	h.stranger(t).post("/api/auth/telegram-link", nil).says(401, "not signed in")
	h.somebody(t, core.RoleUser).post("/api/auth/telegram-link", nil).says(403, "A token may not")
}

func TestSignInPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.stranger(t)
	g := c.get("/sign-in").want(200)
	page := string(g.body)
	if policy := g.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the page's policy is %q", policy)
	}
	if inline := regexp.MustCompile(`(?i)<style|\son\w+=|style=|<script[^>]*>[^<]`).FindString(page); inline != "" || !strings.Contains(page, "width=device-width") {
		t.Errorf("the page has %q inline, or is not for phones", inline)
	}
	for file, kind := range map[string]string{"/sign-in/sign-in.js": "javascript", "/sign-in/sign-in.css": "text/css"} {
		if g := c.get(file).want(200); !strings.Contains(g.header.Get("Content-Type"), kind) || !strings.Contains(page, strings.TrimPrefix(file, "/")) {
			t.Errorf("%s is sent as %q, or not used", file, g.header.Get("Content-Type"))
		}
	}
	script := string(c.get("/sign-in/sign-in.js").body)
	for _, m := range regexp.MustCompile(`find\("([^"]+)"\)`).FindAllStringSubmatch(script, -1) {
		if !strings.Contains(page, `id="`+m[1]+`"`) {
			t.Errorf("the script uses %s, which the page does not have", m[1])
		}
	}
	c.do(http.MethodPost, "/sign-in", nil).says(405, "method")
}
