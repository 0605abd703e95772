package jobs

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// A Sweep brings back what got lost: tasks never queued, lost with Redis, or
// left by a killed worker, and messages never sent; and has said what falls due. One process sweeps at a time.
type Sweep struct {
	Store   *store.Store
	Queue   *Queue
	Sender  Sender
	Log     *slog.Logger
	Metrics *Metrics
	Owner   string
}

// leaseSweep names the lease of whoever sweeps.
const leaseSweep = "sweep"

// Run sweeps every two seconds until ctx ends, while it holds the lease.
func (s *Sweep) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return s.leave(context.WithoutCancel(ctx))
		case <-tick.C:
			if err := s.once(ctx); err != nil && ctx.Err() == nil {
				s.Log.WarnContext(ctx, "sweep broke off", "err", err)
			}
		}
	}
}

func (s *Sweep) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := s.Store.DropLease(ctx, leaseSweep, s.Owner); err != nil {
		s.Log.Warn("sweep lease will run out by itself", "err", err)
	}
	return nil
}

func (s *Sweep) once(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, leaseHold/2)
	defer cancel()
	if held, err := s.Store.TakeLease(ctx, leaseSweep, s.Owner, leaseHold); err != nil || !held {
		s.Metrics.forget()
		return err
	}
	return errors.Join(s.remind(ctx), s.bringBack(ctx))
}

// bringBack has what got lost started, or sent.
func (s *Sweep) bringBack(ctx context.Context) error {
	if err := s.wakeSenders(ctx); err != nil {
		return err
	}
	revived, err := s.Store.ReviveTasks(ctx, silence)
	if err != nil {
		return err
	}
	s.Metrics.swept.WithLabelValues("revived").Add(float64(revived))
	if err := s.count(ctx); err != nil {
		return err
	}
	return s.nudge(ctx)
}

// remind owes the chats what has fallen due. After an outage that is late, and
// after a week no more.
func (s *Sweep) remind(ctx context.Context) error {
	n, err := s.Store.Remind(ctx, 7*24*time.Hour, wakeAtMost)
	s.Metrics.swept.WithLabelValues("reminder").Add(float64(n))
	return err
}

// count has the metrics say what is left to do.
func (s *Sweep) count(ctx context.Context) error {
	open, err := s.Store.TaskCounts(ctx)
	for state, n := range open {
		s.Metrics.open.WithLabelValues(string(state)).Set(float64(n))
	}
	return err
}

// Most users woken, and most tasks waiting in a queue, at a time: a backlog stays
// in Postgres and is passed on as the workers get through it.
const (
	wakeAtMost    = 1000
	waitingAtMost = 1000
)

func (s *Sweep) wakeSenders(ctx context.Context) error {
	users, err := s.Store.UsersOwed(ctx, wakeAtMost)
	if err != nil {
		return err
	}
	for _, id := range users {
		s.Sender.Wake(id)
	}
	s.Metrics.swept.WithLabelValues("message").Add(float64(len(users)))
	return nil
}

// nudge rings again for due tasks that nobody came for, and for the house. Each
// queue has its own room, so that none waits for the backlog of another.
func (s *Sweep) nudge(ctx context.Context) error {
	waiting, err := s.Queue.measure()
	if err != nil {
		return err
	}
	if err := s.keepHouse(ctx); err != nil {
		return err
	}
	for _, queue := range nudged {
		room := waitingAtMost - waiting[queue].Depth
		if room <= 0 {
			continue
		}
		tasks, err := s.Store.NudgeTasks(ctx, kindsOf(queue), patience, room)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if err := s.Queue.enqueue(ctx, t); err != nil {
				return err
			}
		}
		s.Metrics.swept.WithLabelValues("nudged").Add(float64(len(tasks)))
	}
	return nil
}

// keepHouse has house kept once an hour, whichever process sweeps. The hour is a
// lease that nobody renews.
func (s *Sweep) keepHouse(ctx context.Context) error {
	hour := core.NewRef()
	due, err := s.Store.TakeLease(ctx, store.LeaseHousekeeping, hour, time.Hour)
	if err != nil || !due {
		return err
	}
	if err := s.Queue.ring(ctx, typeHousekeeping, nil, queueMaintenance); err != nil {
		return errors.Join(err, s.Store.DropLease(ctx, store.LeaseHousekeeping, hour))
	}
	return nil
}

// Retention says how long is kept what has outlived its use. 0 means the
// default of each.
type Retention struct {
	Tasks   time.Duration // how long a task can be asked about once it is over; 7 days
	Updates time.Duration // how long an update is known that comes again; 3 days
	Trash   time.Duration // how long a contact or note stays in the trash; 30 days
}

const (
	keepTasks       = 7 * 24 * time.Hour
	rememberUpdates = 3 * 24 * time.Hour
)

// keepHouse drops what has outlived its use.
func (w *Worker) keepHouse(ctx context.Context, _ *asynq.Task) (err error) {
	begun := time.Now()
	defer func() {
		outcome := "done"
		if err != nil {
			outcome = "failed"
		}
		w.Metrics.processed.WithLabelValues(typeHousekeeping, outcome).Inc()
		w.Metrics.duration.WithLabelValues(typeHousekeeping).Observe(time.Since(begun).Seconds())
	}()
	if err := w.Store.ForgetUpdates(ctx, cmp.Or(w.Retain.Updates, rememberUpdates)); err != nil {
		return err
	}
	if err := w.Store.DropOldTasks(ctx, cmp.Or(w.Retain.Tasks, keepTasks)); err != nil {
		return err
	}
	if err := w.Store.DropStaleSessions(ctx); err != nil {
		return err
	}
	if err := w.Store.DropStaleCodes(ctx); err != nil {
		return err
	}
	if err := w.Store.DropStaleAttempts(ctx); err != nil {
		return err
	}
	if err := w.Store.DropStaleInvitations(ctx); err != nil {
		return err
	}
	return people.Purge(ctx, w.Store, cmp.Or(w.Retain.Trash, people.KeptInTrash))
}
