package jobs

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts background work.
type Metrics struct {
	enqueued  *prometheus.CounterVec
	processed *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	wait      prometheus.Histogram
	depth     *prometheus.GaugeVec
	latency   *prometheus.GaugeVec
	open      *prometheus.GaugeVec
	swept     *prometheus.CounterVec
}

// NewMetrics registers the metrics of background work.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		enqueued: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_jobs_enqueued_total", Help: "Nudges given to the queue, by kind and outcome (ok, error, dropped).",
		}, []string{"kind", "outcome"}),
		processed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_jobs_processed_total", Help: "Tasks worked on, by kind and outcome (done, retried, failed, lost).",
		}, []string{"kind", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kith_jobs_duration_seconds", Help: "Time a task's work took, by kind.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"kind"}),
		wait: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kith_jobs_first_start_seconds", Help: "Time from a task's row to its first start.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 5, 15, 60, 300},
		}),
		depth: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "kith_jobs_queue_depth", Help: "Tasks that wait in Redis, by queue.",
		}, []string{"queue"}),
		latency: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "kith_jobs_queue_latency_seconds", Help: "Age of the oldest task that waits in Redis, by queue.",
		}, []string{"queue"}),
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "kith_jobs_open", Help: "Tasks that are not finished, by state (queued, running); Postgres knows.",
		}, []string{"state"}),
		swept: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_jobs_swept_total", Help: "What the sweep brought back, by what (revived, nudged, message), and said because it was due (reminder).",
		}, []string{"what"}),
	}
	reg.MustRegister(m.enqueued, m.processed, m.duration, m.wait, m.depth, m.latency, m.open, m.swept)
	return m
}

// forget drops what only the process that sweeps knows.
func (m *Metrics) forget() {
	m.depth.Reset()
	m.latency.Reset()
	m.open.Reset()
}
