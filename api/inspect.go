package api

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/kith-platform/kith/core"
)

// mayInspect lets in admins, and peers that are in MetricsAllow. What a proxy
// passes on does not come from the proxy's address.
func (s *Server) mayInspect(next http.Handler) http.Handler {
	asAdmin := s.limitAddress(s.forAdmins(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.allowedPeer(r):
			next.ServeHTTP(w, r)
		case s.Store == nil:
			notForYou(w, r)
		default:
			asAdmin.ServeHTTP(w, r)
		}
	})
}

func (s *Server) forAdmins(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch admin, err := s.isAdmin(r); {
		case err != nil:
			s.unidentified(w, r, err)
		case !admin:
			notForYou(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func notForYou(w http.ResponseWriter, r *http.Request) {
	send(w, r, http.StatusForbidden, "That is for admins, and for peers that KITH_METRICS_ALLOW names.")
}

// allowedPeer reports whether a request comes from a peer in MetricsAllow.
func (s *Server) allowedPeer(r *http.Request) bool {
	peer, ok := directPeer(r)
	return ok && slices.ContainsFunc(s.MetricsAllow, func(p netip.Prefix) bool { return p.Contains(peer) })
}

// isAdmin reports whether an admin asks, by session or token. It takes no longer
// than the database may to be thought alive.
func (s *Server) isAdmin(r *http.Request) (bool, error) {
	ctx, done := context.WithTimeout(r.Context(), aliveWithin)
	defer done()
	var session string
	if cookie, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
		session = cookie.Value
	}
	ctx, err := s.sessions.Load(ctx, session)
	if err != nil {
		return false, err
	}
	c, err := s.who(r.WithContext(ctx))
	return c.user.Role == core.RoleAdmin, err
}

// Detailed says how Kith is, and what it stands on.
type Detailed struct {
	Status        string    `json:"status" enum:"healthy,degraded,unhealthy" doc:"Degraded if Kith serves, and something else is not healthy"`
	Version       string    `json:"version"`
	Timestamp     time.Time `json:"timestamp"`
	UptimeSeconds int       `json:"uptime_seconds"`
	Checks        Checked   `json:"checks"`
}

// Checked has the outcomes of all checks.
type Checked struct {
	Database DatabaseHealth `json:"database"`
	Redis    RedisHealth    `json:"redis"`
	Celery   TasksHealth    `json:"celery" doc:"The same as tasks"`
	Tasks    TasksHealth    `json:"tasks"`
	Telegram TelegramHealth `json:"telegram"`
	AI       AIHealth       `json:"ai"`
	System   SystemHealth   `json:"system"`
}

// detailed makes all checks at the same time. None waits for another.
func (s *Server) detailed(ctx context.Context, _ *struct{}) (*report[Detailed], error) {
	var c Checked
	var stats *Stats
	var looking sync.WaitGroup
	looking.Go(func() { c.Database = see(ctx, s, &s.probes.database) })
	looking.Go(func() { stats = s.stats(ctx) })
	looking.Go(func() { c.Redis = see(ctx, s, &s.probes.redis) })
	looking.Go(func() { c.Tasks = see(ctx, s, &s.probes.tasks) })
	looking.Go(func() { c.Telegram = see(ctx, s, &s.probes.telegram) })
	looking.Go(func() { c.AI = see(ctx, s, &s.probes.ai) })
	looking.Go(func() { c.System = see(ctx, s, &s.probes.system) })
	looking.Wait()
	c.Database.Stats = stats
	if c.Tasks.Queues == nil {
		c.Tasks.Queues = map[string]QueueHealth{} // no queue rather than null
	}
	c.Celery = c.Tasks
	r := &report[Detailed]{Status: http.StatusOK, Body: Detailed{
		Status: c.sum(), Version: s.Version, Timestamp: time.Now().UTC(), UptimeSeconds: s.uptime(), Checks: c,
	}}
	if r.Body.Status == unhealthy {
		r.Status = http.StatusServiceUnavailable
	}
	return r, nil
}

// sum returns how Kith is: it serves as long as it has its database.
func (c *Checked) sum() string {
	if c.Database.Status == unhealthy {
		return unhealthy
	}
	for _, v := range []Verdict{c.Database.Verdict, c.Redis.Verdict, c.Tasks.Verdict, c.Telegram.Verdict, c.AI.Verdict, c.System.Verdict} {
		if v.Status != healthy {
			return degraded
		}
	}
	return healthy
}
