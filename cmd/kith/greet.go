package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/kith-platform/kith/bot"
	"github.com/kith-platform/kith/bot/sandbox"
)

// greet tells on the terminal, and nowhere else, where the bot is; with a code,
// how the first account is claimed.
func (t *terminal) greet(username, code string) {
	if code == "" {
		fmt.Fprintf(t.stdout, "Kith is at https://t.me/%s\n", username)
		return
	}
	fmt.Fprintf(t.stdout, "Open this link to make your account, the first one: %s\n", bot.StartLink(username, code))
}

// greetInSandbox tells the address of the sandbox instead.
func (t *terminal) greetInSandbox(box *sandbox.Server) func(username, code string) {
	return func(_, code string) {
		fmt.Fprintf(t.stdout, "Talk to Kith in your browser: %s\n", box.PageURL(code))
	}
}

// pagesAddress returns where browsers find the pages of a Kith that listens on
// addr: at KITH_PUBLIC_URL, or on this machine.
func pagesAddress(c Config, addr address) (string, error) {
	if c.PublicURL.isSet() {
		return c.PublicURL.reveal(), nil
	}
	return localURL(addr)
}

// startLink returns what makes the links to this house's bot.
func (h *house) startLink(ctx context.Context) (link func(code string) string, err error) {
	name, err := h.bot.Name(ctx)
	return func(code string) string { return startLink(name, h.page, code) }, err
}

// startLink returns the link that a code goes out by: to the bot on Telegram, or
// to the sandbox whose page is at that address.
func startLink(username, page, code string) string {
	if page == "" {
		return bot.StartLink(username, code)
	}
	return page + "?" + url.Values{"start": {code}}.Encode()
}
