package privateserver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
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

// lockPatiently is lock for a file that Running may be looking at.
func lockPatiently(path string) (*os.File, error) {
	const glance, pause = 100 * time.Millisecond, time.Millisecond
	for deadline := time.Now().Add(glance); ; time.Sleep(pause) {
		f, err := lock(path)
		if !errors.Is(err, errHeld) || time.Now().After(deadline) {
			return f, err
		}
	}
}

// unlock gives the lock up, even if a process that is just being forked has
// the file for a moment too.
func unlock(f *os.File) error {
	return errors.Join(flock(f, syscall.LOCK_UN), f.Close())
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
	switch err := flock(f, syscall.LOCK_SH|syscall.LOCK_NB); {
	case errors.Is(err, errHeld):
		return true, f.Close()
	case err != nil:
		return false, errors.Join(err, f.Close())
	}
	return false, unlock(f)
}

// awaitUnlocked returns when nobody holds the lock of the file.
func awaitUnlocked(f *os.File) error {
	return errors.Join(flock(f, syscall.LOCK_SH), unlock(f))
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
