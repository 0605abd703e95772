package sandbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"syscall"
	"time"
)

const (
	webhookTimeout = 60 * time.Second
	firstRest      = 100 * time.Millisecond
	longestRest    = 30 * time.Second
)

// A webhook posts the queue's updates: those of one chat one after the other, those
// of different chats in parallel. What is not answered with 2xx is posted again.
type webhook struct {
	queue  *queue
	client *http.Client
	log    *slog.Logger

	mu       sync.Mutex
	failure  string
	failedAt time.Time
}

func newWebhook(q *queue, log *slog.Logger) *webhook {
	return &webhook{queue: q, log: log, client: &http.Client{
		Timeout:   webhookTimeout,
		Transport: &http.Transport{MaxIdleConnsPerHost: maxConnections},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}
}

// A delivery is an update on its way, with the webhook as it was when it set out.
type delivery struct {
	webhookConfig
	*update
}

// run delivers until ctx ends, and waits for what is on its way.
func (h *webhook) run(ctx context.Context) {
	var workers sync.WaitGroup
	defer h.client.CloseIdleConnections()
	defer workers.Wait()
	flying := make(chan struct{}, maxConnections)
	for ctx.Err() == nil {
		d, changed := h.queue.take(len(flying))
		if d.update == nil {
			select {
			case <-ctx.Done():
			case <-changed:
			}
			continue
		}
		flying <- struct{}{}
		workers.Go(func() {
			problem := h.post(ctx, d)
			<-flying
			h.finish(ctx, d, problem)
		})
	}
}

// take hands out the oldest update of a chat that has none on its way, if the webhook
// has a connection left; else a channel that is closed when that may have changed.
func (q *queue) take(flying int) (delivery, <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	hook := q.state.Webhook
	for hook.URL != "" && flying < hook.Connections && len(q.ready) > 0 {
		l := q.lanes[q.ready[0]]
		q.ready = q.ready[1:]
		if len(l.updates) > 0 {
			return delivery{hook, l.updates[0]}, nil
		}
		l.taken = false
	}
	return delivery{}, q.changed.wait()
}

// finish confirms what was accepted; a chat whose update was refused rests first.
func (h *webhook) finish(ctx context.Context, d delivery, problem string) {
	if problem == "" {
		h.queue.release(d.update, 0)
		return
	}
	if ctx.Err() != nil {
		return
	}
	h.note(problem)
	rest := time.NewTimer(h.queue.rest(d.Chat))
	defer rest.Stop()
	select {
	case <-ctx.Done():
	case <-rest.C:
		h.queue.release(nil, d.Chat)
	}
}

// release gives a chat's lane free, its update confirmed if there is one.
func (q *queue) release(u *update, chat int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if u != nil {
		chat = u.Chat
		q.lanes[chat].failed = 0
		q.confirm(u)
	}
	q.ready = append(q.ready, chat)
	q.changed.fire()
}

// rest counts a failure of the chat's lane and says how long to wait after it.
func (q *queue) rest(chat int64) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lanes[chat]
	pause := min(firstRest<<min(l.failed, 10), longestRest)
	l.failed++
	q.changed.fire()
	return pause
}

// post returns what went wrong in the words of getWebhookInfo, and nothing when the
// update was accepted.
func (h *webhook) post(ctx context.Context, d delivery) (problem string) {
	r, err := d.request(ctx, d.Body)
	if err != nil {
		return "Invalid URL specified"
	}
	resp, err := h.client.Do(r)
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Connection refused"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "Read timeout expired"
	case err != nil:
		return "Connection reset by peer"
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return "Wrong response from the webhook: " + resp.Status
	}
	// Only what was read to its end leaves the connection free for the next update.
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)); err != nil {
		return "Connection reset by peer"
	}
	return ""
}

func (h *webhook) note(problem string) {
	h.log.Debug("webhook refused an update", "problem", problem)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failure, h.failedAt = problem, h.queue.now()
}

func (h *webhook) lastError() (string, time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failure, h.failedAt
}

func (h *webhook) forgetErrors() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failure = ""
}
