package bot

import (
	"testing"
	"time"
)

// A chat that waits for the database hears so once, when it has waited for a
// while, and again only in the next outage.
func TestWhoHearsOfAnOutage(t *testing.T) {
	t.Parallel()
	var o outage
	begun := time.Now()
	for i, step := range []struct {
		chat  int64
		after time.Duration
		want  bool
	}{
		{1, 0, false},
		{1, tellAfter - 1, false},
		{2, tellAfter, false}, // has only just come
		{1, tellAfter, true},
		{1, time.Hour, false},
		{2, time.Hour, true},
	} {
		if got := o.tell(step.chat, begun.Add(step.after), begun.Add(step.after)); got != step.want {
			t.Errorf("step %d: chat %d is told: %v, want %v", i, step.chat, got, step.want)
		}
	}
	o.over(1)
	if !o.tell(3, begun, begun.Add(tellAfter)) {
		t.Error("a chat is not told whose first try took long")
	}
	if o.tell(1, begun, begun) || !o.tell(1, begun, begun.Add(tellAfter)) {
		t.Error("the next outage is not told of as the first")
	}
	for chat := range int64(2 * tellAtMost) {
		o.tell(100+chat, begun, begun)
	}
	if n := len(o.waiting); n != tellAtMost {
		t.Errorf("%d chats are remembered, want %d", n, tellAtMost)
	}
}
