package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kith-platform/kith/core/exchange"
	"github.com/kith-platform/kith/core/store"
)

type importCmd struct {
	File string `arg:"" help:"The result.json of a Telegram Desktop export, of one chat or of all." type:"path"`
	User int64  `help:"Whose chats they are, from \"kith user list\"; needed where there are several accounts."`
}

// Help says how to come by the file.
func (importCmd) Help() string {
	return `In Telegram Desktop, "Export Telegram data" in the settings exports all chats, "Export chat history" in a chat's menu that one; choose the format "Machine-readable JSON". Of the chats, those with one person are read: their messages become evidence that you spoke, and notes whose facts you confirm. The same file again changes nothing.`
}

// Run imports the file.
func (i importCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(_ Config, db *store.Store) error {
		user, err := onlyUser(ctx, db, i.User)
		if err != nil {
			return err
		}
		file, err := os.Open(i.File)
		if err != nil {
			return fmt.Errorf("read the export: %w", err)
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return fmt.Errorf("read the export: %w", err)
		}
		read := exchange.Progress(file, info.Size(), func(percent int) {
			if percent%10 == 0 {
				fmt.Fprintf(t.stderr, "%d %% of %s\n", percent, filepath.Base(i.File))
			}
		})
		done, err := exchange.ImportTelegram(ctx, db, user, read)
		if err != nil {
			return sentence(err)
		}
		_, err = fmt.Fprintf(t.stdout, "Read %s. A running Kith makes notes of them.\n", done)
		return err
	})
}
