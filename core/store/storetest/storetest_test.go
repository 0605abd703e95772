package storetest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// tables counts what the migrations made.
func tables(t *testing.T, url string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	err = conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNewAnswers(t *testing.T) {
	t.Parallel()
	if err := storetest.New(t).Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestURLIsMigrated(t *testing.T) {
	t.Parallel()
	if n := tables(t, storetest.URL(t)); n == 0 {
		t.Error("the database has no tables")
	}
}

func TestEmptyURLIsEmpty(t *testing.T) {
	t.Parallel()
	if n := tables(t, storetest.EmptyURL(t)); n != 0 {
		t.Errorf("the database has %d tables, want none", n)
	}
}
