package privateserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// hardLimit is how long a server may take to end after the hard signal.
const hardLimit = 10 * time.Second

// A Process is a server that runs in a Home: one that Start started, or a
// survivor that Adopt found.
type Process struct {
	process  *os.Process
	log      string
	stopping atomic.Bool
	done     chan struct{}
	err      error // set before done is closed
}

// Run runs a program as the server's account to its end. Its error holds what
// the program printed.
func (h *Home) Run(ctx context.Context, program string, args ...string) error {
	cmd := h.prepare(exec.CommandContext(ctx, program, args...))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(program), err, tail(out))
	}
	return nil
}

// Start starts the server as its account; the program must stay in the
// foreground. Where the system can (Linux), a server whose owner dies gets the
// signal onDeath. ErrInUse says that an earlier server of this home, or
// something it left behind, still runs.
func (h *Home) Start(onDeath syscall.Signal, program string, args ...string) (*Process, error) {
	held, err := lockPatiently(h.path(serverLock))
	if errors.Is(err, errHeld) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, err
	}
	defer held.Close()
	log, err := h.newLog()
	if err != nil {
		return nil, err
	}
	defer log.Close()

	cmd := h.prepare(exec.Command(program, args...))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{held}
	signalOnDeath(cmd.SysProcAttr, onDeath)
	p := &Process{log: log.Name(), done: make(chan struct{})}
	started := make(chan error)
	go p.run(cmd, started)
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

func (h *Home) prepare(cmd *exec.Cmd) *exec.Cmd {
	// The rest of Kith's environment holds secrets, and variables of libpq.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = h.dir
	cmd.SysProcAttr = h.account.attr()
	return cmd
}

func (p *Process) run(cmd *exec.Cmd, started chan<- error) {
	// To the kernel the owner is the thread that starts the server, not the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	p.process = cmd.Process
	started <- err
	if err == nil {
		p.ended(cmd.Wait())
	}
}

// Adopt takes over the server that runs in the home, once a caller has made
// sure that it answers and that pid is its number.
func (h *Home) Adopt(pid int) (*Process, error) {
	held, err := os.Open(h.path(serverLock))
	if err != nil {
		return nil, err
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	p := &Process{process: process, log: h.path(serverLog), done: make(chan struct{})}
	go func() { p.ended(awaitUnlocked(held)) }()
	return p, nil
}

func (p *Process) ended(err error) {
	if !p.stopping.Load() {
		p.err = fmt.Errorf("server ended (%w): %s", orGone(err), logTail(p.log))
	}
	close(p.done)
}

func orGone(err error) error {
	if err == nil {
		return os.ErrProcessDone
	}
	return err
}

// Done returns a channel that is closed when the server has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err returns nil while the server runs and when Stop ended it, else why it
// ended, with the last lines of its log.
func (p *Process) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Stop sends the server the signal gentle and waits for its end; when ctx is
// done first, it sends hard and returns an error that says so. To stop a server
// that has ended does nothing.
func (p *Process) Stop(ctx context.Context, gentle, hard syscall.Signal) error {
	p.stopping.Store(true)
	if err := p.signal(gentle); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
	}
	if err := p.signal(hard); err != nil {
		return err
	}
	select {
	case <-p.done:
		return fmt.Errorf("ended by %s: %w", hard, context.Cause(ctx))
	case <-time.After(hardLimit):
		return fmt.Errorf("still runs %s after %s", hardLimit, hard)
	}
}

func (p *Process) signal(s syscall.Signal) error {
	err := p.process.Signal(s)
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}
