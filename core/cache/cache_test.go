package cache_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/cache/cachetest"
)

// connect returns a client of the Redis at url, without tries of its own.
func connect(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries, options.ContextTimeoutEnabled = -1, true
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// nowhere returns a client of a Redis that is away.
func nowhere(t *testing.T) *redis.Client { return connect(t, "redis://127.0.0.1:1") }

// wait holds back a message to the chat.
func wait(t *testing.T, p *cache.Pace, chatID int64) {
	t.Helper()
	if err := p.Wait(t.Context(), chatID); err != nil {
		t.Error(err)
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	url := cachetest.Redis(t)
	one, another := cache.NewPace(connect(t, url)), cache.NewPace(connect(t, url))
	wait(t, one, 1)
	var busy, free time.Time
	var waiting sync.WaitGroup
	begun := time.Now()
	waiting.Go(func() { wait(t, another, 1); busy = time.Now() })
	waiting.Go(func() { wait(t, another, 2); free = time.Now() })
	waiting.Wait()
	if took := busy.Sub(begun); took < 500*time.Millisecond {
		t.Errorf("a chat's second message, in another process, waited %v, want about a second", took)
	}
	if !free.Before(busy) {
		t.Error("a chat waited for another chat")
	}
}

func TestPaceOverAllChats(t *testing.T) {
	t.Parallel()
	p := cache.NewPace(connect(t, cachetest.Redis(t)))
	begun := time.Now()
	var waiting sync.WaitGroup
	for chat := range int64(45) {
		waiting.Go(func() { wait(t, p, chat) })
	}
	waiting.Wait()
	if took := time.Since(begun); took < 400*time.Millisecond {
		t.Errorf("45 messages to 45 chats took %v, want 30 a second", took)
	}
}

func TestPaceWithoutRedis(t *testing.T) {
	t.Parallel()
	p := cache.NewPace(nowhere(t))
	wait(t, p, 1)
	begun := time.Now()
	for chat := range int64(3) {
		wait(t, p, chat)
	}
	// One a second over all chats: two seconds each would be six.
	if took := time.Since(begun); took < 1500*time.Millisecond || took > 5*time.Second {
		t.Errorf("three messages more waited %v, want about three seconds", took)
	}
}

func TestPaceStops(t *testing.T) {
	t.Parallel()
	for name, rdb := range map[string]*redis.Client{"with Redis": connect(t, cachetest.Redis(t)), "without": nowhere(t)} {
		p := cache.NewPace(rdb)
		wait(t, p, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := p.Wait(ctx, 1); err == nil {
			t.Errorf("%s: the message goes at once, want it held back until the end", name)
		}
		cancel()
		if err := p.Wait(ctx, 1); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want what ended it", name, err)
		}
	}
}

func TestDaily(t *testing.T) {
	t.Parallel()
	url := cachetest.Redis(t)
	rdb := connect(t, url)
	key := []byte("0123456789abcdef")
	one, another := cache.NewDaily(rdb, key), cache.NewDaily(connect(t, url), key)
	for _, test := range []struct {
		name string
		d    *cache.Daily
		id   int64
		want bool
	}{
		{"for the first time", one, 42, true},
		{"again", one, 42, false},
		{"in another process", another, 42, false},
		{"somebody else", another, 43, true},
	} {
		if got := test.d.First(t.Context(), test.id); got != test.want {
			t.Errorf("%s: first %v, want %v", test.name, got, test.want)
		}
	}
	keys, err := rdb.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 2 || slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(k, "42") && len(k) < 20 }) {
		t.Errorf("Redis has %q (%v), want two marks that nobody can read", keys, err)
	}
	for _, k := range keys {
		if left, err := rdb.TTL(t.Context(), k).Result(); err != nil || left > 24*time.Hour || left < 23*time.Hour {
			t.Errorf("a mark stays for %v (%v), want a day", left, err)
		}
	}
	if !cache.NewDaily(rdb, []byte("another key")).First(t.Context(), 42) {
		t.Error("another key reads the marks of the first")
	}
}

func TestDailyWithoutRedis(t *testing.T) {
	t.Parallel()
	server := cachetest.Server(t)
	d := cache.NewDaily(connect(t, server.URL()), nil)
	if !d.First(t.Context(), 1) {
		t.Error("somebody was told before anybody was")
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false} {
		if got := d.First(t.Context(), 2); got != want {
			t.Errorf("first the time %d: %v, want %v", i+1, got, want)
		}
	}
}

// However many come while Redis is away, memory does not grow without end.
func TestDailyMarksAreBounded(t *testing.T) {
	t.Parallel()
	d := cache.NewDaily(nowhere(t), nil)
	over, cancel := context.WithCancel(t.Context())
	cancel() // Redis need not even be asked
	for id := range int64(10_000) {
		d.First(over, id)
	}
	if d.First(over, 1) {
		t.Error("10,000 marks are too many to keep")
	}
	d.First(over, 10_000)
	if !d.First(over, 1) {
		t.Error("the marks grow without end")
	}
}
