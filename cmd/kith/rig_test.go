package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/bot/sandbox/botapitest"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/store/storetest"
)

// A rig is Kith among servers that a test can break: a Postgres, a Redis and,
// as Telegram, a sandbox, all private. Every call of Kith's has to be one that
// the Bot API has. Updates are numbered from 1, in the order in which users act.
// The promise tests use it; their names say which promise of the design each
// shows.
type rig struct {
	t        *testing.T
	ctx      context.Context
	box      *sandbox.Server
	tg       *sandbox.Client
	rows     *pgxpool.Pool // looks at the database, past every fault
	settings map[string]string

	users      []*sandbox.User // by people
	backlogged int             // by backlog
	faults     int             // how often something was broken

	mu        sync.Mutex
	sent      map[int64][]int // the messages of each chat that are to become notes, in order
	confirmed int64           // by polling: those with smaller ids
	pressed   int             // by hand-made buttons
	edited    int             // messages that were changed
	noted     int             // by the API, which said so
	unsure    int             // requests to note whose answer does not say whether it was
	watchers  []func(method string, params map[string]any)
}

func newRig(t *testing.T, settings ...string) *rig {
	t.Helper()
	return newRigOn(t, storetest.URL(t), cachetest.Redis(t), settings...)
}

// newRigOn is newRig with a Postgres and a Redis of the test's. Settings are
// pairs of a variable and its value.
func newRigOn(t *testing.T, databaseURL, redisURL string, settings ...string) *rig {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(load(5, 110))*time.Minute)
	t.Cleanup(cancel)
	r := &rig{t: t, ctx: ctx, sent: map[int64][]int{}}
	r.startTelegram("")
	r.look(databaseURL)
	r.settings = map[string]string{
		"KITH_ENV": "testing", "KITH_HTTP_ADDR": "127.0.0.1:0", "KITH_AI_ORDER": "rules", "LOG_LEVEL": "error",
		"KITH_SECRET_KEY": newSecretKey().reveal(), "DATABASE_URL": databaseURL, "REDIS_URL": redisURL,
		"TELEGRAM_BOT_TOKEN": r.box.Token(), "TELEGRAM_BOT_API_URL": r.box.BotURL(),
	}
	for pair := range slices.Chunk(settings, 2) {
		r.settings[pair[0]] = pair[1]
	}
	return r
}

// startTelegram makes a sandbox that is Telegram to the bot with that token, or
// with "" to one of its own.
func (r *rig) startTelegram(token string) {
	r.t.Helper()
	box, err := sandbox.New(sandbox.Options{Token: token, OnCall: r.watch})
	if err != nil {
		r.t.Fatal(err)
	}
	r.box, r.tg = box, box.Client()
	r.onCall(botapitest.Checker(r.t))
	background(r.t, box.Run)
	r.must(r.tg.SetNextUpdateID(r.ctx, 1))
}

// look opens the rig's own way into the database. When Kith is gone, its
// connections must be too.
func (r *rig) look(databaseURL string) {
	r.t.Helper()
	var err error
	if r.rows, err = pgxpool.New(r.ctx, databaseURL); err != nil {
		r.t.Fatal(err)
	}
	begun := time.Now()
	r.t.Cleanup(func() {
		r.ctx = context.WithoutCancel(r.t.Context())
		r.enter(begun, r.leaked(10*time.Second))
		r.rows.Close()
	})
}

// leaked returns how many connections Kith has left open when it is gone. Those
// of a test that failed may be the test's.
func (r *rig) leaked(within time.Duration) (n int) {
	r.t.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
		n = value[int](r, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND backend_type = 'client backend' AND NOT pid = ANY ($1)`, r.ownBackends())
		if n == 0 || r.t.Failed() {
			return n
		}
		if time.Now().After(deadline) {
			r.t.Errorf("Kith left %d connections open, want none", n)
			return n
		}
	}
}

// ownBackends returns the processes that serve the rig's own connections.
func (r *rig) ownBackends() []int32 {
	var pids []int32
	for _, conn := range r.rows.AcquireAllIdle(r.ctx) {
		pids = append(pids, int32(conn.Conn().PgConn().PID()))
		conn.Release()
	}
	return pids
}

// must ends the test where the rig itself is broken.
func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// watch is told of every call of Kith's, before it has an effect.
func (r *rig) watch(method string, params map[string]any) {
	r.mu.Lock()
	watchers := slices.Clone(r.watchers)
	if method == "getUpdates" {
		r.confirmed = max(r.confirmed, integer(params["offset"])-1)
	}
	r.mu.Unlock()
	for _, w := range watchers {
		w(method, params)
	}
}

// onCall has f told of Kith's calls from now on.
func (r *rig) onCall(f func(method string, params map[string]any)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers = append(r.watchers, f)
}

// integer reads a number of a call, which a form has as text.
func integer(v any) int64 {
	f, _ := strconv.ParseFloat(fmt.Sprint(v), 64) // the schema is checked beside
	return int64(f)
}

// environment is what the rig's settings are to a process.
func (r *rig) environment() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(r.settings)) {
		all = append(all, name+"="+r.settings[name])
	}
	return all
}

// house returns a Kith that runs in this process.
func (r *rig) house(does ...role) *house {
	r.t.Helper()
	c, err := readConfig(r.environment(), "/nowhere/.env")
	if err != nil {
		r.t.Fatal(err)
	}
	h := &house{config: c, roles: allRoles(), log: slog.New(slog.NewTextHandler(logTo(r.t), &slog.HandlerOptions{Level: slog.LevelError}))}
	if len(does) > 0 {
		h.roles = does
	}
	h.greet = func(string, string) {}
	return h
}

// open runs a Kith in this process. Stop stops it as SIGTERM does, and waits.
func (r *rig) open(does ...role) (stop func()) {
	r.t.Helper()
	h := r.house(does...)
	listener, err := listen(string(h.config.HTTPAddr))
	r.must(err)
	return background(r.t, func(ctx context.Context) error { return h.run(ctx, listener) })
}

// people lets n users in, each with a chat of their own.
func (r *rig) people(n int) []*sandbox.User {
	r.t.Helper()
	users := make([]*sandbox.User, n)
	for i := range users {
		user, err := r.tg.AddUser(r.ctx, fmt.Sprintf("User %d", i))
		r.must(err)
		r.exec(`INSERT INTO users (telegram_id, name, role) VALUES ($1, $2, 'admin')`, user.ID, user.FirstName)
		users[i] = user
	}
	r.users = append(r.users, users...)
	return users
}

// write has a user send a note.
func (r *rig) write(u *sandbox.User, text string) sandbox.Message {
	r.t.Helper()
	m, err := r.send(u, text)
	r.must(err)
	return m
}

func (r *rig) send(u *sandbox.User, text string) (sandbox.Message, error) {
	m, err := u.Send(r.ctx, text)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.sent[u.ID] = append(r.sent[u.ID], m.ID)
	}
	return m, err
}

// edit has a user change a message.
func (r *rig) edit(u *sandbox.User, message int, text string) error {
	_, err := u.Edit(r.ctx, message, text)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.edited++
	}
	return err
}

// writeAll has all users send notes at the same time, each one after the other.
func (r *rig) writeAll(users []*sandbox.User, notes int, about string) {
	r.t.Helper()
	r.must(r.writing(users, notes, about)())
}

// writing is writeAll that goes on beside the test; written waits for its end.
func (r *rig) writing(users []*sandbox.User, notes int, about string) (written func() error) {
	var writing errgroup.Group
	for i, u := range users {
		writing.Go(func() error {
			for n := range notes {
				if _, err := r.send(u, fmt.Sprintf("Ana likes figs, %s, says user %d for the %dth time", about, i, n)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return writing.Wait
}

// total returns how many messages were sent that are to become notes.
func (r *rig) total() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ids := range r.sent {
		n += len(ids)
	}
	return n
}

func (r *rig) exec(sql string, args ...any) {
	r.t.Helper()
	if _, err := r.rows.Exec(r.ctx, sql, args...); err != nil {
		r.t.Fatal(err)
	}
}

// value returns the one value that a query gives.
func value[T any](r *rig, sql string, args ...any) T {
	r.t.Helper()
	rows, err := r.rows.Query(r.ctx, sql, args...)
	r.must(err)
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	r.must(err)
	return v
}

// until waits for a query to be true.
func (r *rig) until(within time.Duration, what, sql string, args ...any) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, within)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var yes bool
		// An error may be a fault of the test's; time will tell.
		err := r.rows.QueryRow(ctx, sql, args...).Scan(&yes)
		if err == nil && yes {
			return
		}
		select {
		case <-ctx.Done():
			r.t.Fatalf("waited %v in vain: %s (%v)", within, what, cmp.Or(err, ctx.Err()))
		case <-tick.C:
		}
	}
}

// settled waits until Kith has confirmed every update and owes nobody anything.
// A model that was down may be asked again much later.
func (r *rig) settled(within time.Duration) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, within)
	defer cancel()
	begun := time.Now()
	r.must(r.tg.WaitConfirmed(ctx))
	r.until(within-time.Since(begun), "nothing is left to do or to say", `SELECT
		NOT EXISTS (SELECT FROM tasks WHERE state IN ('queued', 'running') AND kind <> 'improve_note') AND
		NOT EXISTS (SELECT FROM messages WHERE shown < wanted AND given_up IS NULL)`)
}

// expire does what half a minute does to what killed processes held.
func (r *rig) expire() {
	r.t.Helper()
	r.expireOf("%")
}

// expireOf is expire for the processes that are so named in what they hold.
func (r *rig) expireOf(like string) {
	r.t.Helper()
	r.exec(`UPDATE leases SET expires_at = now() - interval '1 second' WHERE owner LIKE $1`, like)
	r.exec(`UPDATE chats SET claimed_until = now() - interval '1 second' WHERE claimed_by LIKE $1`, like)
	r.exec(`UPDATE tasks SET heartbeat_at = now() - interval '30 seconds' WHERE state = 'running' AND claimed_by LIKE $1`, like)
}
