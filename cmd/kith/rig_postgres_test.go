package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

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
	server, err := pglocal.Start(p.t.Context(), privateserver.Options{Dir: p.dir})
	if err != nil {
		p.t.Fatal(err)
	}
	p.server = server
}

func (p *postgres) stop() {
	p.t.Helper()
	if p.server == nil { // it never started
		return
	}
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

// children returns the processes that the server's first one has started.
func (p *postgres) children() (pids []int) {
	p.t.Helper()
	list, err := os.ReadFile(fmt.Sprintf("/proc/%[1]d/task/%[1]d/children", p.postmaster()))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, field := range strings.Fields(string(list)) {
		pids = append(pids, int(integer(field)))
	}
	return pids
}

// kill ends the server and all its children at once, and gives its directory
// free for the next start. The first process is halted before, so that it starts
// no child that would be left: one waits for ever for a lock of one that is dead.
func (r *rig) kill(p *postgres) {
	r.t.Helper()
	first := p.postmaster()
	r.must(syscall.Kill(first, syscall.SIGSTOP))
	for _, pid := range append(p.children(), first) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			r.t.Fatal(err)
		}
	}
	r.faults++
	<-p.server.Done()
	p.stop()
}
