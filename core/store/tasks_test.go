package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

// notes are the kinds of the task that task makes.
var notes = []core.TaskKind{core.TaskAnalyzeNote}

func (m *memory) task() core.Task {
	m.t.Helper()
	note := m.note("Ana likes tea")
	return must(m.AddTask(m.t.Context(), core.Task{UserID: m.user, Kind: core.TaskAnalyzeNote, NoteID: note.ID, Revision: 1}))(m.t)
}

// state returns what the row of a task says of itself.
func (m *memory) state(t core.Task) (state, message string) {
	m.t.Helper()
	row := m.sql.QueryRow(m.t.Context(), `SELECT state, message FROM tasks WHERE user_id = $1 AND id = $2`, t.UserID, t.ID)
	check(m.t, row.Scan(&state, &message))
	return state, message
}

func TestClaimTask(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	task := m.task()
	if task.State != core.TaskQueued || task.Attempts != 0 || task.PublicID == "" {
		t.Errorf("a new task is %+v, want it queued", task)
	}
	_, err := m.ClaimTask(t.Context(), core.TaskRef{UserID: m.stranger, ID: task.ID}, "a")
	notFound(t, "somebody else's task", err)
	claimed := must(m.ClaimTask(t.Context(), task.Ref(), "a"))(t)
	if claimed.State != core.TaskRunning || claimed.Attempts != 1 || claimed.NoteID != task.NoteID || claimed.Revision != 1 {
		t.Errorf("claimed %+v, want it running for the first time", claimed)
	}
	for _, owner := range []string{"a", "b"} {
		_, err := m.ClaimTask(t.Context(), task.Ref(), owner)
		notFound(t, "a claimed task, by "+owner, err)
	}
}

// What somebody does who no longer has the task changes nothing.
func TestOnlyTheOwnerWorksOnATask(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	task := m.task()
	must(m.ClaimTask(t.Context(), task.Ref(), "a"))(t)
	for name, do := range map[string]func() (bool, error){
		"beat":   func() (bool, error) { return m.BeatTask(t.Context(), task.Ref(), "b") },
		"finish": func() (bool, error) { return m.FinishTask(t.Context(), task.Ref(), "b") },
		"retry":  func() (bool, error) { return m.RetryTask(t.Context(), task.Ref(), "b", "why", 0) },
		"fail":   func() (bool, error) { return m.FailTask(t.Context(), task.Ref(), "b", "why") },
	} {
		if done := must(do())(t); done {
			t.Errorf("somebody else can %s the task", name)
		}
	}
	if held := must(m.BeatTask(t.Context(), task.Ref(), "a"))(t); !held {
		t.Error("the owner's beat says that the task is not theirs")
	}
	if state, _ := m.state(task); state != "running" {
		t.Errorf("the task is %s, want running", state)
	}
}

func TestEndsOfATask(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		end     func(m *memory, task core.Task) (bool, error)
		state   string
		message string
	}{
		{"finished", func(m *memory, task core.Task) (bool, error) {
			return m.FinishTask(m.t.Context(), task.Ref(), "a")
		}, "done", ""},
		{"failed", func(m *memory, task core.Task) (bool, error) {
			return m.FailTask(m.t.Context(), task.Ref(), "a", "no engine")
		}, "failed", "no engine"},
		{"cancelled", func(m *memory, task core.Task) (bool, error) {
			return true, m.CancelTasks(m.t.Context(), m.user, task.NoteID)
		}, "cancelled", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			task := m.task()
			must(m.ClaimTask(t.Context(), task.Ref(), "a"))(t)
			if ended := must(test.end(m, task))(t); !ended {
				t.Fatal("the owner could not end the task")
			}
			if state, message := m.state(task); state != test.state || message != test.message {
				t.Errorf("the task is %s, %q; want %s, %q", state, message, test.state, test.message)
			}
			if held := must(m.BeatTask(t.Context(), task.Ref(), "a"))(t); held {
				t.Error("the owner still has the task")
			}
			_, err := m.ClaimTask(t.Context(), task.Ref(), "b")
			notFound(t, "a task that has ended", err)
			check(t, m.CancelTasks(t.Context(), m.user, task.NoteID))
			if state, _ := m.state(task); state != test.state {
				t.Errorf("what had ended as %s is %s", test.state, state)
			}
		})
	}
}

func TestCancelTasksOfOneNoteAndUser(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	task, other := m.task(), m.task()
	check(t, m.CancelTasks(t.Context(), m.stranger, task.NoteID))
	check(t, m.CancelTasks(t.Context(), m.user, other.NoteID))
	if state, _ := m.state(task); state != "queued" {
		t.Errorf("the task of another note is %s, want queued", state)
	}
	if state, _ := m.state(other); state != "cancelled" {
		t.Errorf("the note's task is %s, want cancelled", state)
	}
}

func TestRetryTask(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	task := m.task()
	must(m.ClaimTask(t.Context(), task.Ref(), "a"))(t)
	if given := must(m.RetryTask(t.Context(), task.Ref(), "a", "engine away", time.Hour))(t); !given {
		t.Fatal("the owner could not give the task back")
	}
	if state, message := m.state(task); state != "queued" || message != "engine away" {
		t.Errorf("the task is %s, %q; want queued, with the reason", state, message)
	}
	_, err := m.ClaimTask(t.Context(), task.Ref(), "b")
	notFound(t, "a task that is not due", err)
	if got := must(m.NudgeTasks(t.Context(), notes, time.Hour, 10))(t); len(got) > 0 {
		t.Errorf("nudged %v before it is due", got)
	}
	m.exec(`UPDATE tasks SET next_try_at = now()`)
	if got := must(m.NudgeTasks(t.Context(), notes, time.Hour, 10))(t); len(got) != 1 {
		t.Errorf("nudged %v, want the due task, though the last nudge is recent", got)
	}
	if got := must(m.ClaimTask(t.Context(), task.Ref(), "b"))(t); got.Attempts != 2 {
		t.Errorf("attempt %d, want 2", got.Attempts)
	}
}

func TestReviveTasks(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	silent, alive := m.task(), m.task()
	must(m.ClaimTask(t.Context(), silent.Ref(), "killed"))(t)
	must(m.ClaimTask(t.Context(), alive.Ref(), "alive"))(t)
	m.exec(`UPDATE tasks SET heartbeat_at = now() - interval '9 seconds' WHERE id = $1`, silent.ID)
	if n := must(m.ReviveTasks(t.Context(), 8*time.Second))(t); n != 1 {
		t.Errorf("%d tasks were given back, want 1", n)
	}
	if held := must(m.BeatTask(t.Context(), silent.Ref(), "killed"))(t); held {
		t.Error("whoever was silent still has the task")
	}
	if held := must(m.BeatTask(t.Context(), alive.Ref(), "alive"))(t); !held {
		t.Error("whoever beats lost the task")
	}
	nudged := must(m.NudgeTasks(t.Context(), notes, time.Hour, 10))(t)
	if len(nudged) != 1 || nudged[0].ID != silent.ID {
		t.Errorf("nudged %v, want the one given back", nudged)
	}
}

func TestNudgeTasks(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	first, second, third := m.task(), m.task(), m.task()
	if got := must(m.NudgeTasks(t.Context(), notes, 10*time.Second, 10))(t); len(got) > 0 {
		t.Errorf("nudged %v, which were nudged when they were made", got)
	}
	m.exec(`UPDATE tasks SET nudged_at = now() - interval '11 seconds', next_try_at = now() - $2 * interval '1 second' WHERE id = $1`, first.ID, 30)
	m.exec(`UPDATE tasks SET nudged_at = now() - interval '11 seconds', next_try_at = now() - $2 * interval '1 second' WHERE id = $1`, second.ID, 50)
	m.exec(`UPDATE tasks SET nudged_at = now() - interval '11 seconds', next_try_at = now() - $2 * interval '1 second' WHERE id = $1`, third.ID, 40)
	ids := func() (list []int64) {
		for _, task := range must(m.NudgeTasks(t.Context(), notes, 10*time.Second, 2))(t) {
			list = append(list, task.ID)
		}
		slices.Sort(list)
		return list
	}
	if got, want := ids(), []int64{second.ID, third.ID}; !slices.Equal(got, want) {
		t.Errorf("nudged %v first, want those that wait longest: %v", got, want)
	}
	if got, want := ids(), []int64{first.ID}; !slices.Equal(got, want) {
		t.Errorf("nudged %v next, want the one left: %v", got, want)
	}
	if got := ids(); len(got) > 0 {
		t.Errorf("nudged %v again at once", got)
	}
}

func TestTaskCounts(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	running, done := m.task(), m.task()
	m.task()
	m.task()
	must(m.ClaimTask(t.Context(), running.Ref(), "a"))(t)
	must(m.ClaimTask(t.Context(), done.Ref(), "a"))(t)
	must(m.FinishTask(t.Context(), done.Ref(), "a"))(t)
	got := must(m.TaskCounts(t.Context()))(t)
	if len(got) != 2 || got[core.TaskQueued] != 2 || got[core.TaskRunning] != 1 {
		t.Errorf("counts are %v, want 2 queued and 1 running", got)
	}
}

func TestNudgeTasksOfSomeKinds(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	sync := must(m.AddTask(t.Context(), core.Task{UserID: m.user, Kind: core.TaskSyncContacts}))(t)
	question := must(m.AddTask(t.Context(), core.Task{UserID: m.user, Kind: core.TaskAnswerQuestion}))(t)
	note := m.task()
	m.exec(`UPDATE tasks SET next_try_at = now() - $2 * interval '1 second' WHERE id = $1`, question.ID, 10)
	m.exec(`UPDATE tasks SET next_try_at = now() - $2 * interval '1 second' WHERE id = $1`, note.ID, 20)
	for _, want := range []core.Task{note, question} { // whichever kind it is of
		nudged := must(m.NudgeTasks(t.Context(), []core.TaskKind{core.TaskAnswerQuestion, core.TaskAnalyzeNote}, -time.Second, 1))(t)
		if len(nudged) != 1 || nudged[0].ID != want.ID {
			t.Errorf("nudged %+v, want the %s that waits longest", nudged, want.Kind)
		}
		m.exec(`UPDATE tasks SET nudged_at = now() + interval '1 hour' WHERE id = $1`, want.ID)
	}
	if due := must(m.DueSyncs(t.Context(), []int64{m.user}))(t); len(due) != 1 || due[0].ID != sync.ID {
		t.Errorf("due are %+v, want the sync", due)
	}
	if due := must(m.DueSyncs(t.Context(), []int64{m.stranger}))(t); len(due) != 0 {
		t.Errorf("somebody else's are %+v", due)
	}
}
