package privateserver

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"time"
)

func TestScratchRemovesWhatWasAbandoned(t *testing.T) {
	t.Setenv("TMPDIR", scratch(t))
	young, abandoned, owned, serving := another(t), another(t), another(t), another(t)
	open(t, owned)
	h, err := Open(serving, "nobody")
	if err != nil {
		t.Fatal(err)
	}
	shell(t, h, "echo up; exec sleep 1000")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h, err = Open(abandoned, "nobody")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Start(syscall.SIGKILL, "/bin/sh", "-c", "exit 0"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return !running(t, abandoned) })
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{abandoned, owned, serving} {
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(dir, old, old); err != nil {
			t.Fatal(err)
		}
	}

	another(t)
	for dir, want := range map[string]bool{young: true, owned: true, serving: true, abandoned: false} {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) == want {
			t.Errorf("%s is there: %t, want %t", dir, !want, want)
		}
	}
}

func another(t *testing.T) string {
	t.Helper()
	dir, err := Scratch("scratch")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
