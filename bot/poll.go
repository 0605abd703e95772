package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"
)

// pollFor is how long Telegram holds a poll that has nothing to give.
const pollFor = 25 * time.Second

// allowed is what Kith wants to hear of.
var allowed = []string{"message", "edited_message", "callback_query"}

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

// poll fetches and handles batch after batch.
func (p *Poller) poll(ctx context.Context) {
	var offset int64
	failures := 0
	for ctx.Err() == nil {
		batch, err := p.fetch(ctx, offset)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			failures++
			p.Bot.Log.WarnContext(ctx, "poll failed", "err", err, "failures", failures)
			pause(ctx, pauseAfter(err, failures))
			continue
		}
		failures = 0
		if len(batch) > 0 {
			p.handleAll(ctx, batch)
			if ctx.Err() != nil {
				return
			}
			offset = batch[len(batch)-1].ID + 1
		}
	}
}

// pauseAfter returns how long to wait after a failed poll.
func pauseAfter(err error, failures int) time.Duration {
	if flood := flooded(err); flood != nil {
		return time.Duration(max(flood.RetryAfter, 1)) * time.Second
	}
	return min(time.Second/4<<min(failures, 6), 10*time.Second)
}

// inParallel is how many chats are answered at a time.
const inParallel = 12

// handleAll deals with all updates of a batch: those of one chat in order,
// chats in parallel. It returns when all are done, or ctx has ended.
func (p *Poller) handleAll(ctx context.Context, batch []update) {
	var chats [][]update
	index := map[int64]int{}
	for _, u := range batch {
		i, ok := index[u.chat()]
		if !ok {
			i = len(chats)
			index[u.chat()] = i
			chats = append(chats, nil)
		}
		chats[i] = append(chats[i], u)
	}
	slots := make(chan struct{}, inParallel)
	var working sync.WaitGroup
	for _, list := range chats {
		slots <- struct{}{}
		working.Go(func() {
			defer func() { <-slots }()
			for _, u := range list {
				p.insist(ctx, u)
			}
		})
	}
	working.Wait()
}

// insist deals with an update, however long the database is away.
func (p *Poller) insist(ctx context.Context, u update) {
	for failures := 1; ctx.Err() == nil; failures++ {
		err := p.Bot.Handle(ctx, u)
		if err == nil {
			return
		}
		p.Bot.Log.WarnContext(ctx, "update waits for the database", "update", u.ID, "err", err)
		pause(ctx, min(time.Second/4<<min(failures, 6), 2*time.Second))
	}
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

// fetch polls once. The library's own poller confirms too early, and keeps its
// call to itself.
func (p *Poller) fetch(ctx context.Context, offset int64) (batch []update, err error) {
	defer func() { p.Bot.Metrics.called("getUpdates", err) }()
	body, err := json.Marshal(map[string]any{
		"offset": offset, "limit": 100, "timeout": int(pollFor.Seconds()), "allowed_updates": allowed,
	})
	if err != nil {
		return nil, fmt.Errorf("ask for updates: %w", err)
	}
	ctx, done := context.WithTimeout(ctx, pollFor+10*time.Second)
	defer done()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("ask for updates: the Bot API address is wrong")
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil { // its text would have the token
		return nil, errors.New("ask for updates: Telegram cannot be reached")
	}
	defer resp.Body.Close()
	return decodeBatch(io.LimitReader(resp.Body, maxBatch))
}

// maxBatch is the most bytes of one answer to a poll.
const maxBatch = 32 << 20

func (p *Poller) url() string {
	server := p.Server
	if server == "" {
		server = "https://api.telegram.org"
	}
	return server + "/bot" + p.Token + "/getUpdates"
}

// decodeBatch reads the answer to a poll.
func decodeBatch(r io.Reader) ([]update, error) {
	var answer struct {
		OK         bool
		ErrorCode  int `json:"error_code"`
		Result     []json.RawMessage
		Parameters struct {
			RetryAfter int `json:"retry_after"`
		}
	}
	if err := json.NewDecoder(r).Decode(&answer); err != nil {
		return nil, errors.New("ask for updates: the answer is no JSON")
	}
	switch {
	case answer.ErrorCode == http.StatusTooManyRequests:
		return nil, &tg.TooManyRequestsError{Message: "ask for updates", RetryAfter: answer.Parameters.RetryAfter}
	case answer.ErrorCode == http.StatusConflict:
		return nil, errors.New("ask for updates: another program polls with this token, or a webhook is set")
	case answer.ErrorCode == http.StatusUnauthorized, answer.ErrorCode == http.StatusNotFound:
		return nil, errors.New("ask for updates: Telegram refuses the token; check TELEGRAM_BOT_TOKEN")
	case !answer.OK:
		return nil, fmt.Errorf("ask for updates: Telegram answers %d", answer.ErrorCode)
	}
	batch := make([]update, 0, len(answer.Result))
	for _, raw := range answer.Result {
		u, err := read(raw)
		if err != nil {
			return nil, err
		}
		batch = append(batch, u)
	}
	return batch, nil
}
