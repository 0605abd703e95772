package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise07SecondInstance runs two processes on one bot, as in a rolling
// deploy: one polls and the other waits. When the first is stopped, or killed,
// the other answers within ten seconds.
func TestPromise07SecondInstance(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(1)
	first := r.spawn()
	r.wantPoller(first)
	for _, end := range []func(*process){(*process).kill, func(p *process) { p.terminate() }} {
		before := r.latestCall()
		second := r.spawn()
		_, err := r.tg.WaitCall(r.ctx, before, func(c sandbox.Call) bool { return c.Method == "deleteWebhook" })
		r.must(err)
		r.writeAll(users, 3, "while two run")
		r.settled(20 * time.Second)
		r.wantPoller(first)
		end(first)
		begun := time.Now()
		m := r.write(users[0], "Ana likes figs, said after the first process ended")
		r.answered(users[0], m, 10*time.Second)
		t.Logf("handed over within %v", time.Since(begun))
		r.wantPoller(second)
		first = second
	}
	first.kill()
	r.wantNotes()
	r.wantReplies(users, 0)
	r.wantNoConflict()
}

// latestCall returns the number of the latest call.
func (r *rig) latestCall() int {
	r.t.Helper()
	calls, err := r.tg.Calls(r.ctx, 0)
	r.must(err)
	return calls[len(calls)-1].Seq
}

// wantPoller waits until a process holds the lease to poll.
func (r *rig) wantPoller(p *process) {
	r.t.Helper()
	r.until(10*time.Second, "the process polls", `SELECT EXISTS (SELECT FROM leases
		WHERE name LIKE 'poller%' AND owner LIKE $1 AND expires_at > now())`, fmt.Sprintf("%%/%d/%%", p.pid()))
}

// wantNoConflict fails the test if two processes ever polled at the same time.
func (r *rig) wantNoConflict() {
	r.t.Helper()
	calls, err := r.tg.Calls(r.ctx, 0)
	r.must(err)
	for _, c := range calls {
		if c.Method == "getUpdates" && strings.Contains(c.Error, "onflict") {
			r.t.Errorf("a poll at %v met another: %s", c.Began, c.Error)
		}
	}
}

// answered waits for Kith's answer to a message.
func (r *rig) answered(u *sandbox.User, m sandbox.Message, within time.Duration) {
	r.t.Helper()
	if err := r.answers(u, within, m.ID); err != nil {
		r.t.Fatal(err)
	}
}
