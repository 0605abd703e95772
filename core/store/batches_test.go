package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

// batch adds a batch with a task for each of n notes.
func (m *memory) batch(n int) (core.Batch, []core.Task) {
	m.t.Helper()
	b := must(m.AddBatch(m.t.Context(), m.user))(m.t)
	var tasks []core.Task
	for range n {
		note := m.note("Ana likes tea")
		tasks = append(tasks, must(m.AddTask(m.t.Context(), core.Task{
			UserID: m.user, Kind: core.TaskAnalyzeNote, NoteID: note.ID, Revision: 1, BatchID: b.ID,
		}))(m.t))
	}
	return b, tasks
}

func TestPublicIDs(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	b, tasks := m.batch(1)
	task := tasks[0]
	if got := must(m.TaskByPublicID(t.Context(), m.user, task.PublicID))(t); got != task || task.BatchID != b.ID {
		t.Errorf("found %+v, want %+v", got, task)
	}
	if got := must(m.BatchByPublicID(t.Context(), m.user, b.PublicID))(t); got != b {
		t.Errorf("found %+v, want %+v", got, b)
	}
	_, err := m.TaskByPublicID(t.Context(), m.stranger, task.PublicID)
	notFound(t, "somebody else's task", err)
	_, err = m.BatchByPublicID(t.Context(), m.stranger, b.PublicID)
	notFound(t, "somebody else's batch", err)
	for _, id := range []string{"", "1", "x\x00", b.PublicID + "0", "00000000-0000-0000-0000-000000000000"} {
		_, err := m.TaskByPublicID(t.Context(), m.user, id)
		notFound(t, "a task by "+id, err)
		_, err = m.BatchByPublicID(t.Context(), m.user, id)
		notFound(t, "a batch by "+id, err)
	}
}

func TestCancelBatch(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	b, tasks := m.batch(3)
	_, others := m.batch(1)
	must(m.ClaimTask(t.Context(), tasks[1].Ref(), "a"))(t)
	if n := must(m.CancelBatch(t.Context(), m.stranger, b.ID))(t); n != 0 {
		t.Errorf("somebody else cancels %d tasks, want 0", n)
	}
	for _, want := range []int64{2, 0} {
		if n := must(m.CancelBatch(t.Context(), m.user, b.ID))(t); n != want {
			t.Errorf("cancelled %d, want %d", n, want)
		}
	}
	var states []core.TaskState
	for _, task := range must(m.BatchTasks(t.Context(), m.user, b.ID))(t) {
		states = append(states, task.State)
	}
	if want := []core.TaskState{core.TaskCancelled, core.TaskRunning, core.TaskCancelled}; !slices.Equal(states, want) {
		t.Errorf("the tasks are %v, want %v", states, want)
	}
	if state, _ := m.state(others[0]); state != "queued" {
		t.Errorf("a task of another batch is %s, want it queued", state)
	}
	if n := value[int](m, `SELECT count(*) FROM notes WHERE state = 'failed'`); n != 2 {
		t.Errorf("%d notes can be tried again, want 2", n)
	}
	if list := must(m.BatchTasks(t.Context(), m.stranger, b.ID))(t); len(list) > 0 {
		t.Errorf("somebody else sees %v", list)
	}
}

func TestDropOldTasks(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.batch(1)
	gone, kept := m.task(), m.task()
	m.exec(`UPDATE batches SET created_at = now() - interval '9 days'`)
	m.exec(`UPDATE tasks SET created_at = now() - interval '9 days'`)
	m.exec(`UPDATE tasks SET state = 'failed', finished_at = now() - interval '8 days' WHERE id = $1`, gone.ID)
	m.exec(`UPDATE tasks SET state = 'cancelled', finished_at = now() - interval '6 days' WHERE id = $1`, kept.ID)
	left := func(tasks, batches int) {
		t.Helper()
		check(t, m.DropOldTasks(t.Context(), 7*24*time.Hour))
		if got := value[int](m, `SELECT count(*) FROM tasks`); got != tasks {
			t.Errorf("%d tasks are left, want %d", got, tasks)
		}
		if got := value[int](m, `SELECT count(*) FROM batches`); got != batches {
			t.Errorf("%d batches are left, want %d", got, batches)
		}
	}
	left(2, 1)
	m.exec(`UPDATE tasks SET state = 'done', finished_at = now() - interval '8 days' WHERE batch_id IS NOT NULL`)
	left(1, 0)
}
