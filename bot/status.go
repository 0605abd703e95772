package bot

import (
	"context"
	"errors"
)

// A Status is what Telegram says of the bot.
type Status struct {
	Username string
	Webhook  bool // updates are delivered, not polled for
	Pending  int  // updates that Telegram still holds
}

// errResting says that Telegram wants no calls for a while.
var errResting = errors.New("the whole bot is to rest, says Telegram")

// Status asks Telegram how the bot is, with two calls.
func (b *Bot) Status(ctx context.Context) (Status, error) {
	if b.Sender.floods.left(ctx) > 0 {
		return Status{}, errResting
	}
	me, err := b.API.GetMe(ctx)
	b.Sender.called(ctx, "getMe", 0, err)
	if err != nil {
		return Status{}, meaning("getMe", err)
	}
	info, err := b.API.GetWebhookInfo(ctx)
	b.Sender.called(ctx, "getWebhookInfo", 0, err)
	if err != nil {
		return Status{}, meaning("getWebhookInfo", err)
	}
	return Status{Username: me.Username, Webhook: info.URL != "", Pending: info.PendingUpdateCount}, nil
}
