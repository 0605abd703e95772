package main

import (
	"context"
	"fmt"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store"
)

type inviteCmd struct {
	Admin bool `help:"Invite an admin, who may invite others."`
}

// Help says what the link does.
func (inviteCmd) Help() string {
	return `Prints a link that lets one person in, once, within 7 days. Whoever opens it first gets the account.`
}

// Run makes an invitation and prints its link.
func (i inviteCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(c Config, db *store.Store) error {
		username, page, err := botAddress(ctx, c)
		if err != nil {
			return err
		}
		role := core.RoleUser
		if i.Admin {
			role = core.RoleAdmin
		}
		code, err := account.Invite(ctx, db, role, 0)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.stdout, startLink(username, page, code))
		return err
	})
}
