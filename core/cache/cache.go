// Package cache is what processes share through Redis, but for tasks: limits
// and marks that may get lost. All of it works without Redis, process by process.
package cache

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"
)

// within is how long Redis may take before a process goes on alone.
const within = 250 * time.Millisecond

// A Pace holds back messages that nobody asked for: one a second in a chat,
// 30 a second in all, over all processes.
type Pace struct {
	limiter *redis_rate.Limiter
	alone   *rate.Limiter // without Redis, for all chats of this process
}

// The limits that Telegram documents for bots.
var (
	perChat = redis_rate.PerSecond(1)
	overall = redis_rate.PerSecond(30)
)

// NewPace returns a Pace on rdb.
func NewPace(rdb redis.UniversalClient) *Pace {
	return &Pace{limiter: redis_rate.NewLimiter(rdb), alone: rate.NewLimiter(1, 1)}
}

// Wait returns when the next message may go to the chat, or with ctx's error.
func (p *Pace) Wait(ctx context.Context, chatID int64) error {
	err := p.waitFor(ctx, "kith:pace:"+strconv.FormatInt(chatID, 10), perChat)
	if err == nil {
		err = p.waitFor(ctx, "kith:pace", overall)
	}
	if errors.Is(err, errAlone) {
		return p.alone.Wait(ctx)
	}
	return err
}

var errAlone = errors.New("no answer from Redis")

// waitFor waits for one of the limits; without Redis its error is errAlone.
func (p *Pace) waitFor(ctx context.Context, key string, limit redis_rate.Limit) error {
	for {
		asking, done := context.WithTimeout(ctx, within)
		r, err := p.limiter.Allow(asking, key, limit)
		done()
		switch {
		case err != nil:
			return errAlone
		case r.Allowed > 0:
			return nil
		}
		timer := time.NewTimer(r.RetryAfter)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// Daily marks what happens at most once a day.
type Daily struct {
	rdb redis.UniversalClient
	key []byte

	mu   sync.Mutex
	told map[string]time.Time // without Redis
}

// NewDaily returns marks on rdb. What is marked is kept under a hash with key,
// so that nobody can read from Redis who it was.
func NewDaily(rdb redis.UniversalClient, key []byte) *Daily {
	return &Daily{rdb: rdb, key: key, told: map[string]time.Time{}}
}

const day = 24 * time.Hour

// First marks id and reports whether it was not marked within a day.
func (d *Daily) First(ctx context.Context, id int64) bool {
	mac := hmac.New(sha256.New, d.key)
	mac.Write([]byte(strconv.FormatInt(id, 10)))
	name := "kith:daily:" + hex.EncodeToString(mac.Sum(nil)[:16])
	ctx, done := context.WithTimeout(ctx, within)
	defer done()
	err := d.rdb.SetArgs(ctx, name, 1, redis.SetArgs{Mode: "NX", TTL: day}).Err()
	switch {
	case err == nil:
		return true
	case errors.Is(err, redis.Nil):
		return false
	}
	return d.firstHere(name)
}

// Most marks that one process keeps when Redis is away.
const mostMarks = 10_000

func (d *Daily) firstHere(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at, ok := d.told[name]; ok && time.Since(at) < day {
		return false
	}
	if len(d.told) >= mostMarks {
		clear(d.told)
	}
	d.told[name] = time.Now()
	return true
}
