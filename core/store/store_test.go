package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	if _, err := store.Open(t.Context(), "postgres://%zz", store.Options{}); err == nil {
		t.Error("opened a url that cannot be read")
	}
	db := must(store.Open(t.Context(), storetest.URL(t), store.Options{MaxConns: 1}))(t)
	check(t, db.Ping(t.Context()))
	db.Close()
	if err := db.Ping(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "reach the database: ") {
		t.Errorf("a closed store answers %v", err)
	}
}

func TestInTx(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	failure := errors.New("changed my mind")
	add := func(tx *store.Store, name string) {
		_, err := tx.EnsureContact(t.Context(), core.Contact{UserID: m.user, FullName: name, Tier: core.TierRegular})
		check(t, err)
	}
	err := m.InTx(t.Context(), func(tx *store.Store) error {
		add(tx, "kept")
		if err := tx.InTx(t.Context(), func(tx *store.Store) error { add(tx, "taken back"); return failure }); !errors.Is(err, failure) {
			t.Errorf("the inner transaction ends with %v, want %v", err, failure)
		}
		return tx.InTx(t.Context(), func(tx *store.Store) error { add(tx, "kept too"); return nil })
	})
	check(t, err)
	if err := m.InTx(t.Context(), func(tx *store.Store) error { add(tx, "never"); return failure }); !errors.Is(err, failure) {
		t.Errorf("the transaction ends with %v, want %v", err, failure)
	}
	if got := value[string](m, `SELECT string_agg(full_name, ', ' ORDER BY id) FROM contacts`); got != "kept, kept too" {
		t.Errorf("there are %s, want kept, kept too", got)
	}
}

func TestUnavailable(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	nowhere := must(store.Open(t.Context(), "postgres://kith@127.0.0.1:1/kith?connect_timeout=2", store.Options{}))(t)
	defer nowhere.Close()
	_, noServer := nowhere.AnyUser(t.Context())
	late, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	_, tooLate := m.AnyUser(late)
	// The administrator ends the connection under the statement.
	killed := m.InTx(t.Context(), func(tx *store.Store) error {
		if _, err := tx.AnyUser(t.Context()); err != nil {
			return err
		}
		m.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'`)
		_, err := tx.AnyUser(t.Context())
		return err
	})
	readOnly := readOnlyError(t, m)
	for name, err := range map[string]error{"no server": noServer, "no time": tooLate, "connection ended": killed, "a replica": readOnly} {
		if !store.Unavailable(err) {
			t.Errorf("%s: %v is not for another try", name, err)
		}
	}
	_, conflict := m.AddUser(t.Context(), core.User{TelegramID: value[int64](m, `SELECT telegram_id FROM users LIMIT 1`), Role: core.RoleUser})
	_, broken := m.AddUser(t.Context(), core.User{Role: core.RoleUser})
	for name, err := range map[string]error{
		"nothing wrong": nil, "not found": core.ErrNotFound, "a conflict": conflict, "a broken rule": broken, "asked to stop": context.Canceled,
	} {
		if store.Unavailable(err) {
			t.Errorf("%s: %v is for another try", name, err)
		}
	}
}

// readOnlyError returns what a database says that may only be read.
func readOnlyError(t *testing.T, m *memory) error {
	t.Helper()
	config := m.sql.Config()
	config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	pool := must(pgxpool.NewWithConfig(t.Context(), config))(t)
	defer pool.Close()
	_, err := pool.Exec(t.Context(), `DELETE FROM leases`)
	return err
}

// counters returns the values of a counter with two labels or one, as "a/b".
func counters(t *testing.T, reg *prometheus.Registry, name string) map[string]float64 {
	t.Helper()
	values := map[string]float64{}
	for _, family := range must(reg.Gather())(t) {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, l := range metric.GetLabel() {
				labels = append(labels, l.GetValue())
			}
			v := metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + float64(metric.GetHistogram().GetSampleCount())
			values[strings.Join(labels, "/")] = v
		}
	}
	return values
}

func TestStatementsAreCountedByName(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	url := storetest.URL(t)
	db := must(store.Open(t.Context(), url, store.Options{Tracer: store.NewMetrics(reg)}))(t)
	t.Cleanup(db.Close)
	for range 2 {
		_, err := db.User(t.Context(), 1)
		notFound(t, "a user in an empty database", err)
	}
	if _, err := db.AddUser(t.Context(), core.User{Role: core.RoleUser}); err == nil {
		t.Error("a user without an identity is kept")
	}
	check(t, db.InTx(t.Context(), func(tx *store.Store) error {
		_, err := tx.AddUser(t.Context(), core.User{TelegramID: 1, Role: core.RoleUser})
		return errors.Join(err, tx.InTx(t.Context(), func(*store.Store) error { return nil }))
	}))
	_, err := db.TaskCounts(t.Context()) // its name has more in its comment
	check(t, err)
	queries := counters(t, reg, "kith_store_queries_total")
	for key, want := range map[string]float64{
		"ok/user": 2, "error/add user": 1, "ok/add user": 1, "ok/begin": 1, "ok/commit": 1, "ok/task counts": 1,
		"ok/savepoint": 1, "ok/release savepoint": 1,
	} {
		if queries[key] != want {
			t.Errorf("%s was counted %v times, want %v; all: %v", key, queries[key], want, queries)
		}
	}
	if got := counters(t, reg, "kith_store_query_duration_seconds")["add user"]; got != 2 {
		t.Errorf("add user was timed %v times, want 2", got)
	}
	if got := counters(t, reg, "kith_store_rows_total")["add user"]; got != 1 {
		t.Errorf("add user changed %v rows, want 1", got)
	}
}

func TestStatementsWithoutANameShareOne(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	reg := prometheus.NewRegistry()
	config := m.sql.Config()
	config.ConnConfig.Tracer = store.NewMetrics(reg)
	pool := must(pgxpool.NewWithConfig(t.Context(), config))(t)
	defer pool.Close()
	for _, sql := range []string{`SELECT 1`, `SELECT 2`} {
		_, err := pool.Exec(t.Context(), sql)
		check(t, err)
	}
	if got := counters(t, reg, "kith_store_queries_total"); got["ok/other"] != 2 || len(got) != 1 {
		t.Errorf("counted %v, want 2 others", got)
	}
}

func TestPoolIsWatched(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	db := must(store.Open(t.Context(), storetest.URL(t), store.Options{MaxConns: 3}))(t)
	t.Cleanup(db.Close)
	db.WatchPool(reg)
	check(t, db.InTx(t.Context(), func(tx *store.Store) error {
		_, err := tx.AnyUser(t.Context())
		for name, want := range map[string]float64{"kith_store_pool_connections": 1, "kith_store_pool_in_use": 1, "kith_store_pool_max": 3} {
			if got := counters(t, reg, name)[""]; got != want {
				t.Errorf("%s is %v, want %v", name, got, want)
			}
		}
		return err
	}))
	if _, ok := counters(t, reg, "kith_store_pool_waited_seconds")[""]; !ok {
		t.Error("nothing says how long connections were waited for")
	}
}
