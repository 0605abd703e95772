package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/jobs"
	"github.com/kith-platform/kith/core/llm/llmtest"
)

// TestPromise19TasksRunTwice has two workers at every task of one user's at the
// same time, each believing that it is theirs, and one worker at the same tasks
// of another user's: in the end both have the same rows.
func TestPromise19TasksRunTwice(t *testing.T) {
	t.Parallel()
	model := llmtest.New(answering)
	t.Cleanup(model.Close)
	r := newRig(t, "KITH_AI_ORDER", "openai,rules", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI())
	users := r.people(2)
	nudge := r.doorbell()
	stop := []func(){r.open(), r.open(roleWorker)}
	once, twice := users[0], users[1]
	r.talk(once)
	r.settled(30 * time.Second)

	release := make(chan struct{})
	model.Behave(llmtest.Slow(release, answering))
	before := len(model.Calls())
	tasks := r.talk(twice)
	r.called(model, before+tasks)
	r.exec(`UPDATE tasks SET state = 'queued', claimed_by = NULL, heartbeat_at = NULL WHERE state = 'running'`)
	for _, task := range r.openTasks() {
		nudge(task)
		nudge(task)
	}
	r.called(model, before+2*tasks)
	close(release)
	r.settled(30 * time.Second)

	if n := value[int](r, `SELECT count(*) FROM tasks WHERE attempts = 2 AND state = 'done'`); n != tasks {
		t.Errorf("%d tasks were run twice, want %d", n, tasks)
	}
	want, got := r.memory(once), r.memory(twice)
	if !slices.Equal(want, got) {
		t.Errorf("run twice, the rows are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, stop := range stop {
		stop()
	}
}

// answering answers questions, and leaves notes to the rules.
func answering(w http.ResponseWriter, _ *http.Request, c llmtest.Call) {
	if strings.Contains(c.Prompt, "What does") {
		llmtest.Reply(w, c, `{"unknown": false, "answer": "Figs, it seems.", "sources": [1]}`)
		return
	}
	llmtest.Reply(w, c, "I'd rather not.")
}

// talk has a user write notes and ask questions, and returns how many tasks
// that makes: fewer than one worker does at a time.
func (r *rig) talk(u *sandbox.User) (tasks int) {
	r.t.Helper()
	for _, text := range []string{
		"Ana Torres likes figs", "Ana Torres moved to Berlin", "Boris Petrov works at Siemens",
		"Met Boris Petrov yesterday", "What does Ana Torres like?", "What does Boris Petrov do?",
	} {
		r.must2(u.Send(r.ctx, text))
		tasks++
	}
	r.until(20*time.Second, "all is taken down", `SELECT count(*) = $1 FROM tasks
		WHERE kind <> 'improve_note' AND user_id = (SELECT id FROM users WHERE telegram_id = $2)`, tasks, u.ID)
	return tasks
}

func (r *rig) must2(_ sandbox.Message, err error) {
	r.t.Helper()
	r.must(err)
}

// called waits until a model was asked so often.
func (r *rig) called(model *llmtest.Server, times int) {
	r.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); len(model.Calls()) < times; <-tick.C {
		if time.Now().After(deadline) {
			r.t.Fatalf("the model was asked %d times, want %d", len(model.Calls()), times)
		}
	}
}

// doorbell returns what tells the workers of a task.
func (r *rig) doorbell() func(core.Task) {
	r.t.Helper()
	options, err := redisOptions(r.settings["REDIS_URL"])
	r.must(err)
	client := redis.NewUniversalClient(options)
	r.t.Cleanup(func() { client.Close() })
	queue := jobs.NewQueue(client, slog.New(slog.DiscardHandler), jobs.NewMetrics(prometheus.NewRegistry()))
	background(r.t, queue.Run)
	return queue.Nudge
}

func (r *rig) openTasks() []core.Task {
	r.t.Helper()
	rows, err := r.rows.Query(r.ctx, `SELECT user_id, id, kind FROM tasks WHERE state = 'queued'`)
	r.must(err)
	tasks, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t core.Task, err error) {
		err = row.Scan(&t.UserID, &t.ID, &t.Kind)
		return t, err
	})
	r.must(err)
	return tasks
}

// memory describes all rows of a user's, without their ids.
func (r *rig) memory(u *sandbox.User) []string {
	r.t.Helper()
	var all []string
	for table, columns := range map[string]string{
		"notes":        "text, state, revision, engine, deleted_at",
		"contacts":     "full_name, birthday, custom_fields, deleted_at",
		"aliases":      "name, source",
		"mentions":     "name, state, source",
		"facts":        "text, quote, category, slot, value, state, confidence",
		"interactions": "1",
		"audit_events": "actor, entity",
		"messages":     "kind, wanted, shown, args->'answer'->>'text'",
		"tasks":        "kind, state",
	} {
		rows, err := r.rows.Query(r.ctx, fmt.Sprintf(`SELECT ROW(%s)::text FROM %s
			WHERE user_id = (SELECT id FROM users WHERE telegram_id = $1) ORDER BY 1`, columns, table), u.ID)
		r.must(err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		r.must(err)
		for _, line := range lines {
			all = append(all, table+line)
		}
	}
	slices.Sort(all)
	return all
}
