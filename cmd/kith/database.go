package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kith-platform/kith/bot"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/pglocal"
)

// databaseURL returns where the database is: as it is set, or that of the kith
// up that runs with the same data directory.
func databaseURL(c Config) (string, error) {
	if c.DatabaseURL.isSet() {
		return c.DatabaseURL.reveal(), nil
	}
	url, err := pglocal.Find(filepath.Join(c.DataDir, postgresDir))
	if errors.Is(err, privateserver.ErrNotRunning) {
		return "", fmt.Errorf("DATABASE_URL is not set, and no kith up runs with the data in %s: start one, or set the variable", c.DataDir)
	}
	return url, err
}

// directURL is databaseURL past a pooler, for what a pooler does not let through.
func directURL(c Config) (string, error) {
	if c.DatabaseDirectURL.isSet() {
		return c.DatabaseDirectURL.reveal(), nil
	}
	return databaseURL(c)
}

// pooled reports whether DATABASE_URL is that of a pooler: past it there is
// another one.
func (c Config) pooled() bool { return c.DatabaseDirectURL.isSet() }

// withStore runs do on the database.
func (t *terminal) withStore(ctx context.Context, do func(c Config, db *store.Store) error) error {
	c, err := t.config()
	if err != nil {
		return err
	}
	url, err := databaseURL(c)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, url, store.Options{MaxConns: 2, Pooled: c.pooled()})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Ping(ctx); err != nil {
		return fmt.Errorf("the database cannot be reached: %w", reason(err))
	}
	return do(c, db)
}

// botAddress returns the username of the bot, or the address of the sandbox's
// page where kith up runs without a token.
func botAddress(ctx context.Context, c Config) (username, page string, err error) {
	if !c.TelegramBotToken.isSet() {
		kept, err := os.ReadFile(filepath.Join(c.DataDir, sandboxDir, pageFile))
		if err != nil {
			return "", "", errors.New("TELEGRAM_BOT_TOKEN is not set, and no kith up has run with this data directory")
		}
		return "", string(kept), nil
	}
	client, _, err := bot.Connect(c.TelegramBotToken.reveal(), c.TelegramBotAPIURL.reveal())
	if err != nil {
		return "", "", err
	}
	me, err := client.GetMe(ctx)
	if err != nil {
		return "", "", errors.New("the name of the bot is not known: Telegram cannot be reached, or refuses TELEGRAM_BOT_TOKEN")
	}
	return me.Username, "", nil
}
