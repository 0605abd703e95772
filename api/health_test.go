package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
)

// allWell are checks that find everything well.
func allWell() api.Checks {
	return api.Checks{
		Database: func(context.Context) (api.DatabaseHealth, error) {
			return api.DatabaseHealth{Pool: api.PoolHealth{Connections: 2, InUse: 1, Max: 16}}, nil
		},
		Stats: func(context.Context) (api.Stats, error) { return api.Stats{Users: 1, Contacts: 2, Notes: 3}, nil },
		Redis: func(context.Context) (api.RedisHealth, error) { return api.RedisHealth{}, nil },
		Tasks: func(context.Context) (api.TasksHealth, error) {
			return api.TasksHealth{ActiveWorkers: 1, Queues: map[string]api.QueueHealth{"ai": {Depth: 4, LatencySeconds: 1.5}}}, nil
		},
		Telegram: func(context.Context) (api.TelegramHealth, error) {
			return api.TelegramHealth{Bot: "kith_bot", Mode: "polling", PendingUpdates: 5}, nil
		},
		AI: func(context.Context) (api.AIHealth, error) {
			return api.AIHealth{Engines: []api.EngineHealth{{Name: "rules", Status: "healthy"}}}, nil
		},
		DataDir: "/",
	}
}

// loopback may read metrics.
func loopback(s *api.Server) {
	s.MetricsAllow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

var errSecret = errors.New("dial postgres://kith:secret@db.example:5432")

func TestDetailedHealth(t *testing.T) {
	t.Parallel()
	h := newHouse(t, loopback)
	var d api.Detailed
	g := h.stranger(t).get("/health/detailed").want(200)
	g.into(&d)
	c := d.Checks
	switch {
	case d.Version != "v1.2.3" || d.Timestamp.IsZero():
		t.Errorf("version %q at %v", d.Version, d.Timestamp)
	case c.Database.Pool.Max != 16 || *c.Database.Stats != api.Stats{Users: 1, Contacts: 2, Notes: 3}:
		t.Errorf("database %+v", c.Database)
	case c.Tasks.ActiveWorkers != 1 || c.Tasks.Queues["ai"].Depth != 4 || c.Celery.Queues["ai"].LatencySeconds != 1.5:
		t.Errorf("tasks %+v, celery %+v", c.Tasks, c.Celery)
	case c.Telegram.Bot != "kith_bot" || c.Telegram.Mode != "polling" || c.Telegram.PendingUpdates != 5:
		t.Errorf("telegram %+v", c.Telegram)
	case c.System.Memory.TotalBytes == 0 || c.System.Disk.Percent <= 0:
		t.Errorf("system %+v", c.System)
	}
	for name, v := range map[string]api.Verdict{"database": c.Database.Verdict, "redis": c.Redis.Verdict, "tasks": c.Tasks.Verdict, "telegram": c.Telegram.Verdict, "ai": c.AI.Verdict} {
		if v.Status != "healthy" || v.Error != "" {
			t.Errorf("%s: %+v, want it healthy", name, v)
		}
	}
	if g.header.Get("Cache-Control") != "no-store" {
		t.Error("the answer may be kept")
	}
}

// One thing that is away or hangs is told, and the others are, too.
func TestOneSickDependency(t *testing.T) {
	t.Parallel()
	hangs := make(chan struct{}) // not even the end of its context ends it
	t.Cleanup(func() { close(hangs) })
	for _, test := range []struct {
		name   string
		change func(*api.Checks)
		status string
		code   int
		sick   string // which check, with what it says
	}{
		{"the database is away", func(c *api.Checks) {
			c.Database = func(context.Context) (api.DatabaseHealth, error) { return api.DatabaseHealth{}, errSecret }
		}, "unhealthy", 503, "database: It cannot be reached"},
		{"the database hangs", func(c *api.Checks) {
			c.Database = func(context.Context) (api.DatabaseHealth, error) { <-hangs; return api.DatabaseHealth{}, nil }
			c.Stats = func(context.Context) (api.Stats, error) { <-hangs; return api.Stats{}, nil }
		}, "unhealthy", 503, "database: There is no answer in time"},
		{"Redis is away", func(c *api.Checks) {
			c.Redis = func(context.Context) (api.RedisHealth, error) { return api.RedisHealth{}, errSecret }
		}, "degraded", 200, "redis: It cannot be reached"},
		{"Redis hangs", func(c *api.Checks) {
			c.Tasks = func(context.Context) (api.TasksHealth, error) { <-hangs; return api.TasksHealth{}, nil }
		}, "degraded", 200, "tasks: There is no answer in time"},
		{"nobody works", func(c *api.Checks) {
			c.Tasks = func(context.Context) (api.TasksHealth, error) {
				return api.TasksHealth{Verdict: api.Verdict{Status: "degraded", Error: "No process works on tasks."}}, nil
			}
		}, "degraded", 200, "tasks: No process works on tasks."},
		{"Telegram is slow", func(c *api.Checks) {
			c.Telegram = func(ctx context.Context) (api.TelegramHealth, error) {
				<-ctx.Done()
				return api.TelegramHealth{}, ctx.Err()
			}
		}, "degraded", 200, "telegram: There is no answer in time"},
		{"the disk is away", func(c *api.Checks) { c.DataDir = "/nowhere" }, "degraded", 200, "system: It cannot be reached"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, loopback, func(s *api.Server) { test.change(&s.Checks) })
			g := h.stranger(t).get("/health/detailed").want(test.code)
			var d struct {
				Status string
				Checks map[string]api.Verdict
			}
			g.into(&d)
			name, says, _ := strings.Cut(test.sick, ": ")
			if d.Status != test.status || !strings.HasPrefix(d.Checks[name].Error, says) || d.Checks[name].Status == "healthy" {
				t.Errorf("%s with %+v, want %s and %q of %s", d.Status, d.Checks[name], test.status, says, name)
			}
			for other, v := range d.Checks {
				if other != name && other != "system" && (name != "tasks" || other != "celery") && v.Status != "healthy" {
					t.Errorf("%s is %+v", other, v)
				}
			}
			if strings.Contains(string(g.body), "secret") || strings.Contains(string(g.body), "db.example") {
				t.Errorf("the answer says too much: %s", g.body)
			}
		})
	}
}

// However often somebody asks, Telegram is asked now and then, and nothing that
// hangs is asked twice at a time.
func TestChecksAreFew(t *testing.T) {
	t.Parallel()
	var telegram, database int // the server makes one call of each at a time
	hangs := make(chan struct{})
	h := newHouse(t, loopback, func(s *api.Server) {
		well := s.Checks
		s.Checks.Telegram = func(ctx context.Context) (api.TelegramHealth, error) { telegram++; return well.Telegram(ctx) }
		s.Checks.Database = func(ctx context.Context) (api.DatabaseHealth, error) {
			database++
			<-hangs
			return well.Database(ctx)
		}
	})
	for range 2 {
		h.stranger(t).get("/health/detailed").want(503)
	}
	close(hangs)
	for deadline := time.Now().Add(time.Minute); h.stranger(t).get("/health/detailed").status != 200; {
		if time.Now().After(deadline) {
			t.Fatal("the database answers again, and is not healthy")
		}
	}
	if telegram != 1 {
		t.Errorf("Telegram was asked %d times, want once", telegram)
	}
	if database > 3 {
		t.Errorf("the database was asked %d times, want once while it hung, and afterwards", database)
	}
}

func TestWhoMayInspect(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	boss := h.browser(t, "boss")
	admin, user := h.somebody(t, core.RoleAdmin), h.somebody(t, core.RoleUser)
	reader := h.stranger(t)
	_, secret, err := account.AddToken(t.Context(), h.Store, core.Token{
		UserID: admin.user.ID, Name: "scraper", Scope: core.ScopeRead, ExpiresAt: time.Now().Add(time.Hour),
	})
	check(t, err)
	reader.token = secret
	wrong := h.stranger(t)
	wrong.token = "kith_wrong"
	for _, path := range []string{"/health/detailed", "/metrics"} {
		boss.get(path).want(200)
		admin.get(path).want(200)
		reader.get(path).want(200)
		user.get(path).says(403, "KITH_METRICS_ALLOW")
		h.stranger(t).get(path).says(403, "KITH_METRICS_ALLOW")
		wrong.get(path).says(401, "token")
	}
	h.stranger(t).get("/health").want(200)
}

func TestHealthIsDescribed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var doc struct {
		Paths map[string]map[string]struct {
			Responses map[string]json.RawMessage
		}
	}
	h.stranger(t).get("/api/openapi.json").want(200).into(&doc)
	for _, path := range []string{"/health", "/health/detailed"} {
		if answers := doc.Paths[path]["get"].Responses; answers["200"] == nil || answers["503"] == nil || answers["default"] == nil {
			t.Errorf("%s is described with the answers %v, want 200, 503 and others", path, answers)
		}
	}
}
