package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// TestPromise32SecretsOfTelegram links an account, with a wrong code, a password
// and a code typed into the chat: none of it is found in the database, in Redis,
// in the log or in metrics.
func TestPromise32SecretsOfTelegram(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	server := r.withTelegram()
	sam := server.Add(telegramtest.Account{
		ID: 4242, Phone: "351912345678", Name: "Sam", Code: "8642097531", Password: "open planted sesame",
	})
	k := r.openOnWeb()
	k.must(http.MethodPost, "/api/auth/register", map[string]any{"username": "ana", "password": "planted words of ana"})
	k.must(http.MethodPost, "/api/auth/login", map[string]any{"username": "ana", "password": "planted words of ana"})
	_, code, _ := strings.Cut(k.must(http.MethodPost, "/api/auth/telegram-link", nil)["link"].(string), "start=link_")
	user, err := r.tg.AddUser(r.ctx, "Ana")
	r.must(err)
	r.must2(user.Start(r.ctx, "link_"+code))
	k.says(user, "belongs to the account ana")

	qr := k.is("scan_qr", k.must(http.MethodPost, "/api/telegram/link/qr", nil))["qr"].(map[string]any)["url"].(string)
	k.is("code_sent", k.must(http.MethodPost, "/api/telegram/link/phone", map[string]any{"phone": "+351 912 345 678"}))
	r.must2(user.Send(r.ctx, "97531"))
	k.says(user, "login code, so I deleted it")
	k.is("code_sent", k.must(http.MethodPost, "/api/telegram/link/code", map[string]any{"code": "1357924680"}))
	k.is("password_needed", k.must(http.MethodPost, "/api/telegram/link/code", map[string]any{"code": sam.Code}))
	r.must2(user.Send(r.ctx, "planted-sesame"))
	k.says(user, "your password, so I deleted it")
	k.is("linked", k.must(http.MethodPost, "/api/telegram/link/password", map[string]any{"password": sam.Password}))
	k.says(user, "Sam is linked")
	r.settled(time.Minute)
	secrets := map[string]string{
		"the phone number": sam.Phone, "the code": sam.Code, "a wrong code": "1357924680", "the password": sam.Password,
		"a password typed into the chat": "planted-sesame", "a QR code": strings.TrimPrefix(qr, "tg://login?token="), "the hash of the app": "planted-api-hash",
	}
	maps := r.session()
	for i, form := range maps {
		secrets[fmt.Sprintf("the session (%d)", i)] = form
	}
	_, metrics := k.ask(http.MethodGet, "/metrics", nil)
	k.stop()
	if text := fmt.Sprint(metrics["text"]); !strings.Contains(text, "kith_userclient_calls_total") {
		t.Error("the metrics do not tell of the user client")
	}
	places := map[string]string{
		"the database": r.dumpRows(), "Redis": r.dumpRedis(), "the log": k.log.String(), "the metrics": fmt.Sprint(metrics["text"]),
	}
	for where, text := range places {
		for what, secret := range secrets {
			for _, form := range []string{secret, hex.EncodeToString([]byte(secret))} {
				if len(secret) < 8 || strings.Contains(text, form) {
					t.Errorf("%s (%d characters) stands in %s", what, len(secret), where)
				}
			}
		}
	}
	chat, err := user.Chat(r.ctx)
	r.must(err)
	if slices.ContainsFunc(chat, func(m sandbox.Message) bool { return m.Text == "97531" || m.Text == "planted-sesame" }) {
		t.Error("what was typed into the chat is there still")
	}
}

// is fails the test unless that is the state, or becomes it while Telegram is
// being asked, and returns the status.
func (k *webKith) is(want string, status map[string]any) map[string]any {
	k.r.t.Helper()
	for deadline := time.Now().Add(time.Minute); status["state"] == "connecting" && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
		status = k.must(http.MethodGet, "/api/telegram/status", nil)
	}
	if status["state"] != want {
		k.r.t.Fatalf("the state is %v, %v, want %s", status["state"], status["problem"], want)
	}
	return status
}

// session returns the key of the linked account, in the forms that it has.
func (r *rig) session() []string {
	r.t.Helper()
	c, err := readConfig(r.environment(), "/nowhere/.env")
	r.must(err)
	sealed, id := value[[]byte](r, `SELECT session FROM links`), value[int64](r, `SELECT user_id FROM links`)
	text, _, err := seal.NewKeys(c.SecretKey.reveal(), "").Open(sealed, id, "telegram session")
	r.must(err)
	var session struct{ Data struct{ AuthKey []byte } }
	r.must(json.Unmarshal(text, &session))
	key := session.Data.AuthKey
	return []string{string(key), base64.StdEncoding.EncodeToString(key), hex.EncodeToString(key)}
}

// TestPromise32AnotherKey starts Kith with a key that does not fit: it refuses,
// says what to do, and changes nothing.
func TestPromise32AnotherKey(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	server := r.withTelegram()
	sam := server.Add(telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam"})
	r.people(1)
	r.linked(value[int64](r, `SELECT id FROM users`), server, sam)
	before := value[string](r, `SELECT l::text FROM links l`)
	old := r.settings["KITH_SECRET_KEY"]
	r.settings["KITH_SECRET_KEY"] = newSecretKey().reveal()
	p := r.spawn()
	<-p.done
	for _, want := range []string{"KITH_SECRET_KEY does not open", "KITH_SECRET_KEY_PREVIOUS", "kith user unlink --locked"} {
		if !strings.Contains(p.said.String(), want) {
			t.Errorf("it does not say %q: %s", want, p.said.String())
		}
	}
	if after := value[string](r, `SELECT l::text FROM links l`); p.err == nil || after != before {
		t.Errorf("it ended with %v, and the row changed: %v", p.err, after != before)
	}
	r.settings["KITH_SECRET_KEY_PREVIOUS"] = old
	r.spawn()
	r.until(time.Minute, "the session is sealed anew", `SELECT l::text <> $1 AND state = 'linked' FROM links l`, before)
	delete(r.settings, "KITH_SECRET_KEY_PREVIOUS")
	r.settings["KITH_SECRET_KEY"] = newSecretKey().reveal()
	out, err := binary(t, r.environment(), "user", "unlink", "--locked").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Forgot 1 session") {
		t.Errorf("kith user unlink --locked: %v, %s", err, out)
	}
	r.until(time.Second, "it is revoked", `SELECT state = 'revoked' AND session IS NULL FROM links`)
}
