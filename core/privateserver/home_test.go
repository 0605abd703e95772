package privateserver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core/privateserver/rootless"
)

func TestAsOrdinaryUser(t *testing.T) { rootless.Repeat(t, ".") }

// scratch returns a directory for homes that everybody may pass through.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := Scratch("privateserver")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// open opens a home until the test ends.
func open(t *testing.T, dir string) *Home {
	t.Helper()
	h, err := Open(dir, "nobody")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestHomeHasOneOwner(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(scratch(t), "a", "home")
	first := open(t, dir)

	_, err := Open(dir, "nobody")
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("opened twice: %v, want ErrInUse with the owner's number", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestOpenNamesTheFileInTheWay(t *testing.T) {
	t.Parallel()
	file := filepath.Join(scratch(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "home")} {
		if _, err := Open(dir, "nobody"); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("open %s: %v, want an error that names the file", dir, err)
		}
	}
}

func TestSecretsAreTheAccountsAlone(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	path, err := h.MakePassword()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := h.MakeDir("data")
	if err != nil {
		t.Fatal(err)
	}
	if got := mode(t, path).Perm(); got != 0o600 {
		t.Errorf("the password has mode %s, want -rw-------", got)
	}
	if got := mode(t, dir).Perm(); got != 0o700 {
		t.Errorf("the data have mode %s, want -rwx------", got)
	}
	for _, p := range []string{path, dir} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := int(stat(info).Uid); got == 0 || got != h.account.uid {
			t.Errorf("%s belongs to user %d, want %d", p, got, h.account.uid)
		}
	}
}

func TestPasswordStays(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	if _, err := Password(h.dir); err == nil {
		t.Error("a new home has a password")
	}
	var passwords []string
	for range 2 {
		if _, err := h.MakePassword(); err != nil {
			t.Fatal(err)
		}
		p, err := Password(h.dir)
		if err != nil {
			t.Fatal(err)
		}
		passwords = append(passwords, p)
	}
	if passwords[0] != passwords[1] || len(passwords[0]) < 20 {
		t.Errorf("passwords %q, want one twice, long enough", passwords)
	}
	if _, err := h.WriteFile(password, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Password(h.dir); err == nil {
		t.Error("an empty password was taken for one")
	}
}

func TestMakeDirReplaces(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	for range 2 {
		dir, err := h.MakeDir("data.new")
		if err != nil {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(dir); len(entries) > 0 || err != nil {
			t.Errorf("a new directory holds %v (%v), want nothing", entries, err)
		}
		if err := os.WriteFile(filepath.Join(dir, "old"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSocketDirIsShort(t *testing.T) {
	t.Parallel()
	const socket = ".s.PGSQL.5432"
	parent := scratch(t)
	for _, dir := range []string{
		filepath.Join(parent, "short"),
		filepath.Join(parent, strings.Repeat("long", 40)),
	} {
		h := open(t, dir)
		made, err := h.MakeSocketDir(socket)
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.MakeSocketDir(socket)
		if err != nil {
			t.Fatal(err)
		}
		if path := filepath.Join(again, socket); len(path) > maxSocketPath {
			t.Errorf("the socket would be %s, of %d bytes", path, len(path))
		}
		if again != SocketDir(dir) {
			t.Errorf("made %s, found %s", again, SocketDir(dir))
		}
		if got := mode(t, again); got != fs.ModeDir|0o700 {
			t.Errorf("%s has mode %s, want drwx------", again, got)
		}
		if err := h.RemoveSocketDir(); err != nil {
			t.Fatal(err)
		}
		for _, gone := range []string{made, again, h.path(sockets)} {
			if _, err := os.Lstat(gone); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s is still there (%v)", gone, err)
			}
		}
	}
}
