package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/core"
)

// How long a replica may take to answer, and how often it is looked at.
const (
	replicaWithin = 3 * time.Second
	replicaEvery  = 2 * time.Second
)

// A replica is a copy of the database that follows it, for reading. It is left
// out from the moment it fails until it is looked at and found well.
type replica struct {
	store *Store
	reads *prometheus.CounterVec

	mu    sync.Mutex
	state Replica
	mark  mark
}

// A mark is a place in the log of the database, and when that was its end.
type mark struct {
	place string
	at    time.Time
}

// A Replica says how a replica is.
type Replica struct {
	Trouble error         // why nothing is read from it; nil when it is well
	Lag     time.Duration // how old what it has may be
	Behind  int64         // how many bytes of the database's log it lacks
}

// Why nothing is read from a replica that answers.
var (
	errUnseen      = errors.New("it has not been looked at yet")
	errTakesWrites = errors.New("it is no replica: it takes writes")
)

func openReplica(ctx context.Context, url string, opts Options) (*replica, error) {
	opts.ReplicaURL = ""
	s, err := Open(ctx, url, opts)
	if err != nil {
		return nil, err
	}
	return &replica{
		store: s, state: Replica{Trouble: errUnseen}, mark: mark{"0/0", time.Now()},
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_store_replica_reads_total",
			Help: "What the replica could have been asked, by what came of it (answered; the database itself was asked because it was behind, down or failed).",
		}, []string{"outcome"}),
	}, nil
}

// Reading runs read, which may run twice, on the replica if there is one that
// has all the user's data as they are, else on the database itself.
//
// Nobody misses what they have just written: every change of a user's data
// gives them another version in the same transaction, so a replica that has the
// version has the change, however far behind it is with others'.
func (s *Store) Reading(ctx context.Context, userID int64, read func(ctx context.Context, db *Store) error) error {
	if s.replica == nil {
		return read(ctx, s)
	}
	version, err := s.Version(ctx, userID)
	if err != nil {
		return err
	}
	outcome, err := s.replica.read(ctx, userID, version, read)
	s.replica.reads.WithLabelValues(outcome).Inc()
	if outcome == answered || ctx.Err() != nil {
		return err
	}
	return read(ctx, s)
}

// What came of asking the replica.
const (
	answered = "answered"
	behind   = "behind"
	down     = "down"
	failed   = "failed"
)

func (r *replica) read(ctx context.Context, userID int64, version string, read func(context.Context, *Store) error) (outcome string, err error) {
	if r.now().Trouble != nil {
		return down, nil
	}
	within, done := context.WithTimeout(ctx, replicaWithin)
	defer done()
	copied, err := r.store.Version(within, userID)
	switch {
	case err == nil && copied != version:
		return behind, nil
	case err == nil:
		err = read(within, r.store)
	}
	switch {
	case err == nil, errors.Is(err, core.ErrNotFound):
		return answered, err
	case Unavailable(err) && ctx.Err() == nil:
		r.set(Replica{Trouble: err})
	}
	return failed, err
}

func (r *replica) now() Replica {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

func (r *replica) set(state Replica) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = state
}

// Replica returns how the replica was when it was last looked at, and reports
// whether there is one.
func (s *Store) Replica() (Replica, bool) {
	if s.replica == nil {
		return Replica{}, false
	}
	return s.replica.now(), true
}

// WatchReplica looks at the replica, if there is one, until ctx ends.
func (s *Store) WatchReplica(ctx context.Context) {
	if s.replica == nil {
		return
	}
	tick := time.NewTicker(replicaEvery)
	defer tick.Stop()
	for {
		s.LookAtReplica(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// LookAtReplica finds out how the replica is, which there must be.
func (s *Store) LookAtReplica(ctx context.Context) Replica {
	s.replica.look(ctx, s)
	return s.replica.now()
}

// look finds out how the replica is. The lag counts from the last look whose end
// of the log it has not passed since: its own times tell nothing while it waits.
func (r *replica) look(ctx context.Context, primary *Store) {
	ctx, done := context.WithTimeout(ctx, replicaWithin)
	defer done()
	end, err := primary.logEnd(ctx)
	if err != nil {
		r.set(Replica{Trouble: err})
		return
	}
	p, err := r.store.progress(ctx, end.place, r.mark.place)
	switch {
	case err == nil && !p.Follows:
		err = errTakesWrites
	case err == nil && p.PastMark:
		r.mark = end
	}
	state := Replica{Trouble: err, Behind: p.Behind}
	if p.Behind > 0 {
		state.Lag = end.at.Sub(r.mark.at)
	}
	r.set(state)
}

// logEnd returns where the log of the database ends.
func (s *Store) logEnd(ctx context.Context) (end mark, err error) {
	defer wrap(&err, "end of the log")
	end.at = time.Now()
	err = s.scan(ctx, &end.place, `-- log end
		SELECT pg_current_wal_lsn()::text`)
	return end, err
}

// progress is how far a replica is.
type progress struct {
	Follows  bool
	PastMark bool
	Behind   int64
}

func (s *Store) progress(ctx context.Context, end, mark string) (_ progress, err error) {
	defer wrap(&err, "progress of the replica")
	return one[progress](ctx, s, `-- replica progress
		SELECT pg_is_in_recovery() AS follows,
			COALESCE(pg_last_wal_replay_lsn() >= $2::text::pg_lsn, false) AS past_mark,
			COALESCE(GREATEST(pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn()), 0), 0)::bigint AS behind`, end, mark)
}

// watch registers metrics of the replica.
func (r *replica) watch(reg prometheus.Registerer) {
	gauge := func(name, help string, value func(Replica) float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help},
			func() float64 { return value(r.now()) }))
	}
	reg.MustRegister(r.reads)
	gauge("kith_store_replica_up", "Whether the replica is read from: 1 or 0.", func(s Replica) float64 {
		if s.Trouble != nil {
			return 0
		}
		return 1
	})
	gauge("kith_store_replica_lag_seconds", "How old what the replica has may be.", func(s Replica) float64 { return s.Lag.Seconds() })
	gauge("kith_store_replica_behind_bytes", "How much of the database's log the replica lacks.", func(s Replica) float64 { return float64(s.Behind) })
}
