package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
)

// monitor stands for asynq's: a page with a script in it.
func monitor() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<script>root()</script>%s %s", r.Method, r.URL.Path)
	})
}

func TestWhoMayMonitor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.stranger(t).get("/monitor/").says(401, "not signed in")
	h.stranger(t).get("/monitor").says(401, "not signed in")
	page := h.stranger(t)
	page.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	browses := func(r *http.Request) { r.Header.Set("Accept", "text/html,application/xhtml+xml") }
	if g := page.do(http.MethodGet, "/monitor/", nil, browses).want(303); g.header.Get("Location") != "/sign-in" {
		t.Errorf("a browser is sent to %s, want /sign-in", g.header.Get("Location"))
	}
	h.somebody(t, core.RoleUser).get("/monitor/").says(403, "admins")
	g := h.somebody(t, core.RoleAdmin).get("/monitor/queues/ai").want(200)
	if !strings.Contains(string(g.body), "GET /monitor/queues/ai") {
		t.Errorf("the monitor says %s", g.body)
	}
	if policy := g.header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self' 'sha256-h+6+uESAUIKx/1WgQJ9LMUIBWnrr+0c26/i5/PHL9Y4='") {
		t.Errorf("its policy is %s, want that to name its script", policy)
	}
	if g.header.Get("Cache-Control") != "no-store" {
		t.Error("what it shows may be kept")
	}
}

// Changes through the monitor come from its own page only.
func TestMonitoringFromAnotherSite(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	boss := h.browser(t, "boss")
	boss.get("/monitor/").want(200)
	evil := func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }
	boss.do(http.MethodDelete, "/monitor/api/queues/ai", nil, evil).says(403, "another site")
	boss.do(http.MethodPost, "/monitor/api/queues/ai:pause", nil, evil).says(403, "another site")
	own := func(r *http.Request) { r.Header.Set("Origin", h.url) }
	boss.do(http.MethodDelete, "/monitor/api/queues/ai", nil, own).want(200)
}
