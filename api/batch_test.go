package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

// notes returns n notes about somebody.
func notes(n int, about core.Contact) []map[string]any {
	var list []map[string]any
	for i := range n {
		list = append(list, map[string]any{"contact_id": about.ID, "content": fmt.Sprintf("Mike works at Company%d", i)})
	}
	return list
}

// batch sends notes together, and returns their task.
func (c *client) batch(list []map[string]any) (taskID string) {
	c.t.Helper()
	var r struct {
		TaskID string `json:"task_id"`
		Status string
	}
	c.post("/api/notes/batch", map[string]any{"notes": list}).want(202).into(&r)
	if r.TaskID == "" || r.Status == "" {
		c.t.Fatalf("the batch is %+v, want its task", r)
	}
	return r.TaskID
}

func (c *client) count(sql string) (n int) {
	c.t.Helper()
	check(c.t, c.sql.QueryRow(c.t.Context(), sql).Scan(&n))
	return n
}

func TestTwoHundredNotesInABatch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen", "Mike Stone")[0]
	list := notes(200, mike)
	id := ana.batch(list)
	last := 0
	p := ana.until(id, func(p progress) bool {
		if p.Progress != nil {
			if *p.Progress < last {
				t.Errorf("progress falls from %d to %d", last, *p.Progress)
			}
			last = *p.Progress
		}
		return p.State == "SUCCESS"
	})
	if *p.Progress != 100 || p.Status != "200 of 200 notes are read." || len(p.Result.Notes) != 200 {
		t.Errorf("done it is %+v with %d notes", p, len(p.Result.Notes))
	}
	for i, n := range p.Result.Notes {
		note, err := h.Store.Note(t.Context(), ana.user.ID, n.RawNoteID)
		said := strings.Join(contents(&n.Synthesis), "; ")
		if err != nil || note.Text != list[i]["content"] || n.ContactID != mike.ID || n.ContactName != "Mike Chen" || !strings.Contains(said, fmt.Sprint("Company", i)) || n.Error != "" {
			t.Errorf("note %d is %+v of %q (%v)", i, n, note.Text, err)
		}
	}
	if p := bob.status(id); p.State != "PENDING" || p.Progress != nil || p.Result != nil {
		t.Errorf("somebody else's batch is %+v, want it like one never seen", p)
	}
	bob.post("/api/notes/task/"+id+"/cancel", nil).says(404, "nothing here")
}

func TestBatchKeepsAllOrNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	theirs := bob.know("Zoe Quinn")[0].ID
	for _, test := range []struct {
		name   string
		spoil  func(n map[string]any)
		status int
		words  string
	}{
		{"too short", func(n map[string]any) { n["content"] = "short" }, 400, "notes[3].content: expected length >= 10"},
		{"nothing to read", func(n map[string]any) { n["content"] = strings.Repeat(" ", 10) }, 400, "notes[3].content: There's nothing"},
		{"U+0000", func(n map[string]any) { n["content"] = "Mike likes\x00 tea" }, 400, "notes[3].content: "},
		{"without a contact", func(n map[string]any) { delete(n, "contact_id") }, 400, "notes[3]"},
		{"somebody else's contact", func(n map[string]any) { n["contact_id"] = theirs }, 404, "notes[3].contact_id: There is nothing here"},
		{"an unknown field", func(n map[string]any) { n["async"] = true }, 400, "notes[3].async: unexpected property"},
	} {
		list := notes(5, mike)
		test.spoil(list[3])
		ana.post("/api/notes/batch", map[string]any{"notes": list}).says(test.status, test.words)
	}
	ana.post("/api/notes/batch", map[string]any{"notes": []any{}}).says(400, "notes: expected array length >= 1")
	ana.post("/api/notes/batch", map[string]any{"notes": notes(501, mike)}).says(400, "notes: expected array length <= 500")
	ana.post("/api/notes/batch", map[string]any{}).says(400, "notes")
	ana.post("/api/notes/batch", `{"notes": [{"contact_id": 1, "content": "`+strings.Repeat("x", 17<<20)+`"}]}`).says(413, "too large")
	h.stranger(t).post("/api/notes/batch", map[string]any{"notes": notes(1, mike)}).says(401, "not signed in")
	if n := ana.count(`SELECT (SELECT count(*) FROM notes) + (SELECT count(*) FROM tasks) + (SELECT count(*) FROM batches)`); n != 0 {
		t.Errorf("%d rows are kept of batches that were refused, want 0", n)
	}
}

func TestCancelBatch(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := newHouseWith(t, stuck(release))
	ana := h.somebody(t, core.RoleUser)
	id := ana.batch(notes(30, ana.know("Mike Chen")[0]))
	ana.until(id, func(p progress) bool { return p.State == "PROGRESS" })
	ana.post("/api/notes/task/"+id+"/cancel", nil).want(200)
	close(release)
	p := ana.until(id, func(p progress) bool { return p.State == "SUCCESS" })
	read, ended := 0, 0
	for _, n := range p.Result.Notes {
		switch {
		case n.Error == "" && len(n.Synthesis) == 1:
			read++
		case strings.Contains(n.Error, "cancelled") && len(n.Synthesis) == 0:
			ended++
		}
	}
	if read == 0 || ended == 0 || read+ended != 30 {
		t.Errorf("%d notes are read and %d cancelled, want what had begun read, and all accounted for", read, ended)
	}
	ana.post("/api/notes/task/"+id+"/cancel", nil).says(422, "nothing left")
	if n := ana.count(`SELECT count(*) FROM notes WHERE state = 'failed' AND deleted_at IS NULL`); n != ended {
		t.Errorf("%d notes can be tried again, want %d", n, ended)
	}
}

func TestCancelBatchThatHasNotBegun(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Nudge = func(core.Task) {}
	ana := h.somebody(t, core.RoleUser)
	id := ana.batch(notes(3, ana.know("Mike Chen")[0]))
	if p := ana.status(id); p.State != "PENDING" {
		t.Errorf("before it begins the batch is %+v", p)
	}
	ana.post("/api/notes/task/"+id+"/cancel", nil).want(200)
	p := ana.status(id)
	if p.State != "FAILURE" || !strings.Contains(p.Error, "cancelled") || p.Result == nil || len(p.Result.Notes) != 3 {
		t.Errorf("cancelled it is %+v", p)
	}
}

func TestCancelTask(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := newHouseWith(t, stuck(release))
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	id := ana.begin(mike, "Mike works at Stripe")
	ana.until(id, func(p progress) bool { return p.State == "PROGRESS" })
	bob.post("/api/notes/task/"+id+"/cancel", nil).says(404, "nothing here")
	ana.post("/api/notes/task/x/cancel", nil).says(404, "nothing here")
	h.stranger(t).post("/api/notes/task/"+id+"/cancel", nil).says(401, "not signed in")
	ana.post("/api/notes/task/"+id+"/cancel", nil).want(200)
	p := ana.status(id)
	if p.State != "FAILURE" || !strings.Contains(p.Error, "cancelled") || p.Result != nil {
		t.Errorf("cancelled it is %+v", p)
	}
	close(release)
	ana.post("/api/notes/task/"+id+"/cancel", nil).says(422, "nothing left")
	ana.process(mike, "Mike lives in Porto") // by when the worker has let the other go
	if p := ana.status(id); p.State != "FAILURE" {
		t.Errorf("later it is %+v, want it to stay cancelled", p)
	}
	if n := ana.count(`SELECT count(*) FROM facts f JOIN tasks t USING (note_id) WHERE t.state = 'cancelled'`); n != 0 {
		t.Errorf("%d facts come from a cancelled task, want 0", n)
	}
	done := ana.begin(mike, "Mike likes tea a lot")
	ana.until(done, func(p progress) bool { return p.State == "SUCCESS" })
	ana.post("/api/notes/task/"+done+"/cancel", nil).says(422, "nothing left")
}

// What is over can be asked about for a week, and is like never seen then.
func TestOldTasksAreForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	one, many := ana.begin(mike, "Mike works at Stripe"), ana.batch(notes(3, mike))
	kept := ana.batch(notes(3, mike))
	for _, id := range []string{one, many, kept} {
		ana.until(id, func(p progress) bool { return p.State == "SUCCESS" })
	}
	ana.exec(`UPDATE tasks t SET finished_at = finished_at - interval '8 days' FROM batches b WHERE t.batch_id = b.id AND b.public_id <> $1 OR t.batch_id IS NULL`, kept)
	ana.exec(`UPDATE batches SET created_at = created_at - interval '8 days'`)
	check(t, h.Store.DropOldTasks(t.Context(), 7*24*time.Hour))
	for _, id := range []string{one, many} {
		ana.until(id, func(p progress) bool { return p.State == "PENDING" && p.Result == nil && p.Progress == nil })
	}
	if n := ana.count(`SELECT count(*) FROM batches`); n != 1 {
		t.Errorf("%d batches are left, want the one of which there are tasks", n)
	}
	if p := ana.status(kept); p.State != "SUCCESS" {
		t.Errorf("the batch that is not old is %+v", p)
	}
	if n := ana.count(`SELECT count(*) FROM notes`); n != 7 {
		t.Errorf("%d notes are left, want all 7", n)
	}
}
