package main

import (
	"testing"
	"time"
)

// TestPromise04RedeliveredUpdates loses Kith's answers to deliveries once to
// five times, and delivers one update five times at once: each makes one note,
// one task, one message.
func TestPromise04RedeliveredUpdates(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d := r.webhook()
	users := r.people(5)
	for i := range users {
		d.lose[int64(i+1)] = i + 1
	}
	stop := r.open()
	for _, u := range users {
		r.write(u, "Ana likes figs")
	}
	r.settled(30 * time.Second)
	counts := map[int64]int{}
	for _, id := range d.taken() {
		counts[id]++
	}
	for i := range users {
		if got, want := counts[int64(i+1)], i+2; got != want {
			t.Errorf("update %d was accepted %d times, want %d", i+1, got, want)
		}
	}
	d.multiply[int64(len(users)+1)] = 5
	r.write(users[0], "Ana likes figs and plums")
	r.settled(30 * time.Second)
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}
