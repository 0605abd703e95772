package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// receiver is a bot's webhook. It hands each update to accept, whose result is the
// status to answer with.
type receiver struct {
	*httptest.Server

	mu      sync.Mutex
	secrets []string
}

func receive(t *testing.T, accept func(u models.Update) int) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var u models.Update
		if err := json.NewDecoder(req.Body).Decode(&u); err != nil {
			t.Errorf("webhook got %v", err)
		}
		r.mu.Lock()
		r.secrets = append(r.secrets, req.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
		r.mu.Unlock()
		w.WriteHeader(accept(u))
	}))
	t.Cleanup(r.Close)
	return r
}

func (f *fixture) setWebhook(t *testing.T, in *bot.SetWebhookParams) {
	t.Helper()
	if _, err := f.bot.SetWebhook(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func TestWebhookDelivers(t *testing.T) {
	t.Parallel()
	f := start(t)
	got := make(chan string, 10)
	hook := receive(t, func(u models.Update) int {
		got <- u.Message.Text
		return http.StatusOK
	})
	f.send(t, "before")
	f.setWebhook(t, &bot.SetWebhookParams{URL: hook.URL + "/in", SecretToken: "s3cret_-", MaxConnections: 500})
	f.send(t, "after")
	if one, two := <-got, <-got; one != "before" || two != "after" {
		t.Errorf("got %s, %s", one, two)
	}
	if err := f.client.WaitConfirmed(soon(t)); err != nil {
		t.Fatal(err)
	}
	hook.mu.Lock()
	defer hook.mu.Unlock()
	if hook.secrets[0] != "s3cret_-" {
		t.Errorf("the secret is %q", hook.secrets)
	}
	info, err := f.bot.GetWebhookInfo(t.Context())
	if err != nil || info.URL != hook.URL+"/in" || info.MaxConnections != 100 || info.PendingUpdateCount != 0 {
		t.Errorf("info %+v, %v", info, err)
	}
}

func TestWebhookRepeatsWhatIsRefused(t *testing.T) {
	t.Parallel()
	f := start(t)
	bob, err := f.client.AddUser(t.Context(), "Bob")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var seen []string
	hook := receive(t, func(u models.Update) int {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, u.Message.Text)
		if u.Message.Text == "ana 1" && !slices.Contains(seen, "bob") {
			return http.StatusInternalServerError
		}
		return http.StatusAccepted
	})
	f.setWebhook(t, &bot.SetWebhookParams{URL: hook.URL})
	f.send(t, "ana 1", "ana 2")
	info := f.waitInfo(t, func(info *models.WebhookInfo) bool { return info.LastErrorMessage != "" })
	if info.LastErrorMessage != "Wrong response from the webhook: 500 Internal Server Error" || info.LastErrorDate == 0 {
		t.Errorf("info %+v", info)
	}
	// While her first update is refused, hers wait and those of others do not.
	if _, err := bob.Send(t.Context(), "bob"); err != nil {
		t.Fatal(err)
	}
	if err := f.client.WaitConfirmed(soon(t)); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if n := slices.Index(seen, "ana 2"); n != len(seen)-1 || slices.Index(seen, "bob") > n {
		t.Errorf("seen in the order %q", seen)
	}
}

// waitInfo asks for the webhook's state until it is as wanted.
func (f *fixture) waitInfo(t *testing.T, wanted func(*models.WebhookInfo) bool) *models.WebhookInfo {
	t.Helper()
	ctx := soon(t)
	for {
		info, err := f.bot.GetWebhookInfo(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if wanted(info) {
			return info
		}
	}
}

func TestWebhookOutOfReach(t *testing.T) {
	t.Parallel()
	f := start(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	f.setWebhook(t, &bot.SetWebhookParams{URL: gone.URL})
	f.send(t, "hi")
	f.waitInfo(t, func(info *models.WebhookInfo) bool { return info.LastErrorMessage == "Connection refused" })

	cutting := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer cutting.Close()
	f.setWebhook(t, &bot.SetWebhookParams{URL: cutting.URL})
	f.waitInfo(t, func(info *models.WebhookInfo) bool { return info.LastErrorMessage == "Connection reset by peer" })

	if _, err := f.bot.DeleteWebhook(t.Context(), &bot.DeleteWebhookParams{}); err != nil {
		t.Fatal(err)
	}
	if got := texts(f.updates(t, nil)); got != "hi" {
		t.Errorf("after the webhook is gone: %s", got)
	}
}

func TestWebhookRunsChatsInParallel(t *testing.T) {
	t.Parallel()
	f := start(t)
	const connections = 3
	arrived, release := make(chan struct{}, 10), make(chan struct{})
	hook := receive(t, func(models.Update) int {
		arrived <- struct{}{}
		<-release
		return http.StatusOK
	})
	f.setWebhook(t, &bot.SetWebhookParams{URL: hook.URL, MaxConnections: connections})
	for i := range connections + 2 {
		u, err := f.client.AddUser(t.Context(), fmt.Sprintf("User %d", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Send(t.Context(), "hi"); err != nil {
			t.Fatal(err)
		}
	}
	for range connections {
		<-arrived
	}
	if n := len(arrived); n > 0 {
		t.Errorf("%d updates on their way beyond the limit", n)
	}
	close(release)
	if err := f.client.WaitConfirmed(soon(t)); err != nil {
		t.Error(err)
	}
}

func TestWebhookAndPolling(t *testing.T) {
	t.Parallel()
	f := start(t)
	polled := make(chan answer, 1)
	go func() {
		a, err := f.call(soon(t), "getUpdates", map[string]any{"timeout": 50})
		if err != nil {
			t.Error(err)
		}
		polled <- a
	}()
	hook := receive(t, func(models.Update) int { return http.StatusOK })
	// The poll may begin before the webhook is set or after; both are refused.
	f.setWebhook(t, &bot.SetWebhookParams{URL: hook.URL, AllowedUpdates: []string{"message"}})
	a := <-polled
	if a.Code != http.StatusConflict || !strings.Contains(a.Description, "setWebhook") && !strings.Contains(a.Description, "while webhook is active") {
		t.Errorf("poll ended with %+v", a)
	}
	a, err := f.call(t.Context(), "getUpdates", nil)
	want := "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
	if err != nil || a.Description != want {
		t.Errorf("got %+v, %v", a, err)
	}
	f.setWebhook(t, &bot.SetWebhookParams{URL: ""})
	f.send(t, "a", "b")
	if _, err := f.bot.DeleteWebhook(t.Context(), &bot.DeleteWebhookParams{DropPendingUpdates: true}); err != nil {
		t.Fatal(err)
	}
	if got := f.updates(t, nil); len(got) != 0 {
		t.Errorf("dropped updates come: %+v", got)
	}
}

func TestWebhookRefusals(t *testing.T) {
	t.Parallel()
	f := start(t)
	tests := []struct{ url, secret, want string }{
		{"http://example.com/x", "", "bad webhook: An HTTPS URL must be provided for webhook"},
		{"ftp://127.0.0.1/x", "", "bad webhook: An HTTPS URL must be provided for webhook"},
		{"nonsense", "", "bad webhook: Invalid URL specified"},
		{"https://example.com", "a b", "secret token contains unallowed characters"},
		{"https://example.com", strings.Repeat("a", 257), "secret token is too long"},
	}
	for _, test := range tests {
		_, err := f.bot.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: test.url, SecretToken: test.secret})
		refused(t, err, test.want)
	}
	a, err := f.call(t.Context(), "setWebhook", map[string]any{"url": "https://example.com", "allowed_updates": 5})
	if err != nil || !strings.Contains(a.Description, "can't parse allowed updates") {
		t.Errorf("got %+v, %v", a, err)
	}
}
