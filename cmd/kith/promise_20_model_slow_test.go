package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core/llm/llmtest"
)

// likings is what a model says that reads a note well.
const likings = `{"facts":[{"about":"Ana","category":"Social","text":"Has likings","quote":"likes","confidence":0.9}]}`

// TestPromise20ModelSlow has the model take its time: a note is answered and
// found at once all the same, and read by the model once.
func TestPromise20ModelSlow(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	model := llmtest.New(llmtest.Slow(release, llmtest.Text(likings)))
	t.Cleanup(model.Close)
	r := newRig(t, "KITH_AI_ORDER", "openai,rules", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI())
	users := r.people(1)
	stop := r.open()
	m := r.write(users[0], "Ana likes figtrees")
	r.answered(users[0], m, 30*time.Second)
	r.called(model, 1)
	r.finds(users[0], "figtrees")
	if n := value[int](r, `SELECT count(*) FROM notes WHERE engine <> ''`); n != 0 {
		t.Errorf("%d notes are read before the model answers, want 0", n)
	}
	close(release)
	r.settled(time.Minute)
	if n := value[int](r, `SELECT count(*) FROM facts WHERE text = 'Has likings'`); n != 1 || len(model.Calls()) != 1 {
		t.Errorf("the model was asked %d times, for %d facts, want once for one", len(model.Calls()), n)
	}
	r.wantNotes()
	stop()
}

// TestPromise20ModelTalksNonsense has the rules read what the model does not.
func TestPromise20ModelTalksNonsense(t *testing.T) {
	t.Parallel()
	model := llmtest.New(llmtest.Text("Figs? I'd rather talk of ships."))
	t.Cleanup(model.Close)
	r := newRig(t, "KITH_AI_ORDER", "openai,rules", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI())
	users := r.people(1)
	stop := r.open()
	r.write(users[0], "Ana likes figtrees")
	r.settled(time.Minute)
	if n := value[int](r, `SELECT count(*) FROM notes WHERE state = 'done' AND engine = 'rules'`); n != 1 {
		t.Errorf("%d notes are read by the rules, want 1", n)
	}
	r.finds(users[0], "figtrees")
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}

// TestPromise20SpendingIsCapped uses up the tokens of a day: what is over, the
// rules read, and the model is not asked.
func TestPromise20SpendingIsCapped(t *testing.T) {
	t.Parallel()
	const notes, most = 6, 20_000
	model := llmtest.New(llmtest.Text(likings))
	t.Cleanup(model.Close)
	r := newRig(t, "KITH_AI_ORDER", "openai,rules", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI(),
		"KITH_AI_TOKENS_PER_DAY", fmt.Sprint(most))
	users := r.people(1)
	stop := r.open()
	r.write(users[0], "Ana likes figs")
	r.settled(time.Minute)
	if asked := len(model.Calls()); asked != 1 {
		t.Fatalf("the model was asked %d times while there are tokens, want once", asked)
	}
	r.exec(`UPDATE ai_spending SET spent = $1`, most-100)
	r.writeAll(users, notes, "again and again")
	r.settled(time.Minute)
	if n := value[int](r, `SELECT count(*) FROM notes WHERE state = 'done' AND engine = 'rules'`); n != notes {
		t.Errorf("%d notes are read by the rules, want %d", n, notes)
	}
	if asked := len(model.Calls()); asked != 1 {
		t.Errorf("the model was asked %d times more without tokens, want never", asked-1)
	}
	if spent := value[int](r, `SELECT spent FROM ai_spending`); spent > most {
		t.Errorf("%d tokens are spent, want %d at most", spent, most)
	}
	stop()
}

// finds fails the test unless a user finds a word in what they said.
func (r *rig) finds(u *sandbox.User, word string) {
	r.t.Helper()
	asked, err := u.Send(r.ctx, "/find "+word)
	r.must(err)
	ctx, cancel := context.WithTimeout(r.ctx, 30*time.Second)
	defer cancel()
	if _, err := u.Wait(ctx, func(chat []sandbox.Message) bool {
		return slices.ContainsFunc(chat, func(m sandbox.Message) bool {
			return m.FromBot() && m.ID > asked.ID && strings.Contains(m.Text, "likes "+word)
		})
	}); err != nil {
		r.t.Errorf("%q is not found: %v", word, err)
	}
}
