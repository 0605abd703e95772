package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store"
)

type userCmd struct {
	List    userListCmd    `cmd:"" help:"List the accounts."`
	Disable userDisableCmd `cmd:"" help:"Shut an account out; what it has told Kith is kept."`
	Role    userRoleCmd    `cmd:"" help:"Make an account an admin, or an ordinary user again."`
	SignIn  userSignInCmd  `cmd:"" name:"sign-in" help:"Print a link that signs an account's owner in, once: for who has forgotten the password."`
	Unlink  userUnlinkCmd  `cmd:"" help:"Sign a linked Telegram account out, or forget sessions whose key is lost."`
	Delete  userDeleteCmd  `cmd:"" help:"Delete an account with all that it has told Kith."`
}

type userListCmd struct{}

// Run lists the accounts.
func (userListCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(_ Config, db *store.Store) error {
		users, err := db.Users(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(t.stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tNAME\tUSERNAME\tROLE\tTELEGRAM\tSINCE\tSTATE")
		for _, u := range users {
			state := "enabled"
			if u.Disabled() {
				state = "disabled"
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d\t%s\t%s\n",
				u.ID, u.Name, u.Username, u.Role, u.TelegramID, u.CreatedAt.Format("2006-01-02"), state)
		}
		return table.Flush()
	})
}

type userDisableCmd struct {
	ID   int64 `arg:"" help:"The account's id, from \"kith user list\"."`
	Undo bool  `help:"Let the account in again."`
}

// Run shuts an account out, or lets it in again.
func (u userDisableCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(_ Config, db *store.Store) error {
		disabled := !u.Undo
		if _, err := account.ChangeUser(ctx, db, 0, u.ID, account.UserChange{Disabled: &disabled}); err != nil {
			return sentence(err)
		}
		state := "disabled"
		if u.Undo {
			state = "enabled"
		}
		_, err := fmt.Fprintf(t.stdout, "User %d is %s.\n", u.ID, state)
		return err
	})
}

type userRoleCmd struct {
	ID   int64  `arg:"" help:"The account's id, from \"kith user list\"."`
	Role string `arg:"" enum:"user,admin" help:"user or admin."`
}

// Run changes a role.
func (u userRoleCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(_ Config, db *store.Store) error {
		role, err := core.ParseRole(u.Role)
		if err != nil {
			return sentence(err)
		}
		if _, err := account.ChangeUser(ctx, db, 0, u.ID, account.UserChange{Role: &role}); err != nil {
			return sentence(err)
		}
		_, err = fmt.Fprintf(t.stdout, "User %d is %s now.\n", u.ID, role)
		return err
	})
}

type userSignInCmd struct {
	ID int64 `arg:"" help:"The account's id, from \"kith user list\"."`
}

// Run prints a link that signs in.
func (u userSignInCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(c Config, db *store.Store) error {
		user, err := account.Enabled(ctx, db, u.ID)
		if errors.Is(err, core.ErrNotFound) {
			return fmt.Errorf("there is no user %d who is not disabled; \"kith user list\" shows who is there", u.ID)
		}
		if err != nil {
			return err
		}
		pages, err := pagesAddress(c, c.HTTPAddr)
		if err != nil {
			return err
		}
		code, err := account.SignInCode(ctx, db, user.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.stdout, "%s/sign-in#%s\nIt signs %s in, once, within 10 minutes, and lets them set a new password.\n", pages, code, user.Called())
		return err
	})
}

// sentence drops from an error what is not for people, when it has a sentence.
func sentence(err error) error {
	if s, ok := core.Sentence(err); ok {
		return errors.New(s)
	}
	return err
}
