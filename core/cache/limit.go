package cache

import (
	"context"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"
)

// A Limit is how often something may happen: Rate times in Per, and Burst of
// them at once.
type Limit struct {
	Rate  int
	Per   time.Duration
	Burst int
}

// Limits count what happens too often, over all processes; without Redis each
// process counts for itself.
type Limits struct {
	limiter *redis_rate.Limiter

	mu    sync.Mutex
	alone map[string]*rate.Limiter // without Redis
}

// NewLimits returns limits on rdb.
func NewLimits(rdb redis.UniversalClient) *Limits {
	return &Limits{limiter: redis_rate.NewLimiter(rdb), alone: map[string]*rate.Limiter{}}
}

// Take counts one of what key names, and returns how long to wait before the
// next try where it is one too many; 0 where it is not.
func (l *Limits) Take(ctx context.Context, key string, limit Limit) (wait time.Duration) {
	asking, done := context.WithTimeout(ctx, within)
	defer done()
	r, err := l.limiter.Allow(asking, limitKey(key), redis_rate.Limit{Rate: limit.Rate, Period: limit.Per, Burst: limit.Burst})
	switch {
	case err != nil:
		return l.takeAlone(key, limit)
	case r.Allowed == 0:
		return r.RetryAfter
	}
	return 0
}

// takeAlone is Take for this process only.
func (l *Limits) takeAlone(key string, limit Limit) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	each := limit.Per / time.Duration(limit.Rate)
	counter, ok := l.alone[key]
	if !ok {
		if len(l.alone) >= mostMarks {
			clear(l.alone)
		}
		counter = rate.NewLimiter(rate.Every(each), limit.Burst)
		l.alone[key] = counter
	}
	if counter.Allow() {
		return 0
	}
	return each
}

// Forget begins to count afresh.
func (l *Limits) Forget(ctx context.Context, key string) {
	ctx, done := context.WithTimeout(ctx, within)
	defer done()
	l.mu.Lock()
	delete(l.alone, key)
	l.mu.Unlock()
	// What Redis does not forget runs out by itself.
	_ = l.limiter.Reset(ctx, limitKey(key))
}

func limitKey(key string) string { return "kith:limit:" + key }
