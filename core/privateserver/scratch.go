package privateserver

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Scratch makes a directory for the home of a server that ends with a test,
// and removes those that killed tests left behind.
func Scratch(name string) (string, error) {
	prefix := "kith-" + name + "-"
	if err := sweep(prefix); err != nil {
		return "", err
	}
	return os.MkdirTemp("", prefix)
}

func sweep(prefix string) error {
	entries, err := os.ReadDir(os.TempDir())
	for _, e := range entries {
		if dir := filepath.Join(os.TempDir(), e.Name()); strings.HasPrefix(e.Name(), prefix) && abandoned(dir) {
			err = errors.Join(err, os.RemoveAll(SocketDir(dir)), os.RemoveAll(dir))
		}
	}
	return err
}

// abandoned reports whether the owner of a home is gone and its server with
// it. A young directory may be one that is about to be owned.
func abandoned(dir string) bool {
	const young = time.Minute
	info, err := os.Stat(dir)
	if err != nil || time.Since(info.ModTime()) < young {
		return false
	}
	running, err := Running(dir)
	if err != nil || running {
		return false
	}
	f, err := lock(filepath.Join(dir, ownerLock))
	return err == nil && unlock(f) == nil
}
