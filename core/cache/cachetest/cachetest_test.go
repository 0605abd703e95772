package cachetest_test

import (
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
