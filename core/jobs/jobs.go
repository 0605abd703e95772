// Package jobs is background work: everything that knows asynq.
//
// Postgres is the truth and Redis a doorbell. A task is a row; what goes
// through Redis is its id, and may get lost or doubled. A worker that cannot
// claim the row ends quietly; the sweep rings again for rows nobody came for.
package jobs

import (
	"context"
	"io"
	"time"

	"github.com/kith-platform/kith/core"
)

// The queues, each with workers of its own: nothing waits for a task of another,
// however long that takes.
const (
	queueAI          = "ai" // what people wait for
	queueMaintenance = "maintenance"
	// What only the holder of an account can do. Its bell may ring at another
	// process; the holder looks for due rows as well.
	queueTelegram = "telegram"
)

// A manner is how a process works on a queue.
type manner struct {
	workers int           // tasks at a time
	check   time.Duration // asynq looks for work this often when idle
}

// The less a queue is waited for, the less it asks of Postgres and Redis.
var queues = map[string]manner{
	queueAI:          {workers: 10, check: 20 * time.Millisecond},
	queueMaintenance: {workers: 5, check: 100 * time.Millisecond},
	queueTelegram:    {workers: 10, check: 100 * time.Millisecond},
}

// queueOf says which queue a kind of task goes through.
var queueOf = map[core.TaskKind]string{
	core.TaskAnalyzeNote:    queueAI,
	core.TaskAnswerQuestion: queueAI,
	// Months of chats come at once, and so does all that no model read while it
	// was down. Neither is to keep what the user says waiting.
	core.TaskNoteChats:   queueMaintenance,
	core.TaskImproveNote: queueMaintenance,
	core.TaskAnalyzeChat: queueMaintenance,
	core.TaskImportChats: queueMaintenance,

	core.TaskSyncContacts: queueTelegram,
	core.TaskSyncMessages: queueTelegram,
}

// nudged are the queues that the sweep fills, the one that users wait for first.
// Whoever has the accounts looks for what is to be read of them by itself.
var nudged = []string{queueAI, queueMaintenance}

// kindsOf returns the kinds of task that go through a queue.
func kindsOf(queue string) (kinds []core.TaskKind) {
	for kind, through := range queueOf {
		if through == queue {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// typeHousekeeping is the only work without a row: it belongs to nobody, and
// is harmless to lose.
const typeHousekeeping = "housekeeping"

// How the work is watched. A killed worker's tasks start again within silence
// plus sweepEvery, and the time a nudge takes; within leaseHold plus sweepEvery
// if it was the one who swept.
const (
	beatEvery  = 2 * time.Second
	silence    = 8 * time.Second
	sweepEvery = 2 * time.Second
	patience   = 10 * time.Second // how long a nudge may take before the sweep rings again
	leaseHold  = 8 * time.Second
)

// maxAttempts is how often a task is tried, the first time included.
const maxAttempts = 12

// backoff returns how long to wait after the given number of attempts: 2 s,
// doubled each time, at most 10 minutes.
func backoff(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 10), 10*time.Minute)
}

// improveAfter returns how long to wait before the given attempt to improve a
// note, which may last as long as a provider's outage: 1 minute, doubled each
// time, at most 6 hours. All attempts together take a day.
func improveAfter(attempt int) time.Duration {
	return min(time.Minute<<min(attempt-1, 10), 6*time.Hour)
}

// waitAfter returns how long a task waits after its last attempt.
func waitAfter(t core.Task) time.Duration {
	if t.Kind == core.TaskImproveNote {
		return improveAfter(t.Attempts + 1)
	}
	return backoff(t.Attempts)
}

// A Sender writes what is owed to users' chats.
type Sender interface {
	// Wake has what is owed to the user sent soon. It does not wait.
	Wake(userID int64)
	// Typing shows a user that an answer is on its way. It does not wait.
	Typing(userID int64)
	// Fetch writes a file that a user sent, by its id, to w. An error of kind
	// core.ErrNotPossible is final.
	Fetch(ctx context.Context, fileID string, w io.Writer) error
}
