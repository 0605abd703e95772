package sandbox

import (
	"context"
	"encoding/json"
	"time"
)

const (
	maxPollLimit   = 100
	maxPollTimeout = 50
)

// A poll is a getUpdates call in progress. Ended is closed when another call takes
// its place, with the reason set before.
type poll struct {
	ended  chan struct{}
	reason error
}

// begin registers a poll and ends the one before it, as Telegram allows one at a time.
func (q *queue) begin(allowed []string) (*poll, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.state.Webhook.URL != "" {
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if allowed != nil {
		q.state.Allowed = allowed
		q.keep()
	}
	q.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running")
	q.poll = &poll{ended: make(chan struct{})}
	return q.poll, nil
}

func (q *queue) interrupt(reason string) {
	if q.poll != nil {
		q.poll.reason = conflict(reason)
		close(q.poll.ended)
		q.poll = nil
	}
}

func (q *queue) end(p *poll) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.poll == p {
		q.poll = nil
	}
}

func (q *queue) fetch(offset int64, limit int) ([]json.RawMessage, <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.from(offset, limit), q.changed.wait()
}

func (s *Server) getUpdates(ctx context.Context, c *call) (any, error) {
	var allowed []string
	if err := c.object("allowed_updates", &allowed); err != nil {
		return nil, err
	}
	limit := c.integer("limit")
	if limit < 1 || limit > maxPollLimit {
		limit = maxPollLimit
	}
	p, err := s.queue.begin(allowed)
	if err != nil {
		return nil, err
	}
	defer s.queue.end(p)
	timeout := time.Duration(min(max(c.integer("timeout"), 0), maxPollTimeout)) * time.Second
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return s.queue.await(ctx, p, c.integer("offset"), int(limit))
}

// await returns as soon as there are updates, and with none when ctx ends first.
func (q *queue) await(ctx context.Context, p *poll, offset int64, limit int) (any, error) {
	for {
		updates, changed := q.fetch(offset, limit)
		if len(updates) > 0 {
			return updates, nil
		}
		select {
		case <-changed:
		case <-p.ended:
			return nil, p.reason
		case <-ctx.Done():
			return updates, nil
		}
	}
}
