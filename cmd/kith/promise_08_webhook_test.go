package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestPromise08WebhookWithoutTheSecret posts to the webhook as strangers would:
// without the right secrets nothing is read and nothing is kept.
func TestPromise08WebhookWithoutTheSecret(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d := r.webhook()
	users := r.people(1)
	stop := r.open()
	r.write(users[0], "Ana likes figs")
	r.settled(20 * time.Second)
	path, right, body := d.latest()
	const name = "X-Telegram-Bot-Api-Secret-Token"
	secret := right.Get(name)
	fresh := r.another(body)
	huge := []byte(`{"update_id":3,"message":{"text":"` + strings.Repeat("x", 2<<20) + `"}}`)
	with := func(secret string) http.Header { return http.Header{name: {secret}} }
	for _, test := range []struct {
		name   string
		path   string
		header http.Header
		body   []byte
		want   int
	}{
		{"no header", path, http.Header{}, fresh, http.StatusUnauthorized},
		{"empty header", path, with(""), fresh, http.StatusUnauthorized},
		{"other header", path, with(strings.Repeat("0", len(secret))), fresh, http.StatusUnauthorized},
		{"part of the header", path, with(secret[:len(secret)-1]), fresh, http.StatusUnauthorized},
		{"more than the header", path, with(secret + "0"), fresh, http.StatusUnauthorized},
		{"other path", path[:len(path)-1] + "-", right, fresh, http.StatusUnauthorized},
		{"header as path", "/telegram/webhook/" + secret, right, fresh, http.StatusUnauthorized},
		{"no path", "/telegram/webhook/", right, fresh, http.StatusNotFound},
		{"huge, no header", path, http.Header{}, huge, http.StatusUnauthorized},
		{"huge", path, right, huge, http.StatusRequestEntityTooLarge},
		{"no JSON", path, right, []byte("figs"), http.StatusBadRequest},
	} {
		status, err := d.knock(test.path, test.header, test.body)
		if err != nil || status != test.want {
			t.Errorf("%s: status %d (%v), want %d", test.name, status, err, test.want)
		}
		if n := value[int](r, `SELECT count(*) FROM updates`); n != 1 {
			t.Errorf("%s: %d updates are stored, want 1", test.name, n)
		}
	}
	r.wantNotes()
	if status, err := d.knock(path, right, fresh); err != nil || status != http.StatusOK {
		t.Errorf("right: status %d (%v), want 200", status, err)
	}
	r.sent[users[0].ID] = append(r.sent[users[0].ID], anotherMessage)
	if n := value[int](r, `SELECT count(*) FROM updates`); n != 2 {
		t.Errorf("right: %d updates are stored, want 2", n)
	}
	stop()
}

// anotherMessage is the number of the message in what another returns.
const anotherMessage = 1000

// another returns an update like that in body, with ids that come after it.
func (r *rig) another(body []byte) []byte {
	r.t.Helper()
	var update struct {
		ID      int64          `json:"update_id"`
		Message map[string]any `json:"message"`
	}
	r.must(json.Unmarshal(body, &update))
	update.ID++
	update.Message["message_id"] = anotherMessage
	body, err := json.Marshal(update)
	r.must(err)
	return body
}
