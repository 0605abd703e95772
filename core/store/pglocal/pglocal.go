// Package pglocal runs a private PostgreSQL from the server programs that are
// installed on the machine.
//
// The server listens on a unix socket only, which its own account alone may
// reach, and asks for a password that lies beside its data. It runs as an
// ordinary user even where Kith is root, and shuts down when Kith is killed
// (on Linux; elsewhere the next Start adopts it).
package pglocal

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

// startLimit is how long a start may take. What takes long is the recovery of
// a large database that was killed.
const startLimit = 3 * time.Minute

const (
	port       = "5432"
	socketName = ".s.PGSQL." + port
	database   = "kith"
	superuser  = "kith"
)

// Options say where and how a server runs.
type Options struct {
	// Dir is the directory of the server: data, password, log and, if its path
	// is short enough, the socket. It is made where needed.
	Dir string

	// Log gets a line when the server starts or stops; nil for none.
	Log *slog.Logger

	// Disposable servers are faster and lose their data with the machine: for
	// tests.
	Disposable bool
}

// A Server is a PostgreSQL that this process owns.
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

// Start starts the server of a directory and returns when it answers and has a
// database named kith. A server that outlived its owner is adopted, one that is
// still going down is waited for. ErrInUse says that another process owns it.
// The context limits the start only: the server runs until Stop.
func Start(ctx context.Context, o Options) (_ *Server, err error) {
	defer wrap(&err, "start postgres in %s", o.Dir)
	home, err := privateserver.Open(o.Dir, "postgres", "nobody")
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
	s.log.InfoContext(ctx, "private postgres runs", "dir", s.dir, "adopted", adopted)
	return nil
}

// URL returns the postgres:// URL of the database, with the password.
func (s *Server) URL() string { return s.url }

// Done returns a channel that is closed when the server has ended, whoever
// ended it.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Err returns why the server ended, with the last lines of its log; nil while
// it runs, and when Stop ended it.
func (s *Server) Err() (err error) {
	defer wrap(&err, "run postgres in %s", s.dir)
	return s.process.Err()
}

// The signals of PostgreSQL's "fast" and "immediate" shutdown.
const (
	fast      = syscall.SIGINT
	immediate = syscall.SIGQUIT
)

func (s *Server) deathSignal() syscall.Signal {
	if s.disposable {
		return immediate
	}
	return fast
}

// Stop shuts the server down and gives its directory free. Clients are
// disconnected, transactions rolled back. When ctx is done first, the server is
// stopped without a checkpoint, which loses nothing either, and Stop returns an
// error that says so.
// Further calls return what the first did.
func (s *Server) Stop(ctx context.Context) error {
	s.once.Do(func() { s.stopErr = s.stop(ctx) })
	return s.stopErr
}

func (s *Server) stop(ctx context.Context) (err error) {
	defer wrap(&err, "stop postgres in %s", s.dir)
	if err := s.process.Stop(ctx, fast, immediate); err != nil {
		return errors.Join(err, s.home.Close())
	}
	s.log.InfoContext(ctx, "private postgres stopped", "dir", s.dir)
	return errors.Join(s.home.RemoveSocketDir(), s.home.Close())
}

// giveUp stops what a failed start may have left running.
func (s *Server) giveUp(ctx context.Context) error {
	if s.process == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.process.Stop(ctx, fast, immediate)
}

// Find returns the URL of the server that another process runs in dir, or
// ErrNotRunning.
func Find(dir string) (_ string, err error) {
	defer wrap(&err, "find postgres in %s", dir)
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
		Scheme: "postgres", User: url.UserPassword(superuser, password), Path: "/" + database,
		RawQuery: url.Values{"host": {privateserver.SocketDir(dir)}, "port": {port}}.Encode(),
	}
	return u.String(), err
}

// wrap says in *err what was being done.
func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
