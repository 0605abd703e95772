package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
)

// A door stands before Kith's webhook, as a proxy does. It notes which updates
// Kith accepted and can lose the answers, as networks do.
type door struct {
	server *httptest.Server
	behind string // host:port of Kith
	client http.Client

	mu       sync.Mutex
	accepted []int64
	lose     map[int64]int // answers to be lost, by update
	header   http.Header   // of the latest request
	path     string
}

// webhook has updates delivered from now on, through a door.
func (r *rig) webhook() *door {
	r.t.Helper()
	d := &door{behind: freeAddr(r), lose: map[int64]int{}}
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
	status, err := d.knock(req.URL.Path, req.Header, body)
	if err != nil {
		panic(http.ErrAbortHandler) // Kith is away
	}
	var update struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(body, &update); err != nil || d.note(req, update.ID, status) {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
}

// note writes down what came of an update, and reports whether its answer is
// to be lost.
func (d *door) note(req *http.Request, id int64, status int) (lost bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.header, d.path = req.Header.Clone(), req.URL.Path
	if status != http.StatusOK {
		return false
	}
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
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// taken returns the updates that Kith accepted.
func (d *door) taken() []int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]int64(nil), d.accepted...)
}

// secrets returns where Telegram posts, and with which headers.
func (d *door) secrets() (path string, header http.Header) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.path, d.header
}
