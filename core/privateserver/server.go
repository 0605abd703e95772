package privateserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// pollInterval is how often it is looked whether a server answers, or has ended.
const pollInterval = 5 * time.Millisecond

// A Program is what there is to know of a server program.
type Program struct {
	Name       string         // also of the account that it runs as, where there is one
	Socket     string         // its name
	StartLimit time.Duration  // how long a start may take, whatever is to be recovered
	Gentle     syscall.Signal // ends it when it has written everything down
	Hard       syscall.Signal // ends it at once

	// URL returns where the server is reached.
	URL func(socketDir, password string) string
	// Prepare makes what the server needs and returns how it is started. It has
	// to stay in the foreground.
	Prepare func(ctx context.Context, h *Home, disposable bool) (program string, args []string, err error)
	// Answer uses the server of a home and returns its process.
	Answer func(ctx context.Context, h *Home, url string) (pid int, err error)
	// Refused reports whether an error of Answer will not pass.
	Refused func(err error) bool
}

// Options say where and how a server runs.
type Options struct {
	// Dir is the directory of the server: data, password, log and, if its path
	// is short enough, the socket. It is made where needed.
	Dir string

	// Log gets a line when the server starts or stops; nil for none.
	Log *slog.Logger

	// Disposable servers are fast and lose their data with the machine: for tests.
	Disposable bool
}

// A Server is a server that this process owns.
type Server struct {
	program Program
	home    *Home
	process *Process
	url     string
	Options

	once    sync.Once // stops
	stopErr error
}

// Start starts the server of a directory and returns when it answers. A server
// that outlived its owner is adopted, one that is still going down is waited
// for. ErrInUse says that another process owns it. The context limits the start
// only: the server runs until Stop.
func (p Program) Start(ctx context.Context, o Options) (_ *Server, err error) {
	defer p.wrap(&err, "start", o.Dir)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	home, err := Open(o.Dir, p.Name, "nobody")
	if err != nil {
		return nil, err
	}
	s := &Server{program: p, home: home, Options: o}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.giveUp(ctx), home.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.program.StartLimit)
	defer cancel()
	adopted, err := s.adopt(ctx)
	if err != nil {
		return err
	}
	if !adopted {
		if err := s.launch(ctx); err != nil {
			return err
		}
	}
	s.Log.InfoContext(ctx, "private "+s.program.Name+" runs", "dir", s.Dir, "adopted", adopted)
	return nil
}

// adopt takes over the server that runs in the directory, and reports whether
// there is one. It waits for one that is going down.
func (s *Server) adopt(ctx context.Context) (bool, error) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		running, err := Running(s.Dir)
		if err != nil || !running {
			return false, err
		}
		switch err = s.adoptRunning(ctx); {
		case err == nil:
			return true, nil
		case s.program.Refused(err):
			return false, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false, fmt.Errorf("wait for the earlier server, which neither answers nor ends: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// adoptRunning uses the server before it adopts it, since one whose owner has
// just been killed may answer a last time.
func (s *Server) adoptRunning(ctx context.Context) (err error) {
	if s.url, err = s.program.find(s.Dir); err != nil {
		return err
	}
	pid, err := s.program.Answer(ctx, s.home, s.url)
	if err != nil {
		return err
	}
	s.process, err = s.home.Adopt(pid)
	return err
}

// launch starts a server and waits until it answers, or has ended before it did.
func (s *Server) launch(ctx context.Context) error {
	program, args, err := s.program.Prepare(ctx, s.home, s.Disposable)
	if err != nil {
		return err
	}
	onDeath := s.program.Gentle
	if s.Disposable {
		onDeath = s.program.Hard
	}
	if s.process, err = s.home.Start(onDeath, program, args...); err != nil {
		return err
	}
	if s.url, err = s.program.locate(s.Dir); err != nil {
		return err
	}
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		_, err := s.program.Answer(ctx, s.home, s.url)
		if err == nil || s.program.Refused(err) {
			return err
		}
		select {
		case <-tick.C:
		case <-s.Done():
			return s.process.Err()
		case <-ctx.Done():
			return fmt.Errorf("wait for its answer: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// URL returns where the server is reached, with the password.
func (s *Server) URL() string { return s.url }

// Home returns the directory of the server.
func (s *Server) Home() *Home { return s.home }

// Done returns a channel that is closed when the server has ended, whoever
// ended it.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Err returns why the server ended, with the last lines of its log; nil while
// it runs, and when Stop ended it.
func (s *Server) Err() (err error) {
	defer s.program.wrap(&err, "run", s.Dir)
	return s.process.Err()
}

// Stop ends the server, which writes everything down, and gives its directory
// free. When ctx is done first, the server is ended at once and Stop returns an
// error that says so. Further calls return what the first did.
func (s *Server) Stop(ctx context.Context) error {
	s.once.Do(func() { s.stopErr = s.stop(ctx) })
	return s.stopErr
}

func (s *Server) stop(ctx context.Context) (err error) {
	defer s.program.wrap(&err, "stop", s.Dir)
	if err := s.process.Stop(ctx, s.program.Gentle, s.program.Hard); err != nil {
		return errors.Join(err, s.home.Close())
	}
	s.Log.InfoContext(ctx, "private "+s.program.Name+" stopped", "dir", s.Dir)
	return errors.Join(s.home.RemoveSocketDir(), s.home.Close())
}

// giveUp stops what a failed start may have left running.
func (s *Server) giveUp(ctx context.Context) error {
	if s.process == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.process.Stop(ctx, s.program.Gentle, s.program.Hard)
}

// Find returns the URL of the server that another process runs in dir, or
// ErrNotRunning.
func (p Program) Find(dir string) (_ string, err error) {
	defer p.wrap(&err, "find", dir)
	return p.find(dir)
}

func (p Program) find(dir string) (string, error) {
	running, err := Running(dir)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(SocketDir(dir), p.Socket)); !running || err != nil {
		return "", ErrNotRunning
	}
	return p.locate(dir)
}

// locate returns the URL that the server of a directory has while it runs.
func (p Program) locate(dir string) (string, error) {
	password, err := Password(dir)
	if err != nil {
		return "", err
	}
	dir, err = filepath.Abs(dir)
	return p.URL(SocketDir(dir), password), err
}

// wrap says in *err what was being done, and where.
func (p Program) wrap(err *error, doing, dir string) {
	if *err != nil {
		*err = fmt.Errorf("%s %s in %s: %w", doing, p.Name, dir, *err)
	}
}
