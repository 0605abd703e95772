package llm

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sony/gobreaker/v2"
)

// Metrics counts what models are asked.
type Metrics struct {
	reg     prometheus.Registerer
	calls   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	tokens  *prometheus.CounterVec
}

// NewMetrics registers the metrics of model calls with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		reg: reg,
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_ai_calls_total",
			Help: "Calls to language models, by how they ended.",
		}, []string{"engine", "operation", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "kith_ai_call_duration_seconds",
			Help:    "How long calls to language models took.",
			Buckets: []float64{0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60},
		}, []string{"engine", "operation"}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_ai_tokens_total",
			Help: "Tokens sent to and received from language models, as the providers count them.",
		}, []string{"engine", "operation", "direction"}),
	}
	reg.MustRegister(m.calls, m.seconds, m.tokens)
	return m
}

// watch shows the state of a model.
func (m *Metrics) watch(g *guarded) {
	for name, state := range map[string]gobreaker.State{
		"asked": gobreaker.StateClosed, "tried": gobreaker.StateHalfOpen, "left_out": gobreaker.StateOpen,
	} {
		m.reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name:        "kith_ai_engine_state",
			Help:        "Whether a language model is asked, left out after failed calls, or tried again by one call: 1 for what it is.",
			ConstLabels: prometheus.Labels{"engine": g.Name(), "state": name},
		}, func() float64 {
			if g.state() == state {
				return 1
			}
			return 0
		}))
	}
}

// Measured returns a model that asks m and counts it in metrics.
func Measured(m Model, metrics *Metrics) Model { return &measured{Model: m, metrics: metrics} }

type measured struct {
	Model
	metrics *Metrics
}

func (m *measured) Ask(ctx context.Context, r Request) (Response, error) {
	start := time.Now()
	resp, err := m.Model.Ask(ctx, r)
	engine := m.Name()
	m.metrics.seconds.WithLabelValues(engine, r.Operation).Observe(time.Since(start).Seconds())
	m.metrics.calls.WithLabelValues(engine, r.Operation, string(outcomeOf(err))).Inc()
	m.metrics.tokens.WithLabelValues(engine, r.Operation, "in").Add(float64(max(0, resp.TokensIn)))
	m.metrics.tokens.WithLabelValues(engine, r.Operation, "out").Add(float64(max(0, resp.TokensOut)))
	return resp, err
}

// An outcome says how a call ended.
type outcome string

const (
	outcomeOK          outcome = "ok"
	outcomeRateLimited outcome = "rate_limited"
	outcomeRefusedKey  outcome = "refused_key"
	outcomeTimeout     outcome = "timeout"
	outcomeTooLarge    outcome = "too_large"
	outcomeSpent       outcome = "spent"
	outcomeError       outcome = "error"
)

func outcomeOf(err error) outcome {
	network, isNetwork := errors.AsType[net.Error](err)
	switch {
	case err == nil:
		return outcomeOK
	case errors.Is(err, ErrRateLimited):
		return outcomeRateLimited
	case errors.Is(err, ErrKeyRefused):
		return outcomeRefusedKey
	case errors.Is(err, ErrTooLarge):
		return outcomeTooLarge
	case errors.Is(err, ErrSpent):
		return outcomeSpent
	case errors.Is(err, context.DeadlineExceeded), isNetwork && network.Timeout():
		return outcomeTimeout
	}
	return outcomeError
}
