// Package api is Kith over HTTP: the REST API, health, metrics, Telegram's
// webhook and the pages' files.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/recall"
	"github.com/kith-platform/kith/core/store"
)

// A Server answers requests.
type Server struct {
	Version        string
	Production     bool            // cookies go over https only
	Store          *store.Store    // nil where this process does not serve the API
	Nudge          func(core.Task) // tells the workers of a committed task; never waits
	Limits         *cache.Limits
	Results        *cache.Results
	PerAddress     cache.Limit                     // how often one address may ask
	PerUser        cache.Limit                     // how often one user may
	Alive          func(ctx context.Context) error // says why Kith cannot serve; nil if it can
	Ready          func() bool                     // whether the database has the schema that this Kith needs
	Checks         Checks
	Monitor        http.Handler // asynq's own, for admins
	Webhook        http.Handler // nil where updates are polled for
	Metrics        *Metrics
	Gatherer       prometheus.Gatherer
	MetricsAllow   []netip.Prefix // whose peers may read metrics
	TrustedProxies []netip.Prefix // whose word on where a request comes from counts
	PublicURL      string         // where browsers reach Kith; "" for where they ask
	Linker         link.Linker
	Answerer       recall.Answerer // puts answers into words; without models they are what was found
	Passwords      *account.Passwords
	TrashKept      time.Duration // how long a contact can be taken out of the trash; 0 means 30 days
	OpenForAll     bool          // whether anybody may register
	Timezone       string        // of new accounts
	BotToken       string        // by which the data of Mini Apps is signed
	// StartLink returns what makes the address that opens the bot with a code.
	StartLink func(ctx context.Context) (link func(code string) string, err error)
	// Patience is how long a request waits for a note to be read, or for a linked
	// account; 0 means as long as each is worth.
	Patience time.Duration
	Stopping <-chan struct{} // closed when requests that wait are to answer at once
	Log      *slog.Logger

	sessions *scs.SessionManager
	probes   probes
	begun    time.Time
}

// maxRequest bounds the body of every request; most operations take less.
const maxRequest = 32 << 20

// Handler returns the routes.
func (s *Server) Handler() http.Handler {
	s.begun = time.Now()
	s.sessions = s.newSessions()
	s.makeProbes()
	r := chi.NewRouter()
	r.Use(s.refer, s.Metrics.measure, s.secure, s.recover, s.inTime, s.locate, middleware.RequestSize(maxRequest),
		middleware.Maybe(middleware.StripSlashes, underAPI), middleware.Maybe(noStore, underAPI))
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		send(w, r, http.StatusNotFound, "There is nothing at this address.")
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		send(w, r, http.StatusMethodNotAllowed, plain[http.StatusMethodNotAllowed])
	})
	document := s.describe()
	inspectors := r.With(noStore, s.mayInspect)
	s.healthRoutes(humachi.New(r.With(noStore), document), humachi.New(inspectors, document))
	inspectors.Handle("/metrics", promhttp.HandlerFor(s.Gatherer, promhttp.HandlerOpts{}))
	if s.Webhook != nil {
		r.Method(http.MethodPost, "/telegram/webhook/{secret}", s.Webhook)
	}
	if s.Store != nil {
		ready := r.With(s.whenReady)
		ready.Group(func(r chi.Router) { s.serveAPI(r, document) })
		ready.Group(s.serveMonitor)
	}
	return r
}

// whenReady refuses what comes while the schema is being brought up to date.
func (s *Server) whenReady(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.Ready() {
			send(w, r, http.StatusServiceUnavailable, "Kith is starting. Try again in a minute.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serveAPI serves what is under /api, and the pages that use it.
func (s *Server) serveAPI(r chi.Router, document huma.Config) {
	r.Use(s.limitAddress, s.sameOrigin, s.sessions.LoadAndSave, s.identify, s.limitUser)
	s.operations(r, document)
	s.pages(r)
}

func underAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// noStore keeps answers out of every cache on the way.
func noStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses changes that another site has a browser send. A token is
// nothing that a browser would send by itself.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if s.PublicURL != "" {
		if err := protection.AddTrustedOrigin(s.PublicURL); err != nil {
			panic(err) // the setting was checked
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := bearer(r); !ok && protection.Check(r) != nil {
			send(w, r, http.StatusForbidden, "That request comes from another site.")
			return
		}
		next.ServeHTTP(w, r)
	})
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
				send(w, r, http.StatusInternalServerError, plain[http.StatusInternalServerError])
			}
		}()
		next.ServeHTTP(w, r)
	})
}
