package backup

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/core/store"
)

// A Schedule makes backups from time to time and removes old ones. One process
// does so at a time; when the last one was made is read from the place itself.
type Schedule struct {
	Store   *store.Store
	Place   Place
	Key     string        // encrypts, or ""
	By      string        // the version of the program
	Every   time.Duration // from one backup to the next
	Keep    int           // how many are kept
	Log     *slog.Logger
	Metrics *Metrics
	Owner   string // names this process in leases
}

// Metrics tell of backups.
type Metrics struct {
	runs   *prometheus.CounterVec
	newest prometheus.Gauge
	size   prometheus.Gauge
}

// NewMetrics registers the metrics of backups.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_backup_runs_total", Help: "Scheduled backups, by outcome (done, failed).",
		}, []string{"outcome"}),
		newest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "kith_backup_newest_timestamp_seconds", Help: "When the newest backup was made; 0 in processes that make none.",
		}),
		size: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "kith_backup_newest_bytes", Help: "Size of the newest backup; 0 in processes that make none.",
		}),
	}
	reg.MustRegister(m.runs, m.newest, m.size)
	return m
}

const (
	lease      = "backup"
	leaseHold  = time.Minute
	lookEvery  = 15 * time.Second
	retryAfter = 10 * time.Minute // after a backup failed

	clocksDiffer = time.Hour // of two machines, at most
)

// Run makes backups until ctx ends, while it holds the lease.
func (s *Schedule) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var rest time.Time
	for {
		if time.Now().After(rest) {
			if err := s.once(ctx); err != nil && ctx.Err() == nil {
				s.Metrics.runs.WithLabelValues("failed").Inc()
				s.Log.ErrorContext(ctx, "no backup was made", "err", err, "again_in", retryAfter)
				rest = time.Now().Add(retryAfter)
			}
		}
		select {
		case <-ctx.Done():
			return s.leave(context.WithoutCancel(ctx))
		case <-tick.C:
		}
	}
}

func (s *Schedule) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := s.Store.DropLease(ctx, lease, s.Owner); err != nil {
		s.Log.Warn("backup lease will run out by itself", "err", err)
	}
	return nil
}

// once makes a backup if one is due and this process is the one to make it.
func (s *Schedule) once(ctx context.Context) error {
	held, err := s.Store.TakeLease(ctx, lease, s.Owner, leaseHold)
	switch {
	case err != nil:
		s.Log.WarnContext(ctx, "backups wait for the database", "err", err)
		return nil
	case !held:
		s.Metrics.newest.Set(0)
		s.Metrics.size.Set(0)
		return nil
	}
	due, err := s.due(ctx)
	if err != nil || !due {
		return err
	}
	if err := s.back(ctx); err != nil {
		return err
	}
	s.Metrics.runs.WithLabelValues("done").Inc()
	return s.prune(ctx)
}

// due reports whether it is time for a backup.
func (s *Schedule) due(ctx context.Context) (bool, error) {
	all, err := s.past(ctx)
	if err != nil || len(all) == 0 {
		return true, err
	}
	at, _ := madeAt(all[0].Name) // it is a backup's
	s.Metrics.newest.Set(float64(at.Unix()))
	s.Metrics.size.Set(float64(all[0].Size))
	return time.Since(at) >= s.Every, nil
}

// past returns the backups, the newest first, without those whose names are of a
// time to come: a clock was wrong when they were made, and how old they are is
// not known.
func (s *Schedule) past(ctx context.Context) ([]File, error) {
	all, err := Backups(ctx, s.Place)
	latest := Name(time.Now().Add(clocksDiffer))
	return slices.DeleteFunc(all, func(f File) bool { return f.Name > latest }), err
}

// back makes a backup, holding the lease. Losing it ends that.
func (s *Schedule) back(ctx context.Context) error {
	var holding sync.WaitGroup
	defer holding.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	holding.Go(func() { s.hold(ctx, cancel) })
	var c Contents
	name := Name(time.Now())
	err := s.Place.Put(ctx, name, func(w io.Writer) (err error) {
		c, err = Write(ctx, s.Store, w, s.Key, s.By)
		return err
	})
	if err != nil {
		return fmt.Errorf("back up to %s: %w", s.Place, err)
	}
	s.Log.InfoContext(ctx, "backup made", "name", name, "schema", c.Schema, "rows", c.Rows, "encrypted", c.Encrypted)
	return nil
}

func (s *Schedule) hold(ctx context.Context, cancel func()) {
	tick := time.NewTicker(leaseHold / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if held, err := s.Store.TakeLease(ctx, lease, s.Owner, leaseHold); err == nil && !held {
				s.Log.WarnContext(ctx, "another process makes backups")
				cancel()
			}
		}
	}
}

// prune removes the oldest backups of those that are more than are kept.
func (s *Schedule) prune(ctx context.Context) error {
	all, err := s.past(ctx)
	if err != nil {
		return err
	}
	s.Metrics.newest.SetToCurrentTime()
	for _, f := range all[min(len(all), s.Keep):] {
		if err := s.Place.Remove(ctx, f.Name); err != nil {
			return fmt.Errorf("remove an old backup: %w", err)
		}
		s.Log.InfoContext(ctx, "old backup removed", "name", f.Name)
	}
	return nil
}
