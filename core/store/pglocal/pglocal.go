// Package pglocal runs a private PostgreSQL from the server programs that are
// installed on the machine.
//
// The server listens on a unix socket only, which its own account alone may
// reach, and asks for a password that lies beside its data. It runs as an
// ordinary user even where Kith is root, and shuts down when Kith is killed
// (on Linux; elsewhere the next Start adopts it).
package pglocal

import (
	"context"
	"net/url"
	"syscall"
	"time"

	"github.com/kith-platform/kith/core/privateserver"
)

const (
	port       = "5432"
	socketName = ".s.PGSQL." + port
	database   = "kith"
	superuser  = "kith"
)

// The signals of PostgreSQL's "fast" and "immediate" shutdown: clients are
// disconnected and transactions rolled back; without a checkpoint, which loses
// nothing either.
const (
	fast      = syscall.SIGINT
	immediate = syscall.SIGQUIT
)

var program = privateserver.Program{
	Name:       "postgres",
	Socket:     socketName,
	StartLimit: 3 * time.Minute, // the recovery of a large database that was killed
	Gentle:     fast,
	Hard:       immediate,
	URL:        address,
	Prepare:    prepare,
	Answer:     answer,
	Refused:    refused,
}

// Start starts the server of a directory, with a database named kith, to which
// its URL leads.
func Start(ctx context.Context, o privateserver.Options) (*privateserver.Server, error) {
	return program.Start(ctx, o)
}

// Find returns the URL of the server that another process runs in dir, or
// privateserver.ErrNotRunning.
func Find(dir string) (string, error) { return program.Find(dir) }

func address(socketDir, password string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, password), Path: "/" + database,
		RawQuery: url.Values{"host": {socketDir}, "port": {port}}.Encode(),
	}
	return u.String()
}
