package insight_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/faultproxy"
	"github.com/kith-platform/kith/core/insight"
	"github.com/kith-platform/kith/core/store/storetest"
)

// nowhere is where there is no Redis.
const nowhere = "redis://127.0.0.1:1"

// connect returns a client of the Redis at url that minds contexts, as Kith's does.
func connect(t testing.TB, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.ContextTimeoutEnabled, options.MaxRetries = true, -1
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	return client
}

// observer returns an observer of the memory with the Redis at url.
func (m *memory) observer(url string) insight.Observer {
	m.t.Helper()
	return insight.Observer{Store: m.Store, Results: cache.NewResults(connect(m.t, url))}
}

// dashboard returns what the observer sees of the user.
func (m *memory) dashboard(o insight.Observer, now time.Time) insight.Dashboard {
	m.t.Helper()
	d, err := o.Dashboard(m.t.Context(), m.user, now)
	check(m.t, err)
	return d
}

// version returns that of the user's data.
func (m *memory) version() string {
	m.t.Helper()
	v, err := m.Version(m.t.Context(), m.user.ID)
	check(m.t, err)
	return v
}

// wantContacts fails the test unless all that the observer sees has so many contacts.
func (m *memory) wantContacts(when string, o insight.Observer, want int) {
	m.t.Helper()
	n, err := o.Network(m.t.Context(), m.user, now)
	check(m.t, err)
	g, err := o.Graph(m.t.Context(), m.user, now)
	check(m.t, err)
	if d := m.dashboard(o, now); d.Contacts != want || n.Contacts != want || len(g.Nodes) != want {
		m.t.Errorf("%s: %d, %d and %d contacts on the dashboard, in the network and in the graph; want %d", when, d.Contacts, n.Contacts, len(g.Nodes), want)
	}
}

// behind changes rows so that no trigger sees it.
func (m *memory) behind(sql string, args ...any) {
	m.t.Helper()
	conn, err := m.sql.Acquire(m.t.Context())
	check(m.t, err)
	defer conn.Release()
	for _, s := range []string{`SET session_replication_role = replica`, sql, `RESET session_replication_role`} {
		if s != sql {
			args = nil
		}
		_, err := conn.Exec(m.t.Context(), s, args...)
		check(m.t, err)
	}
}

func TestResultsAreKept(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	url := cachetest.Redis(t)
	m.wantContacts("at first", m.observer(url), 1)
	m.behind(`DELETE FROM contacts`)
	m.wantContacts("in another process, with rows changed behind our back", m.observer(url), 1)
	m.wantContacts("without Redis", m.observer(nowhere), 0)
	m.user.Timezone = "Asia/Tokyo"
	m.wantContacts("in another time zone", m.observer(url), 0)
	m.user.Timezone = "UTC"
	if got := m.dashboard(m.observer(url), now.AddDate(0, 0, 1)).Contacts; got != 0 {
		t.Errorf("on the next day there are still %d contacts", got)
	}
	m.user = storetest.User(t, m.Store)
	m.wantContacts("somebody else", m.observer(url), 0)
}

// What is forgotten has to be gone from everywhere within a minute.
func TestResultsAreNotKeptForLong(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	url := cachetest.Redis(t)
	m.wantContacts("at first", m.observer(url), 1)
	rdb := connect(t, url)
	keys, err := rdb.Keys(t.Context(), "*").Result()
	check(t, err)
	if len(keys) != 3 {
		t.Errorf("Redis has %q, want three results", keys)
	}
	for _, key := range keys {
		if left, err := rdb.TTL(t.Context(), key).Result(); err != nil || left <= 0 || left >= time.Minute {
			t.Errorf("%s stays for %v (%v), want less than a minute", key, left, err)
		}
	}
}

func TestEveryWriteIsSeen(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	o := m.observer(cachetest.Redis(t))
	note := storetest.NoteAt(t, m.Store, m.user.ID, now, "Ana", m.ana)
	storetest.Fact(t, m.Store, note, "Something")
	for _, sql := range []string{
		`INSERT INTO contacts (user_id, full_name) VALUES ($1, 'Bea')`,
		`INSERT INTO aliases (user_id, contact_id, name, source) SELECT user_id, min(id), 'Bee', 'user' FROM contacts WHERE user_id = $1 GROUP BY user_id`,
		`UPDATE mentions SET source = 'chosen' WHERE user_id = $1`,
		`UPDATE contacts SET tier = 1 WHERE user_id = $1`,
		`INSERT INTO notes (user_id, text, step) VALUES ($1, 'x', 1)`,
		`UPDATE facts SET state = 'asked' WHERE user_id = $1`,
		`INSERT INTO interactions (user_id, contact_id, at) SELECT user_id, id, now() FROM contacts WHERE user_id = $1`,
		`INSERT INTO relationships (user_id, contact_id, other_id, label, inverse)
			SELECT user_id, min(id), max(id), 'friend', 'friend' FROM contacts WHERE user_id = $1 GROUP BY user_id`,
		`INSERT INTO tags (user_id, name) VALUES ($1, 'x')`,
		`INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT t.user_id, c.id, t.id FROM tags t JOIN contacts c USING (user_id) WHERE t.user_id = $1`,
		`DELETE FROM contact_tags WHERE user_id = $1`,
		`INSERT INTO groups (user_id, name) VALUES ($1, 'x')`,
		`INSERT INTO group_members (user_id, contact_id, group_id) SELECT g.user_id, c.id, g.id FROM groups g JOIN contacts c USING (user_id) WHERE g.user_id = $1`,
		`INSERT INTO reminders (user_id, text, due_at) VALUES ($1, 'x', now())`,
		`DELETE FROM facts WHERE user_id = $1`,
		`DELETE FROM contacts WHERE user_id = $1`,
	} {
		before := m.version()
		m.exec(sql, m.user.ID)
		if m.version() == before {
			t.Errorf("the version is the same after %s", sql)
		}
	}
	m.wantContacts("at the end", o, 0)
}

// Two transactions of one user must not wait for each other before they commit.
func TestAnOpenTransactionHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	open := func(name string) pgx.Tx {
		tx, err := m.sql.Begin(t.Context())
		check(t, err)
		_, err = tx.Exec(t.Context(), `INSERT INTO contacts (user_id, full_name) VALUES ($1, $2)`, m.user.ID, name)
		check(t, err)
		return tx
	}
	first, second := open("Bea"), open("Carl")
	m.exec(`UPDATE contacts SET tier = 1 WHERE user_id = $1`, m.user.ID)
	before := m.version()
	check(t, second.Rollback(t.Context()))
	if m.version() != before {
		t.Error("what was rolled back has another version")
	}
	check(t, first.Commit(t.Context()))
	if m.version() == before {
		t.Error("what was committed last has the version of before")
	}
}

func TestATransactionMovesTheVersionOnce(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	check(t, pgx.BeginFunc(t.Context(), m.sql, func(tx pgx.Tx) error {
		var versions []string
		for _, sql := range []string{`SET CONSTRAINTS ALL IMMEDIATE`, `UPDATE contacts SET tier = 1`, `UPDATE contacts SET tier = 2`} {
			_, err := tx.Exec(t.Context(), sql)
			check(t, err)
			var v string
			check(t, tx.QueryRow(t.Context(), `SELECT version::text FROM versions`).Scan(&v))
			versions = append(versions, v)
		}
		if versions[0] == versions[1] || versions[1] != versions[2] {
			t.Errorf("before, after one change and after two the versions are %q; want the last two to be one", versions)
		}
		return nil
	}))
}

func TestAUserIsGoneWithTheirVersion(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.exec(`DELETE FROM users WHERE id = $1`, m.user.ID)
	if v, err := m.Version(t.Context(), m.user.ID); v != "" || err != nil {
		t.Errorf("version %q (%v), want none", v, err)
	}
}

// Whoever looks after a commit sees what it did, however many write and look.
func TestNobodySeesAnOldResult(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	url := cachetest.Redis(t)
	const each = 15
	var committed atomic.Int64
	var writing, looking sync.WaitGroup
	done := make(chan struct{})
	look := func(who string, o insight.Observer) {
		least := int(committed.Load()) + 1
		if d, err := o.Dashboard(t.Context(), m.user, now); err != nil || d.Contacts < least {
			t.Errorf("%s sees %d contacts (%v), want %d at least", who, d.Contacts, err, least)
		}
	}
	for w := range 2 {
		o, who := m.observer(url), fmt.Sprintf("writer %d", w)
		writing.Go(func() {
			for i := range each {
				c := core.Contact{UserID: m.user.ID, FullName: fmt.Sprintf("Person %d of %d", i, w), Tier: core.TierRegular}
				if _, err := m.EnsureContact(t.Context(), c); err != nil {
					t.Error(err)
				}
				committed.Add(1)
				look(who, o)
			}
		})
	}
	reader := m.observer(url)
	looking.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				look("a reader", reader)
			}
		}
	})
	writing.Wait()
	close(done)
	looking.Wait()
	m.wantContacts("at the end", reader, 1+2*each)
}

func TestRedisThatComesBackWithOldResults(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	proxy, url := faultproxy.Before(t, cachetest.Redis(t))
	o := m.observer(url)
	m.wantContacts("at first", o, 1)
	for name, fail := range map[string]func(){"cut off": proxy.Cut, "hanging": proxy.Blackhole} {
		fail()
		storetest.Contact(t, m.Store, m.user.ID, name)
		want := m.dashboard(m.observer(nowhere), now).Contacts
		m.wantContacts("with Redis "+name, o, want)
		proxy.Heal()
		m.wantContacts("with Redis back after "+name, o, want)
	}
}

func TestRubbishInRedis(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	url := cachetest.Redis(t)
	o := m.observer(url)
	m.wantContacts("at first", o, 1)
	rdb := connect(t, url)
	keys, err := rdb.Keys(t.Context(), "*").Result()
	check(t, err)
	for _, rubbish := range []string{"", "x", `{"Contacts":7`, "[]", "7"} {
		for _, key := range keys {
			check(t, rdb.Set(t.Context(), key, rubbish, 0).Err())
		}
		m.wantContacts("with rubbish", o, 1)
	}
}
