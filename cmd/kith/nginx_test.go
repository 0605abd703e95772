package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A balanced Kith is two processes behind an nginx, in production.
type balanced struct {
	*nginx
	addrs     []string
	processes []*process

	mu           sync.Mutex
	path, secret string // of the webhook, as Telegram was told
}

// balanced starts both, and waits for them.
func (r *rig) balanced(changes ...string) *balanced {
	r.t.Helper()
	b := &balanced{addrs: []string{freeAddr(r), freeAddr(r)}}
	r.onCall(b.watch)
	b.nginx = r.nginx(b.addrs, changes...)
	r.settings["KITH_ENV"], r.settings["KITH_TRUSTED_PROXIES"], r.settings["KITH_PUBLIC_URL"] = "production", "127.0.0.1/32", b.at("localhost", "")
	for _, addr := range b.addrs {
		r.settings["KITH_HTTP_ADDR"] = addr
		b.processes = append(b.processes, r.spawn("--roles", "api,bot"))
	}
	for _, addr := range b.addrs {
		r.serves(addr)
	}
	return b
}

// serves waits for the process at an address to be healthy.
func (r *rig) serves(addr string) {
	r.t.Helper()
	for {
		resp, err := http.Get("http://" + addr + "/health")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-r.ctx.Done():
			r.t.Fatalf("%s does not become healthy: %v", addr, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (b *balanced) watch(method string, params map[string]any) {
	if method != "setWebhook" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	u, _ := url.Parse(fmt.Sprint(params["url"]))
	b.path, b.secret = u.Path, fmt.Sprint(params["secret_token"])
}

// webhook waits for Telegram to be told where updates go, and returns that.
func (b *balanced) webhook() (path, secret string) {
	for {
		b.mu.Lock()
		path, secret = b.path, b.secret
		b.mu.Unlock()
		if path != "" {
			return path, secret
		}
		select {
		case <-b.r.ctx.Done():
			b.r.t.Fatal("no webhook is set")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// deliver posts a note of a user's as Telegram would, and returns the status.
func (b *balanced) deliver(client *http.Client, user, id int64) (int, error) {
	path, secret := b.webhook()
	body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%[1]d,"date":1700000000,"text":"Ana likes figs",
		"chat":{"id":%[2]d,"type":"private"},"from":{"id":%[2]d,"is_bot":false,"first_name":"Sam"}}}`, id, user)
	got, err := b.ask(client, http.MethodPost, b.at("localhost", path), body, "X-Telegram-Bot-Api-Secret-Token", secret)
	return got.status, err
}

// answered sends a request and reads the answer.
func answered(client *http.Client, req *http.Request) (heard, error) {
	resp, err := client.Do(req)
	if err != nil {
		return heard{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return heard{status: resp.StatusCode, header: resp.Header, body: body}, err
}

// asks sends a request, which has to be answered.
func (n *nginx) asks(client *http.Client, method, address, body string, header ...string) heard {
	n.r.t.Helper()
	got, err := n.ask(client, method, address, body, header...)
	n.r.must(err)
	return got
}

func (n *nginx) ask(client *http.Client, method, address, body string, header ...string) (heard, error) {
	req, err := http.NewRequestWithContext(n.r.ctx, method, address, strings.NewReader(body))
	if err != nil {
		return heard{}, err
	}
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	return answered(client, req)
}

func TestNginx(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.balanced()
	b.wantRedirect()
	b.wantModernTLS()
	b.wantHSTSOnce()
	b.wantBoundedBodies()
	b.wantAddresses()
	b.wantNothingLost(r.people(1)[0].ID)
}

func (n *nginx) wantRedirect() {
	n.r.t.Helper()
	client := n.client("127.0.0.1")
	got := n.asks(client, http.MethodGet, "http://"+n.plain+"/api/contacts?q=a", "")
	if want := "https://127.0.0.1/api/contacts?q=a"; got.status != http.StatusPermanentRedirect || got.header.Get("Location") != want {
		n.r.t.Errorf("plain HTTP: %d to %q, want 308 to %q", got.status, got.header.Get("Location"), want)
	}
	challenge := "/.well-known/acme-challenge/token"
	n.r.must(os.MkdirAll(filepath.Join(n.dir, "acme", filepath.Dir(challenge)), 0o755))
	n.r.must(os.WriteFile(filepath.Join(n.dir, "acme", challenge), []byte("proof"), 0o644))
	if got := n.asks(client, http.MethodGet, "http://"+n.plain+challenge, ""); string(got.body) != "proof" {
		n.r.t.Errorf("the challenge is answered %d %s, want the proof", got.status, got.body)
	}
}

func (n *nginx) wantModernTLS() {
	n.r.t.Helper()
	for version, want := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", n.secure, &tls.Config{
			RootCAs: n.trusted, ServerName: "localhost", MinVersion: tls.VersionTLS10, MaxVersion: version, NextProtos: []string{"h2"},
		})
		if (err == nil) != want {
			n.r.t.Errorf("%s: %v, want it to be spoken: %v", tls.VersionName(version), err, want)
		}
		if err != nil {
			continue
		}
		if got := conn.ConnectionState(); got.Version != version || got.NegotiatedProtocol != "h2" {
			n.r.t.Errorf("%s: speaks %s, %q", tls.VersionName(version), tls.VersionName(got.Version), got.NegotiatedProtocol)
		}
		conn.Close()
	}
}

// wantHSTSOnce looks at an answer of Kith's and at one of nginx's own.
func (n *nginx) wantHSTSOnce() {
	n.r.t.Helper()
	client := n.client("127.0.0.1")
	for host, want := range map[string][]string{"localhost": nil, "kith.example.org": {"max-age=31536000"}} {
		for _, size := range []int{0, 1<<20 + 1} {
			got := n.asks(client, http.MethodPost, n.at(host, "/health"), strings.Repeat(" ", size))
			if h := got.header.Values("Strict-Transport-Security"); !slices.Equal(h, want) {
				n.r.t.Errorf("%s, %d: HSTS is %q, want %q", host, got.status, h, want)
			}
		}
	}
}

// wantBoundedBodies sends bodies that are too large for what they are sent to, and
// the largest that Kith takes.
func (b *balanced) wantBoundedBodies() {
	b.r.t.Helper()
	webhook, _ := b.webhook()
	client := b.client("127.0.0.1")
	for path, size := range map[string]int{"/api/notes/batch": 16<<20 + 1, webhook: 1<<20 + 1, "/api/auth/login": 1<<20 + 1} {
		got := b.asks(client, http.MethodPost, b.at("localhost", path), strings.Repeat(" ", size), "Content-Type", "application/json")
		var problem struct{ Error, Code string }
		if err := json.Unmarshal(got.body, &problem); err != nil || got.status != http.StatusRequestEntityTooLarge ||
			problem.Code != "too_large" || problem.Error != "The body of the request is too large." {
			b.r.t.Errorf("%d bytes: %d %s (%v)", size, got.status, got.body, err)
		}
	}
	for _, path := range []string{"/api/notes/batch", "/api/notes/batch/"} {
		got := b.asks(client, http.MethodPost, b.at("localhost", path), strings.Repeat(" ", 16<<20), "Content-Type", "application/json")
		if got.status != http.StatusUnauthorized {
			b.r.t.Errorf("16 MB to %s: %d %s, want Kith to ask who it is", path, got.status, got.body)
		}
	}
}

// wantAddresses has somebody guess passwords until their address is known for it.
// What a client says of where it is counts neither with nginx nor without; and
// what comes by nginx is not from this machine, whose first account needs no
// invitation.
func (b *balanced) wantAddresses() {
	b.r.t.Helper()
	guess := func(from, address string, header ...string) int {
		return b.asks(b.client(from), http.MethodPost, address, `{"username":"sam","password":"not this one"}`,
			append(header, "Content-Type", "application/json")...).status
	}
	login := b.at("localhost", "/api/auth/login")
	for i := range 5 {
		if got := guess("127.0.0.2", login, "X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i)); got != http.StatusUnauthorized {
			b.r.t.Errorf("guess %d: status %d, want 401", i, got)
		}
	}
	direct := "http://" + b.addrs[0] + "/api/auth/login"
	for _, c := range []struct {
		name, from, address string
		want                int
	}{
		{"the guesser", "127.0.0.2", login, http.StatusTooManyRequests},
		{"somebody else", "127.0.0.3", login, http.StatusUnauthorized},
		{"the guesser past nginx", "127.0.0.2", direct, http.StatusTooManyRequests},
	} {
		if got := guess(c.from, c.address, "X-Forwarded-For", "192.0.2.9"); got != c.want {
			b.r.t.Errorf("%s: status %d, want %d", c.name, got, c.want)
		}
	}
	got := b.asks(b.client("127.0.0.1"), http.MethodPost, b.at("localhost", "/api/auth/register"),
		`{"username":"sam","password":"four words are easy"}`, "Content-Type", "application/json")
	if got.status == http.StatusOK {
		b.r.t.Error("by nginx the first account needs no invitation, want one to be asked for")
	}
}

// telegrams returns which process takes what Telegram delivers.
func (b *balanced) telegrams() int {
	b.r.t.Helper()
	taken := regexp.MustCompile(`"POST /telegram/webhook/" 200 .*"(127[0-9.:]+)"`).FindStringSubmatch(b.logs())
	if taken == nil {
		b.r.t.Fatalf("the log does not tell who takes updates:\n%.1000s", b.logs())
	}
	return slices.Index(b.addrs, taken[1])
}

// wantNothingLost kills that process under load: every request is answered, and
// every update done once. What people look for and the webhook's secrets are in
// no log then.
func (b *balanced) wantNothingLost(user int64) {
	b.r.t.Helper()
	client := b.client("127.0.0.1")
	path, _ := b.webhook()
	const each, updates = 80, 150 // of pages not so many that one client may not
	var done, delivered atomic.Int64
	var parts sync.WaitGroup
	killed := make(chan struct{})
	for range 4 {
		parts.Go(func() {
			for range each {
				if done.Add(1) == each {
					close(killed)
				}
				got, err := b.ask(client, http.MethodGet, b.at("localhost", "/health?q=hidden"), "")
				if err != nil || got.status != http.StatusOK {
					b.r.t.Errorf("a page is answered %d %s (%v)", got.status, got.body, err)
				}
				id := delivered.Add(1)
				if id > updates {
					continue
				}
				if status, err := b.deliver(client, user, id); err != nil || status != http.StatusOK {
					b.r.t.Errorf("update %d is answered %d (%v)", id, status, err)
				}
			}
		})
	}
	<-killed
	b.processes[b.telegrams()].kill()
	parts.Wait()
	if n := value[int](b.r, `SELECT count(*) FROM notes`); n != updates {
		b.r.t.Errorf("%d notes, want %d", n, updates)
	}
	logs := b.logs()
	if !strings.Contains(logs, `"GET /health" 200`) || !strings.Contains(logs, b.addrs[1]) {
		b.r.t.Errorf("the log does not tell of requests:\n%.1000s", logs)
	}
	if strings.Contains(logs, "hidden") || strings.Contains(logs, filepath.Base(path)) {
		b.r.t.Error("the log tells what somebody looked for, or the webhook's path")
	}
}

// TestNginxLimits has the limits so low that few requests pass them.
func TestNginxLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.balanced("rate=100r/s", "rate=1r/m", "burst=400", "burst=2")
	user := r.people(1)[0].ID
	client := b.client("127.0.0.2")
	var got heard
	for range 4 {
		got = b.asks(client, http.MethodGet, b.at("kith.example.org", "/health"), "")
	}
	if want := []byte(`"code":"too_many"`); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" ||
		!bytes.Contains(got.body, want) || got.header.Get("Content-Type") != "application/json" || got.header.Get("Strict-Transport-Security") == "" {
		t.Errorf("the fourth request is answered %d %s %v", got.status, got.body, got.header)
	}
	if got := b.asks(b.client("127.0.0.3"), http.MethodGet, b.at("localhost", "/health"), ""); got.status != http.StatusOK {
		t.Errorf("another client is answered %d %s", got.status, got.body)
	}
	for id := range int64(6) {
		if status, err := b.deliver(client, user, id+1); err != nil || status != http.StatusOK {
			t.Errorf("update %d is answered %d (%v)", id+1, status, err)
		}
	}
	for _, p := range b.processes {
		p.kill()
	}
	got = b.asks(b.client("127.0.0.4"), http.MethodGet, b.at("localhost", "/health"), "")
	if want := []byte(`"code":"unavailable"`); got.status != http.StatusServiceUnavailable || !bytes.Contains(got.body, want) {
		t.Errorf("without Kith: %d %s", got.status, got.body)
	}
}

// TestNginxKeepsFewBodies has somebody send bodies and never end: nginx keeps so
// many of them and no more, and takes what others send.
func TestNginxKeepsFewBodies(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	somewhere := r.says("taken")
	n := r.nginx([]string{somewhere, somewhere},
		"limit_conn kith_connections 100;", "limit_conn kith_connections 6;", "client_body_timeout   30s;", "client_body_timeout 10m;")
	const batch, webhook, login = "/api/notes/batch", "/telegram/webhook/guessed", "/api/auth/login"
	greedy, other := n.client("127.0.0.2"), n.client("127.0.0.3")
	for range 4 {
		n.begins(greedy, batch)
	}
	n.wantStatus(greedy, batch, http.StatusTooManyRequests)
	n.wantStatus(greedy, login, http.StatusOK)
	n.wantStatus(other, batch, http.StatusOK)
	n.begins(greedy, webhook)
	n.begins(greedy, login)
	for _, path := range []string{webhook, login} {
		n.wantStatus(greedy, path, http.StatusTooManyRequests)
		n.wantStatus(other, path, http.StatusOK)
	}
}

// begins sends a request whose body does not end before the test does, and waits
// until nginx takes it.
func (n *nginx) begins(client *http.Client, path string) {
	n.r.t.Helper()
	body, rest := io.Pipe()
	req, err := http.NewRequestWithContext(n.r.ctx, http.MethodPost, n.at("localhost", path), body)
	n.r.must(err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if got, err := answered(client, req); err == nil {
			n.r.t.Errorf("%s is answered %d before its body ends", path, got.status)
		}
	}()
	n.r.t.Cleanup(func() {
		rest.CloseWithError(io.ErrUnexpectedEOF)
		<-ended
	})
	// Before nginx takes a body it lets 64 kB of it come, and the second part is
	// read here when the first is on its way.
	for range 2 {
		_, err = rest.Write(bytes.Repeat([]byte(" "), 128<<10))
		n.r.must(err)
	}
}

// wantStatus sends a request that is complete.
func (n *nginx) wantStatus(client *http.Client, path string, want int) {
	n.r.t.Helper()
	if got := n.asks(client, http.MethodPost, n.at("localhost", path), "{}"); got.status != want {
		n.r.t.Errorf("%s is answered %d %s, want %d", path, got.status, got.body, want)
	}
}
