package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/bot/sandbox"
)

// answer is the body of every answer of the Bot API.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
}

// call makes a raw call with a JSON body; the error is one of the connection.
func (f *fixture) call(ctx context.Context, method string, params any) (answer, error) {
	body, err := json.Marshal(params)
	if err != nil {
		return answer{}, err
	}
	url := f.server.BotURL() + "/bot" + f.server.Token() + "/" + method
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	var a answer
	return a, json.NewDecoder(resp.Body).Decode(&a)
}

// updates calls getUpdates and expects it to succeed.
func (f *fixture) updates(t *testing.T, params map[string]any) []models.Update {
	t.Helper()
	a, err := f.call(t.Context(), "getUpdates", params)
	if err != nil || !a.OK {
		t.Fatalf("getUpdates: %+v, %v", a, err)
	}
	var updates []models.Update
	if err := json.Unmarshal(a.Result, &updates); err != nil {
		t.Fatal(err)
	}
	return updates
}

// kinds names the kinds of the updates.
func kinds(updates []models.Update) string {
	var names []string
	for _, u := range updates {
		body, err := json.Marshal(u)
		if err != nil {
			return err.Error()
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(body, &fields); err != nil {
			return err.Error()
		}
		for name := range fields {
			if name != "update_id" {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, " ")
}

// texts are the texts of the updates' messages.
func texts(updates []models.Update) string {
	var all []string
	for _, u := range updates {
		all = append(all, u.Message.Text)
	}
	return strings.Join(all, " ")
}

func (f *fixture) send(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, err := f.ana.Send(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.send(t, "a", "b", "c", "d", "e")
	first := f.updates(t, map[string]any{"limit": 2})
	if got := texts(first); got != "a b" {
		t.Errorf("limited: %s", got)
	}
	if got := texts(f.updates(t, nil)); got != "a b c d e" {
		t.Errorf("unconfirmed updates do not come again: %s", got)
	}
	if got := texts(f.updates(t, map[string]any{"offset": first[1].ID + 1})); got != "c d e" {
		t.Errorf("after confirming two: %s", got)
	}
	if got := texts(f.updates(t, map[string]any{"offset": first[0].ID})); got != "c d e" {
		t.Errorf("confirmed updates come again: %s", got)
	}
	if got := texts(f.updates(t, map[string]any{"offset": -2})); got != "d e" {
		t.Errorf("counted from the end: %s", got)
	}
	if got := texts(f.updates(t, map[string]any{"offset": -99, "limit": 1000})); got != "d e" {
		t.Errorf("counted from far before: %s", got)
	}
	if n, err := f.client.Pending(t.Context()); n != 2 {
		t.Errorf("%d pending, %v", n, err)
	}
	f.updates(t, map[string]any{"offset": first[0].ID + 5})
	if err := f.client.WaitConfirmed(soon(t)); err != nil {
		t.Error(err)
	}
}

func TestIDsBeginAfresh(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.send(t, "before")
	old := f.updates(t, nil)[0].ID
	refused(t, f.client.SetNextUpdateID(t.Context(), 5), "1 updates wait to be confirmed")
	f.updates(t, map[string]any{"offset": old + 1})
	if err := f.client.SetNextUpdateID(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	f.send(t, "after")
	// A poller that remembers the old ids must not confirm the new ones by that.
	updates := f.updates(t, map[string]any{"offset": old + 1})
	if texts(updates) != "after" || updates[0].ID != 5 {
		t.Errorf("got %+v", updates)
	}
}

func TestLongPoll(t *testing.T) {
	t.Parallel()
	f := start(t)
	if got := f.updates(t, map[string]any{"timeout": 1}); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	got := make(chan string, 1)
	go func() {
		a, err := f.call(soon(t), "getUpdates", map[string]any{"timeout": 50})
		got <- fmt.Sprint(string(a.Result), err)
	}()
	f.send(t, "wake")
	if text := <-got; !strings.Contains(text, `"text":"wake"`) {
		t.Errorf("poll returned %s", text)
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()
	f := start(t)
	var polls sync.WaitGroup
	answers := make(chan answer, 2)
	poll := func() {
		a, err := f.call(soon(t), "getUpdates", map[string]any{"timeout": 50})
		if err != nil {
			t.Error(err)
		}
		answers <- a
	}
	// Whichever poll comes second ends the first and waits for updates itself.
	polls.Go(poll)
	polls.Go(poll)
	first := <-answers
	if first.Code != http.StatusConflict || !strings.HasPrefix(first.Description, "Conflict: terminated by other getUpdates request") {
		t.Errorf("the first poll ended with %+v", first)
	}
	f.send(t, "hi")
	if second := <-answers; !second.OK || !strings.Contains(string(second.Result), "hi") {
		t.Errorf("the second poll ended with %+v", second)
	}
	polls.Wait()
}

func TestAllowedUpdates(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.updates(t, map[string]any{"allowed_updates": []string{"edited_message"}})
	m := f.hello(t)
	if _, err := f.ana.Edit(t.Context(), m.ID, "changed"); err != nil {
		t.Fatal(err)
	}
	if got := kinds(f.updates(t, nil)); got != "edited_message" {
		t.Errorf("only the named kind was asked for, got %s", got)
	}
	f.updates(t, map[string]any{"allowed_updates": []string{}})
	f.send(t, "hi")
	reaction := map[string]any{"message_reaction": map[string]any{"chat": map[string]any{"id": f.ana.ID}, "message_id": 1, "date": 1}}
	if id, err := f.client.Inject(t.Context(), reaction); id != 0 || err != nil {
		t.Errorf("an update that is off by default has id %d, %v", id, err)
	}
	if got := kinds(f.updates(t, nil)); got != "edited_message message" {
		t.Errorf("all default kinds were asked for, got %s", got)
	}
	a, err := f.call(t.Context(), "getUpdates", map[string]any{"allowed_updates": "x"})
	if err != nil || !strings.Contains(a.Description, "can't parse allowed updates JSON object") {
		t.Errorf("got %+v, %v", a, err)
	}
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Unix(1_800_000_000, 0)}
	f := startWith(t, sandbox.Options{Now: c.read})
	m := f.hello(t)
	if m.Date != 1_800_000_000 {
		t.Errorf("date %d", m.Date)
	}
	sent := f.say(t, "hi")
	c.forward(25 * time.Hour)
	f.send(t, "later")
	if got := texts(f.updates(t, nil)); got != "later" {
		t.Errorf("after a day: %s", got)
	}
	c.forward(24 * time.Hour)
	a, err := f.call(t.Context(), "deleteMessage", map[string]any{"chat_id": f.ana.ID, "message_id": sent.ID})
	if err != nil || a.Description != "Bad Request: message can't be deleted for everyone" {
		t.Errorf("delete after two days: %+v, %v", a, err)
	}
}

func TestPressExpires(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Unix(1_800_000_000, 0)}
	f := startWith(t, sandbox.Options{Now: c.read})
	f.hello(t)
	keys := map[string]any{"inline_keyboard": [][]any{{map[string]any{"text": "a", "callback_data": "b"}}}}
	a, err := f.call(t.Context(), "sendMessage", map[string]any{"chat_id": f.ana.ID, "text": "x", "reply_markup": keys})
	if err != nil || !a.OK {
		t.Fatalf("%+v, %v", a, err)
	}
	p, err := f.ana.Press(t.Context(), 2, "b")
	if err != nil {
		t.Fatal(err)
	}
	c.forward(2 * time.Minute)
	a, err = f.call(t.Context(), "answerCallbackQuery", map[string]any{"callback_query_id": p.ID})
	if err != nil || !strings.Contains(a.Description, "query is too old") {
		t.Errorf("got %+v, %v", a, err)
	}
	if _, err := f.ana.Press(t.Context(), 2, "b"); err != nil {
		t.Fatal(err)
	}
	_, err = p.Answer(t.Context())
	refused(t, err, "press not found")
}
