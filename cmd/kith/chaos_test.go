package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
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
	Load     string
	Said     int
	Lost     int
	Doubled  int
	Phantom  int
	Answered int // more often than once
	Leaked   int // connections that Kith left open
	Took     time.Duration
	Passed   bool
}

// ledger has the entries of all faults, and which servers they were with.
var ledger struct {
	mu       sync.Mutex
	entries  []entry
	postgres string
}

var promiseTest = regexp.MustCompile(`^TestPromise(\d\d)(\w+)(?:/(.*))?$`)

// enter writes down what came of a promise's fault.
func (r *rig) enter(begun time.Time, leaked int) {
	r.t.Helper()
	name := promiseTest.FindStringSubmatch(r.t.Name())
	if *chaos == "" || name == nil {
		return
	}
	e := entry{
		Promise: int(integer(name[1])), Fault: words(name[2], name[3]), Load: r.load(), Leaked: leaked,
		Took: time.Since(begun).Round(time.Second), Passed: !r.t.Failed(),
	}
	r.compare(&e)
	postgres := value[string](r, `SELECT split_part(version(), ' on ', 1)`)
	ledger.mu.Lock()
	defer ledger.mu.Unlock()
	ledger.entries, ledger.postgres = append(ledger.entries, e), postgres
}

// load says in words under how much of what the fault was injected.
func (r *rig) load() string {
	var parts []string
	for _, part := range []struct {
		n            int
		one, several string
	}{
		{r.faults, "fault", "faults"},
		{len(r.users), "chat", "chats"},
		{r.total(), "message", "messages"},
		{r.edited, "edit", "edits"},
		{r.noted, "note by the API", "notes by the API"},
		{r.backlogged, "open task", "open tasks"},
	} {
		switch {
		case part.n == 1:
			parts = append(parts, "1 "+part.one)
		case part.n > 1:
			parts = append(parts, fmt.Sprint(part.n, " ", part.several))
		}
	}
	return strings.Join(parts, ", ")
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
	byAPI := value[int](r, `SELECT count(*) FROM notes n JOIN users u ON u.id = n.user_id
		WHERE n.chat_id IS NULL AND n.source = '' AND u.telegram_id IS DISTINCT FROM 1`)
	e.Said += r.backlogged + r.noted
	e.Lost += max(0, r.noted-byAPI)
	e.Phantom += max(0, byAPI-r.noted-r.unsure)
	e.Lost += value[int](r, `SELECT count(*) FROM tasks t JOIN users u ON u.id = t.user_id WHERE u.telegram_id = 1 AND t.state <> 'done' AND t.kind <> 'improve_note'`)
	for _, u := range r.users {
		for _, n := range r.replies(u) {
			e.Answered += n - 1
		}
	}
}

var capital = regexp.MustCompile(`([a-z])([A-Z])|([A-Z])([A-Z][a-z])`)

// words makes a test's name readable: "RedisInTrouble", "frozen" is "redis in
// trouble: frozen".
func words(name, variant string) string {
	// Twice, for a word of one letter ends one match and begins the next.
	apart := func(s string) string { return capital.ReplaceAllString(s, "$1$3 $2$4") }
	text := strings.ToLower(apart(apart(name)))
	if variant != "" {
		text += ": " + strings.ReplaceAll(variant, "_", " ")
	}
	return text
}

var reliability = template.Must(template.New("").Parse(`# Reliability

This file is written by ` + "`make chaos`" + `, which breaks Kith and what it depends on while people write,
and compares what Kith acknowledged with what is there afterwards. The numbers of the promises are
those of the tests: ` + "`TestPromise16RedisInTrouble`" + ` in ` + "`cmd/kith/promise_16_redis_test.go`" + ` shows promise 16.

- Kith {{.Version}}, {{.Go}}
- {{.Postgres}}, which syncs to disk only where a fault is Postgres' own; {{.Redis}}
- {{.Machine}}
- {{.Date}}, in {{.Took}}; faults run two at a time, and everything shares the machine

What the columns say:

- load: how much was going on, and of faults how many came one after the other.
- –: nothing of that kind is counted; the test looks at something else, such as the rows of others.
- acknowledged: messages confirmed to Telegram, notes that the API answered with success, and tasks kept.
- lost: of these, not there. doubled: there more than once. phantom: there, and never said.
- answered twice: answers that a chat has once more than wanted. A crash between sending and
  noting that it was sent can do that once for each chat; Telegram has no way to prevent it.
- leaked: connections to the database that Kith left open when it had ended. Goroutines that
  it leaves behind fail the whole run.
- result: whether all that the test looks at was as promised, also what is no row: that it
  was in time, that refusals were clear, that what Telegram asks for was obeyed.

| promise | fault | load | acknowledged | lost | doubled | phantom | answered twice | leaked | took | result |
| --: | --- | --- | --: | --: | --: | --: | --: | --: | --: | --- |
{{range .Entries}}| {{.Promise}} | {{.Fault}} | {{or .Load "–"}} | {{if .Said}}{{.Said}} | {{.Lost}} | {{.Doubled}} | {{.Phantom}} | {{.Answered}}{{else}}– | – | – | – | –{{end}} | {{.Leaked}} | {{.Took}} | {{if .Passed}}kept{{else}}BROKEN{{end}} |
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
		"Version": buildVersion(), "Go": runtime.Version(), "Machine": machine(), "Postgres": ledger.postgres, "Redis": redisVersion(),
		"Date": begun.UTC().Format("2 January 2006"), "Took": time.Since(begun).Round(time.Second), "Entries": ledger.entries,
	})
}

// machine describes what this runs on.
func machine() string {
	parts := []string{fmt.Sprint(runtime.NumCPU(), " CPUs"), runtime.GOOS + "/" + runtime.GOARCH}
	for file, what := range map[string]string{"/proc/cpuinfo": `model name\s*: (.*)`, "/proc/sys/kernel/osrelease": `(.*)`} {
		content, err := os.ReadFile(file)
		if found := regexp.MustCompile(what).FindSubmatch(content); err == nil && found != nil {
			parts = append(parts, string(found[1]))
		}
	}
	slices.Sort(parts[2:])
	return strings.Join(parts, ", ")
}

// redisVersion returns what Redis says that it is.
func redisVersion() string {
	out, err := exec.Command("redis-server", "--version").Output()
	if v := regexp.MustCompile(`v=(\S+)`).FindSubmatch(out); err == nil && v != nil {
		return "Redis " + string(v[1])
	}
	return "Redis"
}
