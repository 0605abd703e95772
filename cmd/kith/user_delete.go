package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
)

type userDeleteCmd struct {
	ID   int64         `arg:"" help:"The account's id, from \"kith user list\"."`
	Yes  bool          `help:"Really delete it. There is no way back."`
	Wait time.Duration `default:"45s" help:"How long a running Kith may take to sign a linked Telegram account out: 50s at most, and 0s not to wait."`
}

// Help says what becomes of a linked Telegram account.
func (userDeleteCmd) Help() string {
	return `The account is shut out first. A linked Telegram account is signed out at Telegram by a running Kith; where none does that in time, its session is forgotten, and its owner can end it in Telegram's Settings › Devices. Which of the two happened is said. Then all is deleted.`
}

// mostWait is less than a Kith that does not reach Telegram takes to forget a
// session: one that is gone by then was signed out.
const mostWait = 50 * time.Second

// Run deletes an account.
func (u userDeleteCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(_ Config, db *store.Store) error {
		user, err := db.User(ctx, u.ID)
		switch {
		case errors.Is(err, core.ErrNotFound):
			return fmt.Errorf("there is no user %d; \"kith user list\" shows who is there", u.ID)
		case err != nil:
			return err
		case u.Wait < 0 || u.Wait > mostWait:
			return fmt.Errorf("--wait is between 0s and %v", mostWait)
		case !u.Yes:
			return fmt.Errorf("this deletes user %d, %s, with every note and fact, for good, and signs a linked Telegram account out; say --yes if that is meant", u.ID, cmp.Or(user.Name, user.Username))
		}
		if linked, err := db.Link(ctx, u.ID); err == nil && linked.State != core.LinkRevoked {
			if _, err := fmt.Fprintf(t.stdout, "Waiting up to %v for a running Kith to sign the linked Telegram account out.\n", u.Wait); err != nil {
				return err
			}
		}
		session, err := account.DeleteUser(ctx, link.Linker{Store: db}, 0, u.ID, u.Wait)
		if err != nil {
			return sentence(err)
		}
		_, err = fmt.Fprintf(t.stdout, "%sUser %d is deleted.\n", became[session], u.ID)
		return err
	})
}

// became says what became of the session of a linked Telegram account.
var became = map[link.Session]string{
	link.SessionEnded:     "The linked Telegram account is signed out.\n",
	link.SessionForgotten: "No Kith signed the linked Telegram account out: its session is forgotten, and stays signed in until its owner ends “Kith” in Telegram's Settings › Devices.\n",
}
