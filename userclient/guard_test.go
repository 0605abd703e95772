package userclient

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/tg"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/core/store"
)

// Promise 29: whoever adds a method here says why it reads only.
func TestOnlyMethodsThatReadOrSignInAreCalled(t *testing.T) {
	t.Parallel()
	want := []string{
		"account.getPassword", "auth.checkPassword", "auth.exportLoginToken", "auth.importLoginToken", "auth.logOut",
		"auth.resendCode", "auth.sendCode", "auth.signIn", "contacts.getBirthdays", "contacts.getContacts", "messages.getDialogs", "messages.getHistory",
		"updates.getDifference", "updates.getState", "users.getUsers",
	}
	if got := slices.Sorted(maps.Keys(allowed)); !slices.Equal(got, want) {
		t.Errorf("allowed are %q, want %q", got, want)
	}
}

func TestTheGuardLetsNothingElseThrough(t *testing.T) {
	t.Parallel()
	a := newAccount(&Client{Metrics: NewMetrics(prometheus.NewRegistry())}, store.OpenLink{UserID: 1}, time.Now())
	a.stop = func() {}
	reached := 0
	call := a.guard(telegram.InvokeFunc(func(context.Context, bin.Encoder, bin.Decoder) error { reached++; return nil }))
	for _, in := range []bin.Encoder{
		&tg.MessagesSendMessageRequest{}, &tg.MessagesReadHistoryRequest{}, &tg.MessagesSetTypingRequest{},
		&tg.AccountUpdateStatusRequest{}, &tg.ContactsImportContactsRequest{}, &tg.AuthSignUpRequest{},
	} {
		if err := call(t.Context(), in, nil); !errors.Is(err, errNotAllowed) {
			t.Errorf("%s: %v, want %v", methodOf(in), err, errNotAllowed)
		}
	}
	if err := call(t.Context(), &tg.UsersGetUsersRequest{}, nil); err != nil || reached != 1 {
		t.Errorf("users.getUsers: %v, and %d calls went through, want one", err, reached)
	}
	a.holds(time.Now().Add(-hangUpAfter))
	if err := call(t.Context(), &tg.UsersGetUsersRequest{}, nil); !errors.Is(err, errNotHeld) {
		t.Errorf("without a lease: %v, want %v", err, errNotHeld)
	}
	a.holds(time.Now())
	a.over.Store(true)
	if err := call(t.Context(), &tg.UsersGetUsersRequest{}, nil); !errors.Is(err, errOver) {
		t.Errorf("after the session ended: %v, want %v", err, errOver)
	}
}
