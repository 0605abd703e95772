package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/llm/llmtest"
)

// TestPromise20ModelDown has the model down: every note is read by the rules,
// and soon without the model being asked first. Once it is back it reads them
// all, and each once.
func TestPromise20ModelDown(t *testing.T) {
	t.Parallel()
	model := llmtest.New(llmtest.Fail(http.StatusServiceUnavailable))
	t.Cleanup(model.Close)
	r := newRig(t, "KITH_AI_ORDER", "openai,rules", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI())
	r.settings["KITH_HTTP_ADDR"] = freeAddr(r)
	users := r.people(1)
	stop := r.open()
	const notes = 20
	for n := range notes {
		r.write(users[0], fmt.Sprintf("Ana likes figs, said for the %dth time", n))
	}
	r.settled(30 * time.Second)
	r.wantNotes()
	if n := value[int](r, `SELECT count(*) FROM notes WHERE state = 'done' AND engine = 'rules'`); n != notes {
		t.Errorf("%d notes are read by the rules, want all %d", n, notes)
	}
	asked := len(model.Calls())
	r.write(users[0], "Ana likes plums")
	r.settled(30 * time.Second)
	if now := len(model.Calls()); now > asked+1 || now >= notes {
		t.Errorf("the model that is down was asked %d times for %d notes", now, notes+1)
	}
	if asks := r.metric(`kith_ai_engine_state{engine="openai",state="asked"}`); asks != "0" {
		t.Errorf("the metric of engines that are asked is %q for the one that is down, want 0", asks)
	}
	model.Behave(llmtest.Text(`{"facts":[{"about":"Ana","category":"Social","text":"Has likings","quote":"likes","confidence":0.9}]}`))
	// What follows takes minutes: the breaker's rest, and the time until the next try.
	stop()
	r.exec(`UPDATE tasks SET next_try_at = now() WHERE kind = 'improve_note'`)
	asked = len(model.Calls())
	stop = r.open()
	r.until(time.Minute, "the model has read every note", `SELECT count(*) = $1 FROM notes WHERE engine = 'openai'`, notes+1)
	r.until(time.Minute, "nothing is left to improve", `SELECT NOT EXISTS (SELECT FROM tasks WHERE state IN ('queued', 'running'))`)
	r.settled(30 * time.Second)
	if again := len(model.Calls()) - asked; again != notes+1 {
		t.Errorf("the model was asked %d times for %d notes", again, notes+1)
	}
	if n := value[int](r, `SELECT count(*) FROM facts WHERE text = 'Has likings'`); n != notes+1 {
		t.Errorf("%d notes have the model's fact, want %d", n, notes+1)
	}
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}
