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
	"io/fs"
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
	if err := s.makeDatabase(ctx); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "private postgres runs", "dir", s.dir, "adopted", adopted)
	return nil
}

// adopt takes over the server that runs in the directory, and reports whether
// there is one. It waits for one that is going down.
func (s *Server) adopt(ctx context.Context) (bool, error) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		running, err := privateserver.Running(s.dir)
		if err != nil || !running {
			return false, err
		}
		if s.url, err = Find(s.dir); err == nil {
			err = answers(ctx, s.url)
		}
		switch {
		case err == nil:
			return true, s.adoptRunning()
		case refused(err):
			return false, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false, fmt.Errorf("wait for the earlier server, which neither answers nor ends: %w", errors.Join(ctx.Err(), err))
		}
	}
}

func (s *Server) adoptRunning() error {
	file, err := readPidFile(s.home.Data())
	if err != nil {
		return err
	}
	s.process, err = s.home.Adopt(file.pid)
	return err
}

// launch starts a server, after making the data directory where there is none,
// and waits until it answers.
func (s *Server) launch(ctx context.Context) error {
	programs, err := s.programs(ctx)
	if err != nil {
		return err
	}
	if err := s.initialize(ctx, programs); err != nil {
		return err
	}
	if err := removeStalePidFile(s.home.Data()); err != nil {
		return err
	}
	socketDir, err := s.home.MakeSocketDir(socketName)
	if err != nil {
		return err
	}
	s.process, err = s.home.Start(s.deathSignal(), programs.postgres(), s.arguments(socketDir)...)
	if err != nil {
		return err
	}
	if s.url, err = locate(s.dir); err != nil {
		return err
	}
	return s.awaitAnswer(ctx)
}

// initialize makes the data directory under another name first, so that one
// that is there is complete.
func (s *Server) initialize(ctx context.Context, p programs) error {
	if _, err := os.Stat(s.home.Data()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	passwordFile, err := s.home.MakePassword()
	if err != nil {
		return err
	}
	dir, err := s.home.MakeDir("data.new")
	if err != nil {
		return err
	}
	args := []string{
		"-D", dir, "-U", superuser, "--pwfile=" + passwordFile, "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
	}
	if s.disposable {
		args = append(args, "--no-sync")
	}
	if err := s.home.Run(ctx, p.initdb(), args...); err != nil {
		return err
	}
	if err := os.Rename(dir, s.home.Data()); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// syncDir makes a rename outlast a power cut: data under their first name would
// be taken for a broken start and removed.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (s *Server) arguments(socketDir string) []string {
	args := []string{"-D", s.home.Data(), "-k", socketDir, "-p", port, "-h", ""}
	for _, setting := range s.settings() {
		args = append(args, "-c", setting)
	}
	return args
}

func (s *Server) settings() []string {
	settings := []string{
		"unix_socket_permissions=0700",
		"timezone=UTC",
		"log_timezone=UTC",
		// The log must not hold people's notes: no statements, no rows that broke a constraint.
		"log_error_verbosity=terse",
		"log_min_error_statement=panic",
	}
	if s.disposable {
		settings = append(settings,
			"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
			"max_wal_senders=0", "autovacuum=off", "max_connections=300", "shared_buffers=64MB")
	}
	return settings
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
