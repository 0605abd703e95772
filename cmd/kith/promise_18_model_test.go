package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/llm/llmtest"
)

// TestPromise18ModelComesBack has the only engine fail, under full load for more
// tasks than asynq keeps of failed ones, 10,000. Once it is back, all succeed.
func TestPromise18ModelComesBack(t *testing.T) {
	t.Parallel()
	tasks, failed := load(2000, 20_000), load(1500, 18_000)
	model := llmtest.New(llmtest.Fail(http.StatusServiceUnavailable))
	t.Cleanup(model.Close)
	r := newRig(t, "KITH_AI_ORDER", "openai", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI(), "KITH_AI_TOKENS_PER_DAY", "10000000")
	r.backlog(tasks)
	r.spawn()
	r.until(20*time.Minute, "most tasks have failed", `SELECT count(*) >= $1 FROM tasks WHERE attempts > 0`, failed)
	if n := value[int](r, `SELECT count(*) FROM tasks WHERE state = 'done'`); n > 0 {
		t.Fatalf("%d tasks are done without a model", n)
	}
	model.Behave(llmtest.Text(`{"facts":[]}`))
	r.until(20*time.Minute, "all tasks are done", `SELECT count(*) = $1 FROM tasks WHERE state = 'done'`, tasks)
	if n := value[int](r, `SELECT count(*) FROM notes WHERE state <> 'done' OR engine <> 'openai'`); n > 0 {
		t.Errorf("%d notes are not read by the model, want 0", n)
	}
}
