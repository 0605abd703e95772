package jobs

import (
	"fmt"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/exchange"
)

// However many big files are being read, and more wait for it, a note that is
// sent then is read at once.
func TestANoteDoesNotWaitForImports(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	begun, goOn := make(chan struct{}, 30), make(chan struct{})
	w.worker.Sender = sender{woken: w.sender.woken, typing: w.sender.typing, fetching: func() error {
		begun <- struct{}{}
		<-goOn
		return core.Tell(core.ErrNotPossible, "Send it again.")
	}}
	var imports []core.Task
	for i := range cap(begun) {
		task, err := exchange.Ask(t.Context(), w.db, core.Message{UserID: w.user.ID, ChatID: 7}, fmt.Sprintf("file %d", i), "result.json")
		check(t, err)
		check(t, w.queue.enqueue(t.Context(), task))
		imports = append(imports, task)
	}
	w.start(w.queue.Run, w.worker.Run)
	for range queues[queueMaintenance].workers {
		<-begun
	}
	note := w.take("Ana Torres likes tea")
	w.queue.Nudge(note)
	w.done(note)
	select {
	case <-begun:
		t.Errorf("more than %d files are read at a time", queues[queueMaintenance].workers)
	default:
	}
	close(goOn)
	for _, task := range imports {
		w.until("every file had its turn", func() bool { return w.row(task) == "failed 1 Send it again." })
	}
}

// A process counts once, however many queues it works on, and not at all while
// it does nothing that people wait for.
func TestProcessesThatWorkAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorks(t, likesTea)
	known := func(servers, workers int) {
		t.Helper()
		w.until(fmt.Sprintf("%d queues are worked on by %d processes", servers, workers), func() bool {
			there, err := w.queue.inspect.Servers()
			check(t, err)
			state, err := w.queue.State()
			check(t, err)
			return len(there) == servers && state.Workers == workers
		})
	}
	readsAccounts := &Worker{Store: w.db, Redis: w.redis, Syncer: syncer(nil), OnlySync: true, Log: w.worker.Log}
	stop := w.start(readsAccounts.Run)
	known(1, 0)
	stop()
	w.start(w.worker.Run)
	known(2, 1)
	readsAll := &Worker{Store: w.db, Redis: w.redis, Syncer: syncer(nil), Log: w.worker.Log}
	w.start(readsAll.Run)
	known(5, 2)
}
