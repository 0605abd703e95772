package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/outbox"
)

// What an error may say in the log must not be what was sent, nor the token.
func TestMeaningNeverQuotes(t *testing.T) {
	t.Parallel()
	const secret = "Ana likes tea, 123:token"
	for _, test := range []struct {
		name string
		err  error
		want error  // nil for any other
		says string // in its text
	}{
		{"told to slow down", &tg.TooManyRequestsError{Message: secret, RetryAfter: 7}, outbox.RestError{For: 7 * time.Second}, "7s"},
		{"told to slow down for no time", &tg.TooManyRequestsError{Message: secret}, outbox.RestError{For: time.Second}, "1s"},
		{"blocked", fmt.Errorf("%w, bot was blocked by the user: %s", tg.ErrorForbidden, secret), outbox.ErrBlocked, "sendMessage: "},
		{"the chat is gone", fmt.Errorf("%w, chat not found: %s", tg.ErrorBadRequest, secret), outbox.ErrBlocked, "sendMessage: "},
		{"refused", fmt.Errorf("%w, can't parse entities: %s", tg.ErrorBadRequest, secret), outbox.ErrRefused, "sendMessage: "},
		{"asked to stop", fmt.Errorf("post %s: %w", secret, context.Canceled), context.Canceled, "sendMessage: "},
		{"the token is no good", fmt.Errorf("%w: %s", tg.ErrorUnauthorized, secret), nil, "token is refused"},
		{"the token is nobody's", fmt.Errorf("%w: %s", tg.ErrorNotFound, secret), nil, "token is refused"},
		{"the network", &net.OpError{Op: "dial", Err: errors.New(secret)}, nil, "cannot be reached"},
		{"anything", errors.New(secret), nil, "in trouble"},
	} {
		got := meaning("sendMessage", test.err)
		if got == nil || test.want != nil && !errors.Is(got, test.want) || !strings.Contains(got.Error(), test.says) {
			t.Errorf("%s means %v, want %v, which says %s", test.name, got, test.want, test.says)
			continue
		}
		if strings.Contains(got.Error(), "tea") || strings.Contains(got.Error(), "123:token") {
			t.Errorf("%s: %v quotes what was sent", test.name, got)
		}
		if _, told := core.Sentence(got); told {
			t.Errorf("%s: %v is for people to read", test.name, got)
		}
	}
	if got := meaning("sendMessage", nil); got != nil {
		t.Errorf("no error means %v", got)
	}
}

func TestCallsAreCounted(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	m := NewMetrics(reg)
	for _, err := range []error{
		nil, &tg.TooManyRequestsError{RetryAfter: 1}, fmt.Errorf("%w, message is not modified: x", tg.ErrorBadRequest),
		tg.ErrorForbidden, tg.ErrorBadRequest, context.Canceled, errors.New("x"), errors.New("y"),
	} {
		m.called("sendMessage", err)
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			key := family.GetName()
			for _, l := range metric.GetLabel() {
				key += " " + l.GetValue()
			}
			got[key] = metric.GetCounter().GetValue()
		}
	}
	for outcome, want := range map[string]float64{"ok": 1, "rest": 1, "unchanged": 1, "blocked": 1, "refused": 1, "error": 2} {
		if n := got["kith_bot_api_calls_total sendMessage "+outcome]; n != want {
			// The labels come by name: method, then outcome.
			t.Errorf("%s was counted %v times, want %v; all: %v", outcome, n, want, got)
		}
	}
	if got["kith_bot_too_many_requests_total"] != 1 {
		t.Errorf("Telegram said to slow down %v times, want once", got["kith_bot_too_many_requests_total"])
	}
}

func TestVanished(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"message to edit not found": true, "message can't be edited": true, "MESSAGE_ID_INVALID": true,
		"message is not modified": false, "can't parse entities": false,
	} {
		if got := vanished(fmt.Errorf("%w, Bad Request: %s", tg.ErrorBadRequest, text)); got != want {
			t.Errorf("%q: gone %v, want %v", text, got, want)
		}
		if vanished(errors.New(text)) || unchanged(errors.New(text)) {
			t.Errorf("%q counts though Telegram did not say it", text)
		}
	}
}

func TestConnect(t *testing.T) {
	t.Parallel()
	api, id, err := Connect("123:abc", "http://127.0.0.1:1/")
	if err != nil || id != 123 || api == nil {
		t.Errorf("Connect = %v, %d, %v; want bot 123", api, id, err)
	}
	for _, token := range []string{"", "abc", ":abc", "x:abc"} {
		_, _, err := Connect(token, "")
		if sentence, told := core.Sentence(err); !told || token != "" && strings.Contains(sentence, token) {
			t.Errorf("token %q: %v, want a sentence without it", token, err)
		}
	}
}
