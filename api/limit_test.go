package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/cache"
)

// three is a limit that no test outwaits.
var three = cache.Limit{Rate: 1, Per: time.Hour, Burst: 3}

// threeEach lets each address ask three times, through the proxies at 10.0.0.0/8.
func threeEach(s *api.Server) {
	s.PerAddress = three
	s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
}

// ask sends a request from a peer to the handler, for what anybody may read.
func ask(handler http.Handler, peer, forwardedFor string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/api/openapi.json", nil)
	r.RemoteAddr = peer
	if forwardedFor != "" {
		r.Header.Set("X-Forwarded-For", forwardedFor)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// another returns a second process on the same database and Redis.
func (h *house) another() http.Handler {
	s := h.Server
	other := &api.Server{
		Store: s.Store, Limits: cache.NewLimits(h.redis), PerAddress: s.PerAddress, PerUser: s.PerUser, TrustedProxies: s.TrustedProxies,
		Passwords: s.Passwords, StartLink: s.StartLink, BotToken: s.BotToken, Nudge: s.Nudge, Alive: s.Alive, Ready: s.Ready, Checks: s.Checks, Monitor: s.Monitor,
		Metrics: api.NewMetrics(prometheus.NewRegistry()), Gatherer: s.Gatherer, Log: s.Log,
	}
	return other.Handler()
}

func TestAddressLimitOverTwoProcesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t, threeEach)
	one, two := h.Handler(), h.another()
	for i, handler := range []http.Handler{one, two, one} {
		if w := ask(handler, "192.0.2.1:1", ""); w.Code != 200 {
			t.Fatalf("request %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	for _, handler := range []http.Handler{one, two} {
		w := ask(handler, "192.0.2.1:2", "")
		if wait, err := strconv.Atoi(w.Header().Get("Retry-After")); w.Code != 429 || err != nil || wait < 60 {
			t.Errorf("the fourth: %d, to be tried again after %q, want 429 and a while", w.Code, w.Header().Get("Retry-After"))
		}
	}
	if w := ask(one, "192.0.2.2:1", ""); w.Code != 200 {
		t.Errorf("somebody else gets %d", w.Code)
	}
}

func TestWhoseRequestsCountTogether(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name            string
		peer, forwarded [2]string // of the first three, and of the fourth
		code            int
	}{
		{"one client by a proxy", [2]string{"10.0.0.1:1", "10.0.0.2:1"}, [2]string{"192.0.2.1", "192.0.2.1"}, 429},
		{"two clients by a proxy", [2]string{"10.0.0.1:1", "10.0.0.1:1"}, [2]string{"192.0.2.1", "192.0.2.2"}, 200},
		{"a client by two proxies that claims another address", [2]string{"10.0.0.1:1", "10.0.0.1:1"}, [2]string{"192.0.2.1, 10.0.0.2", "192.0.2.9, 192.0.2.1, 10.0.0.2"}, 429},
		{"a peer that is no proxy and claims another address", [2]string{"192.0.2.1:1", "192.0.2.1:1"}, [2]string{"192.0.2.7", "192.0.2.8"}, 429},
		{"a peer that is no proxy and claims loopback", [2]string{"192.0.2.1:1", "192.0.2.1:1"}, [2]string{"", "127.0.0.1"}, 429},
		{"neighbours in an IPv6 network", [2]string{"[2001:db8::1]:1", "[2001:db8::ffff:2]:1"}, [2]string{}, 429},
		{"two IPv6 networks", [2]string{"[2001:db8::1]:1", "[2001:db8:0:1::1]:1"}, [2]string{}, 200},
		{"IPv4 written as IPv6", [2]string{"192.0.2.1:1", "[::ffff:192.0.2.1]:1"}, [2]string{}, 429},
		{"two such", [2]string{"[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.2]:1"}, [2]string{}, 200},
		{"this machine", [2]string{"127.0.0.1:1", "127.0.0.1:1"}, [2]string{}, 200},
		{"this machine, passing on", [2]string{"127.0.0.1:1", "127.0.0.1:1"}, [2]string{"192.0.2.1", "192.0.2.2"}, 429},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			handler := newHouse(t, threeEach).Handler()
			for range 3 {
				if w := ask(handler, test.peer[0], test.forwarded[0]); w.Code != 200 {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			if w := ask(handler, test.peer[1], test.forwarded[1]); w.Code != test.code {
				t.Errorf("the fourth gets %d, want %d", w.Code, test.code)
			}
		})
	}
}

func TestUserLimitOverTwoProcesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *api.Server) { s.PerUser = three })
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	second := httptest.NewServer(h.another())
	t.Cleanup(second.Close)
	elsewhere := *ana
	elsewhere.house = &house{Server: h.Server, url: second.URL, document: h.document}
	ana.get("/api/auth/session").want(200)
	elsewhere.get("/api/auth/session").want(200)
	ana.get("/api/auth/session").want(200)
	for _, c := range []*client{ana, &elsewhere} {
		g := c.get("/api/auth/session").want(429)
		g.says(429, "Try again in")
		if g.header.Get("Retry-After") == "" {
			t.Error("nobody says when to try again")
		}
	}
	bob.get("/api/auth/session").want(200)
}

func TestLimitsWithoutRedis(t *testing.T) {
	t.Parallel()
	gone := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	t.Cleanup(func() { _ = gone.Close() })
	handler := newHouse(t, threeEach, func(s *api.Server) { s.Limits = cache.NewLimits(gone) }).Handler()
	for i, want := range []int{200, 200, 200, 429} {
		if w := ask(handler, "192.0.2.1:1", ""); w.Code != want {
			t.Errorf("request %d: %d, want %d", i+1, w.Code, want)
		}
	}
}

// Telegram's own traffic comes from a few addresses, and is not held up.
func TestWebhookHasNoLimit(t *testing.T) {
	t.Parallel()
	handler := newHouse(t, threeEach, func(s *api.Server) {
		s.Webhook = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	}).Handler()
	for i := range 10 {
		r := httptest.NewRequest(http.MethodPost, "/telegram/webhook/x", nil)
		r.RemoteAddr = "192.0.2.1:1"
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != 200 {
			t.Fatalf("update %d: %d, want 200", i+1, w.Code)
		}
	}
}

func TestChangesComeFromOurOwnOrigin(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *api.Server) { s.PublicURL = "https://kith.example" })
	boss, script := h.browser(t, "boss"), h.somebody(t, core.RoleUser)
	by := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	evil := by("Origin", "https://evil.example")
	boss.do(http.MethodPost, "/api/auth/logout", nil, evil).says(403, "another site")
	boss.do(http.MethodPost, "/api/auth/logout", nil, by("Sec-Fetch-Site", "cross-site")).says(403, "another site")
	boss.do(http.MethodPost, "/api/auth/logout", nil, by("Origin", "null")).says(403, "another site")
	boss.do(http.MethodGet, "/api/auth/session", nil, evil).want(200)
	script.do(http.MethodPost, "/api/contacts", map[string]any{"full_name": "Ana Torres"}, evil).want(200)
	boss.do(http.MethodPost, "/api/contacts", map[string]any{"full_name": "Leo Hall"}, by("Origin", h.url)).want(200)
	boss.do(http.MethodPost, "/api/contacts", map[string]any{"full_name": "Mia Hall"}, by("Origin", "https://kith.example")).want(200)
}
