package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/llm/llmtest"
	"github.com/kith-platform/kith/core/store/storetest"
)

// TestPromise17WorkerKilled kills a process in the middle of slow calls of a
// model, the one that sweeps too: its tasks run again elsewhere within 15
// seconds, and none is given up.
func TestPromise17WorkerKilled(t *testing.T) {
	t.Parallel()
	const tasks = 5
	release := make(chan struct{})
	model := llmtest.New(llmtest.Slow(release, llmtest.Fail(http.StatusServiceUnavailable)))
	t.Cleanup(model.Close)
	s := newRedis(t)
	r := newRigOn(t, storetest.URL(t), s.server.URL(), "KITH_AI_ORDER", "openai,rules",
		"OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI())
	r.backlog(tasks)
	const claimed = `SELECT count(*) = $1 FROM tasks WHERE state = 'running' AND claimed_by LIKE $2`
	mine := func(p *process) string { return fmt.Sprintf("%%/%d/%%", p.pid()) }
	first := r.spawn()
	r.until(20*time.Second, "the first process works on all tasks", claimed, tasks, mine(first))
	r.until(20*time.Second, "the first process sweeps", `SELECT EXISTS (SELECT FROM leases WHERE name = 'sweep' AND owner LIKE $1)`, mine(first))
	second := r.spawn()
	r.until(20*time.Second, "the second process is there", `SELECT count(*) > 1 FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE '%take lease%'`)
	first.kill()
	begun := time.Now()
	r.until(15*time.Second, "the second process works on all tasks", claimed, tasks, mine(second))
	t.Logf("taken over within %v", time.Since(begun))
	close(release)
	r.settled(30 * time.Second)
	if n := value[int](r, `SELECT count(*) FROM tasks WHERE state = 'done'`); n != tasks {
		t.Errorf("%d tasks are done, want %d", n, tasks)
	}
	if n := s.archived(); n > 0 {
		t.Errorf("%d tasks are archived, want 0", n)
	}
	second.kill()
}
