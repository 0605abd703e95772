package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/userclient/telegramtest"
)

// TestPromise27OneConnection kills the process that has a linked account: the
// other takes over, and never are there two connections under one key.
func TestPromise27OneConnection(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	server := r.withTelegram()
	sam := server.Add(telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam"})
	r.people(1)
	r.linked(value[int64](r, `SELECT id FROM users`), server, sam)
	processes := map[int]*process{}
	for range 2 {
		p := r.spawn("--roles", "userclient")
		processes[p.pid()] = p
	}
	connected := func() {
		t.Helper()
		for open := 0; open == 0; open, _ = server.Connections(sam) {
			if r.ctx.Err() != nil {
				t.Fatal("the account is not connected")
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	holder := func() int {
		t.Helper()
		r.until(time.Minute, "somebody holds the account", `SELECT count(*) = 1 FROM leases WHERE name LIKE 'telegram/%' AND expires_at > now()`)
		pid, err := strconv.Atoi(strings.Split(value[string](r, `SELECT owner FROM leases WHERE name LIKE 'telegram/%'`), "/")[1])
		r.must(err)
		return pid
	}
	connected()
	first := holder()
	processes[first].kill()
	delete(processes, first)
	r.until(20*time.Second, "the other takes over", `SELECT split_part(owner, '/', 2)::int <> $1 AND expires_at > now()
		FROM leases WHERE name LIKE 'telegram/%'`, first)
	connected()
	processes[holder()].terminate()
	if open, most := server.Connections(sam); open != 0 || most != 1 {
		t.Errorf("%d connections are open and there were %d at a time, want none and one", open, most)
	}
}
