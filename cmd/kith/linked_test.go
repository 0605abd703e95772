package main

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/userclient/telegramtest"
)

// TestContactsOfALinkedAccount links an account over REST: its contacts become
// people, which the chat tells, and are read again when asked for.
func TestContactsOfALinkedAccount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	server := r.withTelegram()
	sam := server.Add(telegramtest.Account{
		ID: 4242, Phone: "351912345678", Name: "Sam", Code: "24680",
		People: []*tg.User{{ID: 1, FirstName: "Ana", LastName: "Torres"}, {ID: 2, FirstName: "Mike", LastName: "Chen"}, {ID: 3, Bot: true}},
	})
	k := r.openOnWeb()
	ana := map[string]any{"username": "ana", "password": "planted words of ana"}
	k.must(http.MethodPost, "/api/auth/register", ana)
	k.must(http.MethodPost, "/api/auth/login", ana)
	_, code, _ := strings.Cut(k.must(http.MethodPost, "/api/auth/telegram-link", nil)["link"].(string), "start=link_")
	user, err := r.tg.AddUser(r.ctx, "Ana")
	r.must(err)
	r.must2(user.Start(r.ctx, "link_"+code))
	k.says(user, "belongs to the account ana")
	k.is("code_sent", k.must(http.MethodPost, "/api/telegram/link/phone", map[string]any{"phone": sam.Phone}))
	k.is("linked", k.must(http.MethodPost, "/api/telegram/link/code", map[string]any{"code": sam.Code}))
	k.says(user, "2 new, 0 updated, 1 skipped")
	r.must2(user.Send(r.ctx, "/connect"))
	k.says(user, `Sam is linked`)
	status, sync := k.ask(http.MethodPost, "/api/telegram/sync", map[string]any{"what": "contacts"})
	if status != http.StatusAccepted {
		t.Fatalf("to sync: %d %v", status, sync["error"])
	}
	path := "/api/notes/task/" + sync["task_id"].(string) + "/status"
	var task map[string]any
	for task = k.must(http.MethodGet, path, nil); task["state"] != "SUCCESS"; task = k.must(http.MethodGet, path, nil) {
		if r.ctx.Err() != nil || task["state"] == "FAILURE" {
			t.Fatalf("the task is %v", task)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := task["synced"].(map[string]any)["unchanged"]; got != true {
		t.Errorf("synced %v, want nothing changed", task["synced"])
	}
	k.says(user, "Nothing has changed among your Telegram contacts")
	if account := k.must(http.MethodGet, "/api/telegram/status", nil)["account"].(map[string]any); account["contacts"] != 3.0 || account["synced_at"] == nil {
		t.Errorf("the account is %v, want three contacts, read", account)
	}
	k.must(http.MethodDelete, "/api/telegram/link", nil)
	k.says(user, "unlinked and signed out")
	if server.Sessions(sam) != 0 {
		t.Error("the account is signed in still")
	}
	k.is("code_sent", k.must(http.MethodPost, "/api/telegram/link/phone", map[string]any{"phone": sam.Phone}))
	k.is("linked", k.must(http.MethodPost, "/api/telegram/link/code", map[string]any{"code": sam.Code}))
	r.people(1) // an admin who stays
	id := fmt.Sprint(value[int64](r, `SELECT id FROM users WHERE username = 'ana'`))
	if out, stderr, code := kith(t, r.environment(), "user", "delete", id, "--yes"); code != exitOK || !strings.Contains(out, "is signed out.\nUser "+id+" is deleted.") {
		t.Errorf("kith user delete: exit code %d, printed %s%s", code, out, stderr)
	}
	if server.Sessions(sam) != 0 {
		t.Error("the account of who is deleted is signed in still")
	}
	k.stop()
}

// An admin who deletes somebody on the web ends their session at Telegram, too.
func TestWhomAnAdminDeletesIsSignedOutAtTelegram(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	server := r.withTelegram()
	sam := server.Add(telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam", Code: "24680"})
	k := r.openOnWeb()
	k.must(http.MethodPost, "/api/auth/register", map[string]any{"username": "ana", "password": "planted words of ana"})
	k.must(http.MethodPost, "/api/auth/login", map[string]any{"username": "ana", "password": "planted words of ana"})
	code := k.must(http.MethodPost, "/api/admin/invitations", map[string]any{"role": "admin"})["code"]
	k.is("code_sent", k.must(http.MethodPost, "/api/telegram/link/phone", map[string]any{"phone": sam.Phone}))
	k.is("linked", k.must(http.MethodPost, "/api/telegram/link/code", map[string]any{"code": sam.Code}))
	id := fmt.Sprint(value[int64](r, `SELECT id FROM users WHERE username = 'ana'`))
	jar, err := cookiejar.New(nil)
	r.must(err)
	k.browser = &http.Client{Jar: jar}
	k.must(http.MethodPost, "/api/auth/register", map[string]any{"username": "root", "password": "planted words of root", "invite": code})
	k.must(http.MethodPost, "/api/auth/login", map[string]any{"username": "root", "password": "planted words of root"})
	if got := k.must(http.MethodDelete, "/api/admin/users/"+id, nil); got["telegram_session"] != "signed_out" {
		t.Errorf("deleted: %v, want the session signed out", got)
	}
	if server.Sessions(sam) != 0 {
		t.Error("the account of who is deleted is signed in still")
	}
	k.stop()
}
