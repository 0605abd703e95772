package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	queueKey      = "queue"
	firstUpdateID = 700_000_001
	// updateLife is how long Telegram keeps an update nobody fetches.
	updateLife = 24 * time.Hour
	// futureOffset is how far an offset may lie beyond the last id and still confirm.
	// A poller that remembers a far greater id comes from before the ids began afresh.
	futureOffset = 10
)

// byDefaultOff are the updates a bot gets only when it names them.
var byDefaultOff = []string{"chat_member", "message_reaction", "message_reaction_count"}

// An update waits for the bot to confirm it.
type update struct {
	ID    int64           `json:"id"`
	Kind  string          `json:"kind"`
	Chat  int64           `json:"chat"`
	Added time.Time       `json:"added"`
	Body  json.RawMessage `json:"body"`

	confirmed bool
}

// queueState is what the queue keeps besides the updates.
type queueState struct {
	Next    int64         `json:"next"`
	Allowed []string      `json:"allowed"`
	Webhook webhookConfig `json:"webhook"`
}

// A queue holds the updates that the bot has not confirmed and how they are to reach
// it: fetched in order of their ids, or posted to a webhook, where each chat has a
// lane of its own.
type queue struct {
	journal *journal
	now     func() time.Time

	mu      sync.Mutex
	state   queueState
	order   []*update // by id; confirmed ones may linger behind an unconfirmed one
	waiting int
	lanes   map[int64]*lane
	ready   []int64 // chats whose lane the webhook may serve, each once
	changed signal
	poll    *poll
}

// A lane is one chat's unconfirmed updates. Taken is set while the lane is ready,
// being served or resting after a failure.
type lane struct {
	updates []*update
	taken   bool
	failed  int
}

func loadQueue(j *journal, kept map[string]json.RawMessage, now func() time.Time) (*queue, error) {
	q := &queue{journal: j, now: now, state: queueState{Next: firstUpdateID}, lanes: map[int64]*lane{}}
	var updates []*update
	for key, body := range kept {
		var err error
		switch {
		case key == queueKey:
			err = json.Unmarshal(body, &q.state)
		case strings.HasPrefix(key, "update/"):
			u := &update{}
			err = json.Unmarshal(body, u)
			updates = append(updates, u)
		}
		if err != nil {
			return nil, fmt.Errorf("read sandbox %s: %w", key, err)
		}
	}
	slices.SortFunc(updates, func(a, b *update) int { return cmp.Compare(a.ID, b.ID) })
	for _, u := range updates {
		q.append(u)
	}
	return q, nil
}

func (q *queue) keep() { q.journal.put(queueKey, q.state) }

func updateKey(id int64) string { return fmt.Sprintf("update/%d", id) }

// add queues an update of this kind about the chat and returns its id, or 0 when the
// bot does not want that kind.
func (q *queue) add(kind string, chat int64, value any) (int64, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return 0, fmt.Errorf("queue %s: %w", kind, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.wanted(kind) {
		return 0, nil
	}
	u := &update{ID: q.state.Next, Kind: kind, Chat: chat, Added: q.now()}
	u.Body, err = json.Marshal(map[string]any{"update_id": u.ID, kind: json.RawMessage(content)})
	if err != nil {
		return 0, fmt.Errorf("queue %s: %w", kind, err)
	}
	q.state.Next++
	q.keep()
	q.journal.put(updateKey(u.ID), u)
	q.append(u)
	q.changed.fire()
	return u.ID, nil
}

func (q *queue) wanted(kind string) bool {
	if len(q.state.Allowed) == 0 {
		return !slices.Contains(byDefaultOff, kind)
	}
	return slices.Contains(q.state.Allowed, kind)
}

func (q *queue) append(u *update) {
	q.order = append(q.order, u)
	q.waiting++
	l := q.lanes[u.Chat]
	if l == nil {
		l = &lane{}
		q.lanes[u.Chat] = l
	}
	l.updates = append(l.updates, u)
	if !l.taken {
		l.taken = true
		q.ready = append(q.ready, u.Chat)
	}
}

// confirm forgets the update; a second time does nothing.
func (q *queue) confirm(u *update) {
	if u.confirmed {
		return
	}
	u.confirmed = true
	q.waiting--
	l := q.lanes[u.Chat]
	l.updates = l.updates[1:] // both ways of delivery confirm a chat's updates in order
	q.journal.drop(updateKey(u.ID))
	for len(q.order) > 0 && q.order[0].confirmed {
		q.order = q.order[1:]
	}
	q.changed.fire()
}

// confirmWhile confirms from the oldest update on, as long as the condition holds.
func (q *queue) confirmWhile(done func(*update) bool) {
	for len(q.order) > 0 && done(q.order[0]) {
		q.confirm(q.order[0])
	}
}

func (q *queue) expire() {
	oldest := q.now().Add(-updateLife)
	q.confirmWhile(func(u *update) bool { return u.Added.Before(oldest) })
}

// from returns at most limit updates beginning at the offset and confirms those
// before it. A negative offset counts from the end and forgets the rest.
func (q *queue) from(offset int64, limit int) []json.RawMessage {
	q.expire()
	switch {
	case offset < 0:
		q.confirmWhile(func(*update) bool { return int64(q.waiting) > -max(offset, -math.MaxInt64) })
	case offset <= q.state.Next+futureOffset:
		q.confirmWhile(func(u *update) bool { return u.ID < offset })
	}
	bodies := []json.RawMessage{}
	for _, u := range q.order {
		if len(bodies) == limit {
			break
		}
		if !u.confirmed {
			bodies = append(bodies, u.Body)
		}
	}
	return bodies
}

// setNext makes the ids of updates go on from next, which Telegram does with a random
// number after a week without any.
func (q *queue) setNext(next int64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting > 0 {
		return fmt.Errorf("set next update id: %d updates wait to be confirmed", q.waiting)
	}
	q.state.Next = next
	q.keep()
	return nil
}
