package pglocal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kith-platform/kith/core/privateserver"
)

// oldestMajor is the oldest version of PostgreSQL that Kith works with.
const oldestMajor = 15

// programs are the server programs of one installed version.
type programs struct {
	dir   string
	major int
}

func (p programs) postgres() string { return filepath.Join(p.dir, "postgres") }
func (p programs) initdb() string   { return filepath.Join(p.dir, "initdb") }

// places returns patterns of directories where packages put the server
// programs: most keep them out of PATH, one directory per version.
func places() []string {
	return append(filepath.SplitList(os.Getenv("PATH")),
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // Red Hat with PGDG's packages
		"/usr/libexec/postgresql*",                           // Alpine
		"/usr/lib/postgresql*/bin",                           // SUSE
		"/opt/homebrew/opt/postgresql*/bin",                  // Homebrew
		"/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
		"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
		"/usr/local/pgsql/bin",                               // built from source
	)
}

// programsFor returns the installed programs that fit the data, or the newest
// where there are no data.
func programsFor(ctx context.Context, h *privateserver.Home) (programs, error) {
	major, err := dataMajor(h.Data())
	if err != nil {
		return programs{}, err
	}
	found := installed(ctx, places())
	if err := ctx.Err(); err != nil {
		return programs{}, err
	}
	return choose(found, major)
}

// dataMajor returns the version that made a data directory, 0 if there is none.
func dataMajor(data string) (int, error) {
	path := filepath.Join(data, "PG_VERSION")
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	return major, nil
}

func choose(found []programs, major int) (programs, error) {
	found = slices.DeleteFunc(found, func(p programs) bool { return p.major < oldestMajor })
	if len(found) == 0 {
		return programs{}, fmt.Errorf("no server programs of PostgreSQL %d or newer are installed: apt-get install postgresql postgresql-contrib", oldestMajor)
	}
	newest := slices.MaxFunc(found, func(a, b programs) int { return a.major - b.major })
	if major == 0 {
		return newest, nil
	}
	i := slices.IndexFunc(found, func(p programs) bool { return p.major == major })
	if i < 0 {
		return programs{}, fmt.Errorf("the data were made by PostgreSQL %d, installed is %d: install version %d, or move the data with pg_upgrade",
			major, newest.major, major)
	}
	return found[i], nil
}

// installed returns all server programs found at places.
func installed(ctx context.Context, places []string) []programs {
	var found []programs
	for _, pattern := range places {
		dirs, _ := filepath.Glob(pattern) // its only error is a malformed pattern
		for _, dir := range dirs {
			if major := programMajor(ctx, dir); major > 0 {
				found = append(found, programs{dir: dir, major: major})
			}
		}
	}
	return found
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// programMajor returns the version of the programs in dir, 0 if there are none.
func programMajor(ctx context.Context, dir string) int {
	p := programs{dir: dir}
	if _, err := exec.LookPath(p.initdb()); err != nil {
		return 0
	}
	out, err := exec.CommandContext(ctx, p.postgres(), "--version").Output()
	if err != nil {
		return 0
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return 0
	}
	major, _ := strconv.Atoi(string(match[1])) // the pattern leaves digits only
	return major
}
