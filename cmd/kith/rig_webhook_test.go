package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A door stands before Kith's webhook, as a proxy does. It notes which updates
// Kith accepted and can lose the answers, as networks do.
type door struct {
	server *httptest.Server
	behind string // host:port of Kith
	client http.Client

	mu       sync.Mutex
	accepted []int64
	refused  int           // deliveries that were too many
	lose     map[int64]int // answers to be lost, by update
	multiply map[int64]int // how often to post an update at once, if more than once
	header   http.Header   // of the latest request
	path     string
	body     []byte
}

// webhook has updates delivered from now on, through a door.
func (r *rig) webhook() *door {
	r.t.Helper()
	d := &door{behind: freeAddr(r), lose: map[int64]int{}, multiply: map[int64]int{}}
	d.server = httptest.NewServer(http.HandlerFunc(d.pass))
	r.t.Cleanup(func() {
		d.server.Close()
		d.client.CloseIdleConnections()
	})
	r.settings["KITH_HTTP_ADDR"], r.settings["KITH_PUBLIC_URL"] = d.behind, d.server.URL
	return d
}

// freeAddr returns an address at which nobody listens.
func freeAddr(r *rig) string {
	r.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	defer l.Close()
	return l.Addr().String()
}

func (d *door) pass(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	var update struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(body, &update); err != nil {
		panic(http.ErrAbortHandler)
	}
	var posting errgroup.Group
	for range max(1, d.multiply[update.ID]) {
		posting.Go(func() error {
			status, err := d.knock(req.URL.Path, req.Header, body)
			if err != nil || status != http.StatusOK {
				return fmt.Errorf("status %d: %w", status, err)
			}
			return nil
		})
	}
	// Any answer but 200 brings the update again; which, Telegram does not mind.
	if err := posting.Wait(); err != nil || d.note(req, body, update.ID) {
		panic(http.ErrAbortHandler)
	}
}

// note writes down that an update was accepted, and reports whether its answer is
// to be lost.
func (d *door) note(req *http.Request, body []byte, id int64) (lost bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.header, d.path, d.body = req.Header.Clone(), req.URL.Path, body
	d.accepted = append(d.accepted, id)
	d.lose[id]--
	return d.lose[id] >= 0
}

// knock posts to Kith and returns the status of its answer.
func (d *door) knock(path string, header http.Header, body []byte) (status int, err error) {
	req, err := http.NewRequest(http.MethodPost, "http://"+d.behind+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = header.Clone()
	resp, err := d.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusTooManyRequests {
		d.mu.Lock()
		d.refused++
		d.mu.Unlock()
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// taken returns the updates that Kith accepted.
func (d *door) taken() []int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]int64(nil), d.accepted...)
}

// refusals returns how often Kith said that Telegram sends too much.
func (d *door) refusals() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}

// latest returns where Telegram posted last, with which headers, and what.
func (d *door) latest() (path string, header http.Header, body []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.path, d.header.Clone(), d.body
}
