package bot

import (
	"context"
	"errors"

	tg "github.com/go-telegram/bot"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what goes through the bot.
type Metrics struct {
	updates *prometheus.CounterVec
	replies prometheus.Histogram
	calls   *prometheus.CounterVec
	floods  prometheus.Counter
	waits   prometheus.Counter
}

// NewMetrics registers the metrics of the bot.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_bot_updates_total",
			Help: "Updates from Telegram, by kind and outcome (done, repeated, refused, ignored, aside, error).",
		}, []string{"kind", "outcome"}),
		replies: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kith_bot_reply_latency_seconds", Help: "Time from an update's arrival to its first reply at Telegram.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15, 60},
		}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_bot_api_calls_total",
			Help: "Calls of the Bot API, by method and outcome (ok, unchanged, rest, blocked, refused, error).",
		}, []string{"method", "outcome"}),
		floods: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kith_bot_too_many_requests_total", Help: "Times Telegram said to slow down (429).",
		}),
		waits: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kith_bot_flood_wait_seconds_total", Help: "Time that Telegram told the bot or a chat to rest, in all.",
		}),
	}
	reg.MustRegister(m.updates, m.replies, m.calls, m.floods, m.waits)
	return m
}

// called counts a call of the Bot API.
func (m *Metrics) called(method string, err error) {
	outcome := "ok"
	switch {
	case err == nil:
	case flooded(err) != nil:
		outcome = "rest"
		m.floods.Inc()
		m.waits.Add(restAfter(flooded(err)).Seconds())
	case unchanged(err):
		outcome = "unchanged"
	case errors.Is(err, tg.ErrorForbidden):
		outcome = "blocked"
	case errors.Is(err, tg.ErrorBadRequest):
		outcome = "refused"
	case errors.Is(err, context.Canceled):
		return
	default:
		outcome = "error"
	}
	m.calls.WithLabelValues(method, outcome).Inc()
}
