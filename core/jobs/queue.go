package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core"
)

// A Queue tells workers that there is work.
type Queue struct {
	client  *asynq.Client
	inspect *asynq.Inspector
	nudges  chan core.Task
	log     *slog.Logger
	metrics *Metrics
}

// The most nudges that wait for Redis. More are dropped, for the sweep.
const nudgesWaiting = 4096

// nudgers is how many nudges are on their way at a time.
const nudgers = 4

// NewQueue returns a Queue on the Redis of rdb. Run must run for it to work.
func NewQueue(rdb redis.UniversalClient, log *slog.Logger, metrics *Metrics) *Queue {
	return &Queue{
		client:  asynq.NewClientFromRedisClient(rdb),
		inspect: asynq.NewInspectorFromRedisClient(rdb),
		nudges:  make(chan core.Task, nudgesWaiting),
		log:     log,
		metrics: metrics,
	}
}

// Nudge says that a task's row is committed. It never waits and never fails:
// what gets lost, the sweep finds.
func (q *Queue) Nudge(t core.Task) {
	select {
	case q.nudges <- t:
	default:
		q.metrics.enqueued.WithLabelValues(string(t.Kind), "dropped").Inc()
	}
}

// Run passes nudges on until ctx ends, and then those that there are, if Redis
// takes them.
func (q *Queue) Run(ctx context.Context) error {
	done := make(chan struct{})
	for range nudgers {
		go func() {
			defer func() { done <- struct{}{} }()
			q.pass(ctx)
		}()
	}
	for range nudgers {
		<-done
	}
	return nil
}

func (q *Queue) pass(ctx context.Context) {
	for ctx.Err() == nil || len(q.nudges) > 0 {
		select {
		case <-ctx.Done():
		case t := <-q.nudges:
			err := q.enqueue(context.WithoutCancel(ctx), t)
			if err != nil {
				q.log.WarnContext(ctx, "task will wait for the sweep", "kind", t.Kind, "task", t.ID, "err", err)
			}
			if err != nil && ctx.Err() != nil {
				return
			}
		}
	}
}

// enqueue names the task's row to the workers. A row may be named twice, so
// neither Unique nor TaskID is used: both outlive what they guard.
func (q *Queue) enqueue(ctx context.Context, t core.Task) error {
	payload, err := json.Marshal(t.Ref())
	if err != nil {
		return fmt.Errorf("name task %d: %w", t.ID, err)
	}
	return q.ring(ctx, string(t.Kind), payload, queueOf[t.Kind])
}

func (q *Queue) ring(ctx context.Context, kind string, payload []byte, queue string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	// asynq archives a task unrun when its worker crashes and no retry is left.
	_, err := q.client.EnqueueContext(ctx, asynq.NewTask(kind, payload), asynq.Queue(queue),
		asynq.MaxRetry(1), asynq.Timeout(timeoutOf(queue)), asynq.Retention(0))
	if err != nil {
		q.metrics.enqueued.WithLabelValues(kind, "error").Inc()
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	q.metrics.enqueued.WithLabelValues(kind, "ok").Inc()
	return nil
}

// timeoutOf bounds one try of a task of a queue.
func timeoutOf(queue string) time.Duration {
	if queue == queueTelegram {
		return syncTimeout
	}
	return taskTimeout
}

// A State says how the background work of all processes is.
type State struct {
	Workers int // processes that do what people wait for
	Queues  map[string]Waiting
}

// Waiting says what waits in a queue.
type Waiting struct {
	Depth   int
	Latency time.Duration // how long the oldest has waited
}

// State returns how the background work is. It takes as long as Redis does.
func (q *Queue) State() (State, error) {
	servers, err := q.inspect.Servers()
	if err != nil {
		return State{}, fmt.Errorf("list workers: %w", err)
	}
	s := State{}
	for _, server := range servers { // a process has one for each of its queues
		if _, has := server.Queues[queueAI]; has {
			s.Workers++
		}
	}
	s.Queues, err = q.waiting()
	return s, err
}

// waiting returns what waits in each queue.
func (q *Queue) waiting() (map[string]Waiting, error) {
	there, err := q.inspect.Queues()
	if err != nil {
		return nil, fmt.Errorf("list queues: %w", err)
	}
	all := map[string]Waiting{}
	for name := range queues {
		all[name] = Waiting{}
		if !slices.Contains(there, name) {
			continue // nothing went through it yet
		}
		info, err := q.inspect.GetQueueInfo(name)
		if err != nil {
			return nil, fmt.Errorf("look at queue %s: %w", name, err)
		}
		all[name] = Waiting{Depth: info.Pending, Latency: info.Latency}
	}
	return all, nil
}

// measure returns what waits in each queue, and has the metrics say so.
func (q *Queue) measure() (map[string]Waiting, error) {
	waiting, err := q.waiting()
	if err != nil {
		q.metrics.depth.Reset()
		q.metrics.latency.Reset()
	}
	for name, w := range waiting {
		q.metrics.depth.WithLabelValues(name).Set(float64(w.Depth))
		q.metrics.latency.WithLabelValues(name).Set(w.Latency.Seconds())
	}
	return waiting, err
}
