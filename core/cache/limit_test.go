package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/faultproxy"
)

// three is a limit that no test outwaits.
var three = cache.Limit{Rate: 1, Per: time.Hour, Burst: 3}

// takes fails the test unless of the next tries so many are let through, and
// the rest told to wait.
func takes(t *testing.T, l *cache.Limits, key string, tries, want int) {
	t.Helper()
	through := 0
	for range tries {
		if l.Take(t.Context(), key, three) == 0 {
			through++
		}
	}
	if through != want {
		t.Errorf("%d of %d %s were let through, want %d", through, tries, key, want)
	}
}

func TestLimitsOverTwoProcesses(t *testing.T) {
	t.Parallel()
	url := cachetest.Redis(t)
	one, another := cache.NewLimits(connect(t, url)), cache.NewLimits(connect(t, url))
	takes(t, one, "a", 2, 2)
	takes(t, another, "a", 2, 1)
	if wait := one.Take(t.Context(), "a", three); wait <= 0 || wait > time.Hour {
		t.Errorf("the fourth is told to wait %v, want up to an hour", wait)
	}
	takes(t, one, "b", 1, 1)
	one.Forget(t.Context(), "a")
	takes(t, another, "a", 4, 3)
}

func TestLimitsWhenRedisIsKilled(t *testing.T) {
	t.Parallel()
	server := cachetest.Server(t)
	l := cache.NewLimits(connect(t, server.URL()))
	takes(t, l, "a", 4, 3)
	if err := server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	takes(t, l, "a", 4, 3)
	l.Forget(t.Context(), "a")
	takes(t, l, "a", 1, 1)
}

// A Redis that hangs holds a request up for a moment only.
func TestLimitsWhenRedisHangs(t *testing.T) {
	t.Parallel()
	proxy, url := faultproxy.Before(t, cachetest.Redis(t))
	l := cache.NewLimits(connect(t, url))
	takes(t, l, "a", 1, 1)
	proxy.Blackhole()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	for range 3 {
		l.Take(ctx, "a", three)
	}
	if ctx.Err() != nil {
		t.Error("three requests are still held up after two seconds")
	}
}
