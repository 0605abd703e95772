package bot

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	tg "github.com/go-telegram/bot"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// newBot returns a bot on a database, with a Telegram that is away and tasks
// that go nowhere.
func newBot(t *testing.T, db *store.Store) *Bot {
	t.Helper()
	api, id, err := Connect("123:abc", "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	log, metrics := slog.New(slog.DiscardHandler), NewMetrics(prometheus.NewRegistry())
	return &Bot{
		Store: db, API: api, Sender: NewSender(db, api, nil, "test", log, metrics), Nudge: func(core.Task) {}, Refusal: toldBefore{},
		Log: log, Metrics: metrics, ID: id, Username: "KithBot", Timezone: "UTC", Keys: seal.NewKeys("key", ""),
	}
}

// toldBefore has told everybody everything.
type toldBefore struct{}

func (toldBefore) First(context.Context, int64) bool { return false }

// post delivers a body as Telegram would.
func post(h *Webhook, body io.Reader, path, header string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", body)
	r.SetPathValue("secret", path)
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", header)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestWebhookIsForTelegramAlone(t *testing.T) {
	t.Parallel()
	h := NewWebhook(&Bot{Log: slog.New(slog.DiscardHandler)}, "key")
	h.open.Store(true)
	body := func() io.Reader { return strings.NewReader(`{"update_id": 1}`) }
	for name, secrets := range map[string][2]string{
		"neither": {"", ""}, "the path alone": {h.path, ""}, "the header alone": {"", h.header},
		"each in the other's place": {h.header, h.path}, "of another key": {NewWebhook(nil, "other").path, NewWebhook(nil, "other").header},
	} {
		if w := post(h, body(), secrets[0], secrets[1]); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d, want 401", name, w.Code)
		}
	}
	h.open.Store(false)
	if w := post(h, body(), h.path, h.header); w.Code != http.StatusServiceUnavailable {
		t.Errorf("before the bot knows its name: %d, want 503", w.Code)
	}
	if h.path == h.header || len(h.path) != 32 {
		t.Errorf("the secrets are %q and %q, want two of 128 bits", h.path, h.header)
	}
	if again := NewWebhook(nil, "key"); again.path != h.path || again.header != h.header {
		t.Error("after a restart the secrets are others")
	}
}

// brokenBody is a request that breaks off.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("reset by peer") }

func TestWhatIsNoUpdate(t *testing.T) {
	t.Parallel()
	b := newBot(t, storetest.New(t))
	h := NewWebhook(b, "key")
	h.open.Store(true)
	for _, test := range []struct {
		name string
		body io.Reader
		code int
	}{
		{"no JSON", strings.NewReader("hello"), 400},
		{"nothing", strings.NewReader(""), 400},
		{"a list", strings.NewReader("[]"), 400},
		{"an update without an id that cannot be read", strings.NewReader(`{"message": 7}`), 400},
		{"broken off", brokenBody{}, 400},
		{"too large", strings.NewReader(`{"update_id": 1, "x": "` + strings.Repeat("a", maxUpdate) + `"}`), 413},
		{"of a kind that is ignored", strings.NewReader(`{"update_id": 1, "poll": {}}`), 200},
		{"of a shape nobody knows", strings.NewReader(`{"update_id": 1, "message": 7}`), 200},
		{"from nobody", strings.NewReader(`{"update_id": 1, "message": {"message_id": 1, "chat": {"id": 1, "type": "private"}}}`), 200},
	} {
		if w := post(h, test.body, h.path, h.header); w.Code != test.code {
			t.Errorf("%s: %d %s, want %d", test.name, w.Code, w.Body, test.code)
		}
	}
}

const tea = `{"update_id": 7, "message": {"message_id": 5, "date": 1, "from": {"id": TELEGRAM, "is_bot": false, "first_name": "Sam"},
	"chat": {"id": TELEGRAM, "type": "private"}, "text": "Ana Torres likes tea"}}`

func TestAnUpdateIsCommittedBeforeItIsConfirmed(t *testing.T) {
	t.Parallel()
	db, sql := storetest.Open(t)
	user := storetest.User(t, db)
	h := NewWebhook(newBot(t, db), "key")
	h.open.Store(true)
	body := strings.ReplaceAll(tea, "TELEGRAM", "1001")
	if _, err := sql.Exec(t.Context(), `UPDATE users SET telegram_id = 1001`); err != nil {
		t.Fatal(err)
	}
	for range 2 { // Telegram repeats what it is not sure of
		if w := post(h, strings.NewReader(body), h.path, h.header); w.Code != http.StatusOK {
			t.Errorf("%d %s, want 200", w.Code, w.Body)
		}
	}
	notes, err := db.LatestNote(t.Context(), user.ID)
	if err != nil || notes.Text != "Ana Torres likes tea" {
		t.Errorf("the latest note is %+v (%v), want Ana's", notes, err)
	}
	var n int
	if err := sql.QueryRow(t.Context(), `SELECT count(*) FROM notes`).Scan(&n); err != nil || n != 1 {
		t.Errorf("there are %d notes (%v), want one", n, err)
	}
}

func TestAnUpdateComesAgainWhenTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "postgres://kith@127.0.0.1:1/kith?connect_timeout=2", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	h := NewWebhook(newBot(t, db), "key")
	h.open.Store(true)
	if w := post(h, strings.NewReader(strings.ReplaceAll(tea, "TELEGRAM", "1")), h.path, h.header); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d, want 503", w.Code)
	}
}

func TestDecodeBatch(t *testing.T) {
	t.Parallel()
	batch, err := decodeBatch(strings.NewReader(`{"ok": true, "result": [
		{"update_id": 1, "message": {"message_id": 1, "chat": {"id": 9, "type": "private"}, "from": {"id": 8, "first_name": "Sam"}}},
		{"update_id": 2, "edited_message": {"message_id": 1, "chat": {"id": 9, "type": "private"}}},
		{"update_id": 3, "callback_query": {"id": "x", "from": {"id": 7, "first_name": "Sam"}, "data": "1:undo"}},
		{"update_id": 4, "message": {"message_id": "one"}},
		{"update_id": 5, "poll": {}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var chats []int64
	for i, u := range batch {
		if u.ID != int64(i)+1 {
			t.Errorf("update %d has id %d", i+1, u.ID)
		}
		got, chats = append(got, u.kind), append(chats, u.chat())
	}
	if want := []string{"message", "edited_message", "callback_query", "unreadable", "other"}; !slices.Equal(got, want) {
		t.Errorf("the kinds are %q, want %q", got, want)
	}
	if want := []int64{9, 9, 7, 0, 0}; !slices.Equal(chats, want) {
		t.Errorf("the chats are %v, want %v", chats, want)
	}
}

func TestAnswersThatAreNoBatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ answer, says string }{
		{`{"ok": false, "error_code": 409, "description": "Conflict"}`, "another program polls"},
		{`{"ok": false, "error_code": 401}`, "TELEGRAM_BOT_TOKEN"},
		{`{"ok": false, "error_code": 404}`, "TELEGRAM_BOT_TOKEN"},
		{`{"ok": false, "error_code": 500, "description": "secret"}`, "answers 500"},
		{`{}`, "answers 0"},
		{`<html>`, "no JSON"},
		{``, "no JSON"},
		{`{"ok": true, "result": ["x"]}`, "without an update_id"},
	} {
		if _, err := decodeBatch(strings.NewReader(test.answer)); err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", test.answer, err, test.says)
		}
	}
	_, err := decodeBatch(strings.NewReader(`{"ok": false, "error_code": 429, "parameters": {"retry_after": 7}}`))
	if flood := (*tg.TooManyRequestsError)(nil); !errors.As(err, &flood) || flood.RetryAfter != 7 || pauseAfter(err, 1).Seconds() != 7 {
		t.Errorf("told to slow down: %v, want to wait 7 s", err)
	}
	for failures, want := range map[int]float64{1: .5, 2: 1, 5: 8, 6: 10, 100: 10} {
		if got := pauseAfter(errors.New("x"), failures).Seconds(); got != want {
			t.Errorf("after %d failures the pause is %v s, want %v", failures, got, want)
		}
	}
}

func FuzzDecodeBatch(f *testing.F) {
	f.Add(`{"ok": true, "result": [{"update_id": 1, "message": {"message_id": 1, "chat": {"id": 9, "type": "private"}}}]}`)
	f.Add(`{"ok": true, "result": [{"update_id": 3, "callback_query": {"id": "x", "from": {"id": 7}, "message": {"date": 0, "chat": {"id": 1}}}}]}`)
	f.Add(`{"ok": false, "error_code": 429, "parameters": {"retry_after": -7}}`)
	f.Add(`{"ok": true, "result": [null, 7, {"update_id": 99999999999999999999}]}`)
	f.Fuzz(func(t *testing.T, answer string) {
		batch, err := decodeBatch(strings.NewReader(answer))
		if err != nil {
			if pauseAfter(err, 1) <= 0 {
				t.Errorf("%v is followed by no pause", err)
			}
			return
		}
		for _, u := range batch {
			// None of these may panic, whatever came in.
			_, _, _ = u.chat(), u.sender(), u.message()
			if u.kind == "" {
				t.Error("an update is of no kind")
			}
		}
	})
}
