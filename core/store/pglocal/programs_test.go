package pglocal

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/kith-platform/kith/core/privateserver"
)

// install makes a directory with programs that say they are of a version.
func install(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bin")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho '%s'\n", version)
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestInstalled(t *testing.T) {
	t.Parallel()
	debian := install(t, "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)")
	beta := install(t, "postgres (PostgreSQL) 19beta1")
	silent := install(t, "")
	clients := t.TempDir()
	broken := install(t, "")
	if err := os.WriteFile(filepath.Join(broken, "postgres"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	got := installed(t.Context(), []string{debian, silent, clients, broken, filepath.Dir(beta) + "/b*"})
	if len(got) != 2 || got[0] != (programs{debian, 15}) || got[1] != (programs{beta, 19}) {
		t.Errorf("found %v, want version 15 in %s and 19 in %s", got, debian, beta)
	}
}

func TestPathComesFirst(t *testing.T) {
	t.Setenv("PATH", "/somewhere/bin")
	if got := places()[0]; got != "/somewhere/bin" {
		t.Errorf("looks in %s first, want PATH", got)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		found []int
		data  int
		want  int
		err   string
	}{
		{name: "no data", found: []int{15, 17, 16}, want: 17},
		{name: "data of an older version", found: []int{15, 17, 16}, data: 16, want: 16},
		{name: "nothing installed", err: "apt-get install postgresql postgresql-contrib"},
		{name: "only too old ones", found: []int{13, 14}, err: "PostgreSQL 15 or newer"},
		{name: "data of a version that is gone", found: []int{16, 17}, data: 15, err: "made by PostgreSQL 15, installed is 17"},
	} {
		var found []programs
		for _, major := range c.found {
			found = append(found, programs{major: major})
		}
		got, err := choose(found, c.data)
		if got.major != c.want {
			t.Errorf("%s: chose %d, want %d", c.name, got.major, c.want)
		}
		if c.err != "" {
			wantError(t, err, c.err)
		}
	}
}

func TestDataOfAnotherVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"99\n":   "made by PostgreSQL 99",
		"figs\n": "read ",
	} {
		dir := scratch(t)
		data := filepath.Join(dir, "data")
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte(version), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Start(t.Context(), privateserver.Options{Dir: dir})
		wantError(t, err, "start postgres in "+dir, want)
	}
}
