package account_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

const goodPassword = "four words are easy"

// cheap is the memory of hashes that need not be safe.
const cheap = 128

func register(t *testing.T, db *store.Store, r account.Registration) (core.User, error) {
	t.Helper()
	r.Password, r.Timezone = goodPassword, "Europe/Lisbon"
	return account.Register(t.Context(), db, account.NewPasswords(cheap), r)
}

// told fails the test unless err has that kind, and a sentence with those words.
func told(t *testing.T, what string, err, kind error, words string) {
	t.Helper()
	if said, _ := core.Sentence(err); !errors.Is(err, kind) || !strings.Contains(said, words) {
		t.Errorf("%s: %v, want %v with %q", what, err, kind, words)
	}
}

func TestTheFirstToRegister(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	_, err := register(t, db, account.Registration{Username: "eve", Open: true})
	told(t, "the first, from elsewhere", err, core.ErrForbidden, "the code that Kith prints")
	_, err = register(t, db, account.Registration{Username: "eve", Code: "made up", Here: true})
	refused(t, "the first, by a code nobody made", err)
	claim, _, err := account.Claim(t.Context(), db)
	check(t, err)
	user, err := register(t, db, account.Registration{Username: "Ana", Code: claim})
	if err != nil || user.Role != core.RoleAdmin || user.Username != "Ana" || user.Timezone != "Europe/Lisbon" {
		t.Errorf("by the claim: %+v (%v), want an admin", user, err)
	}
	_, err = register(t, db, account.Registration{Username: "bob", Code: claim})
	refused(t, "the claim again", err)
}

func TestTheFirstToRegisterHere(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	user, err := register(t, db, account.Registration{Username: "ana", Here: true})
	if err != nil || user.Role != core.RoleAdmin {
		t.Errorf("on the machine: %+v (%v), want an admin", user, err)
	}
	_, err = register(t, db, account.Registration{Username: "bob", Here: true})
	told(t, "the second on the machine", err, core.ErrForbidden, "needs an invitation")
	_, err = register(t, db, account.Registration{Username: "ANA", Here: true})
	told(t, "a name that is taken, on the machine", err, core.ErrInvalid, "Username already exists")
	_, err = register(t, db, account.Registration{Username: "ANA"})
	told(t, "a name that is taken, from elsewhere and uninvited", err, core.ErrForbidden, "needs an invitation")
	_, err = register(t, db, account.Registration{Username: "ANA", Open: true})
	told(t, "a name that is taken, where anybody may register", err, core.ErrInvalid, "Username already exists")
	if user, err := register(t, db, account.Registration{Username: "bob", Open: true}); err != nil || user.Role != core.RoleUser {
		t.Errorf("where anybody may register: %+v (%v), want a user", user, err)
	}
}

// Whichever code makes the first account, somebody must be admin.
func TestTheFirstByAnInvitationIsAdmin(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	for i, want := range []core.Role{core.RoleAdmin, core.RoleUser} {
		code, err := account.Invite(t.Context(), db, core.RoleUser, 0)
		check(t, err)
		if user, err := redeem(t, db, code, int64(42+i)); err != nil || user.Role != want {
			t.Errorf("account %d is %+v (%v), want a %s", i, user, err, want)
		}
	}
}

func TestRegisterByInvitation(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	host := storetest.User(t, db)
	code, err := account.Invite(t.Context(), db, core.RoleUser, host.ID)
	check(t, err)
	_, err = register(t, db, account.Registration{Username: "a b", Code: code})
	told(t, "no username", err, core.ErrInvalid, "username: ")
	other, err := account.Invite(t.Context(), db, core.RoleAdmin, host.ID)
	check(t, err)
	if user, err := register(t, db, account.Registration{Username: "ana", Code: other}); err != nil || user.Role != core.RoleAdmin {
		t.Errorf("by an admin's invitation: %+v (%v), want an admin", user, err)
	}
	_, err = register(t, db, account.Registration{Username: "Ana", Code: code})
	told(t, "a name that is taken", err, core.ErrInvalid, "Username already exists")
	if user, err := register(t, db, account.Registration{Username: "bob", Code: code}); err != nil || user.Role != core.RoleUser {
		t.Errorf("by the code that did not come to use: %+v (%v), want a user", user, err)
	}
}

// Two who register one name at once: one gets it, the other is told.
func TestTwoRegisterOneName(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	storetest.User(t, db)
	errs := make([]error, 2)
	var racing sync.WaitGroup
	for i := range errs {
		racing.Go(func() { _, errs[i] = register(t, db, account.Registration{Username: "ana", Open: true}) })
	}
	racing.Wait()
	if errs[0] == nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	check(t, errs[1])
	told(t, "the other", errs[0], core.ErrInvalid, "Username already exists")
}

func TestTwoRegisterFirst(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var racing sync.WaitGroup
	for _, name := range []string{"ana", "bob", "eve"} {
		racing.Go(func() { _, _ = register(t, db, account.Registration{Username: name, Here: true}) })
	}
	racing.Wait()
	users, err := db.Users(t.Context())
	check(t, err)
	if len(users) != 1 || users[0].Role != core.RoleAdmin {
		t.Errorf("there are %+v, want one admin", users)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	db, sql := storetest.Open(t)
	p := account.NewPasswords(cheap)
	ana, err := register(t, db, account.Registration{Username: "Ana", Here: true})
	check(t, err)
	if user, err := account.SignIn(t.Context(), db, p, "aNA", goodPassword); user != ana || err != nil {
		t.Errorf("signed in as %+v (%v), want %+v", user, err, ana)
	}
	for what, with := range map[string][2]string{
		"another password": {"Ana", "four words are hard"}, "a name nobody has": {"bob", goodPassword}, "no password": {"Ana", ""},
	} {
		if _, err := account.SignIn(t.Context(), db, p, with[0], with[1]); !errors.Is(err, account.ErrCredentials) {
			t.Errorf("%s: %v, want ErrCredentials", what, err)
		}
	}
	_, err = sql.Exec(t.Context(), `UPDATE users SET disabled_at = now()`)
	check(t, err)
	if _, err := account.SignIn(t.Context(), db, p, "Ana", goodPassword); !errors.Is(err, account.ErrCredentials) {
		t.Errorf("who is shut out: %v, want ErrCredentials", err)
	}
}

func TestStalePasswordsAreHashedAfresh(t *testing.T) {
	t.Parallel()
	db, sql := storetest.Open(t)
	p := account.NewPasswords(cheap)
	ana, err := register(t, db, account.Registration{Username: "ana", Here: true})
	check(t, err)
	_, err = sql.Exec(t.Context(), `UPDATE users SET password_hash = $1`, "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$"+lowKey)
	check(t, err)
	for range 2 {
		if user, err := account.SignIn(t.Context(), db, p, "ana", "figs and plums"); user.ID != ana.ID || err != nil {
			t.Errorf("signed in as %+v (%v), want %+v", user, err, ana)
		}
		login, err := db.Login(t.Context(), ana.ID)
		check(t, err)
		if !strings.Contains(login.PasswordHash, "$m=128,") {
			t.Error("the hash is still the cheap one")
		}
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	p := account.NewPasswords(cheap)
	user := storetest.User(t, db)
	taken, err := register(t, db, account.Registration{Username: "taken", Open: true})
	check(t, err)
	change := func(n account.NewPassword) error {
		_, err := account.ChangePassword(t.Context(), db, p, user.ID, n)
		return err
	}
	told(t, "no username", change(account.NewPassword{Password: goodPassword}), core.ErrInvalid, "username: write")
	told(t, "somebody's username", change(account.NewPassword{Username: "Taken", Password: goodPassword}), core.ErrConflict, "somebody else has")
	told(t, "a short password", change(account.NewPassword{Username: "ana", Password: "short"}), core.ErrInvalid, "password: ")
	check(t, change(account.NewPassword{Username: "ana", Password: goodPassword}))
	told(t, "no current one", change(account.NewPassword{Password: "other words to say"}), core.ErrForbidden, "current_password: ")
	told(t, "a wrong current one", change(account.NewPassword{Password: "other words to say", Current: "x"}), core.ErrForbidden, "current_password: ")
	told(t, "another username", change(account.NewPassword{Username: "bob", Password: "other words to say", Current: goodPassword}), core.ErrInvalid, "yours is ana")
	check(t, change(account.NewPassword{Username: "ANA", Password: "other words to say", Current: goodPassword}))
	if got, err := account.SignIn(t.Context(), db, p, "ana", "other words to say"); got.ID != user.ID || err != nil {
		t.Errorf("by the new password: %+v (%v), want user %d", got, err, user.ID)
	}
	if _, err := account.SignIn(t.Context(), db, p, "ana", goodPassword); !errors.Is(err, account.ErrCredentials) {
		t.Errorf("by the old password: %v, want ErrCredentials", err)
	}
	if got, err := account.SignIn(t.Context(), db, p, "taken", goodPassword); got.ID != taken.ID || err != nil {
		t.Errorf("somebody else: %+v (%v), want user %d", got, err, taken.ID)
	}
}
