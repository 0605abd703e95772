// Package api is Kith over HTTP: health, metrics and Telegram's webhook.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kith-platform/kith/core"
)

// A Server answers requests.
type Server struct {
	Version      string
	Alive        func(ctx context.Context) error // says why Kith cannot serve; nil if it can
	Webhook      http.Handler                    // nil where updates are polled for
	Metrics      *Metrics
	Gatherer     prometheus.Gatherer
	MetricsAllow []netip.Prefix // whose peers may read metrics
	Log          *slog.Logger

	begun time.Time
}

// Handler returns the routes.
func (s *Server) Handler() http.Handler {
	s.begun = time.Now()
	r := chi.NewRouter()
	r.Use(s.refer, s.Metrics.measure, s.recover)
	r.Get("/health", s.health)
	r.With(s.allowed).Handle("/metrics", promhttp.HandlerFor(s.Gatherer, promhttp.HandlerOpts{}))
	if s.Webhook != nil {
		r.Method(http.MethodPost, "/telegram/webhook/{secret}", s.Webhook)
	}
	return r
}

// refer gives each request a reference, which its log records and answer carry.
func (s *Server) refer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ref := core.NewRef()
		w.Header().Set("X-Request-ID", ref)
		next.ServeHTTP(w, r.WithContext(core.WithRef(r.Context(), ref)))
	})
}

// recover answers 500 when a handler panics.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p) // net/http hangs up, and knows this one
			}
			if p != nil {
				s.Log.ErrorContext(r.Context(), "request panicked", "path", chi.RouteContext(r.Context()).RoutePattern(), "stack", string(debug.Stack()))
				http.Error(w, "something went wrong on our side", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

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

// allowed lets only peers read that are in MetricsAllow. What a proxy passes on
// does not come from the proxy's address.
func (s *Server) allowed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.mayRead(r) {
			http.Error(w, "not for you; KITH_METRICS_ALLOW says who may read this", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) mayRead(r *http.Request) bool {
	for _, header := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, p := range s.MetricsAllow {
		if p.Contains(peer.Addr().Unmap()) {
			return true
		}
	}
	return false
}
