package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/pglocal"
)

type restoreCmd struct {
	File    string `arg:"" help:"The backup: a file, or the name of one in KITH_BACKUP_TO."`
	Check   bool   `help:"Only read it to its end, and say what is in it. No database is needed."`
	Replace bool   `help:"Restore into a database that has accounts in it, and lose them."`
}

// Help says what happens when something is wrong.
func (restoreCmd) Help() string {
	return `Stop Kith first. The file is read to its end before anything is changed; then one transaction puts everything in, or nothing. A backup by an older Kith is brought up to date; one by a newer Kith is refused, as are a file that is damaged or cut off, another KITH_BACKUP_KEY, and a database that is not empty. Without DATABASE_URL it is restored for "kith up", into KITH_DATA_DIR.

Kith then needs the KITH_SECRET_KEY that the backup comes from, or for "kith up" its file secret_key in KITH_DATA_DIR; with another one, linked Telegram accounts have to be linked again. Two Kiths must not run on the same accounts: stop the old one for good.`
}

// Run restores a backup, or checks it.
func (r restoreCmd) Run(ctx context.Context, t *terminal) error {
	c, err := t.config()
	if err != nil {
		return err
	}
	open := func() (io.ReadCloser, error) { return r.open(ctx, c) }
	if r.Check {
		return r.check(ctx, t, c, open)
	}
	return t.withDatabase(ctx, c, func(url string) error { return r.restore(ctx, t, c, url, open) })
}

func (r restoreCmd) open(ctx context.Context, c Config) (io.ReadCloser, error) {
	file, err := os.Open(r.File)
	switch {
	case err == nil:
		return file, nil
	case !errors.Is(err, fs.ErrNotExist) || !c.BackupTo.isSet() || filepath.Base(r.File) != r.File:
		return nil, fmt.Errorf("read the backup: %w", err)
	}
	place, err := c.BackupTo.open()
	if err != nil {
		return nil, err
	}
	return place.Open(ctx, r.File)
}

func (r restoreCmd) check(ctx context.Context, t *terminal, c Config, open func() (io.ReadCloser, error)) error {
	file, err := open()
	if err != nil {
		return err
	}
	defer file.Close()
	contents, err := backup.Check(ctx, file, c.BackupKey.reveal())
	if err != nil {
		return sentence(err)
	}
	_, err = fmt.Fprintf(t.stdout, "The backup is whole: %s.\n", contents)
	return err
}

func (r restoreCmd) restore(ctx context.Context, t *terminal, c Config, url string, open func() (io.ReadCloser, error)) error {
	db, err := store.Open(ctx, url, store.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	defer db.Close()
	migrator, err := store.NewMigrator(url)
	if err != nil {
		return err
	}
	defer migrator.Close()
	restore := backup.Restore{Store: db, Migrator: migrator, Key: c.BackupKey.reveal(), Replace: r.Replace}
	contents, err := restore.Run(ctx, open)
	if err != nil {
		return sentence(err)
	}
	_, err = fmt.Fprintf(t.stdout, "Restored %s.\n", contents)
	return err
}

// withDatabase runs do on the database that is set, past a pooler, or on that
// of kith up, whether it runs or not.
func (t *terminal) withDatabase(ctx context.Context, c Config, do func(url string) error) (err error) {
	url, err := directURL(c)
	switch {
	case err == nil:
		return do(url)
	case c.DatabaseURL.isSet(), c.Env == envProduction:
		return err
	}
	pg, err := pglocal.Start(ctx, privateserver.Options{Dir: filepath.Join(c.DataDir, postgresDir), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return inUse(err, c.DataDir)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer cancel()
		err = errors.Join(err, pg.Stop(ctx))
	}()
	return do(pg.URL())
}
