package userclient

import (
	"context"
	"sync"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// patience holds back the calls of a method while Telegram asks to wait, and
// makes those that were refused again. gotd's own waiter wakes a thousand times
// a second for each account, and lets other calls of the method through.
type patience struct {
	waits func(ctx context.Context, wait time.Duration) // is told of each wait

	mu    sync.Mutex
	until map[string]time.Time // by method
}

// newPatience returns a patience that begins with a wait for all methods.
func newPatience(until time.Time, waits func(context.Context, time.Duration)) *patience {
	return &patience{waits: waits, until: map[string]time.Time{"": until}}
}

// handle is a middleware.
func (p *patience) handle(next tg.Invoker) telegram.InvokeFunc {
	return func(ctx context.Context, in bin.Encoder, out bin.Decoder) error {
		name := methodOf(in)
		for {
			if err := p.sit(ctx, name); err != nil {
				return err
			}
			err := next.Invoke(ctx, in, out)
			wait, flooded := tgerr.AsFloodWait(err)
			if !flooded {
				return err
			}
			wait += time.Second // Telegram counts in whole ones
			p.mu.Lock()
			p.until[name] = time.Now().Add(wait)
			p.mu.Unlock()
			p.waits(ctx, wait)
		}
	}
}

// sit waits until the method may be called.
func (p *patience) sit(ctx context.Context, name string) error {
	for {
		p.mu.Lock()
		left := max(time.Until(p.until[name]), time.Until(p.until[""]))
		p.mu.Unlock()
		if left <= 0 {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(left):
		}
	}
}
