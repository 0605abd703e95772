package main

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
)

// TestPromise36OneFloodsTheAPI has one user ask as fast as they can: most of it is
// refused with when to come back, what is accepted is kept, and another user is
// served as ever. How fast that is, the benchmark says.
func TestPromise36OneFloodsTheAPI(t *testing.T) {
	t.Parallel()
	r := newRig(t, "KITH_TRUSTED_PROXIES", "127.0.0.1/32")
	base := r.listens()
	users := r.people(2)
	flooder, other := r.program(base, users[0], core.ScopeWrite), r.program(base, users[1], core.ScopeWrite)
	flooder.peer, other.peer = "192.0.2.1", "192.0.2.2"
	stop := r.open()
	r.becomes(base, "it can serve", func(status int, _ api.Detailed) bool { return status == http.StatusOK })
	flood, note := flooder.ana(), other.ana()

	const sent = 3000
	var next, accepted, refused atomic.Int64
	var parts sync.WaitGroup
	begun := time.Now()
	for range 16 {
		parts.Go(func() {
			for next.Add(1) <= sent {
				switch got, err := flood(); {
				case err != nil:
					t.Error(err)
				case got.status == http.StatusOK:
					accepted.Add(1)
				case got.status == http.StatusTooManyRequests && got.header.Get("Retry-After") != "":
					refused.Add(1)
				default:
					t.Errorf("the flood is answered %d %s", got.status, got.body)
				}
			}
		})
	}
	for range 20 {
		if got, err := note(); err != nil || got.status != http.StatusOK {
			t.Errorf("another user is answered %d %s (%v)", got.status, got.body, err)
		}
	}
	parts.Wait()
	// 25 a second, and 100 at once.
	if most := 100 + 25*(1+int64(time.Since(begun).Seconds())); accepted.Load() > most || refused.Load() == 0 {
		t.Errorf("%d accepted and %d refused, want %d accepted at most", accepted.Load(), refused.Load(), most)
	}
	r.settled(time.Minute)
	if n := value[int64](r, `SELECT count(*) FROM notes`); n != accepted.Load()+20 {
		t.Errorf("%d notes are kept, want the %d accepted and the other's 20", n, accepted.Load())
	}
	stop()
}
