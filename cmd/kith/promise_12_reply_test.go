package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
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

// TestPromise12TelegramIsInTrouble has Telegram fail at calls, which have no effect
// then: each is made again, so that nothing is lost and nothing doubled.
func TestPromise12TelegramIsInTrouble(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusInternalServerError, http.StatusBadGateway} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			users := r.people(4)
			methods, times := []string{"getUpdates", "sendMessage", "editMessageText"}, load(3, 5)
			for _, method := range methods {
				r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: method, Code: code, Times: times}))
				r.faults += times
			}
			// An answer that has but one state: a note's is shown again once it is read.
			for _, u := range users {
				_, err := u.Send(r.ctx, "/help")
				r.must(err)
			}
			stop := r.open()
			r.writeAll(users, 3, "while Telegram is in trouble")
			r.settled(time.Minute)
			r.wantReplies(users, 0)
			for _, u := range users {
				for _, id := range r.sent[u.ID] {
					r.must(r.edit(u, id, "Ana likes plums, edited"))
				}
			}
			r.settled(time.Minute)
			for _, method := range methods {
				if n := r.answeredWith(http.StatusText(code), method); n != times {
					t.Errorf("%s was answered %d times with %d, want %d", method, n, code, times)
				}
			}
			r.wantConfirmedStored()
			r.wantNotes()
			r.wantReplies(users, 0)
			r.wantLatestWords()
			if n := value[int](r, `SELECT count(*) FROM messages WHERE given_up IS NOT NULL`); n > 0 {
				t.Errorf("%d messages were given up, want none", n)
			}
			stop()
		})
	}
}

// answeredWith returns how many of Kith's calls of a method were refused in these
// words.
func (r *rig) answeredWith(words, method string) (n int) {
	r.t.Helper()
	calls, err := r.tg.Calls(r.ctx, 0)
	r.must(err)
	for _, c := range calls {
		if c.Method == method && strings.Contains(c.Error, words) {
			n++
		}
	}
	return n
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
