package pglocal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/kith-platform/kith/core/privateserver"
)

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
		switch err = s.adoptRunning(ctx); {
		case err == nil:
			return true, nil
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

// adoptRunning uses the server before it adopts it, since one whose owner has
// just been killed may answer a last time.
func (s *Server) adoptRunning(ctx context.Context) (err error) {
	if s.url, err = Find(s.dir); err != nil {
		return err
	}
	if err := makeDatabase(ctx, s.url); err != nil {
		return err
	}
	file, err := readPidFile(s.home.Data())
	if err != nil {
		return err
	}
	s.process, err = s.home.Adopt(file.pid)
	return err
}

// launch starts a server, after making the data directory where there is none,
// and waits until it answers and has the database.
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
	if err := s.awaitAnswer(ctx); err != nil {
		return err
	}
	return makeDatabase(ctx, s.url)
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
