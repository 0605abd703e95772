package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kith-platform/kith/api"
)

func TestEveryAnswerKeepsBrowsersInTheirPlace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{
		"/health", "/health/detailed", "/metrics", "/monitor/", "/telegram/webhook/x",
		"/api/auth/session", "/api/nowhere", "/api/openapi.json", "/api/docs", "/api/docs/docs.js", "/sign-in", "/", "/nowhere", "/apidocs",
	} {
		g := h.stranger(t).get(path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "",
		} {
			if got := g.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		policy := g.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src") || strings.Contains(policy, "script-src 'unsafe") || strings.Contains(policy, "* ") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if g.header.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", path)
		}
		if strings.Contains(path, "docs.js") && !strings.Contains(g.header.Get("Content-Type"), "javascript") {
			t.Errorf("%s is %s, which nosniff has browsers refuse", path, g.header.Get("Content-Type"))
		}
	}
}

// Telegram's clients may show pages in theirs, nobody else may; and nobody at
// all what is no page of Kith's own.
func TestWhoMayEmbed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for path, want := range map[string]string{
		"/":                  "https://web.telegram.org https://*.telegram.org",
		"/app":               "https://web.telegram.org https://*.telegram.org",
		"/api/auth/session":  "'none'",
		"/api/docs":          "'none'",
		"/sign-in":           "'none'",
		"/health":            "'none'",
		"/monitor/":          "'none'",
		"/telegram/webhook/": "'none'",
	} {
		policy := h.stranger(t).get(path).header.Get("Content-Security-Policy")
		if _, got, _ := strings.Cut(policy, "frame-ancestors "); got != want {
			t.Errorf("%s may be embedded by %s, want %s", path, got, want)
		}
	}
}

func TestHTTPSOnlyInProduction(t *testing.T) {
	t.Parallel()
	h := newHost(func(s *api.Server) { s.Production = true })
	if got := h.ask(http.MethodGet, "/nowhere").Header().Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=") {
		t.Errorf("Strict-Transport-Security is %q, want it for long", got)
	}
}

// Whatever is sent where, no more than so much of it is read.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	var read int
	h := newHost(func(s *api.Server) {
		s.Webhook = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			b := make([]byte, 1<<20)
			for {
				n, err := r.Body.Read(b)
				if read += n; err != nil {
					return
				}
			}
		})
	})
	r := httptest.NewRequest(http.MethodPost, "/telegram/webhook/x", endless{})
	h.handler.ServeHTTP(httptest.NewRecorder(), r)
	if read > 64<<20 {
		t.Errorf("%d bytes were read", read)
	}
}

// endless is a body without an end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }
