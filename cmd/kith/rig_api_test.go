package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store"
)

// A program uses the API for a user.
type program struct {
	r      *rig
	base   string
	token  string
	peer   string // the address that a proxy says it asks from; "" without a proxy
	client http.Client
}

// program returns one of the user's, with a token of its own.
func (r *rig) program(base string, u *sandbox.User, scope core.Scope) *program {
	r.t.Helper()
	db, err := store.Open(r.ctx, r.rows.Config().ConnString(), store.Options{MaxConns: 1})
	r.must(err)
	defer db.Close()
	_, secret, err := account.AddToken(r.ctx, db, core.Token{
		UserID: value[int64](r, `SELECT id FROM users WHERE telegram_id = $1`, u.ID), Name: "test", Scope: scope, ExpiresAt: time.Now().Add(time.Hour),
	})
	r.must(err)
	p := &program{r: r, base: base, token: secret, client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	r.t.Cleanup(p.client.CloseIdleConnections)
	return p
}

// A heard is an answer of the API.
type heard struct {
	status int
	header http.Header
	body   []byte
}

// pathNote is where notes are posted to.
const pathNote = "/api/notes/process"

// note writes down how a request to keep a note was answered.
func (r *rig) note(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch status {
	case http.StatusOK:
		r.noted++
	case http.StatusServiceUnavailable:
		r.unsure++ // the database may have gone after it kept the note
	}
}

// ask sends a request. No answer at all is an error.
func (p *program) ask(method, path string, body any) (heard, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return heard{}, err
	}
	if body == nil {
		content = nil
	}
	req, err := http.NewRequestWithContext(p.r.ctx, method, p.base+path, bytes.NewReader(content))
	if err != nil {
		return heard{}, err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if p.peer != "" {
		req.Header.Set("X-Forwarded-For", p.peer)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return heard{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if method == http.MethodPost && path == pathNote {
		p.r.note(resp.StatusCode)
	}
	return heard{status: resp.StatusCode, header: resp.Header, body: text}, err
}

// must is ask where anything but 200 breaks the test. The answer goes into v,
// unless that is nil.
func (p *program) must(method, path string, body, v any) {
	p.r.t.Helper()
	got, err := p.ask(method, path, body)
	p.r.must(err)
	if got.status != http.StatusOK {
		p.r.t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	if v != nil {
		p.r.must(json.Unmarshal(got.body, v))
	}
}
