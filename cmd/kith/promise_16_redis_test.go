package main

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core/store/storetest"
)

// TestPromise16RedisInTrouble breaks Redis in every way while tasks are open:
// users are answered as fast as before, and soon after it is well again every
// task is finished. Under little load a frozen Redis is thawed as soon as every
// timeout of Kith's has passed.
func TestPromise16RedisInTrouble(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		name      string
		hurt      func(s *redisServer) (heal func())
		lastsLong bool
	}{
		{name: "emptied", hurt: func(s *redisServer) func() { s.do("FLUSHALL"); return func() {} }},
		{name: "read-only", hurt: func(s *redisServer) func() {
			s.do("REPLICAOF", "127.0.0.1", "1")
			return func() { s.do("REPLICAOF", "NO", "ONE") }
		}},
		{name: "full", hurt: func(s *redisServer) func() {
			s.do("CONFIG", "SET", "maxmemory", "1")
			return func() { s.do("CONFIG", "SET", "maxmemory", "0") }
		}},
		{name: "frozen", lastsLong: true, hurt: func(s *redisServer) func() {
			pid := s.pid()
			s.signal(pid, syscall.SIGSTOP)
			return func() { s.signal(pid, syscall.SIGCONT) }
		}},
		{name: "killed", hurt: func(s *redisServer) func() { s.kill(); return s.start }},
	} {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			s := newRedis(t)
			r := newRigOn(t, storetest.URL(t), s.server.URL())
			users := r.people(1)
			r.spawn()
			before := r.answerTime(users[0], 9)
			r.backlog(load(500, 5000))
			r.until(20*time.Second, "the work has begun", `SELECT count(*) >= 20 FROM tasks WHERE state = 'done'`)
			heal := fault.hurt(s)
			during := r.answerTime(users[0], 9)
			if fault.lastsLong {
				r.until(time.Minute, "timeouts pass", `SELECT clock_timestamp() > $1::timestamptz`, time.Now().Add(time.Duration(load(12, 30))*time.Second))
				during = max(during, r.answerTime(users[0], 9))
			}
			done := value[int](r, `SELECT count(*) FROM tasks WHERE state = 'done'`)
			heal()
			if most := max(4*before, 300*time.Millisecond); during > most {
				t.Errorf("answered after %v while Redis is %s, want %v at most (%v before)", during, fault.name, most, before)
			}
			r.until(time.Minute, "the work goes on", `SELECT count(*) > $1 OR count(*) = (SELECT count(*) FROM tasks) FROM tasks WHERE state = 'done'`, done)
			r.settled(time.Duration(load(1, 20)) * time.Minute)
			if n := value[int](r, `SELECT count(*) FROM tasks WHERE state <> 'done'`); n > 0 {
				t.Errorf("%d tasks are not done", n)
			}
		})
	}
}

// TestPromise16RedisIsAwayAtStart starts Kith while nobody answers as Redis.
func TestPromise16RedisIsAwayAtStart(t *testing.T) {
	t.Parallel()
	s := newRedis(t)
	r := newRigOn(t, storetest.URL(t), s.server.URL())
	users := r.people(1)
	s.kill()
	p := r.spawn()
	r.answerTime(users[0], 3)
	s.start()
	r.settled(time.Minute)
	r.wantNotes()
	p.kill()
}

// answerTime returns the median time that a note waits for its answer.
func (r *rig) answerTime(u *sandbox.User, notes int) time.Duration {
	r.t.Helper()
	return r.answerTimes(u, notes)[notes/2]
}

// answerTimes has a user send notes, each when the one before is answered, and
// returns how long they waited for that, from the shortest time to the longest.
func (r *rig) answerTimes(u *sandbox.User, notes int) []time.Duration {
	r.t.Helper()
	var took []time.Duration
	for range notes {
		begun := time.Now()
		m := r.write(u, "Ana likes figs")
		r.answered(u, m, 20*time.Second)
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took
}

// p99 returns the time that 99 of 100 do not exceed, of times in order.
func p99(times []time.Duration) time.Duration { return times[len(times)*99/100] }

// backlog adds notes of somebody's that are still to be read.
func (r *rig) backlog(notes int) {
	r.t.Helper()
	r.backlogged += notes
	r.exec(`WITH u AS (INSERT INTO users (telegram_id, name) VALUES (1, 'Much To Do') RETURNING id),
		n AS (INSERT INTO notes (user_id, text, step)
			SELECT u.id, 'Ana likes figs, written for the ' || i || 'th time', nextval('steps') FROM u, generate_series(1, $1::int) i
			RETURNING user_id, id)
		INSERT INTO tasks (user_id, kind, note_id, revision) SELECT user_id, 'analyze_note', id, 1 FROM n`, notes)
	r.exec(`ANALYZE notes, tasks`) // as autovacuum does, which the tests' Postgres is without
}
