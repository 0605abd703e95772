package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/recall"
	"github.com/kith-platform/kith/core/store"
)

// taskTimeout bounds one try of a task.
const taskTimeout = 2 * time.Minute

// How long work under way may go on after a stop signal, and how long it may then
// take to break off and give its task back.
const (
	stopWithin     = 5 * time.Second
	giveBackWithin = 2 * time.Second
)

// A Worker does the tasks that the queue names.
type Worker struct {
	Store    *store.Store
	Redis    redis.UniversalClient
	Analyst  *analysis.Analyst
	Answerer *recall.Answerer // nil without a language model
	Sender   Sender
	Syncer   Syncer // nil where no account is read
	OnlySync bool   // do nothing but read accounts
	Retain   Retention
	Log      *slog.Logger
	Metrics  *Metrics
	Owner    string // names this process in claims

	Concurrency int // tasks of each queue at a time; 0 means as many as the queue has

	trying sync.RWMutex // held for reading by each try
}

// Run works until ctx ends, then lets what is under way finish. What takes too
// long is told to break off, and given back for somebody else to do.
func (w *Worker) Run(ctx context.Context) error {
	parts, ctx := errgroup.WithContext(ctx)
	for _, queue := range w.mine() {
		parts.Go(func() error { return w.workOn(ctx, queue) })
	}
	if w.Syncer != nil {
		parts.Go(func() error { w.watch(ctx); return nil })
	}
	err := parts.Wait()
	w.awaitTries(giveBackWithin)
	return err
}

// awaitTries waits until no try is under way, but not for longer than limit:
// asynq does not wait for those that it has told to break off.
func (w *Worker) awaitTries(limit time.Duration) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		w.trying.Lock()
		defer w.trying.Unlock()
	}()
	select {
	case <-over:
	case <-time.After(limit):
	}
}

// workOn does the tasks of a queue until ctx ends.
func (w *Worker) workOn(ctx context.Context, queue string) error {
	server := asynq.NewServerFromRedisClient(w.Redis, asynq.Config{
		Concurrency:       cmp.Or(w.Concurrency, queues[queue].workers),
		Queues:            map[string]int{queue: 1},
		TaskCheckInterval: queues[queue].check,
		ShutdownTimeout:   stopWithin,
		BaseContext:       func() context.Context { return context.WithoutCancel(ctx) },
		Logger:            asynqLog{w.Log},
		LogLevel:          asynq.WarnLevel,
	})
	if err := server.Start(w.mux()); err != nil {
		return fmt.Errorf("start the workers of queue %s: %w", queue, err)
	}
	<-ctx.Done()
	server.Shutdown()
	return nil
}

func (w *Worker) mux() *asynq.ServeMux {
	mux := asynq.NewServeMux()
	handle(mux, w, core.TaskAnalyzeNote, w.analyzeNote)
	handle(mux, w, core.TaskImproveNote, w.improveNote)
	handle(mux, w, core.TaskAnalyzeChat, w.analyzeNote)
	handle(mux, w, core.TaskNoteChats, w.noteChats)
	handle(mux, w, core.TaskImportChats, w.importChats)
	handle(mux, w, core.TaskAnswerQuestion, w.answerQuestion)
	w.handleSyncs(mux)
	mux.HandleFunc(typeHousekeeping, w.keepHouse)
	return mux
}

// A work does a claimed task. What it does is committed by finish, which also
// marks the task as done, and keeps nothing when the task is no longer ours.
type work func(ctx context.Context, t core.Task, finish finish) error

type finish func(ctx context.Context, keep func(tx *store.Store) error) error

// errNotOurs says that a task was cancelled or given to somebody else.
var errNotOurs = errors.New("the task is no longer ours")

// handle has tasks of a kind done by do.
func handle(mux *asynq.ServeMux, w *Worker, kind core.TaskKind, do work) {
	mux.HandleFunc(string(kind), func(ctx context.Context, named *asynq.Task) error {
		var ref core.TaskRef
		if err := json.Unmarshal(named.Payload(), &ref); err != nil {
			return fmt.Errorf("read the name of a %s task: %w: %w", kind, err, asynq.SkipRetry)
		}
		return w.try(core.WithRef(ctx, core.NewRef()), ref, do)
	})
}

// try claims a task and does it once. Failures are written to the row, which
// says when to try again; asynq only gets to show them.
func (w *Worker) try(ctx context.Context, ref core.TaskRef, do work) error {
	w.trying.RLock()
	defer w.trying.RUnlock()
	// Two processes of one owner, and two tries of one process, must not be
	// taken for each other.
	owner := w.Owner + "/" + core.NewRef()
	t, err := w.Store.ClaimTask(ctx, ref, owner)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
	}
	if t.Attempts == 1 {
		w.Metrics.wait.Observe(time.Since(t.CreatedAt).Seconds())
	}
	begun := time.Now()
	err = w.do(ctx, t, do)
	w.Metrics.duration.WithLabelValues(string(t.Kind)).Observe(time.Since(begun).Seconds())
	return w.settle(ctx, t, err)
}

// do runs the work under a heartbeat, which ends it when the task is taken away.
func (w *Worker) do(ctx context.Context, t core.Task, do work) (err error) {
	ctx, stop := context.WithCancelCause(ctx)
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		w.beat(ctx, t, stop)
	}()
	defer func() {
		stop(nil)
		<-beating
		if cause := context.Cause(ctx); errors.Is(cause, errNotOurs) {
			err = cause
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			w.Log.ErrorContext(ctx, "task panicked", "kind", t.Kind, "task", t.ID, "stack", string(debug.Stack()))
			err = errors.New("panic")
		}
	}()
	return do(ctx, t, func(ctx context.Context, keep func(tx *store.Store) error) error {
		return w.Store.InTx(ctx, func(tx *store.Store) error {
			switch finished, err := tx.FinishTask(ctx, t.Ref(), t.Owner); {
			case err != nil:
				return err
			case !finished:
				return errNotOurs
			}
			return keep(tx)
		})
	})
}

// beat says every two seconds that the task is being worked on.
func (w *Worker) beat(ctx context.Context, t core.Task, stop context.CancelCauseFunc) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// A beat that fails is no reason to stop: finishing is guarded anyway.
			if held, err := w.Store.BeatTask(ctx, t.Ref(), t.Owner); err == nil && !held {
				stop(errNotOurs)
				return
			}
		}
	}
}

// progress writes down how far a task is, and has the chat shown that. It does
// neither once the task is no longer ours: the chat may have been told so. What
// it cannot write down is made up for by the next time.
func (w *Worker) progress(ctx context.Context, t core.Task, percent int, show func(tx *store.Store) error) {
	err := w.Store.InTx(ctx, func(tx *store.Store) error {
		if ours, err := tx.ProgressTask(ctx, t.Ref(), t.Owner, percent); err != nil || !ours {
			return err
		}
		return show(tx)
	})
	if err != nil {
		w.Log.WarnContext(ctx, "progress is not shown", "kind", t.Kind, "task", t.ID, "err", err)
	}
	w.Sender.Wake(t.UserID)
}

// settle writes the outcome of a try to the row.
func (w *Worker) settle(ctx context.Context, t core.Task, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	outcome := "done"
	switch {
	case err == nil:
	case errors.Is(err, errNotOurs):
		outcome, err = "lost", nil
	case t.Attempts < maxAttempts && !errors.Is(err, core.ErrNotPossible):
		outcome = "retried"
		w.Log.WarnContext(ctx, "task will be tried again", "kind", t.Kind, "task", t.ID, "attempt", t.Attempts, "err", err)
		if _, writeErr := w.Store.RetryTask(ctx, t.Ref(), t.Owner, reason(err), waitAfter(t)); writeErr != nil {
			err = errors.Join(err, writeErr)
		}
	default:
		outcome = "failed"
		w.Log.ErrorContext(ctx, "task failed for good", "kind", t.Kind, "task", t.ID, "err", err)
		if failErr := w.fail(ctx, t, reason(err)); failErr != nil {
			err = errors.Join(err, failErr)
		}
	}
	w.Metrics.processed.WithLabelValues(string(t.Kind), outcome).Inc()
	w.Sender.Wake(t.UserID)
	if err != nil {
		return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
	}
	return nil
}

// fail ends a task for good, and has the chat told.
func (w *Worker) fail(ctx context.Context, t core.Task, why string) error {
	return w.Store.InTx(ctx, func(tx *store.Store) error {
		if failed, err := tx.FailTask(ctx, t.Ref(), t.Owner, why); err != nil || !failed {
			return err
		}
		return capture.TellEnd(ctx, tx, t, why)
	})
}

// reason is what the row says of an error: its sentence, if people may read it.
func reason(err error) string {
	if sentence, ok := core.Sentence(err); ok {
		return sentence
	}
	return "Something went wrong on our side."
}

// asynqLog passes asynq's own words on.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) Debug(args ...any) { l.log.Debug("asynq", "says", fmt.Sprint(args...)) }
func (l asynqLog) Info(args ...any)  { l.log.Info("asynq", "says", fmt.Sprint(args...)) }
func (l asynqLog) Warn(args ...any)  { l.log.Warn("asynq", "says", fmt.Sprint(args...)) }
func (l asynqLog) Error(args ...any) { l.log.Error("asynq", "says", fmt.Sprint(args...)) }
func (l asynqLog) Fatal(args ...any) { l.log.Error("asynq", "says", fmt.Sprint(args...)) }
