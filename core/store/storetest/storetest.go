// Package storetest gives a test a database of its own.
//
// The first test of a process that asks starts a private PostgreSQL and
// migrates a template; each database is a copy of that, made in some 30 ms. The
// server ends with the process, however that ends.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/pglocal"
)

const (
	template = "template_kith"

	// limit is for one statement or stop; on a busy machine they take seconds.
	limit = time.Minute
)

// A cluster is the server of this process, with a connection that makes and
// drops databases.
type cluster struct {
	dir    string
	server *privateserver.Server
	admin  *pgxpool.Pool
}

var shared struct {
	sync.Mutex
	cluster *cluster
	made    int // databases
	err     error
}

// New returns a Store on a migrated, empty database, which is dropped when the
// test ends. It fails the test where no PostgreSQL can be started.
func New(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), URL(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// URL returns the URL of a migrated, empty database, which is dropped when the
// test ends, whoever is still connected to it.
func URL(t testing.TB) string {
	t.Helper()
	return makeDatabase(t, " TEMPLATE "+template)
}

// EmptyURL is URL for tests of the migrations: the database has no tables.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return makeDatabase(t, "")
}

func makeDatabase(t testing.TB, from string) string {
	c, name, err := claim()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if _, err := c.admin.Exec(ctx, "CREATE DATABASE "+name+from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.drop(t, name) })
	return c.url(name)
}

func (c *cluster) drop(t testing.TB, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), limit)
	defer cancel()
	if _, err := c.admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
		t.Error(err)
	}
}

// claim returns the server, started for the first caller, and the name of a
// database to make.
func claim() (*cluster, string, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil && shared.err == nil {
		// The server is for all tests of the process, not for the context of the first.
		shared.cluster, shared.err = startCluster(context.Background())
	}
	shared.made++
	return shared.cluster, fmt.Sprintf("test_%d", shared.made), shared.err
}

func startCluster(ctx context.Context) (_ *cluster, err error) {
	c := &cluster{}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.stop())
		}
	}()
	if c.dir, err = privateserver.Scratch("storetest"); err != nil {
		return nil, err
	}
	if c.server, err = pglocal.Start(ctx, privateserver.Options{Dir: c.dir, Disposable: true}); err != nil {
		return nil, err
	}
	if c.admin, err = pgxpool.New(ctx, c.url("postgres")); err != nil {
		return nil, err
	}
	if _, err = c.admin.Exec(ctx, "CREATE DATABASE "+template); err != nil {
		return nil, err
	}
	if err = store.Migrate(ctx, c.url(template)); err != nil {
		return nil, err
	}
	return c, nil
}

// url returns the URL of one of the server's databases.
func (c *cluster) url(database string) string {
	return strings.Replace(c.server.URL(), "/kith?", "/"+database+"?", 1)
}

func (c *cluster) stop() error {
	if c.admin != nil {
		c.admin.Close()
	}
	if c.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := c.server.Stop(ctx); err != nil {
			return err
		}
	}
	return os.RemoveAll(c.dir)
}
