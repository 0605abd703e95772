package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts statements by name. It is the Tracer of Options.
type Metrics struct {
	queries *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	rows    *prometheus.CounterVec
	names   sync.Map // SQL → its name
}

// NewMetrics registers the metrics of the database.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		queries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_store_queries_total", Help: "Statements, by name and outcome (ok, error).",
		}, []string{"statement", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kith_store_query_duration_seconds", Help: "Time a statement took, by name.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}, []string{"statement"}),
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_store_rows_total", Help: "Rows that statements returned or changed, by name.",
		}, []string{"statement"}),
	}
	reg.MustRegister(m.queries, m.seconds, m.rows)
	return m
}

type (
	traceKey struct{}
	batchKey struct{}
)

// A trace is one statement under way.
type trace struct {
	name  string
	begun time.Time
}

// TraceQueryStart notes when a statement begins.
func (m *Metrics) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, traceKey{}, trace{m.name(data.SQL), time.Now()})
}

// TraceQueryEnd counts a statement.
func (m *Metrics) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	t, ok := ctx.Value(traceKey{}).(trace)
	if !ok {
		return
	}
	m.count(t, data.CommandTag, data.Err)
}

func (m *Metrics) count(t trace, tag pgconn.CommandTag, err error) {
	outcome := "ok"
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		outcome = "error"
	}
	m.queries.WithLabelValues(t.name, outcome).Inc()
	m.seconds.WithLabelValues(t.name).Observe(time.Since(t.begun).Seconds())
	m.rows.WithLabelValues(t.name).Add(float64(tag.RowsAffected()))
}

// TraceBatchStart notes when statements begin that are sent together.
func (m *Metrics) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return context.WithValue(ctx, batchKey{}, &trace{begun: time.Now()})
}

// TraceBatchQuery counts one of the statements. Its time is that since the
// result of the one before.
func (m *Metrics) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	t, ok := ctx.Value(batchKey{}).(*trace)
	if !ok {
		return
	}
	m.count(trace{m.name(data.SQL), t.begun}, data.CommandTag, data.Err)
	t.begun = time.Now()
}

// TraceBatchEnd is there for pgx.
func (m *Metrics) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// name returns the comment that a statement begins with: there are as many
// names as statements in this package.
func (m *Metrics) name(sql string) string {
	if name, ok := m.names.Load(sql); ok {
		return name.(string)
	}
	name := statementName(sql)
	if name != "other" {
		m.names.Store(sql, name)
	}
	return name
}

// ofTransactions are the statements that need no comment to be known by.
var ofTransactions = []string{"begin", "commit", "savepoint", "release savepoint", "rollback to savepoint", "rollback"}

func statementName(sql string) string {
	first, _, _ := strings.Cut(sql, "\n")
	for _, known := range ofTransactions {
		if first == known || strings.HasPrefix(first, known+" ") {
			return known
		}
	}
	name, named := strings.CutPrefix(first, "-- ")
	if !named {
		return "other"
	}
	name, _, _ = strings.Cut(name, " (")
	return name
}

// A Pool says how the connections to the database are used.
type Pool struct{ Connections, InUse, Max int32 }

// Pool returns how the store's connections are used.
func (s *Store) Pool() Pool {
	p := s.pool.Stat()
	return Pool{Connections: p.TotalConns(), InUse: p.AcquiredConns(), Max: p.MaxConns()}
}

// WatchPool registers metrics of the store's connection pool, and of its replica.
func (s *Store) WatchPool(reg prometheus.Registerer) {
	gauge := func(name, help string, value func(*pgxpool.Stat) float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help},
			func() float64 { return value(s.pool.Stat()) }))
	}
	gauge("kith_store_pool_connections", "Connections there are.", func(p *pgxpool.Stat) float64 { return float64(p.TotalConns()) })
	gauge("kith_store_pool_in_use", "Connections in use.", func(p *pgxpool.Stat) float64 { return float64(p.AcquiredConns()) })
	gauge("kith_store_pool_max", "Connections there may be.", func(p *pgxpool.Stat) float64 { return float64(p.MaxConns()) })
	gauge("kith_store_pool_waited_seconds", "Time spent waiting for a connection, in all.",
		func(p *pgxpool.Stat) float64 { return p.AcquireDuration().Seconds() })
	if s.replica != nil {
		s.replica.watch(reg)
	}
}
