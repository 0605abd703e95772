package userclient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

var sam = telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam", Username: "sam", Code: "24680"}

func TestAPhoneNumberIsLinkedByCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.telegram.Add(sam)
	h.run("one")
	ctx := t.Context()
	h.check(h.ByPhone(ctx, h.user.ID, "+351 912 345 678"))
	if s := h.reaches(link.StateCode); s.SentBy != "app" {
		t.Errorf("the code was sent by %q, want app", s.SentBy)
	}
	h.check(h.Code(ctx, h.user.ID, "11111"))
	h.waits("a wrong code to be said", func(s link.Status) bool {
		return s.State == link.StateCode && strings.Contains(s.Problem, "not right")
	})
	h.check(h.Again(ctx, h.user.ID))
	h.waits("the code to come by SMS", func(s link.Status) bool { return s.SentBy == "sms" && s.Problem == "" })
	h.check(h.Again(ctx, h.user.ID))
	h.waits("no other way", func(s link.Status) bool {
		return s.State == link.StateCode && strings.Contains(s.Problem, "no other way")
	})
	h.check(h.Code(ctx, h.user.ID, "24 680"))
	s := h.reaches(link.StateLinked)
	if s.Link.TelegramID != sam.ID || s.Link.Name != "Sam" || s.Link.Username != "sam" {
		t.Errorf("linked %+v, want Sam", s.Link)
	}
	if device := h.telegram.Calls("auth.sendCode")[0]; device.Device != "" {
		t.Errorf("the device is said with every call: %q", device.Device)
	}
	var left int
	h.check(h.sql.QueryRow(ctx, `SELECT count(*) FROM link_attempts`).Scan(&left))
	if left != 0 {
		t.Error("the attempt is there still, with what was typed")
	}
}

func TestTwoStepVerificationAsksForThePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account := sam
	account.Password, account.Hint = "open sesame", "a cave"
	h.telegram.Add(account)
	h.run("one")
	ctx := t.Context()
	h.check(h.ByPhone(ctx, h.user.ID, account.Phone))
	h.reaches(link.StateCode)
	h.check(h.Code(ctx, h.user.ID, account.Code))
	if s := h.reaches(link.StatePassword); s.Hint != "a cave" {
		t.Errorf("the hint is %q", s.Hint)
	}
	h.check(h.Password(ctx, h.user.ID, "open barley"))
	h.waits("a wrong password to be said", func(s link.Status) bool {
		return s.State == link.StatePassword && strings.Contains(s.Problem, "not right")
	})
	h.check(h.Password(ctx, h.user.ID, "open sesame"))
	h.reaches(link.StateLinked)
}

func TestAScannedQRCodeLinks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		dc       int
		password string
	}{{"at home", 2, ""}, {"in another data centre", 4, ""}, {"with a password", 2, "open sesame"}, {"with a password elsewhere", 4, "open sesame"}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			account := sam
			account.DC, account.Password = tt.dc, tt.password
			there := h.telegram.Add(account)
			_, stop := h.run("one")
			ctx := t.Context()
			h.check(h.ByQR(ctx, h.user.ID))
			first := h.reaches(link.StateScan).Scan
			renewed := h.waits("another QR code", func(s link.Status) bool { return s.Scan != "" && s.Scan != first })
			if !h.telegram.Scan(there, renewed.Scan) {
				t.Fatal("the QR code that is shown is not good")
			}
			if tt.password != "" {
				h.reaches(link.StatePassword)
				h.check(h.Password(ctx, h.user.ID, tt.password))
			}
			h.reaches(link.StateLinked)
			stop()
			h.run("two") // finds its way back, to the other data centre too
			h.connected(there)
		})
	}
}

func TestWhatTelegramRefusesIsSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.telegram.Add(sam)
	h.telegram.Add(telegramtest.Account{ID: 1, Phone: "35191000000", Banned: true})
	h.run("one")
	ctx := t.Context()
	for _, tt := range []struct{ phone, code, want string }{
		{"3519100", "", "does not take that phone number"},
		{"35191000000", "", "has banned"},
		{"35191999999", "12345", "no Telegram account"},
	} {
		h.check(h.ByPhone(ctx, h.user.ID, tt.phone))
		if tt.code != "" {
			h.reaches(link.StateCode)
			h.check(h.Code(ctx, h.user.ID, tt.code))
		}
		h.waits(tt.want, func(s link.Status) bool {
			return s.State == link.StateNotLinked && strings.Contains(s.Problem, tt.want)
		})
	}
	h.check(h.ByPhone(ctx, h.user.ID, sam.Phone))
	h.reaches(link.StateCode)
	h.telegram.ExpireCodes()
	h.check(h.Code(ctx, h.user.ID, sam.Code))
	h.waits("the code to have run out", func(s link.Status) bool { return strings.Contains(s.Problem, "run out") })
	h.telegram.Flood("auth.sendCode", time.Hour, 1)
	h.check(h.ByPhone(ctx, h.user.ID, sam.Phone))
	want := time.Now().Add(time.Hour).UTC().Format("15:04")
	h.waits("until when to wait", func(s link.Status) bool {
		return strings.Contains(s.Problem, want) || strings.Contains(s.Problem, time.Now().Add(time.Hour).UTC().Format("15:04"))
	})
}

func TestAnAttemptOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.telegram.Add(sam)
	_, stop := h.run("one")
	ctx := t.Context()
	h.check(h.ByPhone(ctx, h.user.ID, sam.Phone))
	h.reaches(link.StateCode)
	stop()
	h.check(h.Code(ctx, h.user.ID, sam.Code))
	h.run("two")
	h.reaches(link.StateLinked)
	if sent := len(h.telegram.Calls("auth.sendCode")); sent != 1 {
		t.Errorf("the code was sent %d times, want once", sent)
	}
}

func TestUnlinkingSignsOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	there := h.telegram.Add(sam)
	h.linked(there)
	h.run("one")
	h.connected(there)
	h.check(h.Unlink(t.Context(), h.user.ID))
	h.reaches(link.StateNotLinked)
	if n := h.telegram.Sessions(there); n != 0 {
		t.Errorf("%d sessions are signed in still", n)
	}
}

func TestADroppedConnectionIsMadeAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	there := h.telegram.Add(sam)
	h.linked(there)
	h.run("one")
	for range 2 {
		h.connected(there)
		before := len(h.telegram.Calls("users.getUsers"))
		h.telegram.DropConnections()
		h.until("another connection", func() bool { return len(h.telegram.Calls("users.getUsers")) > before })
	}
	if _, most := h.telegram.Connections(there); most > 1 {
		t.Errorf("%d connections at a time under one key", most)
	}
}
