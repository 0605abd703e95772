package cachetest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core/cache/cachetest"
)

func TestRedisIsEmptyAndOnesOwn(t *testing.T) {
	t.Parallel()
	for range 2 {
		options, err := redis.ParseURL(cachetest.Redis(t))
		if err != nil {
			t.Fatal(err)
		}
		client := redis.NewClient(options)
		defer client.Close()
		if n, err := client.Incr(t.Context(), "visits").Result(); n != 1 || err != nil {
			t.Errorf("first visit counted as %d (%v), want 1", n, err)
		}
	}
}

// A recorder is a test that is expected to fail.
type recorder struct {
	testing.TB
	fatal string
}

func (r *recorder) Fatal(args ...any) {
	r.fatal = fmt.Sprint(args...)
	runtime.Goexit()
}

func TestWithoutAServerTheTestFails(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere")
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		cachetest.Redis(r)
	}()
	<-done
	if !strings.Contains(r.fatal, "/nowhere") {
		t.Errorf("the test failed with %q, want a failure that says why", r.fatal)
	}
}
