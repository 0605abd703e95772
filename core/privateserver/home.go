// Package privateserver keeps a server program of Kith's own in a directory.
// The server runs as an ordinary user even where Kith is root, belongs to one
// process at a time, ends with that process, and can be adopted where it
// outlived it.
package privateserver

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

var (
	// ErrInUse says that another process owns the directory and its server.
	ErrInUse = errors.New("another process owns it")

	// ErrNotRunning says that no server runs in the directory.
	ErrNotRunning = errors.New("no server runs there")
)

// What Kith itself keeps in a server's directory. Data and sockets lie in
// directories of the server's account beside them.
const (
	ownerLock  = "owner.lock"  // held by the process that started or adopted the server
	serverLock = "server.lock" // held by the server and whatever it forked
	serverLog  = "server.log"
	password   = "password"
	data       = "data"
	sockets    = "run"
)

// A Home is the directory of one private server, owned by this process until
// Close.
type Home struct {
	dir     string
	account account
	owner   *os.File
}

// Open makes the directory where needed and takes it into ownership; ErrInUse
// says that another process has it. Where Kith is root the server will run as
// the owner of its data, and while there are none as the first of users that
// exists.
func Open(dir string, users ...string) (*Home, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	h := &Home{dir: dir}
	if h.account, err = accountFor(h.Data(), users); err != nil {
		return nil, err
	}
	if err := h.account.makeHome(dir); err != nil {
		return nil, err
	}
	if h.owner, err = h.own(); err != nil {
		return nil, err
	}
	return h, nil
}

func (h *Home) own() (*os.File, error) {
	path := h.path(ownerLock)
	f, err := lock(path)
	switch {
	case errors.Is(err, errHeld):
		holder, _ := os.ReadFile(path) // without it the message only lacks the number
		return nil, fmt.Errorf("%w (process %s)", ErrInUse, holder)
	case err != nil:
		return nil, err
	}
	if err := os.WriteFile(path, fmt.Append(nil, os.Getpid()), 0o600); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close gives the directory free. A server that still runs goes on.
func (h *Home) Close() error { return unlock(h.owner) }

// Data returns the directory for the server's data, which MakeDir makes.
func (h *Home) Data() string { return h.path(data) }

func (h *Home) path(name string) string { return filepath.Join(h.dir, name) }

// MakeDir makes an empty directory of that name which only the server's account
// may enter, in place of whatever had the name, and returns its path.
func (h *Home) MakeDir(name string) (string, error) {
	path := h.path(name)
	if err := os.RemoveAll(path); err != nil {
		return "", err
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		return "", err
	}
	return path, h.account.give(path)
}

// WriteFile writes a file which only the server's account may read, and
// returns its path.
func (h *Home) WriteFile(name, content string) (string, error) {
	path := h.path(name)
	if err := removeIfThere(path); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(content)
	return path, errors.Join(err, f.Close(), h.account.give(path))
}

// MakePassword makes the server's first password and returns the path of the
// file that keeps it, or just that path if there is one already.
func (h *Home) MakePassword() (string, error) {
	if _, err := Password(h.dir); err == nil {
		return h.path(password), nil
	}
	return h.WriteFile(password, rand.Text())
}

// Password returns the server's password.
func (h *Home) Password() (string, error) { return Password(h.dir) }

// Password returns the password of the server in dir.
func Password(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, password))
	if err == nil && len(b) == 0 {
		err = fmt.Errorf("%s is empty", filepath.Join(dir, password))
	}
	return strings.TrimSpace(string(b)), err
}
