package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9/logging"
	"golang.org/x/sync/errgroup"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core/cache/redislocal"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store/pglocal"
)

// Where kith up keeps what it brings, in its data directory.
const (
	postgresDir = "postgres"
	redisDir    = "redis"
	sandboxDir  = "sandbox"
	keyFileName = "secret_key"
	pageFile    = "page" // in sandboxDir: the address of the chat page
)

type upCmd struct{}

// Help says what is brought along.
func (upCmd) Help() string {
	return `Needs no settings. What is not set it brings along, in KITH_DATA_DIR: a private Postgres without DATABASE_URL, a private Redis without REDIS_URL, and without TELEGRAM_BOT_TOKEN a sandbox, a chat page on this machine that talks to the same bot as Telegram would. Ctrl-C stops all of it.`
}

// Run starts what is missing, and serves until it is told to stop.
func (upCmd) Run(ctx context.Context, t *terminal) error {
	c, err := t.config()
	if err != nil {
		return err
	}
	listener, err := listen(string(c.HTTPAddr))
	if err != nil {
		return err
	}
	defer listener.Close()
	log, closer, err := openLog(c, t.stderr)
	if err != nil {
		return err
	}
	defer closer.Close()
	logging.Disable() // go-redis would print beside the log
	u := up{config: c, log: log, terminal: t}
	return u.run(ctx, listener)
}

// up is a house with what it brings along.
type up struct {
	config   Config
	log      *slog.Logger
	terminal *terminal
}

// stopLimit is how long the private servers may take to stop.
const stopLimit = 20 * time.Second

func (u *up) run(ctx context.Context, listener net.Listener) (err error) {
	if err := u.ensureKey(); err != nil {
		return err
	}
	stopServers, ended, err := u.startServers(ctx)
	defer func() { err = errors.Join(err, stopServers()) }()
	if err != nil {
		return err
	}
	parts, ctx := errgroup.WithContext(ctx)
	h := house{roles: allRoles(), log: u.log, greet: u.terminal.greet}
	if !u.config.TelegramBotToken.isSet() {
		box, err := u.openSandbox()
		if err != nil {
			return err
		}
		h.greet, h.page = u.terminal.greetInSandbox(box), box.PageURL("")
		parts.Go(func() error { return box.Run(ctx) })
	}
	h.config = u.config
	parts.Go(func() error { return h.run(ctx, listener) })
	parts.Go(func() error {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return nil
		}
	})
	return parts.Wait()
}

// startServers starts the servers that are not set. Stop stops them; ended
// says when one ends by itself.
func (u *up) startServers(ctx context.Context) (stop func() error, ended <-chan error, err error) {
	var stops []func(context.Context) error
	gone := make(chan error, 2)
	stop = func() error {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer done()
		var errs []error
		for _, stop := range stops {
			errs = append(errs, stop(ctx))
		}
		return errors.Join(errs...)
	}
	if !u.config.DatabaseURL.isSet() {
		pg, err := pglocal.Start(ctx, privateserver.Options{Dir: u.path(postgresDir), Log: u.log})
		if err != nil {
			return stop, gone, inUse(err, u.config.DataDir)
		}
		stops = append(stops, pg.Stop)
		go func() { <-pg.Done(); gone <- pg.Err() }()
		u.config.DatabaseURL = postgresURL{secretURL(pg.URL())}
	}
	if !u.config.RedisURL.isSet() {
		rd, err := redislocal.Start(ctx, privateserver.Options{Dir: u.path(redisDir), Log: u.log})
		if err != nil {
			return stop, gone, inUse(err, u.config.DataDir)
		}
		stops = append(stops, rd.Stop)
		go func() { <-rd.Done(); gone <- rd.Err() }()
		u.config.RedisURL = redisURL{secretURL(rd.URL())}
	}
	return stop, gone, nil
}

// inUse says what to do when another kith up has the data directory.
func inUse(err error, dir string) error {
	if errors.Is(err, privateserver.ErrInUse) {
		return fmt.Errorf("another kith up runs with the data in %s: stop it, or set KITH_DATA_DIR to another directory", dir)
	}
	return err
}

func (u *up) path(name string) string { return filepath.Join(u.config.DataDir, name) }

// ensureKey reads the secret key that is kept in the data directory, or makes
// one, where none is set.
func (u *up) ensureKey() error {
	if u.config.SecretKey.isSet() {
		return nil
	}
	if err := os.MkdirAll(u.config.DataDir, 0o755); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	kept, err := os.ReadFile(u.path(keyFileName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		u.config.SecretKey = newSecretKey()
		err = os.WriteFile(u.path(keyFileName), []byte(u.config.SecretKey.reveal()+"\n"), 0o600)
	case err == nil:
		err = u.config.SecretKey.UnmarshalText([]byte(strings.TrimSpace(string(kept))))
	}
	if err != nil {
		return fmt.Errorf("keep the secret key in %s: %w", u.path(keyFileName), err)
	}
	return nil
}

// newSecretKey returns a random key.
func newSecretKey() (key secretKey) {
	if err := key.UnmarshalText([]byte(rand.Text() + rand.Text())); err != nil {
		panic(err) // 52 characters are enough
	}
	return key
}

// sandboxAddr is where the sandbox listens when nobody else does, so that its
// page keeps its address.
const sandboxAddr = "127.0.0.1:5001"

// openSandbox starts a Bot API server of Kith's own in place of Telegram's.
func (u *up) openSandbox() (*sandbox.Server, error) {
	options := sandbox.Options{Addr: sandboxAddr, Dir: u.path(sandboxDir), Log: u.log.With("component", "sandbox")}
	box, err := sandbox.New(options)
	if errors.Is(err, syscall.EADDRINUSE) {
		options.Addr = ""
		box, err = sandbox.New(options)
	}
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(u.path(sandboxDir), pageFile), []byte(box.PageURL("")), 0o600); err != nil {
		return nil, fmt.Errorf("keep the address of the sandbox: %w", err)
	}
	token := botToken{}
	if err := token.UnmarshalText([]byte(box.Token())); err != nil {
		return nil, err
	}
	u.config.TelegramBotToken = token
	u.config.TelegramBotAPIURL = httpURL{secretURL(box.BotURL())}
	u.config.PublicURL = httpURL{}
	return box, nil
}
