package privateserver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// maxSocketPath is a little less than what Linux (107) and macOS (103) allow.
const maxSocketPath = 100

// MakeSocketDir makes an empty directory for the server's sockets and returns
// its path, which is short enough for a socket of that name: where the home is
// too deep, the sockets live in the directory for temporary files.
func (h *Home) MakeSocketDir(socket string) (string, error) {
	if err := h.RemoveSocketDir(); err != nil {
		return "", err
	}
	dir := h.path(sockets)
	if len(filepath.Join(dir, socket)) <= maxSocketPath {
		return h.MakeDir(sockets)
	}
	short, err := shortDir(socket)
	if err != nil {
		return "", err
	}
	return short, errors.Join(h.account.give(short), os.Symlink(short, dir))
}

func shortDir(socket string) (string, error) {
	parent := os.TempDir()
	if len(filepath.Join(parent, "kith-0123456789", socket)) > maxSocketPath {
		parent = "/tmp"
	}
	return os.MkdirTemp(parent, "kith-")
}

// RemoveSocketDir removes the directory for the server's sockets, if there is
// one.
func (h *Home) RemoveSocketDir() error {
	dir := SocketDir(h.dir)
	return errors.Join(os.RemoveAll(dir), removeIfThere(h.path(sockets)))
}

// SocketDir returns the directory of the sockets of the server in dir.
func SocketDir(dir string) string {
	link := filepath.Join(dir, sockets)
	if target, err := os.Readlink(link); err == nil {
		return target
	}
	return link
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
