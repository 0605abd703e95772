package main

import (
	"fmt"
	"testing"
	"time"
)

// TestPromise36OneFloodsTheChat has one user write without a break, by the
// webhook, where all of Telegram comes from one address: nothing is refused,
// and another user is answered before the flood is over.
func TestPromise36OneFloodsTheChat(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d := r.webhook()
	users := r.people(2)
	flooder, other := users[0], users[1]
	flood := load(300, 10_000)
	stop := r.open()
	for n := range flood {
		r.write(flooder, fmt.Sprintf("Ana likes figs, says who has much to say for the %dth time", n))
	}
	r.answered(other, r.write(other, "Ana likes figs"), time.Minute)
	left := value[int](r, `SELECT $1 - count(*) FROM notes WHERE chat_id = $2`, flood, flooder.ID)
	t.Logf("another user is answered with %d messages of the flood still to come", left)
	r.settled(time.Duration(load(2, 20)) * time.Minute)
	if n := d.refusals(); n > 0 {
		t.Errorf("%d deliveries were refused, want none", n)
	}
	r.wantConfirmedStored(d.taken()...)
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}
