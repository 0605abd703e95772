package main

import (
	"fmt"
	"testing"
	"time"
)

// TestPromise11StoppedUnderLoad asks processes to stop while they work: each is
// out within ten seconds, and nothing is lost or said twice.
func TestPromise11StoppedUnderLoad(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(10)
	rounds := load(4, 20)
	var d *door
	var accepted []int64
	for round := range rounds {
		if round == rounds/2 {
			d = r.webhook()
		}
		moment := r.moment(6 + 8*len(users))
		p := r.spawn()
		r.await(moment, r.writing(users, 3, fmt.Sprintf("in round %d", round)))
		if took := p.terminate(); took > 10*time.Second {
			t.Errorf("round %d: out after %v, want 10 s at most", round, took)
		}
		if d != nil {
			accepted = d.taken()
		}
		r.wantConfirmedStored(accepted...)
	}
	r.open()
	r.settled(time.Minute)
	r.wantNotes()
	r.wantReplies(users, 0)
}
