package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/time/rate"

	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/userclient"
)

// keys are what Kith seals with.
func (c Config) keys() seal.Keys {
	return seal.NewKeys(c.SecretKey.reveal(), c.SecretKeyPrevious.reveal())
}

// telegramApp returns what Kith is to Telegram.
func (c Config) telegramApp() (userclient.App, error) {
	app := userclient.App{ID: int(c.TelegramAPIID), Hash: c.TelegramAPIHash.reveal(), Version: buildVersion()}
	if c.TelegramMTProtoAddr == "" {
		return app, nil
	}
	return app.On(string(c.TelegramMTProtoAddr), string(c.TelegramMTProtoPublicKey))
}

func (h *house) buildUserClient() error {
	if h.config.unlinkable() != "" || !h.roles.has(roleUserClient) {
		return nil
	}
	app, err := h.config.telegramApp()
	if err != nil {
		return err
	}
	h.users = &userclient.Client{
		Linker: h.linker, App: app, Wake: h.sender.Wake, Log: h.log.With("component", "userclient"),
		Metrics: userclient.NewMetrics(h.reg), Owner: h.owner, Pace: rate.Limit(h.config.TelegramPace),
	}
	return nil
}

// checkSessions refuses to go on with a key that does not open the sessions of
// linked accounts. Those that only the key before opens are sealed anew.
func (h *house) checkSessions(ctx context.Context) error {
	if h.config.passingKey {
		return nil
	}
	return h.insist(ctx, func() error {
		err := h.linker.CheckKeys(ctx)
		if locked, ok := errors.AsType[*link.KeyError](err); ok {
			return fmt.Errorf("KITH_SECRET_KEY does not open the sessions of %d linked Telegram accounts: set the key that they were sealed by, "+
				"or set it as KITH_SECRET_KEY_PREVIOUS beside a new one, or drop these sessions with \"kith user unlink --locked\"", locked.Sessions)
		}
		return err
	})
}
