package main

import (
	"cmp"
	"flag"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/jackc/pgx/v5"
)

// chaos has the promises shown under the load that they name, and what came of
// them written down. Without it they are shown under little load.
var chaos = flag.String("chaos", "", "show the promises under full load, and write what came of them to this file")

// load is how much of something a promise is shown with.
func load(little, full int) int {
	if *chaos != "" {
		return full
	}
	return little
}

// An entry is what came of one fault: how much Kith acknowledged, and how
// much of it is not there, there more than once, or there without having been said.
type entry struct {
	Promise  int
	Fault    string
	Said     int
	Lost     int
	Doubled  int
	Phantom  int
	Answered int // more often than once
	Took     time.Duration
	Passed   bool
}

// ledger has the entries of all faults.
var ledger struct {
	mu      sync.Mutex
	entries []entry
}

var promiseTest = regexp.MustCompile(`^TestPromise(\d\d)(\w+)(?:/(.*))?$`)

// enter writes down what came of a promise's fault.
func (r *rig) enter(begun time.Time) {
	r.t.Helper()
	name := promiseTest.FindStringSubmatch(r.t.Name())
	if *chaos == "" || name == nil {
		return
	}
	e := entry{Promise: int(integer(name[1])), Fault: words(name[2], name[3]), Took: time.Since(begun).Round(time.Second), Passed: !r.t.Failed()}
	r.compare(&e)
	ledger.mu.Lock()
	defer ledger.mu.Unlock()
	ledger.entries = append(ledger.entries, e)
}

// compare counts what was said against what is kept.
func (r *rig) compare(e *entry) {
	r.t.Helper()
	type message struct {
		Chat int64
		ID   int
	}
	rows, err := r.rows.Query(r.ctx, `SELECT chat_id, message_id FROM notes WHERE chat_id IS NOT NULL AND message_id IS NOT NULL`)
	r.must(err)
	kept, err := pgx.CollectRows(rows, pgx.RowToStructByPos[message])
	r.must(err)
	times := map[message]int{}
	for _, m := range kept {
		times[m]++
	}
	for chat, ids := range r.sent {
		for _, id := range ids {
			n := times[message{chat, id}]
			delete(times, message{chat, id})
			e.Said++
			e.Lost += max(0, 1-n)
			e.Doubled += max(0, n-1)
		}
	}
	for _, n := range times {
		e.Phantom += n
	}
	e.Said += r.backlogged
	e.Lost += value[int](r, `SELECT count(*) FROM tasks t JOIN users u ON u.id = t.user_id WHERE u.telegram_id = 1 AND t.state <> 'done'`)
	for _, u := range r.users {
		for _, n := range r.replies(u) {
			e.Answered += n - 1
		}
	}
}

// words makes a test's name readable: "RedisInTrouble", "frozen" is "redis in
// trouble: frozen".
func words(name, variant string) string {
	var b strings.Builder
	for i, c := range name {
		if i > 0 && c >= 'A' && c <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	if variant != "" {
		b.WriteString(": " + strings.ReplaceAll(variant, "_", " "))
	}
	return strings.ToLower(b.String())
}

var reliability = template.Must(template.New("").Parse(`# Reliability

This file is written by ` + "`make chaos`" + `, which breaks Kith and what it depends on while people write,
and compares what Kith acknowledged with what is there afterwards: {{.Version}}, {{.Go}}, {{.CPUs}} CPUs, in {{.Took}}.
A connection or a goroutine that Kith leaves behind fails the run.

- acknowledged: messages confirmed to Telegram, requests answered with success, and tasks kept.
- lost: of these, not there. doubled: there more than once. phantom: there, and never said.
- answered twice: answers that a chat has once more than wanted. A crash between sending and
  noting that it was sent can do that once for each chat; Telegram has no way to prevent it.

| promise | fault | acknowledged | lost | doubled | phantom | answered twice | took | passed |
| --: | --- | --: | --: | --: | --: | --: | --: | --- |
{{range .Entries}}| {{.Promise}} | {{.Fault}} | {{.Said}} | {{.Lost}} | {{.Doubled}} | {{.Phantom}} | {{.Answered}} | {{.Took}} | {{if .Passed}}yes{{else}}no{{end}} |
{{end}}`))

// writeLedger writes the entries of all faults, if that was asked for.
func writeLedger(begun time.Time) error {
	if *chaos == "" {
		return nil
	}
	slices.SortFunc(ledger.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.Promise, b.Promise), cmp.Compare(a.Fault, b.Fault))
	})
	f, err := os.Create(*chaos)
	if err != nil {
		return err
	}
	defer f.Close()
	return reliability.Execute(f, map[string]any{
		"Version": buildVersion(), "Go": runtime.Version(), "CPUs": runtime.NumCPU(),
		"Took": time.Since(begun).Round(time.Second), "Entries": ledger.entries,
	})
}
