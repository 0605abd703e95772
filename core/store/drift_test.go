package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestDrift(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	url := m.sql.Config().ConnString()
	drift := func() []string {
		t.Helper()
		return must(store.Drift(t.Context(), url))(t)
	}
	if got := drift(); len(got) > 0 {
		t.Errorf("a fresh database drifted: %q", got)
	}
	m.exec(`ALTER TABLE contacts DROP COLUMN location, ADD color text;
		DROP INDEX notes_said_at;
		ALTER TABLE tags DROP CONSTRAINT tags_name_length;
		ALTER TABLE notes DISABLE TRIGGER version;
		CREATE OR REPLACE FUNCTION kith_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS 'SELECT lower($1)'`)
	got := drift()
	for _, want := range []string{
		"- column contacts.location ", "+ column contacts.color text", "- index CREATE INDEX notes_said_at ",
		"- constraint tags.tags_name_length CHECK", "- trigger CREATE CONSTRAINT TRIGGER version AFTER", "- function kith_fold(text) ", "+ function kith_fold(text) ",
	} {
		if !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("%q is not found in %q", want, got)
		}
	}
	if n := value[int](m, `SELECT count(*) FROM pg_database WHERE datname LIKE 'kith_compare%'`); n > 0 {
		t.Errorf("%d databases are left behind", n)
	}
}

// An older schema is held against its own version.
func TestDriftOfOlderSchemas(t *testing.T) {
	t.Parallel()
	url := storetest.EmptyURL(t)
	if got := must(store.Drift(t.Context(), url))(t); len(got) > 0 {
		t.Errorf("an empty database drifted: %q", got)
	}
	mover := must(store.NewMigrator(url))(t)
	defer mover.Close()
	check(t, mover.To(t.Context(), 9))
	if got := must(store.Drift(t.Context(), url))(t); len(got) > 0 {
		t.Errorf("version 9 drifted: %q", got)
	}
}
