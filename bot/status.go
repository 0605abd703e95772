package bot

import "context"

// A Status is what Telegram says of the bot.
type Status struct {
	Username string
	Webhook  bool // updates are delivered, not polled for
	Pending  int  // updates that Telegram still holds
}

// Status asks Telegram how the bot is: two calls.
func (b *Bot) Status(ctx context.Context) (Status, error) {
	me, err := b.API.GetMe(ctx)
	b.Metrics.called("getMe", err)
	if err != nil {
		return Status{}, meaning("getMe", err)
	}
	info, err := b.API.GetWebhookInfo(ctx)
	b.Metrics.called("getWebhookInfo", err)
	if err != nil {
		return Status{}, meaning("getWebhookInfo", err)
	}
	return Status{Username: me.Username, Webhook: info.URL != "", Pending: info.PendingUpdateCount}, nil
}
