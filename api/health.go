package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// The words for how something is.
const (
	healthy   = "healthy"
	degraded  = "degraded"
	unhealthy = "unhealthy"
)

// aliveWithin bounds what /health waits for.
const aliveWithin = 2 * time.Second

// Health says whether Kith can serve.
type Health struct {
	Status        string    `json:"status" enum:"healthy,unhealthy"`
	Version       string    `json:"version"`
	Timestamp     time.Time `json:"timestamp"`
	UptimeSeconds int       `json:"uptime_seconds"`
	Checks        struct{}  `json:"checks" doc:"Always empty: /health/detailed has them"`
}

// A report is an answer about health, whose status says so too.
type report[T any] struct {
	Status int
	Body   T
}

// healthRoutes registers what says how Kith is.
func (s *Server) healthRoutes(all, inspectors huma.API) {
	public(s, all, healthOp("/health", "Whether Kith can serve"), s.health)
	detailed := healthOp("/health/detailed", "How Kith is, and what it stands on")
	detailed.Description = "For admins, and for peers in KITH_METRICS_ALLOW."
	public(s, inspectors, detailed, s.detailed)
	for _, path := range []string{"/health", "/health/detailed"} {
		answers := all.OpenAPI().Paths[path].Get.Responses
		answers["503"] = &huma.Response{Description: "Kith cannot serve", Content: answers["200"].Content}
	}
}

func healthOp(path, summary string) huma.Operation {
	o := op(http.MethodGet, path, summary)
	o.Tags = []string{"health"}
	return o
}

func (s *Server) health(ctx context.Context, _ *struct{}) (*report[Health], error) {
	ctx, done := context.WithTimeout(ctx, aliveWithin)
	defer done()
	r := &report[Health]{Status: http.StatusOK, Body: Health{
		Status: healthy, Version: s.Version, Timestamp: time.Now().UTC(), UptimeSeconds: s.uptime(),
	}}
	if err := s.Alive(ctx); err != nil {
		s.Log.WarnContext(ctx, "cannot serve", "err", err)
		r.Status, r.Body.Status = http.StatusServiceUnavailable, unhealthy
	}
	return r, nil
}

func (s *Server) uptime() int { return int(time.Since(s.begun).Seconds()) }
