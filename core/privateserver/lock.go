package privateserver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

var errHeld = errors.New("lock is held")

// lock takes the lock of a file, or returns errHeld. The lock lasts until the
// file is closed in every process that inherited it, so unlike a process number
// it never speaks of somebody else.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Running reports whether the server in dir runs, or anything it left behind.
func Running(dir string) (bool, error) {
	f, err := os.Open(filepath.Join(dir, serverLock))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	}
	err = errors.Join(flock(f, syscall.LOCK_SH|syscall.LOCK_NB), f.Close())
	if errors.Is(err, errHeld) {
		return true, nil
	}
	return false, err
}

// awaitUnlocked returns when nobody holds the lock of the file.
func awaitUnlocked(f *os.File) error {
	return errors.Join(flock(f, syscall.LOCK_SH), f.Close())
}

func flock(f *os.File, how int) error {
	for {
		switch err := syscall.Flock(int(f.Fd()), how); err {
		case syscall.EINTR:
		case syscall.EWOULDBLOCK:
			return errHeld
		default:
			return err
		}
	}
}
