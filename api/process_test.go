package api_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/llm/llmtest"
	"github.com/kith-platform/kith/core/llm/openai"
	"github.com/kith-platform/kith/core/store/storetest"
)

// A result is what became of a note, as clients get it.
type result struct {
	Success     bool
	RawNoteID   int64 `json:"raw_note_id"`
	Synthesis   *[]synthesis
	ContactName string `json:"contact_name"`
	AIError     string `json:"ai_error"`
	TaskID      string `json:"task_id"`
	Status      string
	Notes       []struct {
		RawNoteID   int64  `json:"raw_note_id"`
		ContactID   int64  `json:"contact_id"`
		ContactName string `json:"contact_name"`
		Synthesis   []synthesis
		Error       string
	}
}

type synthesis struct {
	Category, Content string
	Confidence        float64
}

// A progress is how far a task is, as clients get it.
type progress struct {
	State, Status, Error string
	Progress             *int
	Result               *result
}

// know adds people of the client's.
func (c *client) know(names ...string) []core.Contact {
	c.t.Helper()
	var list []core.Contact
	for _, name := range names {
		list = append(list, storetest.Contact(c.t, c.Store, c.user.ID, name))
	}
	return list
}

// process has a note about a contact kept and read.
func (c *client) process(about core.Contact, content string) result {
	c.t.Helper()
	var r result
	c.post("/api/notes/process", map[string]any{"contact_id": about.ID, "content": content}).want(200).into(&r)
	return r
}

// begin has a note about a contact kept, and returns the task that reads it.
func (c *client) begin(about core.Contact, content string) (taskID string) {
	c.t.Helper()
	var r result
	c.post("/api/notes/process", map[string]any{"contact_id": about.ID, "content": content, "async": true}).want(200).into(&r)
	if !r.Success || r.TaskID == "" || r.Status != "Processing asynchronously" || r.Synthesis != nil {
		c.t.Fatalf("begun is %+v, want the task alone", r)
	}
	return r.TaskID
}

func (c *client) status(taskID string) progress {
	c.t.Helper()
	var p progress
	c.get("/api/notes/task/" + taskID + "/status").want(200).into(&p)
	return p
}

// until asks for a task's status until it fits.
func (c *client) until(taskID string, fits func(progress) bool) progress {
	c.t.Helper()
	for ctx := c.t.Context(); ; {
		p := c.status(taskID)
		switch {
		case fits(p):
			return p
		case ctx.Err() != nil:
			c.t.Fatalf("the task stays %+v", p)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// exec changes rows behind Kith's back.
func (c *client) exec(sql string, args ...any) {
	c.t.Helper()
	_, err := c.sql.Exec(c.t.Context(), sql, args...)
	check(c.t, err)
}

// nudgeAll rings for all notes that wait to be read.
func (c *client) nudgeAll() {
	c.t.Helper()
	tasks, err := c.Store.NudgeTasks(c.t.Context(), []core.TaskKind{core.TaskAnalyzeNote}, 0, 1000)
	check(c.t, err)
	for _, t := range tasks {
		c.Nudge(t)
	}
}

// contents returns what the facts say, sorted.
func contents(list *[]synthesis) (said []string) {
	if list != nil {
		for _, s := range *list {
			said = append(said, s.Content)
		}
	}
	slices.Sort(said)
	return said
}

// An engineFunc reads notes for a test.
type engineFunc func(ctx context.Context, n analysis.Note) (core.Reading, error)

func (engineFunc) Name() string { return "test" }
func (f engineFunc) Read(ctx context.Context, n analysis.Note) (core.Reading, error) {
	return f(ctx, n)
}

// stuck is an engine that reads nothing until release is closed.
func stuck(release <-chan struct{}) analysis.Engine {
	return engineFunc(func(ctx context.Context, n analysis.Note) (core.Reading, error) {
		select {
		case <-release:
			return analysis.ByRules{}.Read(ctx, n)
		case <-ctx.Done():
			return core.Reading{}, ctx.Err()
		}
	})
}

func TestProcessNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	people := ana.know("Ana Torres", "Ana Petrov", "Mike Chen")
	text := "Ana is moving to Porto in March. Mike Chen works at Stripe."
	r := ana.process(people[0], text)
	if r.ContactName != "Ana Torres" || r.AIError != "" || r.TaskID != "" || !r.Success {
		t.Errorf("processed is %+v, want it about the Ana it is about", r)
	}
	if got := contents(r.Synthesis); len(got) != 1 || !strings.Contains(got[0], "Porto") {
		t.Errorf("learnt %q about her, want Porto alone", got)
	}
	for _, s := range *r.Synthesis {
		if _, ok := core.CategoryNamed(s.Category); !ok || s.Category != "Environment and lifestyle" || s.Confidence <= 0 || s.Confidence > 1 {
			t.Errorf("a fact is %+v", s)
		}
	}
	note, err := h.Store.Note(t.Context(), ana.user.ID, r.RawNoteID)
	if err != nil || note.Text != text {
		t.Errorf("kept %q (%v), want it word for word", note.Text, err)
	}
	if r := ana.process(people[1], "Is allergic to nuts, poor thing"); r.ContactName != "Ana Petrov" || len(*r.Synthesis) != 1 {
		t.Errorf("without a name: %+v, want it about whom it is about", r)
	}
	if r := ana.process(people[2], "......... ?! ........"); r.Synthesis == nil || len(*r.Synthesis) != 0 || r.AIError != "" {
		t.Errorf("of a note that says nothing: %+v, want an empty list", r)
	}
}

func TestProcessNoteRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	mine, theirs := ana.know("Mike Chen")[0].ID, bob.know("Zoe Quinn")[0].ID
	good := "Mike likes tea"
	for _, test := range []struct {
		name   string
		body   any
		status int
		words  string
	}{
		{"too short", map[string]any{"contact_id": mine, "content": "too short"}, 400, "content: expected length >= 10"},
		{"too long", map[string]any{"contact_id": mine, "content": strings.Repeat("я", 20_001)}, 400, "content: expected length <= 20000"},
		{"nothing to read", map[string]any{"contact_id": mine, "content": strings.Repeat("\u200b ", 10)}, 400, "content: There's nothing"},
		{"U+0000", map[string]any{"contact_id": mine, "content": "Mike likes\x00 tea"}, 400, "content: "},
		{"no content", map[string]any{"contact_id": mine}, 400, "content"},
		{"no contact", map[string]any{"content": good}, 400, "contact_id"},
		{"contact 0", map[string]any{"contact_id": 0, "content": good}, 400, "contact_id: expected number >= 1"},
		{"a contact in words", map[string]any{"contact_id": "Mike", "content": good}, 400, "contact_id: expected integer"},
		{"content as a number", map[string]any{"contact_id": mine, "content": 1234567890}, 400, "content: expected string"},
		{"async in words", map[string]any{"contact_id": mine, "content": good, "async": "yes"}, 400, "async: expected boolean"},
		{"an unknown field", map[string]any{"contact_id": mine, "content": good, "user_id": bob.user.ID}, 400, "user_id: unexpected property"},
		{"a list", []any{}, 400, "expected object"},
		{"no JSON", `{"contact_id": `, 400, "unexpected"},
		{"a contact who is not there", map[string]any{"contact_id": 1 << 40, "content": good}, 404, "contact_id: There is nothing here"},
		{"somebody else's contact", map[string]any{"contact_id": theirs, "content": good}, 404, "contact_id: There is nothing here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *ana
			c.t = t
			c.post("/api/notes/process", test.body).says(test.status, test.words)
		})
	}
	h.stranger(t).post("/api/notes/process", map[string]any{"contact_id": mine, "content": good}).says(401, "not signed in")
	if _, err := h.Store.LatestNote(t.Context(), ana.user.ID); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("something refused was kept: %v", err)
	}
}

// What people paste goes through byte for byte.
func TestNaughtyNotes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	zoe := ana.know("Zoë Quinn")[0]
	for _, text := range naughty {
		r := ana.process(zoe, text)
		note, err := h.Store.Note(t.Context(), ana.user.ID, r.RawNoteID)
		if err != nil || note.Text != text || r.ContactName != "Zoë Quinn" {
			t.Errorf("kept %q about %q (%v), want %q", note.Text, r.ContactName, err, text)
		}
	}
}

var naughty = []string{
	"tab\tbell\a escape\x1b[31m delete\x7f next line\u0085",
	"  leading and trailing  \r\n\r\n",
	"👩\u200d👩\u200d👧\u200d👦 loves 🎂 and 🏳️\u200d🌈 \U0001F9D1\U0001F3FD\u200d\U0001F680",
	"\u202eright to left\u202c and \u2066isolated\u2069 and אני אוהב תה",
	"𠜎𠜱𠝹𠱓 𝒳𝓎 \U0010FFFD \uFFFD \uFEFF",
	"e\u0301 is not \u00e9, Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́",
	"<script>alert(1)</script> & \"quotes\" 'single' \\ \\u0041 %00 ${x} {{y}}",
	"'; DROP TABLE notes; -- likes tea",
	"\u2028line\u2029paragraph\u00a0space\u200b",
}

func TestProcessAsync(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := newHouseWith(t, stuck(release))
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	id := ana.begin(mike, "Mike works at Stripe")
	ana.until(id, func(p progress) bool { return p.State == "PROGRESS" && p.Result == nil && *p.Progress < 100 })
	unseen := string(bob.get("/api/notes/task/00000000-0000-4000-8000-000000000000/status").want(200).body)
	if got := bob.get("/api/notes/task/" + id + "/status").want(200); string(got.body) != unseen || !strings.Contains(unseen, `"PENDING"`) {
		t.Errorf("somebody else's task is %s, want it like one never seen: %s", got.body, unseen)
	}
	for _, odd := range []string{"1", "x", "%F0%9F%8E%82", strings.Repeat("a", 5000), id + "0", strings.ToUpper(id[:8])} {
		if got := ana.get("/api/notes/task/" + odd + "/status").want(200); string(got.body) != unseen {
			t.Errorf("task %.20q is %s, want it like one never seen", odd, got.body)
		}
	}
	h.stranger(t).get("/api/notes/task/"+id+"/status").says(401, "not signed in")
	close(release)
	p := ana.until(id, func(p progress) bool { return p.State == "SUCCESS" })
	if p.Result == nil || p.Result.ContactName != "Mike Chen" || len(contents(p.Result.Synthesis)) != 1 || *p.Progress != 100 || p.Error != "" {
		t.Errorf("done it is %+v with %+v", p, p.Result)
	}
}

func TestProcessDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	release, stopping := make(chan struct{}), make(chan struct{})
	h := newHouseWith(t, stuck(release), func(s *api.Server) { s.Patience = 50 * time.Millisecond })
	ana := h.somebody(t, core.RoleUser)
	r := ana.process(ana.know("Mike Chen")[0], "Mike works at Stripe")
	if !strings.Contains(r.AIError, "goes on") || r.TaskID == "" || !r.Success || r.RawNoteID == 0 {
		t.Errorf("after a while: %+v, want to be told that it goes on, and where", r)
	}
	close(release)
	ana.until(r.TaskID, func(p progress) bool { return p.State == "SUCCESS" })

	close(stopping)
	h = newHouseWith(t, stuck(nil), func(s *api.Server) { s.Stopping = stopping })
	bob := h.somebody(t, core.RoleUser)
	if r := bob.process(bob.know("Mike Chen")[0], "Mike works at Stripe"); r.TaskID == "" || r.AIError == "" {
		t.Errorf("while Kith stops: %+v, want to be told that it goes on", r)
	}
}

// A model that is down for good: the note stays, and why is a sentence.
func TestAnalysisThatFails(t *testing.T) {
	t.Parallel()
	endpoint := llmtest.New(llmtest.Fail(http.StatusInternalServerError))
	t.Cleanup(endpoint.Close)
	model, err := openai.New(openai.Options{Key: llmtest.Key, BaseURL: endpoint.OpenAI()})
	check(t, err)
	t.Cleanup(func() { _ = model.Close() })
	h := newHouseWith(t, analysis.ByModel{Model: model}, func(s *api.Server) { s.Patience = 50 * time.Millisecond })
	ana := h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	id := ana.begin(mike, "Mike works at Stripe")
	p := ana.until(id, func(p progress) bool { return strings.Contains(p.Status, "again") })
	if p.State != "PROGRESS" || p.Error != "" {
		t.Errorf("after the first try: %+v, want it to go on", p)
	}
	ana.exec(`UPDATE tasks SET attempts = 100, next_try_at = now()`)
	ana.nudgeAll()
	p = ana.until(id, func(p progress) bool { return p.State == "FAILURE" })
	if !strings.Contains(p.Error, "kept") || p.Result != nil || strings.Contains(p.Error, llmtest.Key) || strings.Contains(p.Error, "Stripe") {
		t.Errorf("failed for good: %+v, want a sentence", p)
	}
	note, err := h.Store.LatestNote(t.Context(), ana.user.ID)
	if err != nil || note.Text != "Mike works at Stripe" || note.State != core.NoteFailed {
		t.Errorf("the note is %+v (%v), want it kept", note, err)
	}
	if r := ana.process(mike, "Mike lives in Porto"); r.AIError == "" || r.RawNoteID == 0 || !r.Success || r.Synthesis == nil {
		t.Errorf("waited for, it is %+v, want the note kept and why", r)
	}
}

// A worker that dies leaves its task to the next.
func TestTaskOfADeadWorker(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	id := ana.begin(ana.know("Mike Chen")[0], "Mike works at Stripe")
	ana.until(id, func(p progress) bool { return p.State == "SUCCESS" })
	ana.exec(`UPDATE tasks SET state = 'running', claimed_by = 'dead', heartbeat_at = now() - interval '1 minute', finished_at = NULL, progress = 0`)
	ana.exec(`UPDATE notes SET state = 'pending'`)
	if p := ana.status(id); p.State != "PROGRESS" {
		t.Errorf("left by its worker the task is %+v, want it under way", p)
	}
	if n, err := h.Store.ReviveTasks(t.Context(), time.Second); n != 1 || err != nil {
		t.Fatalf("%d tasks are given back (%v), want 1", n, err)
	}
	ana.nudgeAll()
	if p := ana.until(id, func(p progress) bool { return p.State == "SUCCESS" }); len(contents(p.Result.Synthesis)) != 1 {
		t.Errorf("done again it is %+v, want one fact", p.Result)
	}
}
