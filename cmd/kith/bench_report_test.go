package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/jackc/pgx/v5"
)

// reportTo has what was measured written down, with what go test printed of the
// other packages' benchmarks.
var (
	reportTo = flag.String("report", "", "write what the benchmarks measured to this file")
	partsIn  = flag.String("parts", "", "the file that has the output of the other packages' benchmarks")
)

var benchmarks = template.Must(template.New("").Parse(`# Benchmarks

This file is written by ` + "`make bench`" + `. What counts is the ratio: the limit is measured in the same run,
just before or after Kith, on the same machine. Each number is the median of {{.Runs}} runs; the spread is
their smallest and largest. Bare pgx does the SQL that an answer cannot do without, over as many connections.

- Kith {{.Version}}, {{.Go}}
- {{.Postgres}}, {{.Redis}}
- {{.Machine}}
- {{.Date}}
- measured beside: {{range $i, $p := .Peers}}{{if $i}}, {{end}}{{$p}}{{end}}
- the database holds {{.Contacts}} contacts and {{.Notes}} notes of {{.Users}} users, half of it the first one's,
  and syncs to disk; Kith, the load and Telegram's stand-in share the machine

| what | Kith | spread | limit | ratio | aim | | beside |
| --- | --: | --: | --: | --: | --: | --- | --- |
{{range .Rows}}| {{.What}} | {{.Own}} | {{.Spread}} | {{.Limit}} | {{.Ratio}} | {{.Aim}} | {{.Met}} | {{.Beside}} |
{{end}}
The processors are the limit of what is counted by the second, not the disk or the network: how much of
their time a note takes stands in the table. Postgres takes its part for what a bare row has none of: the
words of the note in an index, the keys that nobody else's row can pass, and what changed, for undo.
An import is far from COPY for the same reasons, and because whoever is in it is looked up first; to
read the JSON of an export alone takes longer than COPY of its messages. Notes are made of imported
chats later, day by day, which is not in that row.
{{if .Parts}}
## Parts

As go test prints it, one run each: what single packages take.

` + "```" + `
{{range .Parts}}{{.}}
{{end}}` + "```" + `
{{end}}`))

// parts returns the lines of the other packages' benchmarks, but those of linked
// accounts as results: they have aims, and so as many runs as everything here.
func parts(b *testing.B) (lines []string, linked []result) {
	b.Helper()
	if *partsIn == "" {
		return nil, nil
	}
	printed, err := os.ReadFile(*partsIn)
	if err != nil {
		b.Fatal(err)
	}
	messages := result{what: "linked account: messages synced", beside: "bare gotd, which keeps nothing", unit: "/s", aim: 0.3, enough: 50_000}
	idle := result{what: "linked account, idle: memory", beside: "bare gotd client", unit: "kB", aim: 1.8, less: true}
	for line := range strings.Lines(string(printed)) {
		words := strings.Fields(line)
		switch {
		case !strings.HasPrefix(line, "Benchmark") || !slices.Contains(words, "ns/op"):
		case strings.HasPrefix(line, "BenchmarkSyncMessages"):
			messages.add(b, words, "messages/s", "bare-messages/s")
		case strings.HasPrefix(line, "BenchmarkIdleAccounts"):
			idle.add(b, words, "kB/account", "bare-kB/account")
		default:
			lines = append(lines, strings.Join(words, " "))
		}
	}
	for _, r := range []result{messages, idle} {
		if len(r.own) != runs {
			b.Fatalf("%s holds %d runs of %q, want %d", *partsIn, len(r.own), r.what, runs)
		}
		linked = append(linked, r)
	}
	return lines, linked
}

// add adds a run that go test printed.
func (r *result) add(b *testing.B, words []string, own, limit string) {
	r.own, r.limit = append(r.own, metric(b, words, own)), append(r.limit, metric(b, words, limit))
}

// metric returns what stands before a unit.
func metric(b *testing.B, words []string, unit string) float64 {
	v, err := strconv.ParseFloat(words[max(slices.Index(words, unit), 1)-1], 64)
	if err != nil {
		b.Fatalf("no %s in %q: %v", unit, words, err)
	}
	return v
}

// A row is a result in words.
type row struct{ What, Own, Spread, Limit, Ratio, Aim, Met, Beside string }

func (r result) row() row {
	out := row{
		What: r.what, Own: amount(median(r.own), r.unit), Met: r.met(), Beside: r.beside,
		Spread: figure(slices.Min(r.own), r.unit) + " to " + figure(slices.Max(r.own), r.unit),
	}
	if r.leftOut != "" {
		out.Limit = "left out: " + r.leftOut
	}
	sign, times := "≥", " "+r.unit
	if r.less {
		sign = "≤"
	}
	if r.limit != nil {
		out.Limit, out.Ratio, times = amount(median(r.limit), r.unit), fmt.Sprintf("%.3g ×", r.ratio()), " ×"
	}
	if r.aim != 0 {
		out.Aim = fmt.Sprintf("%s %g%s", sign, r.aim, times)
	}
	if r.enough != 0 {
		out.Aim += fmt.Sprintf(" or %.0f%s", r.enough, r.unit)
	}
	return out
}

// write writes results and lines of parts down, if that was asked for.
func (w *workbench) write(b *testing.B, results []result, lines []string) {
	if *reportTo == "" {
		return
	}
	if b.Failed() {
		progress("something failed, so nothing is written down")
		return
	}
	conn, err := pgx.Connect(b.Context(), w.url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	var postgres string
	if err := conn.QueryRow(b.Context(), `SELECT split_part(version(), ' on ', 1)`).Scan(&postgres); err != nil {
		b.Fatal(err)
	}
	rows := make([]row, len(results))
	for i, r := range results {
		rows[i] = r.row()
	}
	f, err := os.Create(*reportTo)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := benchmarks.Execute(f, map[string]any{
		"Runs": runs, "Version": buildVersion(), "Go": runtime.Version(), "Machine": machine(), "Date": time.Now().UTC().Format("2 January 2006"),
		"Postgres": postgres, "Redis": redisVersion(), "Peers": append(modules(), w.peers...),
		"Contacts": contacts, "Notes": notes, "Users": users, "Rows": rows, "Parts": lines,
	}); err != nil {
		b.Fatal(err)
	}
}

// modules returns what Kith is measured beside that it is built with, and the
// versions.
func modules() (names []string) {
	info, _ := debug.ReadBuildInfo()
	for _, name := range []string{"github.com/jackc/pgx/v5", "github.com/hibiken/asynq", "github.com/gotd/td", "github.com/go-chi/chi/v5"} {
		for _, m := range info.Deps {
			if m.Path == name {
				names = append(names, strings.TrimPrefix(name, "github.com/")+" "+m.Version)
			}
		}
	}
	return names
}
