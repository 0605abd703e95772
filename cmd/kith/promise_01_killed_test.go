package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/userclient/telegramtest"
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

// TestPromise01EachPartKilled runs Kith as a process for each of its parts, and
// kills them in turn while notes keep coming in, also when the part is away: what
// was confirmed to Telegram is on disk, and the others go on. Under little load
// what the killed one held runs out at once.
func TestPromise01EachPartKilled(t *testing.T) {
	t.Parallel()
	for _, delivery := range []string{"polling", "webhook"} {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			server := r.withTelegram()
			sam := server.Add(telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam"})
			users := r.people(6)
			r.linked(value[int64](r, `SELECT min(id) FROM users`), server, sam)
			confirmed := func() []int64 { return nil }
			if delivery == "webhook" {
				confirmed = r.webhook().taken
			}
			parts := map[string]*process{}
			all := []string{"bot,api", "worker", "scheduler", "userclient"}
			for _, roles := range all {
				parts[roles] = r.part(roles)
			}
			held := func() {
				t.Helper()
				r.until(time.Minute, "the linked account is held", `SELECT EXISTS (SELECT FROM leases
					WHERE name LIKE 'telegram/%' AND owner LIKE $1 AND expires_at > now())`, parts["userclient"].owner())
			}
			held()
			for round := range load(1, 5) {
				for _, roles := range all {
					moment := r.moment(4 * len(users))
					r.await(moment, r.writing(users, 3, fmt.Sprintf("in round %d", round)))
					parts[roles].kill()
					r.wantConfirmedStored(confirmed()...)
					r.writeAll(users, 1, "while "+roles+" is away")
					if *chaos == "" {
						parts[roles].expire()
					}
					parts[roles] = r.part(roles)
				}
			}
			r.settled(time.Minute)
			r.wantConfirmedStored(confirmed()...)
			r.wantNotes()
			r.wantReplies(users, r.faults)
			held()
			for _, p := range parts {
				p.terminate()
			}
			if _, most := server.Connections(sam); most != 1 {
				t.Errorf("the linked account had %d connections at a time, want one", most)
			}
		})
	}
}

// part starts a process with some roles. Only the one that takes updates needs
// the address that others know.
func (r *rig) part(roles string) *process {
	r.t.Helper()
	known := r.settings["KITH_HTTP_ADDR"]
	defer func() { r.settings["KITH_HTTP_ADDR"] = known }()
	if !strings.Contains(roles, "bot") {
		r.settings["KITH_HTTP_ADDR"] = "127.0.0.1:0"
	}
	return r.spawn("--roles", roles)
}
