package jobs

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/outbox"
)

// round sweeps once.
func (w *works) round() {
	w.t.Helper()
	check(w.t, w.sweep.once(w.t.Context()))
}

// wait moves every task's nudge and claim back in time.
func (w *works) wait(d time.Duration) {
	w.exec(`UPDATE tasks SET nudged_at = nudged_at - $1::interval, heartbeat_at = heartbeat_at - $1::interval`, d)
}

// quiet forgets whom the sender was told to wake.
func (w *works) quiet() {
	for {
		select {
		case <-w.sender.woken:
		default:
			return
		}
	}
}

// done waits until a task's row says that it is done.
func (w *works) done(task core.Task) {
	w.t.Helper()
	w.until("the task is done", func() bool { return strings.HasPrefix(w.row(task), "done") })
}

func TestADroppedNudgeIsFoundBySweep(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	w.start(w.worker.Run)
	task := w.take("Ana Torres likes tea")
	w.round()
	w.is(task, "queued 0") // its nudge may be on its way
	w.wait(patience + time.Second)
	w.round()
	w.done(task)
	if got := w.counts("kith_jobs_swept_total"); got["nudged"] != 1 {
		t.Errorf("swept %v, want one nudged", got)
	}
}

func TestTheTaskOfAKilledWorkerIsDone(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	w.start(w.worker.Run)
	task := w.take("Ana Torres likes tea")
	_, err := w.db.ClaimTask(t.Context(), task.Ref(), "killed")
	check(t, err)
	w.round()
	w.is(task, "running 1")
	w.wait(silence + time.Second)
	w.round()
	w.done(task)
	w.is(task, "done 2")
}

func TestAnEmptiedRedisLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	before := w.take("Ana Torres likes tea")
	check(t, w.queue.enqueue(t.Context(), before))
	check(t, w.redis.FlushAll(t.Context()).Err())
	w.start(w.queue.Run, w.worker.Run)
	w.wait(patience + time.Second)
	w.round()
	w.done(before)
	check(t, w.redis.FlushAll(t.Context()).Err()) // under a worker that waits
	after := w.take("Bob Hall likes tea")
	w.queue.Nudge(after)
	w.done(after)
}

func TestSweepWakesSenders(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	w.round()
	w.quiet()
	_, err := outbox.Owe(t.Context(), w.db, core.Message{UserID: w.user.ID, ChatID: 7, Kind: core.MessagePhrase})
	check(t, err)
	w.round()
	w.wake()
}

func TestOneProcessSweeps(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	_, err := w.db.TakeLease(t.Context(), leaseSweep, "another", time.Minute)
	check(t, err)
	w.take("Ana Torres likes tea")
	w.wait(patience + time.Second)
	w.round()
	if got := w.counts("kith_jobs_swept_total"); len(got) != 0 {
		t.Errorf("swept %v while another process does", got)
	}
	check(t, w.db.DropLease(t.Context(), leaseSweep, "another"))
	w.round()
	if got := w.counts("kith_jobs_swept_total"); got["nudged"] != 1 {
		t.Errorf("swept %v once nobody else does, want one nudged", got)
	}
	if got := w.counts("kith_jobs_open"); got["queued"] != 1 || got["running"] != 0 || len(w.counts("kith_jobs_queue_depth")) != len(queues) {
		t.Errorf("open are %v, in the queues %v; want one that waits", got, w.counts("kith_jobs_queue_depth"))
	}
	w.exec(`UPDATE leases SET owner = 'another', expires_at = now() + interval '1 minute'`)
	w.round()
	if open, depth := w.counts("kith_jobs_open"), w.counts("kith_jobs_queue_depth"); len(open) != 0 || len(depth) != 0 {
		t.Errorf("open are %v, in the queues %v; want that told by whoever sweeps", open, depth)
	}
}

func TestSweepRunsUntilAskedToStop(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	stop := w.start(w.worker.Run, w.sweep.Run)
	task := w.take("Ana Torres likes tea")
	w.wait(patience + time.Second)
	w.done(task)
	stop()
	if held, err := w.db.TakeLease(t.Context(), leaseSweep, "next", time.Minute); !held || err != nil {
		t.Errorf("the next process gets the lease: %v (%v), want it given back at once", held, err)
	}
}

func TestHouseIsKept(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	w.exec(`INSERT INTO updates (bot_id, update_id, seen_at) VALUES (1, 1, now() - interval '4 days')`)
	w.exec(`INSERT INTO contacts (user_id, full_name, deleted_at) VALUES ($1, 'Ana', now() - interval '31 days'), ($1, 'Bob', now() - interval '29 days')`, w.user.ID)
	w.start(w.worker.Run)
	old, open := w.take("Ana Torres likes tea"), w.take("Ana Torres likes figs")
	w.exec(`UPDATE tasks SET state = 'done', finished_at = now() - interval '8 days' WHERE id = $1`, old.ID)
	w.round()
	w.until("what was over eight days ago is forgotten", func() (forgotten bool) {
		check(t, w.sql.QueryRow(t.Context(), `SELECT array_agg(id) = ARRAY[$1::bigint] FROM tasks`, open.ID).Scan(&forgotten))
		return forgotten
	})
	w.until("an update of four days ago, and a contact that was in the trash for 31, are forgotten", func() (forgotten bool) {
		check(t, w.sql.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM updates) = 0 AND NOT EXISTS (SELECT FROM contacts WHERE full_name = 'Ana') AND EXISTS (SELECT FROM contacts WHERE full_name = 'Bob')`).Scan(&forgotten))
		return forgotten
	})
	w.round() // not again within the hour
	if got := w.counts("kith_jobs_enqueued_total"); got["housekeeping/ok"] != 1 {
		t.Errorf("enqueued %v, want housekeeping once", got)
	}
	w.until("housekeeping is counted", func() bool { return w.counts("kith_jobs_processed_total")["housekeeping/done"] == 1 })
}

func TestABacklogStaysInPostgres(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	task := w.take("Ana Torres likes tea")
	w.wait(patience + time.Second)
	for range waitingAtMost {
		check(t, w.queue.ring(t.Context(), string(task.Kind), []byte(`{}`), "ai"))
	}
	w.round()
	if got := w.counts("kith_jobs_swept_total"); got["nudged"] != 0 {
		t.Errorf("swept %v on top of a full queue, want nothing", got)
	}
	if got := w.counts("kith_jobs_queue_depth"); got["ai"] != waitingAtMost {
		t.Errorf("the queue's depth is %v, want %d", got, waitingAtMost)
	}
}

// After a year of chats was imported, or a model came back, thousands of tasks
// are due that nobody waits for. A note whose worker was killed meanwhile, and
// that is so the last of all that is due, is handed on at once.
func TestWhatAUserWaitsForDoesNotWaitForABacklog(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	w.exec(`INSERT INTO tasks (user_id, kind, next_try_at)
		SELECT $1, kind, now() - interval '1 hour' FROM generate_series(1, 2000), unnest(ARRAY['analyze_chat', 'improve_note']) kind`, w.user.ID)
	w.exec(`INSERT INTO tasks (user_id, kind) VALUES ($1, 'sync_telegram_contacts')`, w.user.ID)
	w.round()
	task := w.take("Ana Torres likes tea")
	_, err := w.db.ClaimTask(t.Context(), task.Ref(), "killed")
	check(t, err)
	w.wait(silence + time.Second)
	w.round()
	if got := w.counts("kith_jobs_enqueued_total"); got["analyze_note/ok"] != 1 || got["sync_telegram_contacts/ok"] != 0 {
		t.Errorf("handed on %v, want the note", got)
	}
	if got := w.counts("kith_jobs_queue_depth"); got["maintenance"] > waitingAtMost+1 { // and the house
		t.Errorf("in the queues there are %v, want no more than %d for maintenance and the house", got, waitingAtMost)
	}
}

// A Redis that is away must not hold up whoever nudges, nor lose a task.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	gone := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	t.Cleanup(func() { _ = gone.Close() })
	reg := prometheus.NewRegistry()
	log, metrics := slog.New(slog.NewTextHandler(w.journal, nil)), NewMetrics(reg)
	away := NewQueue(gone, log, metrics)
	task := w.take("Ana Torres likes tea")
	if err := away.enqueue(t.Context(), task); err == nil || strings.Contains(err.Error(), "tea") {
		t.Errorf("enqueue = %v, want an error without the note", err)
	}
	w.wait(patience + time.Second)
	kept := w.sweep.Queue
	w.sweep.Queue = away
	if err := w.sweep.once(t.Context()); err == nil {
		t.Error("a sweep without Redis went well")
	}
	w.sweep.Queue = kept
	w.start(w.worker.Run)
	w.round()
	w.done(task)
}

func TestNudgeNeverWaits(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	for range nudgesWaiting + 3 { // nobody passes them on
		w.queue.Nudge(core.Task{Kind: core.TaskAnalyzeNote})
	}
	if got := w.counts("kith_jobs_enqueued_total"); got["analyze_note/dropped"] != 3 {
		t.Errorf("counted %v, want 3 dropped", got)
	}
}

func TestANudgeThatCannotBePassedOnIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	gone := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	t.Cleanup(func() { _ = gone.Close() })
	away := NewQueue(gone, slog.New(slog.NewTextHandler(w.journal, nil)), NewMetrics(prometheus.NewRegistry()))
	w.start(away.Run)
	away.Nudge(core.Task{Kind: core.TaskAnalyzeNote, ID: 42})
	w.until("the log tells of task 42", func() bool { return strings.Contains(w.journal.String(), "task=42") })
}

// A note that is kept while Kith is being stopped is read by whoever works then,
// and does not wait until it is missed.
func TestNudgesOfTheLastMomentArePassedOn(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	for range 20 {
		w.queue.Nudge(core.Task{Kind: core.TaskAnalyzeNote})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	check(t, w.queue.Run(ended))
	state, err := w.queue.State()
	check(t, err)
	if n := state.Queues[queueAI].Depth; n != 20 {
		t.Errorf("%d of 20 nudges are passed on", n)
	}
	gone := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	t.Cleanup(func() { _ = gone.Close() })
	away := NewQueue(gone, w.worker.Log, w.worker.Metrics)
	for range 20 {
		away.Nudge(core.Task{Kind: core.TaskAnalyzeNote})
	}
	check(t, away.Run(ended))
	if n := w.counts("kith_jobs_enqueued_total")["analyze_note/error"]; n > nudgers {
		t.Errorf("%v nudges are tried at the end on a Redis that is away, want %d at most", n, nudgers)
	}
}

func TestASweepThatBreaksOffGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	w.exec(`ALTER TABLE tasks RENAME TO away`)
	if err := w.sweep.once(t.Context()); err == nil {
		t.Error("a sweep without tasks went well")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- w.sweep.Run(ctx) }()
	w.until("the log tells of the sweep", func() bool { return strings.Contains(w.journal.String(), "sweep broke off") })
	cancel()
	check(t, <-ended)
}
