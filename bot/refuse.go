package bot

import (
	"context"

	tg "github.com/go-telegram/bot"
)

// What those hear who are not let in. Nothing of theirs is stored.
const (
	strangers   = "Hello! This Kith is private, so I can't help you here. If somebody runs it for you, ask them for an invitation link."
	onlyPrivate = "I only work in a private chat: what you tell me about people is for you alone."
	switchedOff = "This account is switched off. Ask whoever runs this Kith."
)

// Refusals limits how often one chat is told the same.
type Refusals interface {
	// First reports whether the chat has not been told today.
	First(ctx context.Context, chatID int64) bool
}

// refuse sends a sentence to somebody who is not let in, at best effort and
// once a day.
func (b *Bot) refuse(ctx context.Context, chatID int64, sentence string) {
	if b.Sender.floods.left(ctx) > 0 || !b.Refusal.First(ctx, chatID) {
		return
	}
	_, err := b.API.SendMessage(ctx, &tg.SendMessageParams{ChatID: chatID, Text: sentence, DisableNotification: true})
	b.Metrics.called("sendMessage", err)
	b.Sender.floods.heed(ctx, chatID, err)
}
