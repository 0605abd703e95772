// Package redislocal runs a private Redis from the redis-server that is
// installed on the machine.
//
// The server listens on a unix socket only, which its own account alone may
// reach, and asks for a password. It runs as an ordinary user even where Kith is
// root, and shuts down when Kith is killed (on Linux; elsewhere the next Start
// adopts it).
package redislocal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/kith-platform/kith/core/privateserver"
)

var (
	// ErrInUse says that another process owns the server of a directory.
	ErrInUse = privateserver.ErrInUse

	// ErrNotRunning says that no server runs in a directory.
	ErrNotRunning = privateserver.ErrNotRunning
)

// startLimit is how long a start may take, reading what was saved included.
const startLimit = time.Minute

const socketName = "redis.sock"

// Options say where and how a server runs.
type Options struct {
	// Dir is the directory of the server: data, password, log and, if its path
	// is short enough, the socket. It is made where needed.
	Dir string

	// Log gets a line when the server starts or stops; nil for none.
	Log *slog.Logger

	// Disposable servers keep nothing on disk: for tests.
	Disposable bool
}

// A Server is a Redis that this process owns.
type Server struct {
	home       *privateserver.Home
	process    *privateserver.Process
	url        string
	dir        string
	disposable bool
	log        *slog.Logger

	once    sync.Once // stops
	stopErr error
}

// Start starts the server of a directory and returns when it answers. A server
// that outlived its owner is adopted, one that is still going down is waited
// for. ErrInUse says that another process owns it. The context limits the start
// only: the server runs until Stop.
func Start(ctx context.Context, o Options) (_ *Server, err error) {
	defer wrap(&err, "start redis in %s", o.Dir)
	home, err := privateserver.Open(o.Dir, "redis", "nobody")
	if err != nil {
		return nil, err
	}
	s := &Server{
		home: home, dir: o.Dir, disposable: o.Disposable,
		log: cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.giveUp(ctx), home.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
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
	s.log.InfoContext(ctx, "private redis runs", "dir", s.dir, "adopted", adopted)
	return nil
}

// URL returns the unix:// URL of the server, with the password, as go-redis
// reads it.
func (s *Server) URL() string { return s.url }

// Done returns a channel that is closed when the server has ended, whoever
// ended it.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Err returns why the server ended, with the last lines of its log; nil while
// it runs, and when Stop ended it.
func (s *Server) Err() (err error) {
	defer wrap(&err, "run redis in %s", s.dir)
	return s.process.Err()
}

func (s *Server) deathSignal() syscall.Signal {
	if s.disposable {
		return syscall.SIGKILL
	}
	return syscall.SIGTERM
}

// Stop ends the server, which writes what is unwritten, and gives its directory
// free. When ctx is done first, the server is killed and Stop returns an error
// that says so.
// Further calls return what the first did.
func (s *Server) Stop(ctx context.Context) error {
	s.once.Do(func() { s.stopErr = s.stop(ctx) })
	return s.stopErr
}

func (s *Server) stop(ctx context.Context) (err error) {
	defer wrap(&err, "stop redis in %s", s.dir)
	if err := s.process.Stop(ctx, syscall.SIGTERM, syscall.SIGKILL); err != nil {
		return errors.Join(err, s.home.Close())
	}
	s.log.InfoContext(ctx, "private redis stopped", "dir", s.dir)
	return errors.Join(s.home.RemoveSocketDir(), s.home.Close())
}

// giveUp stops what a failed start may have left running.
func (s *Server) giveUp(ctx context.Context) error {
	if s.process == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.process.Stop(ctx, syscall.SIGTERM, syscall.SIGKILL)
}

// Find returns the URL of the server that another process runs in dir, or
// ErrNotRunning.
func Find(dir string) (_ string, err error) {
	defer wrap(&err, "find redis in %s", dir)
	running, err := privateserver.Running(dir)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(privateserver.SocketDir(dir), socketName)); !running || err != nil {
		return "", ErrNotRunning
	}
	return locate(dir)
}

// locate returns the URL that the server of a directory has while it runs.
func locate(dir string) (string, error) {
	password, err := privateserver.Password(dir)
	if err != nil {
		return "", err
	}
	dir, err = filepath.Abs(dir)
	u := url.URL{
		Scheme: "unix", User: url.UserPassword("", password),
		Path: filepath.Join(privateserver.SocketDir(dir), socketName), RawQuery: "db=0",
	}
	return u.String(), err
}

// wrap says in *err what was being done.
func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
