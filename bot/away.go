package bot

import (
	"context"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// away is what a chat hears whose update waits for the database. It is not
// confirmed to Telegram, so it comes again.
const away = "I can't write that down just now, and will try again in a minute."

// How long an outage lasts before chats hear of it, and most that do.
const (
	tellAfter  = 2 * time.Second
	tellAtMost = 1000
)

// An outage knows since when chats wait for the database, and which were told.
type outage struct {
	mu      sync.Mutex
	waiting map[int64]wait
}

type wait struct {
	since time.Time
	told  bool
}

// tell notes that a chat waits at least since then, and reports whether it is to
// hear so: once.
func (o *outage) tell(chat int64, since, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	w, known := o.waiting[chat]
	switch {
	case !known && len(o.waiting) >= tellAtMost:
		return false
	case !known:
		if o.waiting == nil {
			o.waiting = map[int64]wait{}
		}
		w.since = since
	}
	due := !w.told && now.Sub(w.since) >= tellAfter
	w.told = w.told || due
	o.waiting[chat] = w
	return due
}

// over notes that a chat waits no longer.
func (o *outage) over(chat int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.waiting, chat)
}

// tellAway has a chat hear that the database is away. It can be no row, and is
// sent at best effort.
func (b *Bot) tellAway(ctx context.Context, u update, since time.Time) {
	m := u.message()
	if u.business() || m == nil || m.Chat.Type != models.ChatTypePrivate || b.Sender.floods.asked(m.Chat.ID) || !b.outage.tell(m.Chat.ID, since, time.Now()) {
		return
	}
	ctx, done := context.WithTimeout(ctx, 5*time.Second)
	defer done()
	_, err := b.API.SendMessage(ctx, &tg.SendMessageParams{ChatID: m.Chat.ID, Text: away, DisableNotification: true})
	b.Metrics.called("sendMessage", err)
	b.Sender.floods.heed(ctx, m.Chat.ID, err)
}
