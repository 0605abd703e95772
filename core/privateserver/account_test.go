package privateserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stranger is an account that owns nothing and is in no group.
var stranger = account{name: "stranger", uid: 4_000_001, gid: 4_000_001, switched: true}

func TestMayEnter(t *testing.T) {
	t.Parallel()
	owner := account{uid: os.Geteuid(), gid: 4_000_001, switched: true}
	group := account{uid: 4_000_001, gid: os.Getegid(), switched: true}
	for _, c := range []struct {
		name string
		who  account
		mode os.FileMode
		want bool
	}{
		{"kith itself", account{}, 0o000, true},
		{"owner of an open directory", owner, 0o700, true},
		{"owner who locked themselves out", owner, 0o677, false},
		{"group", group, 0o710, true},
		{"group left out", group, 0o701, false},
		{"stranger", stranger, 0o711, true},
		{"stranger left out", stranger, 0o750, false},
	} {
		dir := t.TempDir()
		// A new directory has its parent's group on some systems.
		if err := os.Chown(dir, -1, os.Getegid()); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, c.mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.who.mayEnter(info); got != c.want {
			t.Errorf("%s: %s may enter: %t, want %t", c.name, info.Mode(), got, c.want)
		}
	}
}

func TestClosedDirectoryIsNamed(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(scratch(t), "closed")
	if err := os.MkdirAll(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	err := stranger.makeHome(filepath.Join(closed, "deep", "home"))
	if err == nil || !strings.Contains(err.Error(), "stranger") || !strings.Contains(err.Error(), closed+" (drwx------)") {
		t.Errorf("got %v, want an error that names user and directory", err)
	}
}

func TestHomeIsOpenedToTheAccount(t *testing.T) {
	t.Parallel()
	parent := scratch(t)
	existing := filepath.Join(parent, "existing")
	if err := os.Mkdir(existing, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, home := range []string{existing, filepath.Join(parent, "new", "home")} {
		if err := stranger.makeHome(home); err != nil {
			t.Fatal(err)
		}
		if got := mode(t, home).Perm(); got != 0o711 {
			t.Errorf("%s has mode %s, want -rwx--x--x", home, got)
		}
	}
}

func TestAccountFor(t *testing.T) {
	t.Parallel()
	data := filepath.Join(scratch(t), "data")
	if os.Geteuid() != 0 {
		a, err := accountFor(data, nil)
		if a.switched || a.uid != os.Geteuid() || err != nil {
			t.Errorf("got %+v (%v), want the user who runs the test", a, err)
		}
		return
	}
	a, err := accountFor(data, []string{"no-such-user", "nobody"})
	if a.name != "nobody" || !a.switched || err != nil {
		t.Errorf("got %+v (%v), want the first user there is", a, err)
	}
	if _, err := accountFor(data, []string{"no-such-user"}); err == nil {
		t.Error("got no error, want one: there is nobody to run the server")
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(data, stranger.uid, stranger.gid); err != nil {
		t.Fatal(err)
	}
	a, err = accountFor(data, []string{"nobody"})
	if a.uid != stranger.uid || !a.switched || err != nil {
		t.Errorf("got %+v (%v), want the owner of the data", a, err)
	}
}
