package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise15Reminders has what users are to do fall due while two schedulers
// run, and kills the one that is at work: each is reminded once. Then the same
// with nobody killed: each is reminded in time.
func TestPromise15Reminders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	stop := r.open(allRoles()...)
	users := r.people(load(4, 100))
	plans := load(3, 5)
	for _, u := range users {
		for n := range plans {
			r.write(u, fmt.Sprintf("Remind me to call Ana Torres about plan %d tomorrow at 9", n))
		}
	}
	r.settled(time.Duration(load(30, 300)) * time.Second)
	stop()

	first, second := r.spawn("--roles", "bot,worker,scheduler"), r.spawn("--roles", "bot,worker,scheduler")
	r.until(30*time.Second, "both are there, and one sweeps", `SELECT
		(SELECT count(*) > 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%take lease%') AND
		EXISTS (SELECT FROM leases WHERE name = 'sweep' AND expires_at > now())`)
	if value[bool](r, `SELECT owner LIKE $1 FROM leases WHERE name = 'sweep'`, second.owner()) {
		first, second = second, first
	}
	want := len(users) * plans
	r.fallDue()
	r.until(30*time.Second, "some are said", `SELECT count(*) > 2 FROM reminders WHERE state = 'sent'`)
	first.kill()
	if *chaos == "" {
		r.expire()
	}
	r.until(2*time.Minute, "all are said", `SELECT count(*) = $1 FROM messages WHERE args ->> 'phrase' = 'reminder' AND shown = wanted`, want)
	doubled := 0
	r.eachPlan(users, plans, 0, func(plan string, said []time.Duration) {
		doubled += max(0, len(said)-1)
		if len(said) == 0 {
			t.Errorf("%s was not said", plan)
		}
	})
	// What the killed one was writing into a chat may be there, and not be noted.
	if most := len(users); doubled > most {
		t.Errorf("%d reminders were said twice, want at most %d after a kill", doubled, most)
	}

	before := value[int](r, `SELECT max(telegram_message_id)::int FROM messages`)
	r.fallDue()
	r.until(2*time.Minute, "all are said again", `SELECT count(*) = $1 FROM messages WHERE args ->> 'phrase' = 'reminder' AND shown = wanted`, 2*want)
	var late []time.Duration
	r.eachPlan(users, plans, before, func(plan string, said []time.Duration) {
		if late = append(late, said...); len(said) != 1 {
			t.Errorf("%s was said %d times, want once", plan, len(said))
		}
	})
	slices.Sort(late)
	most := time.Duration(load(15, 5)) * time.Second // beside other tests a few may wait
	if p99 := late[len(late)*99/100]; p99 > most {
		t.Errorf("reminders are %v late at p99, want %v at most", p99, most)
	}
	second.terminate()
}

// fallDue has all reminders fall due one after the other from now on.
func (r *rig) fallDue() {
	r.t.Helper()
	r.exec(`UPDATE reminders r SET state = 'open', due_at = now() + n.n * $1 * interval '1 s' / n.of
		FROM (SELECT id, row_number() OVER (ORDER BY random()) AS n, count(*) OVER () AS of FROM reminders) n WHERE n.id = r.id`, load(3, 25))
}

// eachPlan calls do for each plan of each user, with how late after it was due
// each reminder of it came into the chat, behind a message. A chat tells full seconds.
func (r *rig) eachPlan(users []*sandbox.User, plans, behind int, do func(plan string, said []time.Duration)) {
	r.t.Helper()
	for _, u := range users {
		chat, err := u.Chat(r.ctx)
		r.must(err)
		for n := range plans {
			plan := fmt.Sprintf("plan %d", n)
			due := value[time.Time](r, `SELECT r.due_at FROM reminders r JOIN users u ON u.id = r.user_id WHERE u.telegram_id = $1 AND r.text LIKE '%' || $2`, u.ID, plan)
			var said []time.Duration
			for _, m := range chat {
				if m.ID > behind && m.FromBot() && strings.HasPrefix(m.Text, "Reminder") && strings.Contains(m.Text, plan+"\n") {
					said = append(said, time.Unix(int64(m.Date), 0).Sub(due))
				}
			}
			do(fmt.Sprintf("%s of user %d", plan, u.ID), said)
		}
	}
}
