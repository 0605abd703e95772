package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-chi/chi/v5"
)

// serveMonitor serves the monitor of background work to admins.
func (s *Server) serveMonitor(r chi.Router) {
	r.Use(s.limitAddress, s.sameOrigin, s.sessions.LoadAndSave, s.identify, s.limitUser, noStore, administered)
	policy := monitorPolicy(s.Monitor)
	monitor := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		s.Monitor.ServeHTTP(w, r)
	})
	r.Handle("/monitor", monitor)
	r.Handle("/monitor/*", monitor)
}

// administered lets only admins through. A browser in which nobody is signed in
// is shown where to.
func administered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, sentence := callerOf(r.Context()).refused(administers)
		switch {
		case status == 0:
			next.ServeHTTP(w, r)
		case status == http.StatusUnauthorized && strings.Contains(r.Header.Get("Accept"), "text/html"):
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		default:
			send(w, r, status, sentence)
		}
	})
}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// monitorPolicy returns the Content-Security-Policy of the monitor, whose page
// has scripts and makes styles itself: no other script runs in it, and it asks
// no other host for anything.
func monitorPolicy(monitor http.Handler) string {
	var page written
	monitor.ServeHTTP(&page, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/monitor/"}, Header: http.Header{}})
	scripts := "script-src 'self'"
	for _, script := range inlineScript.FindAllSubmatch(page.Bytes(), -1) {
		sum := sha256.Sum256(script[1])
		scripts += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; " + scripts + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// written is an answer that goes nowhere.
type written struct {
	bytes.Buffer
	header http.Header
}

// Header returns what nobody reads.
func (w *written) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

// WriteHeader is there for net/http.
func (*written) WriteHeader(int) {}
