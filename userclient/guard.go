package userclient

import (
	"context"
	"errors"
	"fmt"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// allowed are the only methods that are ever called: those that sign in and
// out, and those that read. None marks anything as read or can be seen by others.
var allowed = map[string]bool{
	"auth.sendCode": true, "auth.resendCode": true, "auth.signIn": true, "account.getPassword": true, "auth.checkPassword": true,
	"auth.exportLoginToken": true, "auth.importLoginToken": true, "auth.logOut": true,
	"users.getUsers": true, "contacts.getContacts": true, "contacts.getBirthdays": true, "messages.getDialogs": true, "messages.getHistory": true,
	"updates.getState": true, "updates.getDifference": true,
}

// What the guard itself refuses.
var (
	errNotAllowed = errors.New("that method is not on the list")
	errNotHeld    = errors.New("the account may be somebody else's by now")
	errOver       = errors.New("telegram ended the session")
)

// guard lets a call through to Telegram if it may be made, and counts it.
func (a *account) guard(next tg.Invoker) telegram.InvokeFunc {
	return func(ctx context.Context, in bin.Encoder, out bin.Decoder) error {
		name := methodOf(in)
		switch {
		case !allowed[name]:
			return fmt.Errorf("call %s: %w", name, errNotAllowed)
		case a.over.Load():
			return errOver
		case !a.sure():
			a.hangUp()
			return errNotHeld
		}
		err := next.Invoke(ctx, in, out)
		outcome := "ok"
		switch {
		case err != nil && tgerr.Is(err, tgerr.FloodWaitErrors...):
			outcome = "flood"
			a.c.Metrics.floods.WithLabelValues(name).Inc()
		case err != nil:
			outcome = "error"
		}
		a.c.Metrics.calls.WithLabelValues(name, outcome).Inc()
		return err
	}
}

// methodOf returns the name of the method of a call, such as "auth.signIn".
func methodOf(in bin.Encoder) string {
	if named, ok := in.(interface{ TypeName() string }); ok {
		return named.TypeName()
	}
	return "unknown"
}
