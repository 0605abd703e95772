package main

import (
	"testing"
	"time"
)

// TestPromise05NumbersBeginAfresh lets a week pass, after which Telegram may
// number updates from anywhere: lower than before, even the same. All are
// dealt with, and what is remembered of updates is bounded.
func TestPromise05NumbersBeginAfresh(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(1)
	for i, first := range []int64{5000, 5000, 1} {
		r.must(r.tg.SetNextUpdateID(r.ctx, first))
		stop := r.open()
		r.until(20*time.Second, "updates of last week are forgotten", `SELECT count(*) = 0 FROM updates`)
		r.writeAll(users, 10, "after a quiet week")
		r.settled(20 * time.Second)
		stop()
		if n := value[int](r, `SELECT count(*) FROM updates`); n != 10 {
			t.Errorf("week %d: %d updates are remembered, want this week's 10", i, n)
		}
		r.exec(`UPDATE updates SET seen_at = seen_at - interval '7 days'`)
		r.exec(`UPDATE leases SET expires_at = expires_at - interval '7 days'`)
	}
	r.wantNotes()
	r.wantReplies(users, 0)
}

// TestPromise05LowerNumbersAtOnce numbers updates lower than before while
// Kith runs and remembers the higher ones.
func TestPromise05LowerNumbersAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(2)
	stop := r.open()
	for _, first := range []int64{900_000, 70, 5000} {
		r.must(r.tg.WaitConfirmed(r.ctx))
		r.must(r.tg.SetNextUpdateID(r.ctx, first))
		r.writeAll(users, 5, "with other numbers")
	}
	r.settled(20 * time.Second)
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}
