package store_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// claims reports whether owner gets the user's chat, which is owed a message.
func (m *memory) claims(owner string) bool {
	m.t.Helper()
	check(m.t, m.ClaimChat(m.t.Context(), m.user, owner, time.Minute))
	return m.nextFor(owner).ID != 0
}

func TestClaimChat(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.owe("help")
	if m.claims("a") {
		t.Error("claimed a chat that is not open")
	}
	check(t, m.OpenChat(t.Context(), m.user, 7))
	for _, step := range []struct {
		name  string
		do    func()
		owner string
		want  bool
	}{
		{"free", nil, "a", true},
		{"claimed by somebody else", nil, "b", false},
		{"claimed already", nil, "a", true},
		{"released by somebody else", func() { check(t, m.ReleaseChat(t.Context(), m.user, "b")) }, "b", false},
		{"released", func() { check(t, m.ReleaseChat(t.Context(), m.user, "a")) }, "b", true},
		{"claim run out", func() { m.exec(`UPDATE chats SET claimed_until = now() - interval '1 second'`) }, "a", true},
		{"resting", func() { check(t, m.RestChat(t.Context(), m.user, time.Minute)) }, "a", false},
		{"resting, and told of a shorter rest", func() { check(t, m.RestChat(t.Context(), m.user, time.Second)) }, "a", false},
		{"rested", func() { m.exec(`UPDATE chats SET rest_until = now() - interval '1 second'`) }, "a", true},
		{"blocked", func() { check(t, m.BlockChat(t.Context(), m.user)) }, "a", false},
		{"writing again", func() { check(t, m.OpenChat(t.Context(), m.user, 7)) }, "a", true},
	} {
		if step.do != nil {
			step.do()
		}
		if got := m.claims(step.owner); got != step.want {
			t.Fatalf("%s: %s gets the chat: %v, want %v", step.name, step.owner, got, step.want)
		}
	}
}

func TestAShorterRestDoesNotEndALongerOne(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	check(t, m.OpenChat(t.Context(), m.user, 7))
	check(t, m.RestChat(t.Context(), m.user, time.Hour))
	check(t, m.RestChat(t.Context(), m.user, time.Second))
	if left := value[float64](m, `SELECT extract(epoch FROM rest_until - now())::float8 FROM chats`); left < 3000 {
		t.Errorf("the chat rests for %v s, want an hour", left)
	}
}

// A chat that is owed something and may not be written into is free for
// whoever comes first when it may be again.
func TestReleaseIdleChat(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]func(*memory){
		"rests":    func(m *memory) { check(t, m.RestChat(t.Context(), m.user, time.Minute)) },
		"blocked":  func(m *memory) { check(t, m.BlockChat(t.Context(), m.user)) },
		"bot rest": func(m *memory) { check(t, m.RestBot(t.Context(), time.Minute)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			check(t, m.OpenChat(t.Context(), m.user, 7))
			m.owe("help")
			m.claims("a")
			check(t, m.ReleaseIdleChat(t.Context(), m.user, "a"))
			if !m.claims("a") {
				t.Fatal("a chat is let go while there is something to write")
			}
			keep(m)
			check(t, m.ReleaseIdleChat(t.Context(), m.user, "a"))
			m.exec(`UPDATE chats SET rest_until = now() - interval '1 second', blocked_at = NULL`)
			m.exec(`UPDATE leases SET expires_at = now() - interval '1 second'`)
			if !m.claims("b") {
				t.Error("a chat that nobody may write into stays with who had it")
			}
		})
	}
}

// While the bot as a whole rests, nobody gets any chat.
func TestRestBot(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	check(t, m.OpenChat(t.Context(), m.user, 7))
	m.owe("help")
	rests := func(want bool) {
		t.Helper()
		left := must(m.BotRests(t.Context()))(t)
		_, err := m.ChatOf(t.Context(), m.user)
		owed := must(m.UsersOwed(t.Context(), 10))(t)
		if got := m.claims("a"); got == want || (left > 0) != want || (err != nil) != want || (len(owed) == 0) != want {
			t.Errorf("resting %v: claimed %v, %v left, the chat is open: %v, owed to %v", want, got, left, err == nil, owed)
		}
	}
	check(t, m.RestBot(t.Context(), time.Minute))
	check(t, m.RestBot(t.Context(), time.Second))
	rests(true)
	if left := must(m.BotRests(t.Context()))(t); left < 30*time.Second || left > time.Minute {
		t.Errorf("%v are left, want the longer rest of a minute", left)
	}
	m.exec(`UPDATE leases SET expires_at = now() - interval '1 second'`)
	rests(false)
	check(t, m.RestBot(t.Context(), time.Minute))
	if got := m.nextFor("a"); got.ID != 0 {
		t.Error("whoever has the chat goes on writing while the bot rests")
	}
}

func TestOneOfManyGetsTheChat(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	check(t, m.OpenChat(t.Context(), m.user, 7))
	m.owe("help")
	var got atomic.Int32
	var claiming sync.WaitGroup
	for i := range 8 {
		claiming.Go(func() {
			owner := string(rune('a' + i))
			if err := m.ClaimChat(t.Context(), m.user, owner, time.Minute); err != nil {
				t.Error(err)
			}
			if m.nextFor(owner).ID != 0 {
				got.Add(1)
			}
		})
	}
	claiming.Wait()
	if got.Load() != 1 {
		t.Errorf("%d got the chat, want one", got.Load())
	}
}

func TestChatOf(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	_, err := m.ChatOf(t.Context(), m.user)
	notFound(t, "the chat of somebody who never wrote", err)
	check(t, m.OpenChat(t.Context(), m.user, 7))
	check(t, m.OpenChat(t.Context(), m.stranger, 8))
	check(t, m.OpenChat(t.Context(), m.user, 9))
	if got := must(m.ChatOf(t.Context(), m.user))(t); got != 9 {
		t.Errorf("the chat is %d, want 9", got)
	}
	check(t, m.BlockChat(t.Context(), m.user))
	_, err = m.ChatOf(t.Context(), m.user)
	notFound(t, "the chat of somebody who blocked the bot", err)
	if got := must(m.ChatOf(t.Context(), m.stranger))(t); got != 8 {
		t.Errorf("the other chat is %d, want 8", got)
	}
}

func TestUsersOwed(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	check(t, m.OpenChat(t.Context(), m.user, 7))
	check(t, m.OpenChat(t.Context(), m.stranger, 8))
	m.owe("help")
	m.owe("start")
	owed := func(want bool) {
		t.Helper()
		if got := must(m.UsersOwed(t.Context(), 10))(t); slices.Contains(got, m.user) != want || len(got) > 1 {
			t.Errorf("owed to %v, want the user among them: %v", got, want)
		}
	}
	owed(true)
	m.claims("a")
	owed(false)
	check(t, m.ReleaseChat(t.Context(), m.user, "a"))
	owed(true)
	check(t, m.RestChat(t.Context(), m.user, time.Minute))
	owed(false)
	m.exec(`UPDATE chats SET rest_until = now() - interval '1 second'`)
	owed(true)
	check(t, m.BlockChat(t.Context(), m.user))
	owed(false)
}

func TestLease(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	take := func(name, owner string, want bool) {
		t.Helper()
		if got := must(m.TakeLease(t.Context(), name, owner, time.Minute))(t); got != want {
			t.Fatalf("%s gets lease %s: %v, want %v", owner, name, got, want)
		}
	}
	generation := func() int64 { return value[int64](m, `SELECT generation FROM leases WHERE name = 'sweep'`) }
	take("sweep", "a", true)
	take("sweep", "b", false)
	take("poller", "b", true)
	take("sweep", "a", true)
	if got := generation(); got != 1 {
		t.Errorf("generation %d after a renewal, want 1", got)
	}
	check(t, m.DropLease(t.Context(), "sweep", "b"))
	take("sweep", "b", false)
	check(t, m.DropLease(t.Context(), "sweep", "a"))
	take("sweep", "b", true)
	if got := generation(); got != 2 {
		t.Errorf("generation %d after somebody took over, want 2", got)
	}
	m.exec(`UPDATE leases SET expires_at = now() - interval '1 second'`)
	take("sweep", "a", true)
}
