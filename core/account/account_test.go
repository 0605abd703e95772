package account_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// redeem has somebody come in by a code.
func redeem(t *testing.T, db *store.Store, code string, telegramID int64) (user core.User, err error) {
	t.Helper()
	err = db.InTx(t.Context(), func(tx *store.Store) error {
		user, err = account.Redeem(t.Context(), tx, code, account.Identity{TelegramID: telegramID, Name: "Sam", Timezone: "Europe/Lisbon"})
		return err
	})
	return user, err
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused fails the test unless err says that the link is no good.
func refused(t *testing.T, what string, err error) {
	t.Helper()
	if _, told := core.Sentence(err); !told || !errors.Is(err, core.ErrForbidden) {
		t.Errorf("%s: %v, want a sentence of kind forbidden", what, err)
	}
}

func TestClaim(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	first, needed, err := account.Claim(t.Context(), db)
	check(t, err)
	second, again, err := account.Claim(t.Context(), db)
	check(t, err)
	if !needed || !again || first == second || len(first) < 20 {
		t.Fatalf("claims are %q (%v) and %q (%v), want two codes", first, needed, second, again)
	}
	user, err := redeem(t, db, first, 42)
	check(t, err)
	if user.Role != core.RoleAdmin || user.TelegramID != 42 || user.Name != "Sam" || user.Timezone != "Europe/Lisbon" {
		t.Errorf("the first account is %+v, want an admin as Telegram says", user)
	}
	for _, code := range []string{first, second} {
		_, err := redeem(t, db, code, 43)
		refused(t, "a claim once there is an account", err)
	}
	if code, needed, err := account.Claim(t.Context(), db); code != "" || needed || err != nil {
		t.Errorf("a claim is %q, needed %v (%v), want none", code, needed, err)
	}
}

func TestInvite(t *testing.T) {
	t.Parallel()
	db, sql := storetest.Open(t)
	host := storetest.User(t, db)
	code, err := account.Invite(t.Context(), db, core.RoleUser, host.ID)
	check(t, err)
	guest, err := redeem(t, db, code, 42)
	check(t, err)
	if guest.Role != core.RoleUser {
		t.Errorf("the guest is %s, want a user", guest.Role)
	}
	_, err = redeem(t, db, code, 43)
	refused(t, "a link that was used", err)
	_, err = redeem(t, db, "made up", 43)
	refused(t, "a link nobody made", err)

	code, err = account.Invite(t.Context(), db, core.RoleUser, 0)
	check(t, err)
	_, err = sql.Exec(t.Context(), `UPDATE invitations SET expires_at = expires_at - interval '7 days' WHERE used_at IS NULL`)
	check(t, err)
	_, err = redeem(t, db, code, 43)
	refused(t, "a link of last week", err)
}

// Names come from outside, so they may hold what Postgres cannot.
func TestRedeemTakesAnyName(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	code, err := account.Invite(t.Context(), db, core.RoleUser, 0)
	check(t, err)
	user, err := account.Redeem(t.Context(), db, code, account.Identity{TelegramID: 42, Name: "Sam\x00 \xffReed", Timezone: "UTC"})
	if err != nil || user.Name != "Sam \uFFFDReed" {
		t.Errorf("let in as %q (%v), want the name without what cannot be kept", user.Name, err)
	}
}

func TestAFailedRedemptionLeavesTheLinkGood(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	code, err := account.Invite(t.Context(), db, core.RoleUser, 0)
	check(t, err)
	taken := storetest.User(t, db)
	if _, err := redeem(t, db, code, taken.TelegramID); !errors.Is(err, core.ErrConflict) {
		t.Errorf("somebody who is in already: %v, want a conflict", err)
	}
	_, err = redeem(t, db, code, 42)
	check(t, err)
}

func TestTwoRedeemOneLink(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	code, _, err := account.Claim(t.Context(), db)
	check(t, err)
	var in atomic.Int32
	var racing sync.WaitGroup
	for id := range int64(4) {
		racing.Go(func() {
			if _, err := redeem(t, db, code, 42+id); err == nil {
				in.Add(1)
			}
		})
	}
	racing.Wait()
	if in.Load() != 1 {
		t.Errorf("%d came in by one link", in.Load())
	}
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	user := storetest.User(t, db)
	if got, err := account.Admit(t.Context(), db, user.TelegramID); got != user || err != nil {
		t.Errorf("Admit = %v, %v; want %v", got, err, user)
	}
	if _, err := account.Admit(t.Context(), db, 1); !errors.Is(err, account.ErrStranger) {
		t.Errorf("a stranger: %v, want ErrStranger", err)
	}
	admin, err := db.AddUser(t.Context(), core.User{TelegramID: 2, Role: core.RoleAdmin, Timezone: "UTC"})
	check(t, err)
	check(t, db.SetDisabled(t.Context(), user.ID, true))
	if _, err := account.Admit(t.Context(), db, user.TelegramID); !errors.Is(err, account.ErrDisabled) {
		t.Errorf("somebody shut out: %v, want ErrDisabled", err)
	}
	if got, err := account.Admit(t.Context(), db, 2); got.ID != admin.ID || err != nil {
		t.Errorf("the admin: %v, %v; want them let in", got, err)
	}
}
