package cache

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Results keep what took long to compute. Without Redis they keep nothing.
type Results struct {
	rdb redis.UniversalClient
}

// NewResults returns results on rdb.
func NewResults(rdb redis.UniversalClient) *Results { return &Results{rdb: rdb} }

// Find returns what is kept under key, or nil. It reports whether Redis
// answered: if not, it is not worth the wait to Keep anything.
func (r *Results) Find(ctx context.Context, key string) (result []byte, answered bool) {
	ctx, done := context.WithTimeout(ctx, within)
	defer done()
	result, err := r.rdb.Get(ctx, resultKey(key)).Bytes()
	return result, err == nil || errors.Is(err, redis.Nil)
}

// Keep keeps result under key for ttl, if Redis will.
func (r *Results) Keep(ctx context.Context, key string, result []byte, ttl time.Duration) {
	ctx, done := context.WithTimeout(ctx, within)
	defer done()
	// What is not kept is computed again.
	_ = r.rdb.Set(ctx, resultKey(key), result, ttl).Err()
}

func resultKey(key string) string { return "kith:result:" + key }
