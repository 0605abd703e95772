package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// A memory is a database with a user, and somebody else.
type memory struct {
	*store.Store
	t        *testing.T
	sql      *pgxpool.Pool
	user     int64
	stranger int64
}

func newMemory(t *testing.T) *memory {
	t.Helper()
	db, sql := storetest.Open(t)
	return &memory{Store: db, t: t, sql: sql, user: storetest.User(t, db).ID, stranger: storetest.User(t, db).ID}
}

func (m *memory) contact(name string) core.Contact {
	m.t.Helper()
	return storetest.Contact(m.t, m.Store, m.user, name)
}

func (m *memory) note(text string, about ...core.Contact) core.Note {
	m.t.Helper()
	return storetest.Note(m.t, m.Store, m.user, text, about...)
}

// mention returns whom a note mentions first.
func (m *memory) mention(note core.Note) core.Mention {
	m.t.Helper()
	list := must(m.Mentions(m.t.Context(), note.UserID, note.ID))(m.t)
	if len(list) == 0 {
		m.t.Fatalf("note %d mentions nobody", note.ID)
	}
	return list[0]
}

// exec changes rows behind the store's back.
func (m *memory) exec(sql string, args ...any) {
	m.t.Helper()
	if _, err := m.sql.Exec(m.t.Context(), sql, args...); err != nil {
		m.t.Fatal(err)
	}
}

// value returns the only value of a query.
func value[T any](m *memory, sql string, args ...any) (v T) {
	m.t.Helper()
	if err := m.sql.QueryRow(m.t.Context(), sql, args...).Scan(&v); err != nil {
		m.t.Fatal(err)
	}
	return v
}

// must returns a function that returns v, and fails the test on an error.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// check fails the test on an error.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// step does something as one act of the user.
func (m *memory) step(do func(ctx context.Context, tx *store.Store) error) int64 {
	m.t.Helper()
	var step int64
	check(m.t, m.InTx(m.t.Context(), func(tx *store.Store) (err error) {
		if step, err = tx.NewStep(m.t.Context()); err != nil {
			return err
		}
		return do(m.t.Context(), tx)
	}))
	return step
}

// notFound fails the test unless err is of kind not found.
func notFound(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, core.ErrNotFound) {
		t.Errorf("%s: %v, want not found", what, err)
	}
}
