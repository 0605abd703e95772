package main

import (
	"context"

	"github.com/redis/go-redis/v9/logging"
)

type serveCmd struct {
	Roles roles `default:"bot,api,worker,scheduler,userclient" help:"What this process does: ${default} or some of it."`
}

// Help says what is needed.
func (serveCmd) Help() string {
	return `Needs DATABASE_URL and TELEGRAM_BOT_TOKEN, and in production KITH_SECRET_KEY; REDIS_URL is redis://localhost:6379/0 unless set. Brings the database schema up to date at start. Any number of processes may run on one database; updates are polled for by one of them, or come to KITH_PUBLIC_URL. Stops cleanly on SIGTERM.`
}

// Run serves until it is told to stop.
func (s serveCmd) Run(ctx context.Context, t *terminal) error {
	c, err := t.config(forServe)
	if err != nil {
		return err
	}
	listener, err := listen(string(c.HTTPAddr))
	if err != nil {
		return err
	}
	log, closer, err := openLog(c, t.stderr)
	if err != nil {
		return err
	}
	defer closer.Close()
	logging.Disable() // go-redis would print beside the log
	if !c.RedisURL.isSet() {
		c.RedisURL = redisURL{secretURL(defaultRedisURL)}
	}
	if !c.SecretKey.isSet() {
		log.Warn("KITH_SECRET_KEY is not set: the webhook's secrets change at every start, and no Telegram account can be linked")
		c.SecretKey, c.passingKey = newSecretKey(), true
	}
	h := house{config: c, roles: s.Roles, log: log, greet: t.greet}
	return h.run(ctx, listener)
}
