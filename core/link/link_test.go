package link_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const secret = "a secret of at least thirty-two letters"

type house struct {
	link.Linker
	t    *testing.T
	sql  *pgxpool.Pool
	user core.User
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, sql := storetest.Open(t)
	return &house{Linker: link.Linker{Store: db, Keys: seal.NewKeys(secret, "")}, t: t, sql: sql, user: storetest.User(t, db)}
}

func (h *house) is(want link.State) link.Status {
	h.t.Helper()
	s, err := h.Status(h.t.Context(), h.user.ID)
	if err != nil || s.State != want {
		h.t.Fatalf("the state is %q, %v, want %q", s.State, err, want)
	}
	return s
}

// attempt returns the attempt that is under way.
func (h *house) attempt() core.LinkAttempt {
	h.t.Helper()
	a, err := h.Store.Attempt(h.t.Context(), h.user.ID)
	h.check(err)
	return a
}

func (h *house) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// link links an account with that session.
func (h *house) link(session string) {
	h.t.Helper()
	h.check(h.ByQR(h.t.Context(), h.user.ID))
	h.check(h.Linked(h.t.Context(), h.attempt(), core.Link{TelegramID: 77, Name: "Sam"}, []byte(session)))
}

func TestAnAttemptByPhoneGoesStepByStep(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.is(link.StateNotLinked)
	h.check(h.ByPhone(ctx, h.user.ID, "+351 912-345-678"))
	h.is(link.StateConnecting)
	a := h.attempt()
	in, given, err := h.Input(ctx, a)
	if err != nil || !given || in != (link.Input{Kind: link.InputPhone, Text: "351912345678"}) {
		t.Errorf("the input is %+v, %v, %v, want the phone number's digits", in, given, err)
	}
	if err := h.Code(ctx, h.user.ID, "12345"); !errors.Is(err, core.ErrNotPossible) {
		t.Errorf("a code before it was sent: %v, want not possible", err)
	}
	h.check(h.Move(ctx, a, link.Next{Step: core.LinkCode, Progress: link.Progress{Phone: "351912345678", CodeHash: "hash", SentBy: "app"}}))
	if s := h.is(link.StateCode); s.SentBy != "app" || time.Until(s.ExpiresAt) > link.Life {
		t.Errorf("the status is %+v, want a code sent by the app, for ten minutes at most", s)
	}
	if _, given, err := h.Input(ctx, a); err != nil || given {
		t.Errorf("the input is there still: %v, %v", given, err)
	}
	h.check(h.Code(ctx, h.user.ID, "1 2 3 4 5"))
	if err := h.Code(ctx, h.user.ID, "54321"); !errors.Is(err, core.ErrNotPossible) {
		t.Errorf("a code before the last was used: %v, want not possible", err)
	}
	h.check(h.Move(ctx, a, link.Next{Step: core.LinkCode, Progress: link.Progress{CodeHash: "hash"}, Problem: "That code is not right."}))
	if s := h.is(link.StateCode); s.Problem != "That code is not right." {
		t.Errorf("the problem is %q", s.Problem)
	}
	_, p, err := h.Resume(ctx, h.user.ID, a.ID)
	if err != nil || p.CodeHash != "hash" {
		t.Errorf("resumed with %+v, %v, want the hash of the code", p, err)
	}
	h.check(h.Linked(ctx, a, core.Link{TelegramID: 77, Name: "Sam", Username: "sam"}, []byte("session")))
	if s := h.is(link.StateLinked); s.Link.Name != "Sam" || s.Link.TelegramID != 77 {
		t.Errorf("linked %+v, want Sam", s.Link)
	}
	if err := h.ByQR(ctx, h.user.ID); !errors.Is(err, core.ErrConflict) {
		t.Errorf("linking a second account: %v, want a conflict", err)
	}
}

func TestAnAttemptEndsForGood(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, tt := range []struct {
		name string
		end  func(h *house, a core.LinkAttempt)
	}{
		{"cancelled", func(h *house, _ core.LinkAttempt) { h.check(h.Cancel(ctx, h.user.ID)) }},
		{"failed", func(h *house, a core.LinkAttempt) { h.check(h.Fail(ctx, a, "No.")) }},
		{"replaced", func(h *house, _ core.LinkAttempt) { h.check(h.ByPhone(ctx, h.user.ID, "351912345678")) }},
		{"expired", func(h *house, _ core.LinkAttempt) {
			_, err := h.sql.Exec(ctx, `UPDATE link_attempts SET expires_at = now()`)
			h.check(err)
		}},
	} {
		h := newHouse(t)
		h.check(h.ByQR(ctx, h.user.ID))
		a := h.attempt()
		h.check(h.KeepAttemptSession(ctx, h.user.ID, a.ID, []byte("session")))
		tt.end(h, a)
		if _, _, err := h.Resume(ctx, h.user.ID, a.ID); !errors.Is(err, link.ErrAttemptOver) {
			t.Errorf("%s: resumed with %v, want %v", tt.name, err, link.ErrAttemptOver)
		}
		if err := h.Move(ctx, a, link.Next{Step: core.LinkScan, Scan: "tg://login"}); !errors.Is(err, link.ErrAttemptOver) {
			t.Errorf("%s: moved with %v, want %v", tt.name, err, link.ErrAttemptOver)
		}
		var sealed int
		h.check(h.Store.DropStaleAttempts(ctx))
		h.check(h.sql.QueryRow(ctx, `SELECT count(*) FROM link_attempts WHERE session IS NOT NULL`).Scan(&sealed))
		if sealed > 0 {
			t.Errorf("%s: the session is there still", tt.name)
		}
	}
}

func TestWhatCannotBeAPhoneOrACodeIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, phone := range []string{"", "12", "hello", "+351 912 345 678 ext 9", "12345678901234567890"} {
		if err := h.ByPhone(t.Context(), h.user.ID, phone); !errors.Is(err, core.ErrInvalid) {
			t.Errorf("phone %q: %v, want invalid", phone, err)
		}
	}
	for _, code := range []string{"", "12", "12a45", "12345678901"} {
		if err := h.Code(t.Context(), h.user.ID, code); !errors.Is(err, core.ErrInvalid) {
			t.Errorf("code %q: %v, want invalid", code, err)
		}
	}
	for text, want := range map[string]bool{
		"12345": true, "1 2 3 4 5": true, "123-456": true, " 12345\n": true, "1234": false, "Ana is 12345": false, "1234567": false, "": false,
	} {
		if got := link.TypedCode(text); got != want {
			t.Errorf("TypedCode(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestARevokedAccountIsToldOfOnceAndCanBeLinkedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.check(h.Store.OpenChat(ctx, h.user.ID, h.user.TelegramID))
	h.link("session")
	for range 2 {
		h.check(h.Revoked(ctx, h.user.ID, "Telegram ended it."))
	}
	if s := h.is(link.StateRevoked); s.Problem != "Telegram ended it." || s.Link.Session != nil {
		t.Errorf("revoked: %+v, want the reason and no session", s)
	}
	var told int
	h.check(h.sql.QueryRow(ctx, `SELECT count(*) FROM messages WHERE args->>'phrase' = $1`, core.PhraseAccountEnded).Scan(&told))
	if told != 1 {
		t.Errorf("told %d times, want once", told)
	}
	h.link("another")
	h.is(link.StateLinked)
	if session, err := h.Session(ctx, h.user.ID); err != nil || string(session) != "another" {
		t.Errorf("the session is %q, %v", session, err)
	}
	h.check(h.Unlink(ctx, h.user.ID))
	h.is(link.StateLeaving)
	h.check(h.Store.DropLink(ctx, h.user.ID))
	if err := h.Unlink(ctx, h.user.ID); !errors.Is(err, core.ErrNotPossible) {
		t.Errorf("unlinking what is not linked: %v, want not possible", err)
	}
}

func TestAKeyThatDoesNotFitChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.link("session")
	other := "another secret of thirty-two letters"
	wrong := link.Linker{Store: h.Store, Keys: seal.NewKeys(other, "")}
	var locked *link.KeyError
	if err := wrong.CheckKeys(ctx); !errors.As(err, &locked) || locked.Sessions != 1 {
		t.Errorf("with another key: %v, want one session locked", err)
	}
	h.check(h.CheckKeys(ctx))
	rotated := link.Linker{Store: h.Store, Keys: seal.NewKeys(other, secret)}
	h.check(rotated.CheckKeys(ctx))
	h.check(wrong.CheckKeys(ctx))
	if session, err := wrong.Session(ctx, h.user.ID); err != nil || string(session) != "session" {
		t.Errorf("after rotation the session is %q, %v", session, err)
	}
}

// A session may be kept by the process that uses it while another seals anew.
func TestSealingAnewLeavesANewerSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.link("session")
	before, err := h.Store.Link(ctx, h.user.ID)
	h.check(err)
	h.check(h.KeepSession(ctx, h.user.ID, []byte("newer")))
	h.check(h.Store.ResealLinkSession(ctx, h.user.ID, before.Session, h.Keys.Seal([]byte("session"), h.user.ID, link.PurposeSession)))
	if session, err := h.Session(ctx, h.user.ID); err != nil || string(session) != "newer" {
		t.Errorf("the session is %q, %v, want the newer one", session, err)
	}
}

func TestAnAccountThatIsToWaitSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.link("session")
	h.check(h.Waits(t.Context(), h.user.ID, time.Hour))
	h.check(h.Waits(t.Context(), h.user.ID, time.Minute))
	if s := h.is(link.StateWaiting); time.Until(*s.Link.WaitsUntil) < 50*time.Minute {
		t.Errorf("waits until %v, want an hour from now", s.Link.WaitsUntil)
	}
	_, err := h.sql.Exec(t.Context(), `UPDATE links SET waits_until = now() - interval '1 second'`)
	h.check(err)
	h.is(link.StateLinked)
}

func TestAnAccountIsReadOnceANight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.link("session")
	_, err := h.Store.CancelSyncs(ctx, h.user.ID)
	h.check(err)
	day := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	night := day.Add(16 * time.Hour)
	h.check(h.Nightly(ctx, h.user.ID, day))
	if _, err := h.Store.OpenSync(ctx, h.user.ID, core.TaskSyncContacts); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("at noon: %v, want nothing to be read", err)
	}
	for range 2 {
		h.check(h.Nightly(ctx, h.user.ID, night))
	}
	if task, err := h.Store.OpenSync(ctx, h.user.ID, core.TaskSyncContacts); err != nil || task.MessageID != 0 {
		t.Errorf("at night: %+v, %v, want the contacts to be read, without a word", task, err)
	}
	_, err = h.Store.CancelSyncs(ctx, h.user.ID)
	h.check(err)
	_, err = h.sql.Exec(ctx, `UPDATE links SET synced_at = $1`, night.Add(-10*time.Minute))
	h.check(err)
	h.check(h.Nightly(ctx, h.user.ID, night))
	if _, err := h.Store.OpenSync(ctx, h.user.ID, core.TaskSyncContacts); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("in the same night again: %v, want nothing to be read", err)
	}
}
