package bot

import (
	"context"
	"sync"
	"time"
)

// inParallel is how many chats are answered at a time.
const inParallel = 12

// lanes deals with updates while others are fetched: those of one chat in
// order, chats in parallel, none twice. Telegram gives at most 100 updates from
// the offset on, so there are never many.
type lanes struct {
	bot     *Bot
	slots   chan struct{}
	quiet   chan struct{} // has a token when the last update under way was dealt with
	working sync.WaitGroup

	mu    sync.Mutex
	order []int64            // the updates taken, from the first that was not dealt with
	done  map[int64]bool     // whether each of them was dealt with
	open  int                // how many were not
	chats map[int64][]update // what waits in each chat that is worked on
	next  int64              // the offset when nothing is open
}

func newLanes(b *Bot) *lanes {
	return &lanes{
		bot: b, slots: make(chan struct{}, inParallel), quiet: make(chan struct{}, 1),
		done: map[int64]bool{}, chats: map[int64][]update{},
	}
}

// offset returns that of the next poll, which confirms all updates below it: no
// update that was not dealt with. It forgets what no poll will bring again.
func (l *lanes) offset() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.order) > 0 && l.done[l.order[0]] {
		delete(l.done, l.order[0])
		l.order = l.order[1:]
	}
	if len(l.order) > 0 {
		return l.order[0]
	}
	return l.next
}

// take has those updates of a batch dealt with that are new. It does not wait.
func (l *lanes) take(ctx context.Context, batch []update) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, u := range batch {
		if _, known := l.done[u.ID]; known {
			continue
		}
		l.order, l.done[u.ID], l.next = append(l.order, u.ID), false, u.ID+1
		l.open++
		waiting, busy := l.chats[u.chat()]
		l.chats[u.chat()] = append(waiting, u)
		if !busy {
			l.working.Go(func() { l.work(ctx, u.chat()) })
		}
	}
}

// work deals with the updates of a chat, until there are none or ctx ends.
func (l *lanes) work(ctx context.Context, chat int64) {
	for {
		u, ok := l.first(chat)
		if !ok || !l.insist(ctx, u) {
			return
		}
		l.finish(u)
	}
}

// first returns the next update of a chat. Without one the chat is left.
func (l *lanes) first(chat int64) (u update, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting := l.chats[chat]
	if len(waiting) == 0 {
		delete(l.chats, chat)
		return update{}, false
	}
	l.chats[chat] = waiting[1:]
	return waiting[0], true
}

// insist deals with an update, however long the database is away, and reports
// whether it is done: not when ctx has ended.
func (l *lanes) insist(ctx context.Context, u update) bool {
	for failures := 1; ctx.Err() == nil; failures++ {
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return false
		}
		err := l.bot.Handle(ctx, u)
		<-l.slots
		if err == nil {
			return true
		}
		l.bot.Log.WarnContext(ctx, "update waits for the database", "update", u.ID, "err", err)
		pause(ctx, min(time.Second/4<<min(failures, 6), 2*time.Second))
	}
	return false
}

func (l *lanes) finish(u update) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done[u.ID] = true
	if l.open--; l.open > 0 {
		return
	}
	select {
	case l.quiet <- struct{}{}:
	default:
	}
}

// settle waits until every update is dealt with, but no longer than most.
func (l *lanes) settle(ctx context.Context, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for l.underWay() {
		select {
		case <-l.quiet:
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (l *lanes) underWay() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open > 0
}
