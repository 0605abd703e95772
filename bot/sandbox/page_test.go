package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/bot/sandbox"
)

func TestPageGuard(t *testing.T) {
	t.Parallel()
	f := start(t)
	page, base := f.server.PageURL(""), f.server.BotURL()
	host := strings.TrimPrefix(base, "http://")
	_, port, _ := strings.Cut(host, ":")
	tests := []struct {
		name, url, host, origin string
		want                    int
	}{
		{"page", page, "", "", http.StatusOK},
		{"same origin", page + "api/state", "", base, http.StatusOK},
		{"by name", page, "localhost:" + port, "http://localhost:" + port, http.StatusOK},
		{"no port", page, "127.0.0.1", "", http.StatusOK},
		{"wrong key", base + "/sandbox/AAAA/", "", "", http.StatusNotFound},
		{"no key", base + "/sandbox/", "", "", http.StatusNotFound},
		{"wrong key of the api", base + "/sandbox/AAAA/api/state", "", "", http.StatusNotFound},
		{"rebound name", page, "evil.example:" + port, "", http.StatusForbidden},
		{"rebound name to the bot api", base + "/bot" + f.server.Token() + "/getMe", "evil.example", "", http.StatusForbidden},
		{"foreign origin", page + "api/state", "", "https://evil.example", http.StatusForbidden},
		{"another port", page + "api/state", "", "http://127.0.0.1:1", http.StatusForbidden},
		{"opaque origin", page + "api/state", "", "null", http.StatusForbidden},
		{"elsewhere", base + "/", "", "", http.StatusNotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, test.url, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = test.host
			if test.origin != "" {
				r.Header.Set("Origin", test.origin)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != test.want {
				t.Errorf("got %s, want %d", resp.Status, test.want)
			}
			if test.want == http.StatusOK && !strings.HasPrefix(resp.Header.Get("Content-Security-Policy"), "default-src 'self'") {
				t.Errorf("headers %s", resp.Header)
			}
		})
	}
}

func TestPageURL(t *testing.T) {
	t.Parallel()
	f := start(t)
	if got := f.server.PageURL("a b"); !strings.HasSuffix(got, "/?start=a+b") {
		t.Errorf("got %s", got)
	}
	if _, body := get(t, f.server.PageURL("x")); !strings.Contains(string(body), "<title>Kith</title>") {
		t.Errorf("the page is %s", body)
	}
}

// The policy of the page forbids inline scripts and anything from elsewhere, so a file
// that needs them would fail only in a browser.
func TestPageIsSelfContained(t *testing.T) {
	t.Parallel()
	foreign := regexp.MustCompile(`(src|href)="(https?:)?//|@import|url\(|\son\w+="|\sstyle="|innerHTML|eval\(|<script>`)
	err := fs.WalkDir(os.DirFS("page"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(os.DirFS("page"), path)
		if found := foreign.Find(content); found != nil {
			t.Errorf("%s has %q in it", path, found)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// follow returns the page's events after a number, or all the page would get.
func (f *fixture) follow(t *testing.T, since string, header http.Header) *bufio.Scanner {
	t.Helper()
	ctx, cancel := context.WithCancel(soon(t))
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.server.PageURL("")+"api/events?since="+since, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("events are %s", got)
	}
	return bufio.NewScanner(resp.Body)
}

// next returns the next event of the stream.
func next(t *testing.T, lines *bufio.Scanner) (e sandbox.Event) {
	t.Helper()
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				t.Fatal(err)
			}
			return e
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return e
}

func TestEvents(t *testing.T) {
	t.Parallel()
	f := start(t)
	_, body := get(t, f.server.PageURL("")+"api/state")
	var state struct {
		Rev json.Number `json:"rev"`
	}
	if err := json.Unmarshal(body, &state); err != nil {
		t.Fatal(err)
	}
	events := f.follow(t, state.Rev.String(), nil)
	f.hello(t)
	first := next(t, events)
	if first.Kind != sandbox.EventMessage || first.Chat != f.ana.ID || first.Message.Text != "/start" {
		t.Errorf("event %+v", first)
	}
	keys := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "a", CallbackData: "a"}}}}
	m, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: f.ana.ID, Text: "hi", ReplyMarkup: keys})
	if err != nil {
		t.Fatal(err)
	}
	press, err := f.ana.Press(t.Context(), m.ID, "a")
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func() (bool, error){
		func() (bool, error) {
			return f.bot.SendChatAction(t.Context(), &bot.SendChatActionParams{ChatID: f.ana.ID, Action: models.ChatActionTyping})
		},
		func() (bool, error) {
			return f.bot.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: press.ID, Text: "ok"})
		},
		func() (bool, error) {
			return f.bot.DeleteMessage(t.Context(), &bot.DeleteMessageParams{ChatID: f.ana.ID, MessageID: m.ID})
		},
		func() (bool, error) {
			return f.bot.SetMyDescription(t.Context(), &bot.SetMyDescriptionParams{Description: "d"})
		},
	} {
		if _, err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.ana.Block(t.Context()); err != nil {
		t.Fatal(err)
	}
	next(t, events)
	if e := next(t, events); e.Kind != sandbox.EventTyping || e.Action != "typing" {
		t.Errorf("event %+v", e)
	}
	if e := next(t, events); e.Kind != sandbox.EventAnswer || e.Press != press.ID || e.Answer.Text != "ok" {
		t.Errorf("event %+v", e)
	}
	if e := next(t, events); e.Kind != sandbox.EventDeleted || e.MessageID != m.ID {
		t.Errorf("event %+v", e)
	}
	if e := next(t, events); e.Kind != sandbox.EventBot {
		t.Errorf("event %+v", e)
	}
	if e := next(t, events); e.Kind != sandbox.EventUser || !e.Blocked || e.User.FirstName != "Ana" {
		t.Errorf("event %+v", e)
	}

	last, err := json.Marshal(first.Rev)
	if err != nil {
		t.Fatal(err)
	}
	again := f.follow(t, "0", http.Header{"Last-Event-Id": {string(last)}})
	if e := next(t, again); e.Message.Text != "hi" && e.Kind != sandbox.EventMessage {
		t.Errorf("after reconnecting: %+v", e)
	}
}

func TestEventsThatAreForgotten(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, since := range []string{"5", "99999999999999999"} {
		events := f.follow(t, since, nil)
		if !events.Scan() || events.Text() != "event: reset" {
			t.Errorf("since %s: %q", since, events.Text())
		}
	}
}

func TestManyEvents(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	for range 4100 {
		if _, err := f.bot.SendChatAction(t.Context(), &bot.SendChatActionParams{ChatID: f.ana.ID, Action: models.ChatActionTyping}); err != nil {
			t.Fatal(err)
		}
	}
	_, body := get(t, f.server.PageURL("")+"api/state")
	var state struct {
		Rev int64 `json:"rev"`
	}
	if err := json.Unmarshal(body, &state); err != nil {
		t.Fatal(err)
	}
	since, err := json.Marshal(state.Rev - 2000)
	if err != nil {
		t.Fatal(err)
	}
	if e := next(t, f.follow(t, string(since), nil)); e.Rev != state.Rev-1999 {
		t.Errorf("event %d, want %d", e.Rev, state.Rev-1999)
	}
}

func TestPageRefusesBrokenBodies(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, path := range []string{
		"POST users", "POST groups", "PUT chats/1/blocked", "POST chats/1/messages", "PUT chats/1/messages/1",
		"POST chats/1/messages/1/press", "POST updates", "PUT updates/next", "POST faults",
	} {
		method, path, _ := strings.Cut(path, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, f.server.PageURL("")+"api/"+path, strings.NewReader("{"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	if _, err := f.client.AddGroup(t.Context(), "G"); err != nil {
		t.Fatal(err)
	}
}
