package backup

import (
	"context"
	"io"
	"slices"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Restore puts a backup into a database.
type Restore struct {
	Store    *store.Store
	Migrator *store.Migrator // of the same database
	Key      string          // what the backup is encrypted with, or ""
	Replace  bool            // what is in the database may be lost
}

// Run restores the backup that open opens, twice: it is read to its end before
// anything is changed. Then the schema is brought to the backup's version, all
// rows are put in by one transaction, and the schema is brought up to date. The
// errors are ones that people may read when the backup is damaged, encrypted
// with another key or newer than this program, or the database is not empty.
func (r Restore) Run(ctx context.Context, open func() (io.ReadCloser, error)) (Contents, error) {
	c, err := r.check(ctx, open)
	if err != nil {
		return c, err
	}
	if err := r.prepare(ctx, c); err != nil {
		return c, err
	}
	if c, err = r.fill(ctx, open); err != nil {
		return c, err
	}
	_, err = r.Migrator.Up(ctx)
	return c, err
}

func (r Restore) check(ctx context.Context, open func() (io.ReadCloser, error)) (Contents, error) {
	file, err := open()
	if err != nil {
		return Contents{}, err
	}
	defer file.Close()
	c, err := Check(ctx, file, r.Key)
	if newest := r.Migrator.Newest(); err == nil && c.Schema > newest {
		err = core.Tell(core.ErrInvalid, "This backup has schema version %d, and this Kith knows none after %d. Restore it with Kith %s or a newer one.", c.Schema, newest, c.Kith)
	}
	return c, err
}

// prepare brings a database that may be filled to the backup's version.
func (r Restore) prepare(ctx context.Context, c Contents) error {
	if err := r.Store.Vacant(ctx, r.Replace); err != nil {
		return err
	}
	version, err := r.Migrator.Version(ctx)
	if err != nil {
		return err
	}
	// On the way down data would be lost that a failure later cannot bring back.
	if version > c.Schema && r.Store.Vacant(ctx, false) != nil {
		return core.Tell(core.ErrConflict, "This database has accounts in it and schema version %d; the backup has version %d. Restore into an empty database, or take it back first with kith migrate down.", version, c.Schema)
	}
	return r.Migrator.To(ctx, c.Schema)
}

// fill puts in what is Kith's, and returns that.
func (r Restore) fill(ctx context.Context, open func() (io.ReadCloser, error)) (c Contents, err error) {
	file, err := open()
	if err != nil {
		return c, err
	}
	defer file.Close()
	err = r.Store.Refill(ctx, r.Replace, func(to *store.Refill) error {
		c, err = pour(ctx, file, r.Key, to)
		c.Tables, c.Strays = c.Tables-len(to.Strays), slices.Concat(to.Strays, to.Columns)
		return err
	})
	return c, err
}
