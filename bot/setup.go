package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// What a chat with the bot says before it begins, and what its profile says.
const (
	description      = "I remember the people in your life. Tell me what you learnt about somebody, in your own words, and ask me later: who do I know in Porto?"
	shortDescription = "Remembers the people in your life."
)

// Introduce tells Telegram how the bot presents itself, and whether updates are
// delivered: to the webhook at publicURL, or with "" by polling. It goes on
// trying until it succeeds, the token is refused, or ctx ends.
func (b *Bot) Introduce(ctx context.Context, publicURL string, hook *Webhook) error {
	for failures := 1; ; failures++ {
		pause(ctx, b.Sender.floods.left(ctx))
		err := b.introduce(ctx, publicURL, hook)
		switch {
		case err == nil, ctx.Err() != nil:
			return nil
		case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
			return errors.New("the token is refused by Telegram; check TELEGRAM_BOT_TOKEN")
		}
		b.Log.WarnContext(ctx, "waiting for Telegram", "err", meaning("set up the bot", err))
		b.Sender.floods.heed(ctx, 0, err)
		pause(ctx, pauseAfter(err, failures))
	}
}

func (b *Bot) introduce(ctx context.Context, publicURL string, hook *Webhook) error {
	ctx, done := context.WithTimeout(ctx, 20*time.Second)
	defer done()
	me, err := b.API.GetMe(ctx)
	b.Metrics.called("getMe", err)
	if err != nil {
		return err
	}
	b.Username = me.Username
	if err := b.arrange(ctx, publicURL, hook); err != nil {
		return err
	}
	return b.present(ctx)
}

// present tells Telegram what the bot's menu and profile say.
func (b *Bot) present(ctx context.Context) error {
	for _, call := range []struct {
		method string
		do     func() (bool, error)
	}{
		{"setMyCommands", func() (bool, error) { return b.API.SetMyCommands(ctx, &tg.SetMyCommandsParams{Commands: menu()}) }},
		{"setMyDescription", func() (bool, error) {
			return b.API.SetMyDescription(ctx, &tg.SetMyDescriptionParams{Description: description})
		}},
		{"setMyShortDescription", func() (bool, error) {
			return b.API.SetMyShortDescription(ctx, &tg.SetMyShortDescriptionParams{ShortDescription: shortDescription})
		}},
		{"setChatMenuButton", func() (bool, error) {
			return b.API.SetChatMenuButton(ctx, &tg.SetChatMenuButtonParams{MenuButton: models.MenuButtonCommands{Type: models.MenuButtonTypeCommands}})
		}},
	} {
		_, err := call.do()
		b.Metrics.called(call.method, err)
		if err != nil {
			return err
		}
	}
	return nil
}

// arrange tells Telegram how updates are to come.
func (b *Bot) arrange(ctx context.Context, publicURL string, hook *Webhook) (err error) {
	if publicURL == "" {
		_, err = b.API.DeleteWebhook(ctx, &tg.DeleteWebhookParams{})
		b.Metrics.called("deleteWebhook", err)
		return err
	}
	hook.open.Store(true)
	_, err = b.API.SetWebhook(ctx, &tg.SetWebhookParams{
		URL: fmt.Sprintf("%s/telegram/webhook/%s", strings.TrimSuffix(publicURL, "/"), hook.path), SecretToken: hook.header,
		MaxConnections: 40, AllowedUpdates: allowed,
	})
	b.Metrics.called("setWebhook", err)
	return err
}

// menu returns the commands of Telegram's menu.
func menu() []models.BotCommand {
	var list []models.BotCommand
	for _, r := range routes() {
		if r.inMenu {
			list = append(list, models.BotCommand{Command: r.name, Description: r.about})
		}
	}
	return list
}
