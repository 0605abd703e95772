package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// BenchmarkSpeed measures Kith from outside, with what the machine allows
// beside it, and prints a table of both.
//
// One process has all the roles, on a Postgres that syncs to disk and holds
// 100,000 contacts and a million notes. Telegram is a server that answers and
// does no more, so that it is not what is measured. All of it shares the
// machine's processors.
func BenchmarkSpeed(b *testing.B) {
	lines, linked := parts(b) // first, as what is wrong with them should not end a long run
	w := newWorkbench(b)
	var results []result
	for _, m := range []struct {
		name    string
		measure func(*testing.B, *workbench) []result
	}{
		{"Reply", benchReply},
		{"Webhook", benchWebhook},
		{"EndToEnd", benchEndToEnd},
		{"IdleStart", benchIdleStart},
		{"API", benchAPI},
		{"Flood", benchFlood},
		{"Search", benchSearch},
		{"Growth", benchGrowth},
		{"Import", benchImport},
		{"ColdStart", benchColdStart},
	} {
		measured := false
		b.Run(m.name, func(b *testing.B) {
			b.ReportMetric(0, "ns/op") // means nothing here; the table says it
			if measured {              // what takes less than a second is called again, for a larger b.N
				return
			}
			measured = true
			begun := time.Now()
			found := m.measure(b, w)
			progress("%s took %v", m.name, time.Since(begun).Round(time.Second))
			results = append(results, found...)
		})
	}
	results = append(results, linked...)
	show(results)
	w.write(b, results, lines)
}

// benchReply measures how long it takes from an update's arrival until the
// first reply to it is at the Bot API server, at a steady 100 a second.
func benchReply(b *testing.B, w *workbench) []result {
	bare := newBareReply(b, w)
	var middle, slow, limit []float64
	for range repeats("update → reply") {
		own := w.steady(b, w.hook, isReply)
		middle = append(middle, milliseconds(percentile(own, 50)))
		slow = append(slow, milliseconds(percentile(own, 99)))
		limit = append(limit, milliseconds(percentile(w.steady(b, bare, isReply), 50)))
	}
	const beside = "one commit + two round trips"
	return []result{
		{what: "update → reply, 100/s, p50", beside: beside, unit: "ms", own: middle, limit: limit, aim: 5, less: true},
		{what: "update → reply, 100/s, p99", beside: beside, unit: "ms", own: slow, limit: limit, aim: 25, less: true},
	}
}

// benchWebhook measures how many notes a second are taken for good, and how many
// updates grammY's webhook replies to, which keeps nothing.
func benchWebhook(b *testing.B, w *workbench) []result {
	bare := newBareCommit(b, w)
	grammY, missing := newGrammY(b, w)
	const updates = 1500
	var own, limit, peer []float64
	for range repeats("webhook updates") {
		done := w.expect(updates, isResult)
		own = append(own, updates/w.flood(b, w.hook, updates).Seconds())
		await(b, done) // what the notes set off is none of the limit's business
		limit = append(limit, updates/w.flood(b, bare, updates).Seconds())
		if missing == "" {
			done = w.expect(updates, isReply)
			peer = append(peer, updates/w.flood(b, grammY, updates).Seconds())
			await(b, done)
		}
	}
	const what = "webhook updates, 100 connections"
	return []result{
		{what: what, beside: "bare handler that commits a row", unit: "/s", own: own, limit: limit, aim: 0.6},
		{what: what, beside: "grammY's webhook, which keeps nothing", unit: "/s", own: own, limit: peer, leftOut: missing},
	}
}

// benchEndToEnd measures how many notes a second get from the webhook to a
// reply that shows their facts.
func benchEndToEnd(b *testing.B, w *workbench) []result {
	const notes, tasks = 1500, 5000
	const what = "note → facts → reply edited"
	pool := barePool(b, w.url)
	var own, limit, postgres, rest []float64
	for range repeats("note → facts") {
		before, begun, done := processors(b, pool), time.Now(), w.expect(notes, isResult)
		w.flood(b, w.hook, notes)
		await(b, done)
		own = append(own, notes/time.Since(begun).Seconds())
		after := processors(b, pool)
		postgres = append(postgres, milliseconds(after.postgres-before.postgres)/notes)
		rest = append(rest, milliseconds(after.rest-before.rest)/notes)
		limit = append(limit, tasks/emptyTasks(b, tasks).Seconds())
	}
	return []result{
		{what: what, beside: "empty asynq tasks", unit: "/s", own: own, limit: limit, aim: 0.3},
		{what: what + ": Postgres' processor time", unit: "ms", own: postgres},
		{what: what + ": Kith's, the load's and the stand-in's", unit: "ms", own: rest},
	}
}

// benchIdleStart measures how long idle workers take to start on a task.
func benchIdleStart(b *testing.B, w *workbench) []result {
	start := newIdleWorker(b, w)
	var own []float64
	for range repeats("enqueue → work starts") {
		var took []time.Duration
		for i := range 20 {
			// Out of step with how often the workers look.
			time.Sleep(50*time.Millisecond + time.Duration(i)*1300*time.Microsecond)
			took = append(took, start(b))
		}
		own = append(own, milliseconds(percentile(took, 50)))
	}
	return []result{{what: "enqueue → work starts, idle, p50", unit: "ms", own: own, aim: 60, less: true}}
}

// benchColdStart measures how long after its start Kith takes updates for good,
// with a Postgres that runs and is full.
func benchColdStart(b *testing.B, w *workbench) []result {
	var own []float64
	for range repeats("start → first answer") {
		w.stop(b)
		begun := time.Now()
		w.run(b)
		if err := w.post(w.hook); err != nil {
			b.Fatal(err)
		}
		own = append(own, milliseconds(time.Since(begun)))
	}
	return []result{{what: "start → first durable answer", unit: "ms", own: own, aim: 150, less: true}}
}

// A result is what was measured in each run, beside its limit.
type result struct {
	what, beside string
	unit         string
	own, limit   []float64 // without limits the aim is for own itself
	aim          float64   // for own ÷ limit; 0 for none
	less         bool      // the aim is the most, not the least, that it may be
	enough       float64   // what own need not be above, whatever the ratio; 0 for none
	leftOut      string    // why there is no limit
}

// ratio returns the median of own ÷ limit.
func (r result) ratio() float64 {
	ratios := slices.Clone(r.own)
	for i := range r.limit {
		ratios[i] /= r.limit[i]
	}
	return median(ratios)
}

func (r result) met() string {
	if r.aim == 0 {
		return ""
	}
	order := cmp.Compare(r.ratio(), r.aim)
	if order == 0 || (order < 0) == r.less || r.enough != 0 && median(r.own) >= r.enough {
		return "met"
	}
	return "NOT MET"
}

// show prints results as a table.
func show(results []result) {
	fmt.Println()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tKith\tlimit\tratio\taim\t\tbeside")
	for _, r := range results {
		row := r.row()
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row.What, row.Own, row.Limit, row.Ratio, row.Aim, row.Met, row.Beside)
	}
	w.Flush()
}

func amount(v float64, unit string) string {
	if unit == "/s" {
		return figure(v, unit) + unit
	}
	return figure(v, unit) + " " + unit
}

func figure(v float64, unit string) string {
	if unit == "/s" {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func percentile(took []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[(len(sorted)-1)*p/100]
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// settle waits until Kith has nothing left to do.
func settle(b *testing.B, pool *pgxpool.Pool) {
	b.Helper()
	for open, end := true, time.Now().Add(5*time.Minute); open; time.Sleep(50 * time.Millisecond) {
		if err := pool.QueryRow(b.Context(), `SELECT EXISTS (SELECT FROM tasks WHERE state IN ('queued', 'running'))`).Scan(&open); err != nil {
			b.Fatal(err)
		}
		if time.Now().After(end) {
			b.Fatal("Kith has not done what it had to")
		}
	}
}

// await waits until a flood has had its effects.
func await(b *testing.B, done *sync.WaitGroup) {
	b.Helper()
	over := make(chan struct{})
	go func() { done.Wait(); close(over) }()
	select {
	case <-over:
	case <-time.After(2 * time.Minute):
		b.Fatal("not everything was answered")
	}
}
