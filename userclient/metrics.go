package userclient

import "github.com/prometheus/client_golang/prometheus"

// Metrics count what is asked of Telegram.
type Metrics struct {
	calls  *prometheus.CounterVec
	floods *prometheus.CounterVec
	held   prometheus.Gauge
}

// NewMetrics returns Metrics that reg shows.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_userclient_calls_total", Help: "Calls to Telegram for linked accounts, by method and outcome.",
		}, []string{"method", "outcome"}),
		floods: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_userclient_flood_waits_total", Help: "Times that Telegram asked a linked account to wait, by method.",
		}, []string{"method"}),
		held: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "kith_userclient_accounts", Help: "Accounts that this process looks after, those being linked included.",
		}),
	}
	reg.MustRegister(m.calls, m.floods, m.held)
	return m
}
