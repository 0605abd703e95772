package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A process is a Kith of its own, which can be killed.
type process struct {
	r    *rig
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // how it ended
	said bytes.Buffer  // what it printed
}

// spawn starts `kith serve`, or with arguments another command.
func (r *rig) spawn(args ...string) *process {
	r.t.Helper()
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		args = append([]string{"serve"}, args...)
	}
	p := &process{r: r, cmd: binary(r.t, r.environment(), args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	r.must(p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	r.t.Cleanup(func() {
		<-p.done // the test's end kills it
		if r.t.Failed() && p.said.Len() > 0 {
			r.t.Logf("process %d said\n%s", p.cmd.Process.Pid, last(p.said.String(), 4000))
		}
	})
	return p
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

func (p *process) pid() int { return p.cmd.Process.Pid }

// kill ends the process as a power cut does.
func (p *process) kill() {
	p.r.t.Helper()
	select {
	case <-p.done:
		p.r.t.Fatalf("process %d ended by itself: %v", p.pid(), p.err)
	default:
	}
	p.r.must(p.cmd.Process.Kill())
	p.r.faults++
	<-p.done
}

// expire does what half a minute does to what the killed process held.
func (p *process) expire() {
	p.r.t.Helper()
	p.r.expireOf(p.owner())
}

// owner is what the process's name is like in what it holds.
func (p *process) owner() string { return fmt.Sprintf("%%/%d/%%", p.pid()) }

// terminate asks the process to stop, and returns how long that took.
func (p *process) terminate() time.Duration {
	p.r.t.Helper()
	begun := time.Now()
	p.r.must(p.cmd.Process.Signal(syscall.SIGTERM))
	p.r.faults++
	select {
	case <-p.done:
	case <-p.r.ctx.Done():
		p.r.t.Fatalf("process %d does not end", p.pid())
	}
	if p.err != nil {
		p.r.t.Errorf("process %d ended with %v, want a clean end", p.pid(), p.err)
	}
	return time.Since(begun)
}

// A moment is a random one of Kith's work: one of its calls.
type moment struct {
	mu   sync.Mutex
	left int
	come chan struct{}
}

// moment returns one of Kith's next calls, of at most that many.
func (r *rig) moment(most int) *moment {
	m := &moment{left: 1 + rand.IntN(most), come: make(chan struct{})}
	r.onCall(func(string, map[string]any) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.left--; m.left == 0 {
			close(m.come)
		}
	})
	return m
}

// await returns when the moment has come, or when all is written and
// confirmed, so that it may never come.
func (r *rig) await(m *moment, written func() error) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	idle := make(chan error, 1)
	go func() {
		if err := written(); err != nil {
			idle <- err
			return
		}
		idle <- r.tg.WaitConfirmed(ctx)
	}()
	select {
	case <-m.come:
		cancel()
		if err := <-idle; err != nil && ctx.Err() == nil {
			r.t.Fatal(err)
		}
	case err := <-idle:
		r.must(err)
	}
}
