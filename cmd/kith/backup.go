package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/store"
)

type backupCmd struct {
	File string `arg:"" optional:"" help:"The file to write; - is standard output."`
	List bool   `help:"List the backups in KITH_BACKUP_TO instead."`
}

// Help says what is in the file, and what is not.
func (backupCmd) Help() string {
	return `The file has the whole database as it is when the command begins, while Kith goes on. Without FILE it gets a name with the time in it, in KITH_BACKUP_TO or else here. With KITH_BACKUP_KEY it is encrypted; without, whoever has it can read it. "kith restore" puts it into another database.

What else has to be kept, and apart from it: KITH_BACKUP_KEY, without which an encrypted file cannot be read; and KITH_SECRET_KEY, or the file secret_key of "kith up", without which linked Telegram accounts have to be linked again.`
}

// Run writes a backup, or lists those there are.
func (b backupCmd) Run(ctx context.Context, t *terminal) error {
	c, err := t.config()
	if err != nil {
		return err
	}
	if b.List {
		return t.listBackups(ctx, c)
	}
	if !c.BackupKey.isSet() {
		fmt.Fprintln(t.stderr, "kith: warning: KITH_BACKUP_KEY is not set: whoever has the file can read it")
	}
	return t.withDatabase(ctx, c, func(url string) error {
		db, err := store.Open(ctx, url, store.Options{MaxConns: 2})
		if err != nil {
			return err
		}
		defer db.Close()
		return sentence(b.write(ctx, t, c, db))
	})
}

func (b backupCmd) write(ctx context.Context, t *terminal, c Config, db *store.Store) error {
	var made backup.Contents
	write := func(w io.Writer) (err error) {
		made, err = backup.Write(ctx, db, w, c.BackupKey.reveal(), buildVersion())
		return err
	}
	if b.File == "-" {
		if err := write(t.stdout); err != nil {
			return err
		}
		_, err := fmt.Fprintf(t.stderr, "Backed up %s.\n", made)
		return err
	}
	place, name, err := b.target(c)
	if err != nil {
		return err
	}
	if err := place.Put(ctx, name, write); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.stdout, "Backed up %s, to %s in %s.\n", made, name, place)
	return err
}

// target returns where the backup goes.
func (b backupCmd) target(c Config) (place backup.Place, name string, err error) {
	if b.File == "" && c.BackupTo.isSet() {
		place, err = c.BackupTo.open()
		return place, backup.Name(time.Now()), err
	}
	file, err := filepath.Abs(cmp.Or(b.File, backup.Name(time.Now())))
	if err != nil {
		return nil, "", err
	}
	if _, err := os.Lstat(file); err == nil {
		return nil, "", fmt.Errorf("%s is there already; name another file", file)
	}
	return backup.Folder(filepath.Dir(file)), filepath.Base(file), nil
}

func (t *terminal) listBackups(ctx context.Context, c Config) error {
	if !c.BackupTo.isSet() {
		return errors.New("KITH_BACKUP_TO is not set: there is no place to look for backups")
	}
	place, err := c.BackupTo.open()
	if err != nil {
		return err
	}
	files, err := backup.Backups(ctx, place)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.stdout, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, f := range files {
		fmt.Fprintf(table, "%d bytes\t  %s\n", f.Size, f.Name)
	}
	return table.Flush()
}
