package sandbox_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"

	"github.com/kith-platform/kith/bot/sandbox"
)

func (f *fixture) fail(t *testing.T, fault sandbox.Fault) {
	t.Helper()
	if err := f.client.Fail(t.Context(), fault); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) trySend(t *testing.T, text string) error {
	t.Helper()
	_, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: f.ana.ID, Text: text})
	return err
}

func TestFaultAnswers(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	f.fail(t, sandbox.Fault{Code: http.StatusTooManyRequests, RetryAfter: 7, Times: 2})
	for range 2 {
		var wait *bot.TooManyRequestsError
		if err := f.trySend(t, "a"); !errors.As(err, &wait) || wait.RetryAfter != 7 {
			t.Errorf("got %v", err)
		}
	}
	if err := f.trySend(t, "a"); err != nil {
		t.Errorf("after the faults: %v", err)
	}
	f.fail(t, sandbox.Fault{Code: http.StatusForbidden})
	refused(t, f.trySend(t, "b"), "Forbidden: bot was blocked by the user")
	f.fail(t, sandbox.Fault{Code: http.StatusBadRequest, Description: "Bad Request: TOPIC_CLOSED"})
	refused(t, f.trySend(t, "b"), "TOPIC_CLOSED")
	f.fail(t, sandbox.Fault{Code: http.StatusInternalServerError})
	refused(t, f.trySend(t, "b"), "500 Internal Server Error")
	if chat, err := f.ana.Chat(t.Context()); len(chat) != 2 {
		t.Errorf("refused calls had an effect: %+v, %v", chat, err)
	}
}

func TestFaultsPickTheirCalls(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	f.fail(t, sandbox.Fault{Method: "editMessageText", Code: 500})
	f.fail(t, sandbox.Fault{Chat: 5, Code: 500})
	f.updates(t, nil)
	if err := f.trySend(t, "a"); err != nil {
		t.Errorf("a call that no fault fits: %v", err)
	}
	if err := f.client.ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := f.bot.EditMessageText(t.Context(), &bot.EditMessageTextParams{ChatID: f.ana.ID, MessageID: 2, Text: "b"})
	if err != nil {
		t.Errorf("after the faults were cleared: %v", err)
	}
	refused(t, f.client.Fail(t.Context(), sandbox.Fault{Cut: "sideways"}), "a connection is cut")
}

func TestFaultCuts(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	f.fail(t, sandbox.Fault{Cut: sandbox.CutBefore})
	refused(t, f.trySend(t, "before"), "EOF")
	f.fail(t, sandbox.Fault{Cut: sandbox.CutAfter, DelayMS: 1})
	refused(t, f.trySend(t, "after"), "EOF")
	chat, err := f.ana.Chat(t.Context())
	if err != nil || len(chat) != 2 || chat[1].Text != "after" {
		t.Errorf("chat %+v, %v", chat, err)
	}
	calls, err := f.client.Calls(t.Context(), 0)
	if err != nil || len(calls) != 2 || calls[1].Error != "connection cut" || calls[1].Params["text"] != "after" {
		t.Errorf("calls %+v, %v", calls, err)
	}
}

func TestFaultDelays(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	f.fail(t, sandbox.Fault{DelayMS: 50})
	before := time.Now()
	if err := f.trySend(t, "slow"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(before); took < 50*time.Millisecond {
		t.Errorf("took %s", took)
	}
}

func TestUpdatesWhoseReplyIsLost(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.fail(t, sandbox.Fault{Method: "getUpdates", Cut: sandbox.CutAfter, Times: 2})
	f.updates(t, nil) // brings nothing, so there is nothing to lose
	f.send(t, "hi")
	for range 2 {
		if a, err := f.call(t.Context(), "getUpdates", nil); err == nil {
			t.Errorf("got %+v", a)
		}
	}
	if got := texts(f.updates(t, nil)); got != "hi" {
		t.Errorf("after lost replies: %s", got)
	}
}

func TestCallLog(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	done := make(chan sandbox.Call, 1)
	go func() {
		c, err := f.client.WaitCall(soon(t), 0, func(c sandbox.Call) bool { return c.Params["text"] == "second" })
		if err != nil {
			t.Error(err)
		}
		done <- c
	}()
	f.say(t, "first")
	f.say(t, "second")
	if c := <-done; c.Seq != 2 || c.Method != "sendMessage" || c.Error != "" || c.Ended.Before(c.Began) {
		t.Errorf("call %+v", c)
	}
	if err := f.trySend(t, ""); err == nil {
		t.Error("sends nothing")
	}
	calls, err := f.client.Calls(t.Context(), 2)
	if err != nil || len(calls) != 1 || !strings.Contains(calls[0].Error, "message text is empty") {
		t.Errorf("calls %+v, %v", calls, err)
	}
}
