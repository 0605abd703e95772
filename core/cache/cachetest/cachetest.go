// Package cachetest gives a test a Redis of its own.
package cachetest

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/cache/redislocal"
	"github.com/kith-platform/kith/core/privateserver"
)

// stopLimit is generous: a server that keeps nothing ends at once.
const stopLimit = 10 * time.Second

// Redis starts an empty Redis for the test, stops it when the test ends, and
// returns its unix:// URL. It fails the test where none can be started.
func Redis(t testing.TB) string {
	t.Helper()
	return Server(t).URL()
}

// Server is Redis for tests that stop or kill the server themselves.
func Server(t testing.TB) *privateserver.Server {
	t.Helper()
	dir, err := privateserver.Scratch("cachetest")
	if err != nil {
		t.Fatal(err)
	}
	s, err := redislocal.Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, s, dir) })
	return s
}

func end(t testing.TB, s *privateserver.Server, dir string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), stopLimit)
	defer cancel()
	if err := errors.Join(s.Stop(ctx), os.RemoveAll(dir)); err != nil {
		t.Error(err)
	}
}
