package api

import (
	"net/http"
	"strings"
)

// What browsers may do with an answer: nothing with data, and with a page what
// Kith's own files do.
const (
	dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	ownFiles   = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"manifest-src 'self'; base-uri 'none'; form-action 'self'; "
	// A page for passwords stands in no other.
	signInPolicy = ownFiles + "frame-ancestors 'none'"
	// Telegram's web clients show Mini Apps inside their own page.
	pagePolicy = ownFiles + "frame-ancestors https://web.telegram.org https://*.telegram.org"
	// The page that shows the API's document makes styles itself.
	docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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
	case under("/sign-in"), under("/connect"):
		return signInPolicy
	case under("/api"), under("/health"), under("/metrics"), under("/monitor"), under("/telegram"):
		return dataPolicy
	}
	return pagePolicy
}
