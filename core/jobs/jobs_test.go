package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/llm"
	"github.com/kith-platform/kith/core/llm/llmtest"
	"github.com/kith-platform/kith/core/llm/openai"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/recall"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An engine reads notes as a test wants.
type engine func(ctx context.Context, n analysis.Note) (core.Reading, error)

func (engine) Name() string { return "scripted" }

func (e engine) Read(ctx context.Context, n analysis.Note) (core.Reading, error) { return e(ctx, n) }

// likesTea finds in every note that somebody likes tea.
func likesTea(context.Context, analysis.Note) (core.Reading, error) {
	return core.Reading{Drafts: []core.Draft{{Category: core.Avocation, Text: "Likes tea", Quote: "likes tea", Confidence: 1}}}, nil
}

// A sender says whom it was told to wake, and whom to show typing. Its files
// cannot be fetched.
type sender struct {
	woken    chan int64
	typing   chan int64
	fetching func() error // why not
}

func (s sender) Wake(userID int64)   { s.woken <- userID }
func (s sender) Typing(userID int64) { s.typing <- userID }

func (s sender) Fetch(context.Context, string, io.Writer) error { return s.fetching() }

// A log that tests may read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// A works is everything that background work needs, with a user.
type works struct {
	t       *testing.T
	db      *store.Store
	sql     *pgxpool.Pool
	redis   *redis.Client
	queue   *Queue
	worker  *Worker
	sweep   *Sweep
	sender  sender
	metrics *prometheus.Registry
	journal *journal
	user    core.User
}

func newWorks(t *testing.T, read engine) *works {
	t.Helper()
	db, sql := storetest.Open(t)
	options, err := redis.ParseURL(cachetest.Redis(t))
	check(t, err)
	rdb := redis.NewClient(options)
	t.Cleanup(func() { _ = rdb.Close() })
	w := &works{
		t: t, db: db, sql: sql, redis: rdb, metrics: prometheus.NewRegistry(), journal: &journal{}, user: storetest.User(t, db),
		sender: sender{woken: make(chan int64, 1000), typing: make(chan int64, 1000)},
	}
	log, metrics := slog.New(slog.NewTextHandler(w.journal, nil)), NewMetrics(w.metrics)
	w.queue = NewQueue(rdb, log, metrics)
	w.worker = &Worker{
		Store: db, Redis: rdb, Analyst: &analysis.Analyst{Engines: []analysis.Engine{read}}, Sender: w.sender,
		Log: log, Metrics: metrics, Owner: "test",
	}
	w.sweep = &Sweep{Store: db, Queue: w.queue, Sender: w.sender, Log: log, Metrics: metrics, Owner: "test"}
	return w
}

// start runs parts until the test ends, or stop is called.
func (w *works) start(parts ...func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.t.Context()))
	var running sync.WaitGroup
	for _, run := range parts {
		running.Go(func() {
			if err := run(ctx); err != nil {
				w.t.Error(err)
			}
		})
	}
	stop = func() { cancel(); running.Wait() }
	w.t.Cleanup(stop)
	return stop
}

// take keeps a note, owes its confirmation, and returns the task to read it.
func (w *works) take(text string) core.Task {
	w.t.Helper()
	var task core.Task
	check(w.t, w.db.InTx(w.t.Context(), func(tx *store.Store) error {
		note, added, err := capture.Take(w.t.Context(), tx, capture.Message{User: w.user, Text: text, SaidAt: time.Now()})
		if err != nil {
			return err
		}
		task = added
		_, err = outbox.Owe(w.t.Context(), tx, core.Message{UserID: w.user.ID, ChatID: 7, Kind: core.MessageNote, NoteID: note.ID})
		return err
	}))
	return task
}

// soon bounds what a busy machine may take.
const soon = 30 * time.Second

// wake waits until the user's sender is woken.
func (w *works) wake() {
	w.t.Helper()
	select {
	case id := <-w.sender.woken:
		if id != w.user.ID {
			w.t.Errorf("user %d was woken, want %d", id, w.user.ID)
		}
	case <-time.After(soon):
		w.t.Fatalf("nobody was woken; the log says:\n%s", w.journal)
	}
}

// until waits for something that nobody tells of.
func (w *works) until(what string, is func() bool) {
	w.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(soon); !is(); {
		select {
		case <-deadline:
			w.t.Fatalf("waited in vain until %s; the log says:\n%s", what, w.journal)
		case <-tick.C:
		}
	}
}

// row returns what a task's row says: state, attempts, and why.
func (w *works) row(t core.Task) (row string) {
	w.t.Helper()
	check(w.t, w.sql.QueryRow(w.t.Context(),
		`SELECT rtrim(state || ' ' || attempts || ' ' || message) FROM tasks WHERE user_id = $1 AND id = $2`, t.UserID, t.ID).Scan(&row))
	return row
}

// is fails the test unless a task's row says that.
func (w *works) is(t core.Task, want string) {
	w.t.Helper()
	if got := w.row(t); got != want {
		w.t.Errorf("the task is %q, want %q; the log says:\n%s", got, want, w.journal)
	}
}

func (w *works) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.sql.Exec(w.t.Context(), sql, args...)
	check(w.t, err)
}

// facts returns what was drawn from the note of a task.
func (w *works) facts(t core.Task) []core.Fact {
	w.t.Helper()
	c, err := capture.Confirm(w.t.Context(), w.db, t.UserID, t.NoteID)
	check(w.t, err)
	return c.Facts
}

// owed returns the message that the chat is owed.
func (w *works) owed() (m core.Message) {
	w.t.Helper()
	check(w.t, w.db.InTx(w.t.Context(), func(tx *store.Store) (err error) {
		if err := tx.ClaimChat(w.t.Context(), w.user.ID, "test", time.Minute); err != nil {
			return err
		}
		return tx.NextOwed(w.t.Context(), w.user.ID, "test", &m)
	}))
	return m
}

// note returns the note of a task.
func (w *works) note(t core.Task) core.Note {
	w.t.Helper()
	note, err := w.db.Note(w.t.Context(), t.UserID, t.NoteID)
	check(w.t, err)
	return note
}

// counts returns a metric's values by their labels, as "kind/outcome".
func (w *works) counts(name string) map[string]float64 {
	w.t.Helper()
	families, err := w.metrics.Gather()
	check(w.t, err)
	values := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() != name {
				continue
			}
			var labels []string
			for _, l := range metric.GetLabel() {
				labels = append(labels, l.GetValue())
			}
			values[strings.Join(labels, "/")] = metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
		}
	}
	return values
}

func TestAnIdleWorkerStartsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	w.start(w.queue.Run, w.worker.Run)
	task := w.take("Ana Torres likes tea")
	w.queue.Nudge(task)
	w.wake()
	w.is(task, "done 1")
	facts := w.facts(task)
	if note := w.note(task); len(facts) != 1 || note.State != core.NoteDone || note.Engine != "scripted" {
		t.Errorf("facts are %v and the note is %s by %q, want one, done by scripted", facts, note.State, note.Engine)
	}
	if m := w.owed(); m.Wanted != 2 {
		t.Errorf("owed is %+v, want the confirmation with its facts", m)
	}
	if got := <-w.sender.typing; got != task.UserID {
		t.Errorf("typing is shown to user %d, want %d", got, task.UserID)
	}
	if got := w.counts("kith_jobs_processed_total"); got["analyze_note/done"] != 1 || len(got) != 1 {
		t.Errorf("counted %v, want one done", got)
	}
}

func TestATaskNamedTwiceIsDoneOnce(t *testing.T) {
	t.Parallel()
	var read atomic.Int32
	w := newWorks(t, func(ctx context.Context, n analysis.Note) (core.Reading, error) {
		read.Add(1)
		return likesTea(ctx, n)
	})
	first, last := w.take("Ana Torres likes tea"), w.take("Bob Hall likes tea")
	for range 5 {
		check(t, w.queue.enqueue(t.Context(), first))
	}
	w.worker.Concurrency = 1
	check(t, w.queue.enqueue(t.Context(), last))
	w.start(w.worker.Run)
	w.wake()
	w.wake()
	if n := read.Load(); n != 2 {
		t.Errorf("two notes were read %d times", n)
	}
}

func TestAFailureIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorks(t, func(context.Context, analysis.Note) (core.Reading, error) {
		return core.Reading{}, errors.New("engine secret")
	})
	w.start(w.queue.Run, w.worker.Run)
	task := w.take("Ana Torres likes tea")
	w.queue.Nudge(task)
	w.wake()
	w.is(task, "queued 1 Something went wrong on our side.")
	var wait float64
	check(t, w.sql.QueryRow(t.Context(), `SELECT extract(epoch FROM next_try_at - now())::float8 FROM tasks`).Scan(&wait))
	if wait > 2 || wait < -soon.Seconds() {
		t.Errorf("the next try is in %v s, want 2", wait)
	}
	if note := w.note(task); note.State != core.NotePending {
		t.Errorf("the note is %s, want it pending", note.State)
	}
	if m := w.owed(); m.Wanted != 1 {
		t.Errorf("owed is %+v, want the first confirmation still", m)
	}
	if got := w.counts("kith_jobs_processed_total"); got["analyze_note/retried"] != 1 {
		t.Errorf("counted %v, want one retried", got)
	}
	// asynq shows the failure, and does not try by itself.
	inspect := asynq.NewInspectorFromRedisClient(w.redis)
	w.until("asynq has archived the failure", func() bool {
		info, err := inspect.GetQueueInfo("ai")
		check(t, err)
		return info.Archived == 1 && info.Retry == 0 && info.Active == 0
	})
}

func TestASentenceIsTheReason(t *testing.T) {
	t.Parallel()
	w := newWorks(t, func(context.Context, analysis.Note) (core.Reading, error) {
		return core.Reading{}, core.Tell(core.ErrInvalid, "The model's key is refused.")
	})
	task := w.take("Ana Torres likes tea")
	w.try(task)
	w.is(task, "queued 1 The model's key is refused.")
}

// try does a task once, as a worker would.
func (w *works) try(task core.Task) {
	w.t.Helper()
	do := map[core.TaskKind]work{
		core.TaskAnalyzeNote: w.worker.analyzeNote, core.TaskImproveNote: w.worker.improveNote, core.TaskAnswerQuestion: w.worker.answerQuestion,
		core.TaskImportChats: w.worker.importChats, core.TaskSyncContacts: w.worker.syncContacts,
	}
	if err := w.worker.try(w.t.Context(), task.Ref(), do[task.Kind]); err != nil && !errors.Is(err, asynq.SkipRetry) {
		w.t.Errorf("%v would have asynq try again by itself", err)
	}
}

func TestTheLastFailureTellsTheUser(t *testing.T) {
	t.Parallel()
	w := newWorks(t, func(context.Context, analysis.Note) (core.Reading, error) {
		return core.Reading{}, errors.New("no luck")
	})
	task := w.take("Ana Torres likes tea")
	w.exec(`UPDATE tasks SET attempts = $1`, maxAttempts-1)
	w.try(task)
	w.is(task, fmt.Sprintf("failed %d Something went wrong on our side.", maxAttempts))
	if note := w.note(task); note.State != core.NoteFailed || note.DeletedAt != nil {
		t.Errorf("the note is %s, want failed, and safe", note.State)
	}
	if m := w.owed(); m.Wanted != 2 {
		t.Errorf("owed is %+v, want the confirmation with the bad news", m)
	}
	if strings.Contains(w.journal.String(), "likes tea") {
		t.Error("the log has the words of a note")
	}
	check(t, w.db.InTx(t.Context(), func(tx *store.Store) error {
		again, err := capture.Retry(t.Context(), tx, w.note(task))
		w.worker.Analyst.Engines = []analysis.Engine{engine(likesTea)}
		task = again
		return err
	}))
	w.try(task)
	w.is(task, "done 1")
}

func TestCancellingStopsATaskUnderWay(t *testing.T) {
	t.Parallel()
	begun, ended := make(chan struct{}), make(chan error, 1)
	w := newWorks(t, func(ctx context.Context, _ analysis.Note) (core.Reading, error) {
		close(begun)
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return core.Reading{}, ctx.Err()
	})
	w.worker.Analyst.Timeout = time.Hour
	w.start(w.queue.Run, w.worker.Run)
	task := w.take("Ana Torres likes tea")
	w.queue.Nudge(task)
	<-begun
	check(t, w.db.CancelTasks(t.Context(), w.user.ID, task.NoteID))
	select {
	case err := <-ended:
		if !errors.Is(err, errNotOurs) {
			t.Errorf("the engine was stopped because of %v", err)
		}
	case <-time.After(soon):
		t.Fatal("the engine goes on reading for a task that is cancelled")
	}
	w.wake()
	w.is(task, "cancelled 1")
	if got := w.counts("kith_jobs_processed_total"); got["analyze_note/lost"] != 1 {
		t.Errorf("counted %v, want one lost", got)
	}
}

// What a worker finds that lost its task on the way is not kept.
func TestAResultThatComesTooLateIsDropped(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		happen func(w *works, task core.Task)
		row    string
	}{
		{"the task was cancelled", func(w *works, task core.Task) {
			check(w.t, w.db.CancelTasks(w.t.Context(), w.user.ID, task.NoteID))
		}, "cancelled 1"},
		{"the task was given to somebody else", func(w *works, _ core.Task) {
			w.exec(`UPDATE tasks SET claimed_by = 'other'`)
		}, "running 1"},
		{"the note was edited", func(w *works, task core.Task) {
			_, err := w.db.ReviseNote(w.t.Context(), w.user.ID, task.NoteID, "Ana Torres likes coffee", "english")
			check(w.t, err)
		}, "done 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var w *works
			var task core.Task
			w = newWorks(t, func(ctx context.Context, n analysis.Note) (core.Reading, error) {
				test.happen(w, task)
				return likesTea(ctx, n)
			})
			task = w.take("Ana Torres likes tea")
			w.try(task)
			w.is(task, test.row)
			if facts := w.facts(task); len(facts) > 0 {
				t.Errorf("facts are %v, want none", facts)
			}
			if note := w.note(task); note.State != core.NotePending {
				t.Errorf("the note is %s, want it pending", note.State)
			}
		})
	}
}

func TestATaskOfANoteThatMovedOnReadsNothing(t *testing.T) {
	t.Parallel()
	w := newWorks(t, func(context.Context, analysis.Note) (core.Reading, error) {
		t.Error("the note was read")
		return core.Reading{}, nil
	})
	task := w.take("Ana Torres likes tea")
	_, err := w.db.TrashNote(t.Context(), w.user.ID, task.NoteID)
	check(t, err)
	w.try(task)
	w.is(task, "done 1")
	w.try(task) // named again, and done already
	w.is(task, "done 1")
}

func TestAPanicIsAFailure(t *testing.T) {
	t.Parallel()
	w := newWorks(t, func(context.Context, analysis.Note) (core.Reading, error) { panic("out of cheese") })
	task := w.take("Ana Torres likes tea")
	w.try(task)
	w.is(task, "queued 1 Something went wrong on our side.")
	if !strings.Contains(w.journal.String(), "task panicked") {
		t.Errorf("the log does not tell of the panic:\n%s", w.journal)
	}
}

func TestNonsenseInTheQueueIsSkipped(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	ring := func(kind, payload string) { check(t, w.queue.ring(t.Context(), kind, []byte(payload), "ai")) }
	ring("analyze_note", "no JSON")
	ring("analyze_note", `{}`)
	ring("analyze_note", `{"user": 1, "task": 999999}`)
	ring("analyze_note", `[]`)
	ring("of_another_kith", `{"user": 1, "task": 1}`)
	w.worker.Concurrency = 1
	w.start(w.queue.Run, w.worker.Run)
	task := w.take("Ana Torres likes tea")
	w.queue.Nudge(task)
	w.wake()
	w.is(task, "done 1")
}

func TestWorkUnderWayIsFinishedAtTheEnd(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}), make(chan struct{})
	w := newWorks(t, func(ctx context.Context, n analysis.Note) (core.Reading, error) {
		close(begun)
		<-goOn
		return likesTea(ctx, n)
	})
	stop := w.start(w.worker.Run)
	task := w.take("Ana Torres likes tea")
	check(t, w.queue.enqueue(t.Context(), task))
	<-begun
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		stop()
	}()
	close(goOn)
	<-stopped
	w.is(task, "done 1")
}

// What does not end in time is broken off, and its task given back by then: it
// is tried again in two seconds, not when it is missed.
func TestWorkThatTakesTooLongAtTheEndIsGivenBack(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	w := newWorks(t, func(ctx context.Context, _ analysis.Note) (core.Reading, error) {
		close(begun)
		<-ctx.Done()
		time.Sleep(200 * time.Millisecond) // as closing a connection takes
		return core.Reading{}, ctx.Err()
	})
	w.worker.Analyst.Timeout = time.Hour
	stop := w.start(w.worker.Run)
	task := w.take("Ana Torres likes tea")
	check(t, w.queue.enqueue(t.Context(), task))
	<-begun
	stop()
	w.is(task, "queued 1 Something went wrong on our side.")
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int]time.Duration{
		1: 2 * time.Second, 2: 4 * time.Second, 9: 512 * time.Second, 10: 10 * time.Minute, 11: 10 * time.Minute, 1000: 10 * time.Minute,
	} {
		if got := backoff(attempts); got != want {
			t.Errorf("after %d attempts the wait is %v, want %v", attempts, got, want)
		}
	}
}

func TestImproveAfter(t *testing.T) {
	t.Parallel()
	var all time.Duration
	for attempt := range maxAttempts {
		all += improveAfter(attempt + 1)
	}
	if all < 20*time.Hour || improveAfter(1) != time.Minute || improveAfter(1000) != 6*time.Hour {
		t.Errorf("the first wait is %v, the last %v, all together %v", improveAfter(1), improveAfter(1000), all)
	}
}

// ask owes the answer to a question, and returns the task to improve it.
func (w *works) ask(question string) core.Task {
	w.t.Helper()
	task, err := recall.Ask(w.t.Context(), w.db, core.Message{
		UserID: w.user.ID, ChatID: 7, Kind: core.MessageAnswer, Args: core.MessageArgs{Query: question},
	})
	check(w.t, err)
	return task
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		model llmtest.Behavior // nil for none
		want  string
	}{
		{"a model answers", llmtest.Text(`{"unknown":false,"answer":"She likes tea.","sources":[1]}`), "She likes tea."},
		{"a model fails", llmtest.Fail(500), ""},
		{"no model any more", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorks(t, likesTea)
			if test.model != nil {
				server := llmtest.New(test.model)
				t.Cleanup(server.Close)
				model, err := openai.New(openai.Options{Key: llmtest.Key, BaseURL: server.OpenAI()})
				check(t, err)
				t.Cleanup(func() { _ = model.Close() })
				w.worker.Answerer = &recall.Answerer{Models: []llm.Model{model}}
			}
			ana := storetest.Contact(t, w.db, w.user.ID, "Ana Torres")
			storetest.Fact(t, w.db, storetest.Note(t, w.db, w.user.ID, "Ana likes tea", ana), "Likes tea", storetest.Slot(core.SlotLike, "tea"))
			task := w.ask("What does Ana like?")
			w.try(task)
			w.is(task, "done 1")
			m, err := w.db.Message(t.Context(), w.user.ID, task.MessageID)
			check(t, err)
			got := ""
			if m.Args.Answer != nil {
				got = m.Args.Answer.Text
			}
			if got != test.want || m.Wanted != 1 && test.want == "" {
				t.Errorf("the message answers %q in version %d, want %q", got, m.Wanted, test.want)
			}
			if strings.Contains(w.journal.String(), "panicked") {
				t.Errorf("the log tells of a panic:\n%s", w.journal)
			}
		})
	}
}

func TestAnAnswerThatNobodyCanKeepFails(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	task := w.ask("What does Ana like?")
	w.exec(`UPDATE tasks SET attempts = $1`, maxAttempts-1)
	do := func(context.Context, core.Task, finish) error { return errors.New("no luck") }
	if err := w.worker.try(t.Context(), task.Ref(), do); !errors.Is(err, asynq.SkipRetry) {
		t.Errorf("try = %v, want a failure that asynq only shows", err)
	}
	w.is(task, fmt.Sprintf("failed %d Something went wrong on our side.", maxAttempts))
	if m := w.owed(); !slices.Equal([]int{m.Wanted, m.Shown}, []int{1, 0}) {
		t.Errorf("owed is %+v, want the passages alone", m)
	}
}
