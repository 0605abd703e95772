package api_test

import (
	"testing"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

func TestTelegramThatIsNotLinked(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		missing string
		state   string
		words   string
	}{
		{"not configured", link.HowToConfigure, "not_configured", "TELEGRAM_API_ID"},
		{"not linked", "", "not_linked", "not linked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, func(s *api.Server) { s.Linker.Missing = test.missing })
			ana := h.somebody(t, core.RoleUser)
			var got struct{ State string }
			if ana.get("/api/telegram/status").want(200).into(&got); got.State != test.state {
				t.Errorf("the state is %q, want %q", got.State, test.state)
			}
			for _, body := range []string{
				`{"what": "all"}`, `{"what": "contacts"}`, `{"what": "messages", "chat_ids": [-1001234567890], "days_back": 365}`,
			} {
				ana.post("/api/telegram/sync", body).says(422, test.words)
			}
		})
	}
}

func TestTelegramSyncRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	for body, words := range map[string]string{
		`{}`:                                  "what",
		`{"what": "everything"}`:              "what: expected value to be one of",
		`{"what": ""}`:                        "what: expected value to be one of",
		`{"what": 1}`:                         "what: expected string",
		`{"what": "all", "days_back": 0}`:     "days_back: expected number >= 1",
		`{"what": "all", "days_back": 366}`:   "days_back: expected number <= 365",
		`{"what": "all", "days_back": 1.5}`:   "days_back: expected integer",
		`{"what": "all", "chat_ids": []}`:     "chat_ids: expected array length >= 1",
		`{"what": "all", "chat_ids": ["x"]}`:  "chat_ids[0]: expected integer",
		`{"what": "all", "chat_ids": 1}`:      "chat_ids: expected array",
		`{"what": "all", "password": "x"}`:    "password: unexpected property",
		`{"what": "all", "chat_ids": [1e30]}`: "chat_ids: that number is too large.",
		`nonsense`:                            "",
	} {
		ana.post("/api/telegram/sync", body).says(400, words)
	}
	h.stranger(t).post("/api/telegram/sync", `{"what": "all"}`).says(401, "not signed in")
	h.stranger(t).get("/api/telegram/status").says(401, "not signed in")
	ana.exec(`UPDATE tokens SET scope = 'read'`)
	ana.post("/api/telegram/sync", `{"what": "all"}`).says(403, "may only read")
	ana.get("/api/telegram/status").want(200)
}
