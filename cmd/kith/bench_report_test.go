package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"

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
their smallest and largest.

- Kith {{.Version}}, {{.Go}}, {{.CPUs}} CPUs ({{.System}})
- {{.Postgres}}
- the database holds {{.Contacts}} contacts and {{.Notes}} notes of {{.Users}} users, half of it the first one's,
  and syncs to disk; Kith, the load and Telegram's stand-in share the machine

| what | Kith | spread | limit | ratio | aim | | beside |
| --- | --: | --: | --: | --: | --: | --- | --- |
{{range .Rows}}| {{.What}} | {{.Own}} | {{.Spread}} | {{.Limit}} | {{.Ratio}} | {{.Aim}} | {{.Met}} | {{.Beside}} |
{{end}}{{if .Parts}}
## Parts

As go test prints it, one run each: what single packages take, among them linked accounts beside gotd's bare
client (` + "`of-bare`" + ` is the ratio; the aims are at most 1.8 for the memory of an idle account, and at least
0.3 or 50,000/s for messages).

` + "```" + `
{{range .Parts}}{{.}}
{{end}}` + "```" + `
{{end}}`))

// parts returns the lines of the other packages' benchmarks.
func parts(b *testing.B) (lines []string) {
	b.Helper()
	if *partsIn == "" {
		return nil
	}
	printed, err := os.ReadFile(*partsIn)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(printed)) {
		if strings.HasPrefix(line, "Benchmark") && strings.Contains(line, "ns/op") {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	return lines
}

// A row is a result in words.
type row struct{ What, Own, Spread, Limit, Ratio, Aim, Met, Beside string }

func (r result) row() row {
	out := row{
		What: r.what, Own: amount(median(r.own), r.unit), Met: r.met(), Beside: r.beside,
		Spread: fmt.Sprintf("%.4g to %.4g", slices.Min(r.own), slices.Max(r.own)),
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
	return out
}

// write writes results down, if that was asked for.
func (w *workbench) write(b *testing.B, results []result) {
	if *reportTo == "" {
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
		"Runs": runs, "Version": buildVersion(), "Go": runtime.Version(), "CPUs": runtime.NumCPU(), "System": runtime.GOOS + "/" + runtime.GOARCH,
		"Postgres": postgres, "Contacts": contacts, "Notes": notes, "Users": users, "Rows": rows, "Parts": parts(b),
	}); err != nil {
		b.Fatal(err)
	}
}
