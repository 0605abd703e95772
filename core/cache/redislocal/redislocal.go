// Package redislocal runs a private Redis from the redis-server that is
// installed on the machine.
//
// The server listens on a unix socket only, which its own account alone may
// reach, and asks for a password. It runs as an ordinary user even where Kith is
// root, and shuts down when Kith is killed (on Linux; elsewhere the next Start
// adopts it). A disposable one keeps nothing on disk.
package redislocal

import (
	"context"
	"net/url"
	"path/filepath"
	"syscall"
	"time"

	"github.com/kith-platform/kith/core/privateserver"
)

const socketName = "redis.sock"

var program = privateserver.Program{
	Name:       "redis",
	Socket:     socketName,
	StartLimit: time.Minute,
	Gentle:     syscall.SIGTERM,
	Hard:       syscall.SIGKILL,
	URL:        address,
	Prepare:    prepare,
	Answer:     answer,
	Refused:    func(error) bool { return false },
}

// Start starts the server of a directory. Its URL is a unix:// one, as go-redis
// reads it.
func Start(ctx context.Context, o privateserver.Options) (*privateserver.Server, error) {
	return program.Start(ctx, o)
}

// Find returns the URL of the server that another process runs in dir, or
// privateserver.ErrNotRunning.
func Find(dir string) (string, error) { return program.Find(dir) }

func address(socketDir, password string) string {
	u := url.URL{
		Scheme: "unix", User: url.UserPassword("", password),
		Path: filepath.Join(socketDir, socketName), RawQuery: "db=0",
	}
	return u.String()
}
