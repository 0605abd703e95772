package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/faultproxy"
	"github.com/kith-platform/kith/core/llm"
	"github.com/kith-platform/kith/core/store/storetest"
)

// listens has Kith serve HTTP at an address that the test knows, and returns
// that.
func (r *rig) listens() string {
	r.t.Helper()
	addr := freeAddr(r)
	r.settings["KITH_HTTP_ADDR"] = addr
	return "http://" + addr
}

// fetch asks Kith and returns the status and the body of its answer. Answers
// may break off only with the test.
func (r *rig) fetch(address string, change ...func(*http.Request)) (status int, body string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, address, http.NoBody)
	r.must(err)
	for _, c := range change {
		c(req)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	r.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	r.must(err)
	return resp.StatusCode, string(text)
}

// health returns what /health/detailed says.
func (r *rig) health(base string) (status int, d api.Detailed) {
	r.t.Helper()
	status, body := r.fetch(base + "/health/detailed")
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		r.t.Fatalf("%v in %d %.300s", err, status, body)
	}
	return status, d
}

// becomes waits for /health/detailed to say what is wanted.
func (r *rig) becomes(base, what string, wanted func(status int, d api.Detailed) bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	for {
		status, d := r.health(base)
		if wanted(status, d) {
			return
		}
		select {
		case <-ctx.Done():
			r.t.Fatalf("waited in vain for health to say that %s: %d %+v", what, status, d)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// TestHealthWhileDependenciesHang freezes what Kith stands on, one after the
// other: /health/detailed says which it is, and how the others are.
func TestHealthWhileDependenciesHang(t *testing.T) {
	t.Parallel()
	databaseURL, redisURL := storetest.URL(t), cachetest.Redis(t)
	r := newRigOn(t, databaseURL, redisURL)
	telegram, err := url.Parse(r.box.BotURL())
	r.must(err)
	botAPI := faultproxy.New(t, "tcp", telegram.Host)
	telegram.Host = botAPI.Addr()
	r.settings["TELEGRAM_BOT_API_URL"] = telegram.String()
	var postgres, redis *faultproxy.Proxy
	postgres, r.settings["DATABASE_URL"] = faultproxy.Before(t, databaseURL)
	redis, r.settings["REDIS_URL"] = faultproxy.Before(t, redisURL)
	base := r.listens()
	token := r.program(base, r.people(1)[0], core.ScopeRead).token
	stop := r.open()

	well := func(status int, d api.Detailed) bool {
		c := d.Checks
		return status == 200 && c.Database.Status == "healthy" && c.Redis.Status == "healthy" && c.Tasks.Status == "healthy" && c.Telegram.Status == "healthy"
	}
	r.becomes(base, "all is well", well)
	_, d := r.health(base)
	c := d.Checks
	if c.Tasks.ActiveWorkers != 1 || len(c.Tasks.Queues) != 3 || c.Database.Stats == nil || c.Telegram.Mode != "polling" || c.Telegram.Bot == "" {
		t.Errorf("tasks %+v, database %+v, telegram %+v", c.Tasks, c.Database, c.Telegram)
	}
	if len(c.AI.Engines) != 1 || c.AI.Engines[0].Name != "rules" {
		t.Errorf("engines %+v, want the rules", c.AI.Engines)
	}

	postgres.Blackhole()
	r.becomes(base, "only the database hangs", func(status int, d api.Detailed) bool {
		return status == 503 && d.Status == "unhealthy" && d.Checks.Database.Status == "unhealthy" &&
			d.Checks.Redis.Status == "healthy" && d.Checks.Tasks.Status == "healthy" && d.Checks.Telegram.Status == "healthy"
	})
	asAdmin := func(req *http.Request) {
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("X-Forwarded-For", "192.0.2.1")
	}
	if status, body := r.fetch(base+"/health/detailed", asAdmin); status != 503 || !strings.Contains(body, "database") {
		t.Errorf("an admin is told %d %s, want 503 and why", status, body)
	}
	if status, _ := r.fetch(base + "/health"); status != 503 {
		t.Errorf("/health: %d, want 503", status)
	}
	postgres.Heal()
	r.becomes(base, "all is well again", well)
	if status, body := r.fetch(base+"/health/detailed", asAdmin); status != 200 {
		t.Errorf("an admin gets %d %s", status, body)
	}

	redis.Blackhole()
	r.becomes(base, "only Redis hangs", func(status int, d api.Detailed) bool {
		return status == 200 && d.Status == "degraded" && d.Checks.Redis.Status == "unhealthy" && d.Checks.Celery.Status == "unhealthy" &&
			d.Checks.Database.Status == "healthy" && d.Checks.Telegram.Status == "healthy"
	})
	if status, _ := r.fetch(base + "/health"); status != 200 {
		t.Errorf("/health while Redis hangs: %d, want 200", status)
	}
	redis.Heal()
	r.becomes(base, "Redis is back", well)

	botAPI.Delay(time.Hour)
	r.becomes(base, "only Telegram is slow", func(status int, d api.Detailed) bool {
		return status == 200 && d.Status == "degraded" && d.Checks.Telegram.Status == "unhealthy" &&
			d.Checks.Database.Status == "healthy" && d.Checks.Redis.Status == "healthy" && d.Checks.Tasks.Status == "healthy"
	})
	botAPI.Heal()
	stop()
}

func TestEnginesAreTold(t *testing.T) {
	t.Parallel()
	h := &house{config: mustRead(t, "KITH_AI_ORDER=openai,rules,gemini", "OPENAI_API_KEY=hunter2hunter2", "OPENAI_BASE_URL=http://127.0.0.1:1", "KITH_AI_TOKENS_PER_DAY=0")}
	var err error
	if h.models, err = buildModels(h.config, nil, llm.NewMetrics(prometheus.NewRegistry())); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"healthy", "degraded"} {
		got, err := h.checkEngines(t.Context())
		engines := []api.EngineHealth{{Name: "openai", Status: want}, {Name: "rules", Status: "healthy"}}
		if err != nil || !slices.Equal(got.Engines, engines) || (got.Status == "degraded") != (want == "degraded") {
			t.Errorf("got %+v (%v), want %v", got, err, engines)
		}
		for range 3 {
			if _, err := h.models[0].Ask(t.Context(), llm.Request{}); err == nil {
				t.Error("a model answers where nobody listens")
			}
		}
	}
}
