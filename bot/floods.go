package bot

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"

	"github.com/kith-platform/kith/core/store"
)

// manyChats is how many chats have to be told to slow down, with no call to any
// chat getting through in between, for the bot as a whole to be meant. Telegram
// does not say whether it means the one or the other.
const manyChats = 3

// floods has it obeyed that Telegram asks to slow down.
type floods struct {
	store *store.Store
	log   *slog.Logger

	mu   sync.Mutex
	told map[int64]time.Time // chats that are to rest, until when, since a call last got through
}

func newFloods(db *store.Store, log *slog.Logger) *floods {
	return &floods{store: db, log: log, told: map[int64]time.Time{}}
}

// heed looks at how a call to a chat ended, or with 0 a call to none. When the
// bot as a whole is told to slow down, no process makes a call meanwhile.
func (f *floods) heed(ctx context.Context, chatID int64, err error) {
	flood := flooded(err)
	if flood == nil {
		if chatID != 0 && answered(err) {
			f.passed()
		}
		return
	}
	rest := f.met(chatID, restAfter(flood))
	if rest == 0 {
		return
	}
	f.log.WarnContext(ctx, "Telegram wants the whole bot to rest", "for", rest)
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	if err := f.store.RestBot(ctx, rest); err != nil {
		f.log.WarnContext(ctx, "the bot's rest is not kept", "err", err)
	}
}

// met notes that a chat, or with 0 none, was told to rest, and returns how long
// the bot as a whole is to: 0 when the chat alone is meant.
func (f *floods) met(chatID int64, rest time.Duration) time.Duration {
	if chatID == 0 {
		return rest
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.told[chatID] = now.Add(rest)
	maps.DeleteFunc(f.told, func(_ int64, until time.Time) bool { return !until.After(now) })
	if len(f.told) < manyChats {
		return 0
	}
	for _, until := range f.told {
		rest = max(rest, until.Sub(now))
	}
	return rest
}

// asked reports whether Telegram asked for a rest of a chat that lasts still, as
// far as this process knows.
func (f *floods) asked(chatID int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Now().Before(f.told[chatID])
}

// passed notes that a call to a chat got through, so that the bot as a whole is
// not meant.
func (f *floods) passed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.told)
}

// left returns how long the bot as a whole is still to rest, as far as the
// database can tell.
func (f *floods) left(ctx context.Context) time.Duration {
	ctx, done := context.WithTimeout(ctx, 2*time.Second)
	defer done()
	rest, err := f.store.BotRests(ctx)
	if err != nil {
		return 0
	}
	return rest
}

// answered reports whether Telegram dealt with a call, if only to refuse it.
func answered(err error) bool {
	return err == nil || errors.Is(err, tg.ErrorForbidden) || errors.Is(err, tg.ErrorBadRequest)
}
