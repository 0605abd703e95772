package pglocal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kith-platform/kith/core/privateserver"
)

// prepare makes the data directory where there is none.
func prepare(ctx context.Context, h *privateserver.Home, disposable bool) (string, []string, error) {
	programs, err := programsFor(ctx, h)
	if err != nil {
		return "", nil, err
	}
	if err := initialize(ctx, h, programs, disposable); err != nil {
		return "", nil, err
	}
	if err := removeStalePidFile(h.Data()); err != nil {
		return "", nil, err
	}
	socketDir, err := h.MakeSocketDir(socketName)
	return programs.postgres(), arguments(h, socketDir, disposable), err
}

// initialize makes the data directory under another name first, so that one
// that is there is complete.
func initialize(ctx context.Context, h *privateserver.Home, p programs, disposable bool) error {
	if _, err := os.Stat(h.Data()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	passwordFile, err := h.MakePassword()
	if err != nil {
		return err
	}
	dir, err := h.MakeDir("data.new")
	if err != nil {
		return err
	}
	args := []string{
		"-D", dir, "-U", superuser, "--pwfile=" + passwordFile, "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
	}
	if disposable {
		args = append(args, "--no-sync")
	}
	if err := h.Run(ctx, p.initdb(), args...); err != nil {
		return err
	}
	if err := os.Rename(dir, h.Data()); err != nil {
		return err
	}
	return syncDir(filepath.Dir(h.Data()))
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

func arguments(h *privateserver.Home, socketDir string, disposable bool) []string {
	args := []string{"-D", h.Data(), "-k", socketDir, "-p", port, "-h", ""}
	for _, setting := range settings(disposable) {
		args = append(args, "-c", setting)
	}
	return args
}

func settings(disposable bool) []string {
	list := []string{
		"unix_socket_permissions=0700",
		"timezone=UTC",
		"log_timezone=UTC",
		// The log must not hold people's notes: no statements, no rows that broke a constraint.
		"log_error_verbosity=terse",
		"log_min_error_statement=panic",
	}
	if disposable {
		list = append(list,
			"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
			"max_wal_senders=0", "autovacuum=off", "max_connections=300", "shared_buffers=64MB")
	}
	return list
}
