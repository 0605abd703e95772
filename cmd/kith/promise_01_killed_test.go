package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise01KilledUnderLoad kills Kith at random moments, while it polls and
// while updates are delivered: what was confirmed to Telegram is on disk, and
// in the end every message is one note, answered.
func TestPromise01KilledUnderLoad(t *testing.T) {
	t.Parallel()
	rounds := load(6, 20)
	r := newRig(t)
	users := r.people(10)
	for round := range rounds / 2 {
		r.killedRound(users, round)
	}
	d := r.webhook()
	for round := range rounds / 2 {
		r.killedRound(users, rounds+round, d)
	}
	r.open()
	r.settled(time.Minute)
	r.wantConfirmedStored(d.taken()...)
	r.wantNotes()
	r.wantReplies(users, rounds)
}

// killedRound has everybody write twice while a process works, kills it, and
// looks whether it kept what it confirmed.
func (r *rig) killedRound(users []*sandbox.User, round int, doors ...*door) {
	r.t.Helper()
	moment := r.moment(6 + 6*len(users)) // it introduces itself by six calls
	p := r.spawn()
	r.await(moment, r.writing(users, 2, fmt.Sprintf("in round %d", round)))
	p.kill()
	var accepted []int64
	for _, d := range doors {
		accepted = d.taken()
	}
	r.wantConfirmedStored(accepted...)
	r.expire()
}
