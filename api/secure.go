package api

import (
	"net/http"
	"strings"
)

// What browsers may do with an answer: nothing with data, and with a page what
// its own files say. Telegram shows Kith's pages inside its own, as Mini Apps.
const (
	dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	pagePolicy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; " +
		"frame-ancestors https://web.telegram.org https://*.telegram.org"
	// The page that shows the API's document makes styles and pictures itself.
	docsPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
		"form-action 'none'; frame-ancestors 'none'"
)

// secure has browsers keep to what an answer is meant for.
func (s *Server) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy(r.URL.Path))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if s.Production {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// policy returns the Content-Security-Policy of what is at a path.
func policy(path string) string {
	under := func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") }
	switch {
	case under("/api/docs"):
		return docsPolicy
	case under("/api"), under("/health"), under("/metrics"), under("/monitor"), under("/telegram"):
		return dataPolicy
	}
	return pagePolicy
}
