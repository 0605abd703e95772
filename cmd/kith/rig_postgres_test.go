package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store/pglocal"
)

// A postgres is a server that a test may kill. It keeps its data.
type postgres struct {
	t      *testing.T
	dir    string
	server *privateserver.Server
}

// newPostgres starts one in a directory that may be prepared first.
func newPostgres(t *testing.T, prepare ...func(dir string)) *postgres {
	t.Helper()
	dir, err := privateserver.Scratch("rig")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	for _, do := range prepare {
		do(dir)
	}
	p := &postgres{t: t, dir: dir}
	t.Cleanup(func() { p.stop() })
	p.start()
	return p
}

func (p *postgres) start() {
	p.t.Helper()
	var err error
	if p.server, err = pglocal.Start(p.t.Context(), privateserver.Options{Dir: p.dir}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *postgres) stop() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), time.Minute)
	defer cancel()
	if err := p.server.Stop(ctx); err != nil {
		p.t.Error(err)
	}
}

// postmaster returns the server's first process.
func (p *postgres) postmaster() int {
	p.t.Helper()
	file, err := os.ReadFile(filepath.Join(p.dir, "data", "postmaster.pid"))
	if err != nil {
		p.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(file), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		p.t.Fatal(err)
	}
	return pid
}

// kill ends the server and all its children at once, and gives its directory
// free for the next start.
func (r *rig) kill(p *postgres) {
	r.t.Helper()
	rows, err := r.rows.Query(r.ctx, `SELECT pid FROM pg_stat_activity`)
	r.must(err)
	children, err := pgx.CollectRows(rows, pgx.RowTo[int])
	r.must(err)
	r.must(syscall.Kill(p.postmaster(), syscall.SIGKILL))
	r.faults++
	for _, pid := range children {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			r.t.Fatal(err)
		}
	}
	<-p.server.Done()
	p.stop()
}
