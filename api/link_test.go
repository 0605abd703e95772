package api_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// linkable opens a house in which accounts can be linked. The test does what the
// user client would.
func linkable(t *testing.T) *house {
	t.Helper()
	return newHouse(t, func(s *api.Server) { s.Patience = time.Millisecond })
}

type telegramStatus struct {
	State, Problem, SentBy, Hint, How string
	QR                                *struct {
		URL string
		PNG []byte
	}
	Account *struct {
		TelegramID int64 `json:"telegram_id"`
		Name       string
	}
	WaitsUntil *time.Time `json:"waits_until"`
	ExpiresAt  *time.Time `json:"expires_at"`
}

// attempt returns the attempt of a client's user.
func (h *house) attempt(t *testing.T) core.LinkAttempt {
	t.Helper()
	var userID int64
	check(t, h.sql.QueryRow(t.Context(), `SELECT user_id FROM link_attempts`).Scan(&userID))
	a, err := h.Store.Attempt(t.Context(), userID)
	check(t, err)
	return a
}

func TestLinkingByQRCode(t *testing.T) {
	t.Parallel()
	h := linkable(t)
	ana, eve := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	var got telegramStatus
	if ana.post("/api/telegram/link/qr", "").want(200).into(&got); got.State != "connecting" || got.ExpiresAt == nil {
		t.Errorf("begun: %+v, want connecting", got)
	}
	check(t, h.Linker.Move(t.Context(), h.attempt(t), link.Next{Step: core.LinkScan, Scan: "tg://login?token=abc"}))
	ana.get("/api/telegram/status").want(200).into(&got)
	if got.State != "scan_qr" || got.QR == nil || got.QR.URL != "tg://login?token=abc" {
		t.Fatalf("to be scanned: %+v", got)
	}
	if image, err := png.Decode(bytes.NewReader(got.QR.PNG)); err != nil || image.Bounds().Dx() < 100 {
		t.Errorf("the picture of the QR code: %v", err)
	}
	got = telegramStatus{}
	if eve.get("/api/telegram/status").want(200).into(&got); got.State != "not_linked" || got.QR != nil {
		t.Errorf("somebody else sees %+v, want nothing", got)
	}
	eve.post("/api/telegram/link/cancel", "").says(422, "No account is being linked")
	check(t, h.Linker.Linked(t.Context(), h.attempt(t), core.Link{TelegramID: 77, Name: "Sam"}, []byte("session")))
	got = telegramStatus{}
	ana.get("/api/telegram/status").want(200).into(&got)
	if got.State != "linked" || got.Account == nil || got.Account.Name != "Sam" || got.Account.TelegramID != 77 {
		t.Errorf("linked: %+v, want Sam", got)
	}
	ana.post("/api/telegram/link/qr", "").says(409, "linked already")
	check(t, h.Linker.Waits(t.Context(), h.userID(t, "links"), time.Hour))
	if ana.get("/api/telegram/status").want(200).into(&got); got.State != "waiting" || got.WaitsUntil == nil {
		t.Errorf("told to wait: %+v, want until when", got)
	}
	eve.delete("/api/telegram/link").says(422, "not linked")
	if ana.delete("/api/telegram/link").want(200).into(&got); got.State != "unlinking" {
		t.Errorf("unlinked: %+v, want unlinking", got)
	}
}

// userID returns whose only row a table has.
func (h *house) userID(t *testing.T, table string) (id int64) {
	t.Helper()
	check(t, h.sql.QueryRow(t.Context(), `SELECT user_id FROM `+table).Scan(&id))
	return id
}

func TestLinkingByPhone(t *testing.T) {
	t.Parallel()
	h := linkable(t)
	ana := h.somebody(t, core.RoleUser)
	ana.post("/api/telegram/link/phone", `{"phone": "none"}`).says(400, "phone: write the number")
	ana.post("/api/telegram/link/phone", `{}`).says(400, "phone")
	ana.post("/api/telegram/link/code", `{"code": "12345"}`).says(422, "not what is waited for")
	ana.post("/api/telegram/link/phone", `{"phone": "+351 912 345 678"}`).want(200)
	a := h.attempt(t)
	sent := link.Progress{Phone: "351912345678", CodeHash: "hash", SentBy: "app"}
	check(t, h.Linker.Move(t.Context(), a, link.Next{Step: core.LinkCode, Progress: sent}))
	var got struct {
		State  string
		SentBy string `json:"sent_by"`
		Hint   string
	}
	if ana.get("/api/telegram/status").want(200).into(&got); got.State != "code_sent" || got.SentBy != "app" {
		t.Errorf("the code is sent: %+v", got)
	}
	ana.post("/api/telegram/link/code", `{"code": "abc"}`).says(400, "code: write the digits")
	ana.post("/api/telegram/link/password", `{"password": "open sesame"}`).says(422, "not what is waited for")
	ana.post("/api/telegram/link/code/again", "").want(200)
	check(t, h.Linker.Move(t.Context(), a, link.Next{Step: core.LinkCode, Progress: sent}))
	ana.post("/api/telegram/link/code", `{"code": "12 345"}`).want(200)
	check(t, h.Linker.Move(t.Context(), a, link.Next{Step: core.LinkPassword, Progress: link.Progress{Hint: "a cave"}}))
	if ana.get("/api/telegram/status").want(200).into(&got); got.State != "password_needed" || got.Hint != "a cave" {
		t.Errorf("the password is asked for: %+v", got)
	}
	ana.post("/api/telegram/link/password", `{"password": ""}`).says(400, "password")
	ana.post("/api/telegram/link/password", `{"password": "open sesame"}`).want(200)
	if ana.post("/api/telegram/link/cancel", "").want(200).into(&got); got.State != "not_linked" {
		t.Errorf("cancelled: %+v", got)
	}
	ana.exec(`UPDATE tokens SET scope = 'read'`)
	ana.post("/api/telegram/link/qr", "").says(403, "may only read")
}

// There may be more patience for Telegram's answer than time for other requests.
func TestTelegramIsSlowToAnswer(t *testing.T) {
	t.Parallel()
	const patience = 10200 * time.Millisecond
	h := newHouse(t, func(s *api.Server) { s.Patience = patience })
	ana := h.somebody(t, core.RoleUser)
	begun := time.Now()
	var got struct{ State string }
	if ana.post("/api/telegram/link/qr", "").want(200).into(&got); got.State != "connecting" || time.Since(begun) < patience {
		t.Errorf("the account is %q after %v, want connecting after %v", got.State, time.Since(begun), patience)
	}
}

func TestChoosingChats(t *testing.T) {
	t.Parallel()
	h := linkable(t)
	ana, eve := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	ana.post("/api/telegram/link/qr", "").want(200)
	check(t, h.Linker.Linked(t.Context(), h.attempt(t), core.Link{TelegramID: 77, Name: "Sam"}, []byte("session")))
	check(t, h.Store.KeepChats(t.Context(), h.userID(t, "links"), []core.TelegramChat{
		{ChatID: 1, Name: "Ana", TopID: 5}, {ChatID: 2, Name: "Mike", TopID: 9},
	}))
	type chats struct {
		Chats []struct {
			ID     int64
			Name   string
			Chosen bool
		}
	}
	var got chats
	if ana.get("/api/telegram/chats").want(200).into(&got); len(got.Chats) != 2 || got.Chats[0].Name != "Mike" || got.Chats[0].Chosen {
		t.Errorf("the chats are %+v, want Mike's first, and none chosen", got)
	}
	ana.post("/api/telegram/sync", `{"what": "messages"}`).says(422, "Choose the chats")
	ana.put("/api/telegram/chats", `{"chat_ids": [{"a": null}, 1]}`).says(400, "chat_ids[0]: expected integer")
	ana.put("/api/telegram/chats", `{"chat_ids": [3]}`).says(404, "not among your private chats")
	eve.put("/api/telegram/chats", `{"chat_ids": [1]}`).says(404, "not among your private chats")
	got = chats{}
	if ana.put("/api/telegram/chats", `{"chat_ids": [1, 1]}`).want(200).into(&got); !got.Chats[0].Chosen || got.Chats[0].Name != "Ana" || got.Chats[1].Chosen {
		t.Errorf("chosen: %+v, want Ana's", got)
	}
	ana.post("/api/telegram/sync", `{"what": "messages", "chat_ids": [2]}`).says(422, "Choose the chats")
	eve.post("/api/telegram/sync", `{"what": "messages"}`).says(422, "not linked")
	var first, second struct {
		TaskID string `json:"task_id"`
	}
	ana.post("/api/telegram/sync", `{"what": "messages", "chat_ids": [1], "days_back": 90}`).want(202).into(&first)
	ana.post("/api/telegram/sync", `{"what": "messages"}`).want(202).into(&second)
	if first.TaskID == "" || first.TaskID != second.TaskID {
		t.Errorf("asked twice, the tasks are %q and %q, want one", first.TaskID, second.TaskID)
	}
	if ana.put("/api/telegram/chats", `{"chat_ids": []}`).want(200).into(&got); got.Chats[0].Chosen || got.Chats[1].Chosen {
		t.Errorf("none chosen: %+v", got)
	}
}

func TestLinkingWithoutConfiguration(t *testing.T) {
	t.Parallel()
	for how, words := range map[string]string{link.HowToConfigure: "my.telegram.org", link.HowToSeal: "KITH_SECRET_KEY"} {
		h := newHouse(t, func(s *api.Server) { s.Linker.Missing = how })
		ana := h.somebody(t, core.RoleUser)
		var got telegramStatus
		if ana.get("/api/telegram/status").want(200).into(&got); got.State != "not_configured" || !strings.Contains(got.How, words) {
			t.Errorf("the status is %+v, want how to configure it", got)
		}
		ana.post("/api/telegram/link/qr", "").says(422, words)
		ana.delete("/api/telegram/link").says(422, words)
	}
}

func TestThePageToConnectOnIsServed(t *testing.T) {
	t.Parallel()
	h := linkable(t)
	stranger := h.stranger(t)
	for path, want := range map[string]string{
		"/connect": "connect/connect.js", "/connect/connect.js": "../sign-in/ask.js", "/sign-in/ask.js": "export const ask",
	} {
		if body := stranger.get(path).want(200).body; !strings.Contains(string(body), want) {
			t.Errorf("%s does not have %q", path, want)
		}
	}
}
