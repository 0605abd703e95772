package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise12ReplyIsNeverLost kills Kith when an answer has set out, so that
// it never learns whether it arrived, and loses calls and their answers on the
// way: each note is answered, and twice at most once per crash.
func TestPromise12ReplyIsNeverLost(t *testing.T) {
	t.Parallel()
	crashes := load(4, 20)
	r := newRig(t)
	users := r.people(1)
	for round := range crashes {
		sending := r.nextCall("sendMessage")
		p := r.spawn()
		r.write(users[0], fmt.Sprintf("Ana likes figs, in round %d", round))
		<-sending
		p.kill()
		r.expire()
	}
	r.open()
	r.settled(30 * time.Second)
	r.wantNotes()
	r.wantReplies(users, crashes)
}

// TestPromise12CallsGetLost cuts connections before a call arrives, which is
// then repeated, and after, which may double a message and lose none.
func TestPromise12CallsGetLost(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	users := r.people(4)
	stop := r.open()
	for _, cut := range []sandbox.Cut{sandbox.CutBefore, sandbox.CutAfter} {
		const cuts = 3
		r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: "sendMessage", Cut: cut, Times: cuts}))
		r.writeAll(users, 3, "over a bad line")
		r.settled(30 * time.Second)
		r.wantNotes()
		crashes := 0
		if cut == sandbox.CutAfter {
			crashes = 1
		}
		r.wantReplies(users, crashes)
	}
	stop()
}

// nextCall returns a channel that is closed at Kith's next call of a method.
func (r *rig) nextCall(method string) <-chan struct{} {
	come := make(chan struct{})
	var once sync.Once
	r.onCall(func(called string, _ map[string]any) {
		if called == method {
			once.Do(func() { close(come) })
		}
	})
	return come
}
