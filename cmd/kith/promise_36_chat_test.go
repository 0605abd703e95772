package main

import (
	"testing"
	"time"
)

// TestPromise36OneFloodsTheChat has one user write without a break, by the
// webhook, where all of Telegram comes from one address: nothing is refused,
// and another user, who writes all the while, waits about as long as in calm.
func TestPromise36OneFloodsTheChat(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d := r.webhook()
	users := r.people(2)
	flooder, other := users[:1], users[1]
	stop := r.open()
	notes := load(30, 200)
	calm := p99(r.answerTimes(other, notes))
	flood := load(1000, 10_000)
	written := r.writing(flooder, flood, "in a flood")
	r.until(20*time.Second, "the flood is being worked off", `SELECT count(*) >= 20 FROM notes WHERE chat_id = $1`, flooder[0].ID)
	// Beside other tests, with the race detector, only much slower is slower.
	most := max(time.Duration(load(5, 2))*calm, time.Duration(load(1000, 300))*time.Millisecond)
	during := p99(r.answerTimes(other, notes))
	// What else the machine does may slow one round down; a flood slows all.
	for tries := 2; tries > 0 && during > most; tries-- {
		during = p99(r.answerTimes(other, notes))
	}
	left := value[int](r, `SELECT $1 - count(*) FROM messages WHERE chat_id = $2 AND kind = 'note' AND shown > 0`, flood, flooder[0].ID)
	if during > most {
		t.Errorf("another user waits %v with %d messages of the flood to come, want %v at most (%v in calm)", during, left, most, calm)
	}
	if left <= 0 {
		t.Error("the flood was over before another user was done, want it to go on")
	}
	r.must(written())
	r.settled(time.Duration(load(2, 20)) * time.Minute)
	if n := d.refusals(); n > 0 {
		t.Errorf("%d deliveries were refused, want none", n)
	}
	r.wantConfirmedStored(d.taken()...)
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}
