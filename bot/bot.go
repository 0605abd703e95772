// Package bot is the conversation on Telegram: an update in, calls of core, a
// reply out. What it says is owed as a row first and sent from there.
package bot

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/core/store"
)

// A Bot answers updates.
type Bot struct {
	Store   *store.Store
	API     *tg.Bot
	Sender  *Sender
	Nudge   func(core.Task) // tells the workers of a committed task; never waits
	Refusal Refusals        // how often strangers are answered
	Linker  link.Linker
	Log     *slog.Logger
	Metrics *Metrics

	ID       int64     // the bot's own Telegram id
	Username string    // without @
	Timezone string    // for new accounts
	Pages    string    // the address of Kith's own pages
	Keys     seal.Keys // seal updates that are set aside
	Model    bool      // a language model is configured, so questions may get a sentence

	outage outage
	naming sync.Mutex
	name   string
}

// Name returns the bot's username, for which it asks Telegram once.
func (b *Bot) Name(ctx context.Context) (string, error) {
	b.naming.Lock()
	defer b.naming.Unlock()
	if b.name == "" {
		me, err := b.API.GetMe(ctx)
		if err != nil {
			return "", meaning("getMe", err)
		}
		b.name = me.Username
	}
	return b.name, nil
}

// Connect returns a client of the Bot API for the token, at the server with
// that address, "" for Telegram's own, and the bot's id. It makes no call.
func Connect(token, server string) (*tg.Bot, int64, error) {
	prefix, _, _ := strings.Cut(token, ":")
	id, err := strconv.ParseInt(prefix, 10, 64)
	if err != nil {
		return nil, 0, core.Tell(core.ErrInvalid, "TELEGRAM_BOT_TOKEN is no bot token: it starts with a number and a colon.")
	}
	client := &http.Client{Timeout: pollFor + 15*time.Second, Transport: &http.Transport{
		MaxIdleConnsPerHost: 64, IdleConnTimeout: 90 * time.Second, ForceAttemptHTTP2: true,
	}}
	opts := []tg.Option{tg.WithSkipGetMe(), tg.WithHTTPClient(pollFor, client)}
	if server != "" {
		opts = append(opts, tg.WithServerURL(strings.TrimSuffix(server, "/")))
	}
	api, err := tg.New(token, opts...)
	if err != nil {
		return nil, 0, fmt.Errorf("make the bot client: %w", err)
	}
	return api, id, nil
}
