package bot

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	tg "github.com/go-telegram/bot"

	"github.com/kith-platform/kith/core/store/storetest"
)

// Whether a 429 means a chat or the bot as a whole shows in what else happens.
func TestWhomAFloodMeans(t *testing.T) {
	t.Parallel()
	told := func(seconds int) error { return fmt.Errorf("call: %w", &tg.TooManyRequestsError{RetryAfter: seconds}) }
	type call struct {
		chat int64
		err  error
	}
	for _, test := range []struct {
		name     string
		calls    []call
		min, max time.Duration // that the bot rests
	}{
		{"one chat", []call{{1, told(9)}}, 0, 0},
		{"one chat, again and again", []call{{1, told(9)}, {1, told(9)}, {1, told(9)}, {1, told(9)}}, 0, 0},
		{"two chats", []call{{1, told(9)}, {2, told(9)}}, 0, 0},
		{"three chats", []call{{1, told(9)}, {2, told(60)}, {3, told(9)}}, 40 * time.Second, time.Minute},
		{"a call gets through in between", []call{{1, told(9)}, {2, told(9)}, {4, nil}, {3, told(9)}}, 0, 0},
		{"a call is refused in between", []call{{1, told(9)}, {2, told(9)}, {4, tg.ErrorForbidden}, {3, told(9)}}, 0, 0},
		{"a call fails in between", []call{{1, told(60)}, {2, told(60)}, {4, errors.New("cut off")}, {3, told(60)}}, 40 * time.Second, time.Minute},
		{"a poll comes back in between", []call{{1, told(60)}, {2, told(60)}, {0, nil}, {3, told(60)}}, 40 * time.Second, time.Minute},
		{"a call to no chat", []call{{0, told(60)}}, 40 * time.Second, time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db, _ := storetest.Open(t)
			here := newFloods(db, slog.New(slog.DiscardHandler))
			for _, c := range test.calls {
				here.heed(t.Context(), c.chat, c.err)
			}
			elsewhere := newFloods(db, slog.New(slog.DiscardHandler))
			if got := elsewhere.left(t.Context()); got < test.min || got > test.max {
				t.Errorf("the bot is to rest for %v, want %v to %v", got, test.min, test.max)
			}
		})
	}
}
