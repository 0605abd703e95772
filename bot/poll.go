package bot

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// pollFor is how long Telegram holds a poll that has nothing to give.
const pollFor = 25 * time.Second

// allowed is what Kith wants to hear of.
var allowed = []string{
	"message", "edited_message", "callback_query",
	"business_connection", "business_message", "edited_business_message", "deleted_business_messages",
}

// A Poller fetches updates by long poll. It confirms an update, by the offset
// of the next poll, only when it is dealt with.
type Poller struct {
	Bot    *Bot
	Token  string
	Server string // the Bot API server; "" for Telegram's own
	Owner  string // names this process in the lease

	client http.Client
}

// The poller's lease: whoever cannot renew it stops before anybody else starts.
const (
	leasePoller = "poller"
	leaseHold   = 8 * time.Second
	renewEvery  = 2 * time.Second
)

// Run polls until ctx ends, while this process holds the lease. The updates
// under way are finished.
func (p *Poller) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		held, err := p.Bot.Store.TakeLease(ctx, p.lease(), p.Owner, leaseHold)
		if err != nil && ctx.Err() == nil {
			p.Bot.Log.WarnContext(ctx, "waiting for the database", "err", err)
		}
		if held {
			p.whileHeld(ctx)
		}
		pause(ctx, renewEvery/2)
	}
	return nil
}

// lease names the right to poll for this bot.
func (p *Poller) lease() string { return fmt.Sprintf("%s %d", leasePoller, p.Bot.ID) }

// whileHeld polls until the lease is lost or ctx ends.
func (p *Poller) whileHeld(ctx context.Context) {
	polling, lost := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() { p.renew(polling, lost) })
	p.poll(polling)
	lost()
	renewing.Wait()
	leaving, done := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer done()
	if err := p.Bot.Store.DropLease(leaving, p.lease(), p.Owner); err != nil {
		p.Bot.Log.WarnContext(ctx, "poller lease will run out by itself", "err", err)
	}
}

// renew keeps the lease, and says so when it is lost.
func (p *Poller) renew(ctx context.Context, lost func()) {
	defer lost()
	until := time.Now().Add(leaseHold - renewEvery)
	for {
		pause(ctx, renewEvery)
		if ctx.Err() != nil {
			return
		}
		asked := time.Now()
		within, done := context.WithTimeout(ctx, renewEvery)
		held, err := p.Bot.Store.TakeLease(within, p.lease(), p.Owner, leaseHold)
		done()
		switch {
		case err == nil && held:
			until = asked.Add(leaseHold - renewEvery)
		case err == nil || time.Now().After(until):
			p.Bot.Log.WarnContext(ctx, "another process polls now, or the database is away")
			return
		}
	}
}

// breath is how long one poll waits for what the last one brought. While a chat
// waits for the database, Telegram gives its updates again and again at once.
const breath = time.Second / 2

// poll fetches batch after batch, until ctx ends and what has begun is
// finished.
func (p *Poller) poll(ctx context.Context) {
	at := newLanes(p.Bot)
	defer at.working.Wait()
	failures := 0
	for ctx.Err() == nil {
		pause(ctx, p.Bot.Sender.floods.left(ctx))
		batch, err := p.fetch(ctx, at.offset())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures++
			p.Bot.Log.WarnContext(ctx, "poll failed", "err", err, "failures", failures)
			p.Bot.Sender.floods.heed(ctx, 0, err)
			pause(ctx, pauseAfter(err, failures))
		default:
			failures = 0
			at.take(ctx, batch)
			at.settle(ctx, breath)
		}
	}
}

// pauseAfter returns how long to wait after a failed poll.
func pauseAfter(err error, failures int) time.Duration {
	if flood := flooded(err); flood != nil {
		return restAfter(flood)
	}
	return min(time.Second/4<<min(failures, 6), 10*time.Second)
}

// pause waits for d or for ctx to end.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
