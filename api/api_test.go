package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
)

// A host is a server with what it logs.
type host struct {
	*api.Server
	handler http.Handler
	log     *bytes.Buffer
}

// newHost returns a server that is alive and lets loopback read its metrics.
func newHost(change ...func(*api.Server)) *host {
	h := &host{log: &bytes.Buffer{}}
	reg := prometheus.NewRegistry()
	h.Server = &api.Server{
		Version: "v1.2.3", Alive: func(context.Context) error { return nil }, Ready: func() bool { return true },
		Metrics: api.NewMetrics(reg), Gatherer: reg,
		MetricsAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Log:          slog.New(slog.NewTextHandler(h.log, nil)),
	}
	for _, c := range change {
		c(h.Server)
	}
	h.handler = h.Handler()
	return h
}

// ask sends a request from loopback.
func (h *host) ask(method, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr = "127.0.0.1:1234"
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// counted fails the test unless the metrics have that line.
func (h *host) counted(t *testing.T, line string) {
	t.Helper()
	if got := h.ask(http.MethodGet, "/metrics").Body.String(); !strings.Contains(got, line+"\n") {
		t.Errorf("the metrics do not say %s:\n%s", line, regexp.MustCompile(`(?m)^kith_http_requests_total.*$`).FindAllString(got, -1))
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		alive  error
		code   int
		status string
	}{
		{"alive", nil, 200, "healthy"},
		{"the database is away", errors.New("postgres://kith:secret@db is away"), 503, "unhealthy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(func(s *api.Server) { s.Alive = func(context.Context) error { return test.alive } })
			w := h.ask(http.MethodGet, "/health")
			var body struct {
				Status, Version string
				Timestamp       string
				UptimeSeconds   *int `json:"uptime_seconds"`
			}
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatalf("%v in %s", err, w.Body)
			}
			if w.Code != test.code || body.Status != test.status || body.Version != "v1.2.3" || body.Timestamp == "" || body.UptimeSeconds == nil {
				t.Errorf("%d with %s, want %d and %s", w.Code, w.Body, test.code, test.status)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Error("everybody may read why")
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control is %q, want no-store", got)
			}
			if said := strings.Contains(h.log.String(), "cannot serve"); said != (test.alive != nil) {
				t.Errorf("the log says %q", h.log)
			}
		})
	}
}

func TestHealthDoesNotWaitForLong(t *testing.T) {
	t.Parallel()
	var limited bool
	h := newHost(func(s *api.Server) {
		s.Alive = func(ctx context.Context) error {
			_, limited = ctx.Deadline()
			return nil
		}
	})
	if h.ask(http.MethodGet, "/health"); !limited {
		t.Error("a database that does not answer keeps /health waiting for ever")
	}
}

func TestWhoMayReadMetrics(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	from := func(peer string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = peer } }
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		code   int
	}{
		{"loopback", from("127.0.0.1:1"), 200},
		{"loopback by IPv6", from("[::1]:1"), 200},
		{"loopback, IPv4 written as IPv6", from("[::ffff:127.0.0.1]:1"), 200},
		{"another host", from("192.0.2.1:1"), 403},
		{"a peer without an address", from("@"), 403},
		{"passed on by a proxy here", header("X-Forwarded-For", "127.0.0.1"), 403},
		{"passed on by nginx here", header("X-Real-IP", "127.0.0.1"), 403},
		{"passed on, as RFC 7239 has it", header("Forwarded", "for=127.0.0.1"), 403},
	} {
		w := newHost().ask(http.MethodGet, "/metrics", test.change)
		if w.Code != test.code {
			t.Errorf("%s: %d, want %d", test.name, w.Code, test.code)
		}
		if told := strings.Contains(w.Body.String(), "KITH_METRICS_ALLOW"); told != (test.code == 403) {
			t.Errorf("%s: answered %.80s", test.name, w.Body)
		}
	}
	if w := newHost(func(s *api.Server) { s.MetricsAllow = nil }).ask(http.MethodGet, "/metrics"); w.Code != 403 {
		t.Errorf("nobody is allowed, and loopback gets %d", w.Code)
	}
}

func TestWebhookIsRouted(t *testing.T) {
	t.Parallel()
	var secret, ref string
	h := newHost(func(s *api.Server) {
		s.Webhook = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			secret, ref = r.PathValue("secret"), core.Ref(r.Context())
		})
	})
	w := h.ask(http.MethodPost, "/telegram/webhook/abc123")
	if w.Code != 200 || secret != "abc123" {
		t.Errorf("%d with secret %q, want 200 and the path's", w.Code, secret)
	}
	if ref == "" || w.Header().Get("X-Request-ID") != ref {
		t.Errorf("the handler has reference %q, the answer %q; want the same", ref, w.Header().Get("X-Request-ID"))
	}
	if w := h.ask(http.MethodGet, "/telegram/webhook/abc123"); w.Code != 405 {
		t.Errorf("a GET gets %d, want 405", w.Code)
	}
	h.counted(t, `kith_http_requests_total{method="POST",route="/telegram/webhook/{secret}",status="200"} 1`)
	if metrics := h.ask(http.MethodGet, "/metrics").Body.String(); strings.Contains(metrics, "abc123") {
		t.Error("the metrics have the secret")
	}
	if w := newHost().ask(http.MethodPost, "/telegram/webhook/abc123"); w.Code != 404 {
		t.Errorf("where updates are polled for the webhook answers %d, want 404", w.Code)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	h := newHost()
	seen := map[string]bool{}
	for range 10 {
		ref := h.ask(http.MethodGet, "/nowhere").Header().Get("X-Request-ID")
		if ref == "" || seen[ref] {
			t.Errorf("reference %q, want one of its own", ref)
		}
		seen[ref] = true
	}
	h.counted(t, `kith_http_requests_total{method="GET",route="none",status="404"} 10`)
}

func TestMadeUpMethods(t *testing.T) {
	t.Parallel()
	h := newHost()
	for _, method := range []string{"BREW", "X1", "X2"} {
		h.ask(method, "/health")
	}
	h.counted(t, `kith_http_requests_total{method="other",route="none",status="405"} 3`)
}

func TestPanic(t *testing.T) {
	t.Parallel()
	h := newHost(func(s *api.Server) {
		s.Webhook = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("out of cheese") })
	})
	w := h.ask(http.MethodPost, "/telegram/webhook/abc123")
	if w.Code != 500 || strings.Contains(w.Body.String(), "cheese") {
		t.Errorf("%d with %s, want 500 and no more", w.Code, w.Body)
	}
	if said := h.log.String(); !strings.Contains(said, "request panicked") || strings.Contains(said, "abc123") {
		t.Errorf("the log says %q, want the panic, and not the secret", said)
	}
	h.counted(t, `kith_http_requests_total{method="POST",route="/telegram/webhook/{secret}",status="500"} 1`)
}

// A handler may hang up on purpose; who asked must not take that for an answer.
func TestHangingUp(t *testing.T) {
	t.Parallel()
	h := newHost(func(s *api.Server) {
		s.Webhook = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
	})
	server := httptest.NewServer(h.handler)
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/telegram/webhook/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("the answer is %q, whole; want it broken off", body)
	}
	if h.log.Len() > 0 {
		t.Errorf("the log says %q, want nothing", h.log)
	}
}
