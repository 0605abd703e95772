package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/redis/go-redis/v9/logging"
)

const doctorTimeout = 10 * time.Second

// A finding is what the doctor says about one dependency.
type finding struct {
	ok   bool // false also for what is not used
	text string
}

// A dependency is something Kith needs or can use. An error from look says
// what is wrong and what to do.
type dependency struct {
	name string
	look func(context.Context, Config) (finding, error)
}

func dependencies() []dependency {
	return []dependency{
		{"Postgres", lookAtPostgres},
		{"Redis", lookAtRedis},
		{"Schema", lookAtSchema},
		{"Replica", lookAtReplica},
		{"Telegram", lookAtTelegram},
		{"Gemini", lookAtGemini},
		{"OpenAI", lookAtOpenAI},
	}
}

type doctorCmd struct{}

// Help says what the marks mean.
func (doctorCmd) Help() string {
	return `Each dependency gets a line, and the schema of the database another, which is held against a database that is made for that and dropped again: "ok" with what was reached, "off" where it is not used, "BAD" with what to do. Servers that are not set are looked for at the kith up that runs with the same KITH_DATA_DIR. Ends with 1 when one is bad. Secrets are never shown.`
}

// Run looks at every dependency at once and prints what it finds.
func (doctorCmd) Run(ctx context.Context, t *terminal) error {
	c, err := t.config()
	if err != nil {
		return err
	}
	logging.Disable() // go-redis would print beside what is reported here
	all := dependencies()
	lines := make([]string, len(all))
	bad := make([]bool, len(all))
	var wg sync.WaitGroup
	for i, d := range all {
		wg.Go(func() { lines[i], bad[i] = d.examine(ctx, c) })
	}
	wg.Wait()
	return report(t.stdout, t.clean, lines, bad)
}

// examine returns the line about d, and reports whether it is bad.
func (d dependency) examine(ctx context.Context, c Config) (string, bool) {
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	found, err := d.look(ctx, c)
	mark, text := "off", found.text
	switch {
	case err != nil:
		mark, text = "BAD", err.Error()
	case found.ok:
		mark = "ok"
	}
	return fmt.Sprintf("%-3s  %-8s  %s", mark, d.name, text), err != nil
}

// report prints the lines; the error counts the bad ones.
func report(w io.Writer, clean redactor, lines []string, bad []bool) error {
	count := 0
	for i, line := range lines {
		if _, err := fmt.Fprintln(w, clean.text(line)); err != nil {
			return err
		}
		if bad[i] {
			count++
		}
	}
	if count > 0 {
		return fmt.Errorf("%d of %d dependencies need something done", count, len(lines))
	}
	return nil
}
