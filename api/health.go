package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"slices"
	"time"
)

// aliveWithin bounds what /health waits for.
const aliveWithin = 2 * time.Second

// health says whether Kith can serve.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, done := context.WithTimeout(r.Context(), aliveWithin)
	defer done()
	status, code := "healthy", http.StatusOK
	if err := s.Alive(ctx); err != nil {
		s.Log.WarnContext(ctx, "cannot serve", "err", err)
		status, code = "unhealthy", http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	// A client that hangs up is nobody to tell.
	_ = json.NewEncoder(w).Encode(map[string]any{
		"status": status, "version": s.Version, "timestamp": time.Now().UTC(),
		"uptime_seconds": int(time.Since(s.begun).Seconds()), "checks": map[string]any{},
	})
}

// mayInspect lets only peers read that are in MetricsAllow. What a proxy passes on
// does not come from the proxy's address.
func (s *Server) mayInspect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.mayRead(r) {
			http.Error(w, "not for you; KITH_METRICS_ALLOW says who may read this", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// mayRead reports whether a request comes from a peer in MetricsAllow.
func (s *Server) mayRead(r *http.Request) bool {
	peer, ok := directPeer(r)
	return ok && slices.ContainsFunc(s.MetricsAllow, func(p netip.Prefix) bool { return p.Contains(peer) })
}
