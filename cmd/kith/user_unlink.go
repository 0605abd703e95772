package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
)

type userUnlinkCmd struct {
	ID     int64 `arg:"" optional:"" help:"The account's id, from \"kith user list\"."`
	Locked bool  `help:"Forget the sessions that KITH_SECRET_KEY does not open."`
}

// Help says what becomes of a session.
func (userUnlinkCmd) Help() string {
	return `A session that can be opened is signed out at Telegram by a running Kith, as if its user had asked. With --locked those that no key opens are forgotten; they stay signed in until their users end them in Telegram's Settings › Devices.`
}

// Run unlinks one account, or forgets the sessions that no key opens.
func (u userUnlinkCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(c Config, db *store.Store) error {
		c, err := c.withKey()
		if err != nil {
			return err
		}
		l := link.Linker{Store: db, Keys: c.keys()}
		switch {
		case u.Locked == (u.ID != 0):
			return errors.New("say whose account to unlink, or --locked")
		case u.Locked:
			n, err := l.ForgetLocked(ctx)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(t.stdout, "Forgot %d sessions.\n", n)
			return err
		}
		switch err := l.Unlink(ctx, u.ID); {
		case errors.Is(err, core.ErrNotPossible):
			return fmt.Errorf("user %d has no linked Telegram account", u.ID)
		case err != nil:
			return err
		}
		_, err = fmt.Fprintf(t.stdout, "The Telegram account of user %d is signed out as soon as Kith runs.\n", u.ID)
		return err
	})
}
