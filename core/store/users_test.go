package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestUsers(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	if any := must(db.AnyUser(t.Context()))(t); any {
		t.Error("an empty database has an account")
	}
	want := core.User{TelegramID: 42, Username: "Sam", Name: "Sam Reed", Role: core.RoleAdmin, Timezone: "Europe/Lisbon"}
	got := must(db.AddUser(t.Context(), want))(t)
	want.ID, want.CreatedAt = got.ID, got.CreatedAt
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kept otherwise (-want +got):\n%s", diff)
	}
	if any := must(db.AnyUser(t.Context()))(t); !any {
		t.Error("a database with an account has none")
	}
	for name, u := range map[string]core.User{
		"the same Telegram identity":        {TelegramID: 42, Role: core.RoleUser},
		"the same username in another case": {Username: "SAM", Role: core.RoleUser},
	} {
		if _, err := db.AddUser(t.Context(), u); !errors.Is(err, core.ErrConflict) {
			t.Errorf("%s: %v, want a conflict", name, err)
		}
	}
	for name, u := range map[string]core.User{
		"no identity":    {Role: core.RoleUser},
		"a made-up role": {TelegramID: 43, Role: "root"},
	} {
		if _, err := db.AddUser(t.Context(), u); err == nil {
			t.Errorf("%s: kept, want an error", name)
		}
	}
	other := must(db.AddUser(t.Context(), core.User{Username: "web", Role: core.RoleUser, Timezone: "UTC"}))(t)
	if diff := cmp.Diff([]core.User{want, other}, must(db.Users(t.Context()))(t)); diff != "" {
		t.Errorf("the users are others (-want +got):\n%s", diff)
	}
	if got := must(db.UserByTelegram(t.Context(), 42))(t); got != want {
		t.Errorf("UserByTelegram = %v, want %v", got, want)
	}
	if got := must(db.User(t.Context(), other.ID))(t); got != other {
		t.Errorf("User = %v, want %v", got, other)
	}
	_, err := db.UserByTelegram(t.Context(), 0)
	notFound(t, "nobody's Telegram identity", err)
	_, err = db.User(t.Context(), other.ID+1)
	notFound(t, "a user nobody made", err)
}

func TestPasswordsOfUsers(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	ana := must(db.AddUser(t.Context(), core.User{Username: "Ana", Role: core.RoleUser, Timezone: "UTC"}))(t)
	sam := storetest.User(t, db)
	if set := must(db.SetPassword(t.Context(), ana.ID, "Ana", "hash", ""))(t); !set {
		t.Error("a first password is not set")
	}
	if set := must(db.SetPassword(t.Context(), ana.ID, "Ana", "later", ""))(t); set {
		t.Error("a password is set in place of none, where there is one")
	}
	if got := must(db.LoginByUsername(t.Context(), "aNA"))(t); got.User != ana || got.PasswordHash != "hash" {
		t.Errorf("Ana signs in as %+v, want %+v with the hash", got, ana)
	}
	if got := must(db.Login(t.Context(), sam.ID))(t); got.User != sam || got.PasswordHash != "" {
		t.Errorf("Sam signs in as %+v, want %+v without a hash", got, sam)
	}
	if _, err := db.SetPassword(t.Context(), sam.ID, "ANA", "hash", ""); !errors.Is(err, core.ErrConflict) {
		t.Errorf("a username that is taken: %v, want a conflict", err)
	}
	if _, err := db.SetPassword(t.Context(), sam.ID, "no good", "hash", ""); err == nil {
		t.Error("a username with a space is kept")
	}
	_, err := db.LoginByUsername(t.Context(), "bob")
	notFound(t, "a username nobody has", err)
	_, err = db.Login(t.Context(), 1000)
	notFound(t, "a user nobody made", err)
	check(t, db.MarkLogin(t.Context(), ana.ID))
	if got := must(db.User(t.Context(), ana.ID))(t); got.LastLoginAt == nil {
		t.Error("nothing says when Ana signed in")
	}
}

func TestDropUser(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	check(t, m.SetRole(t.Context(), m.stranger, core.RoleAdmin))
	ana := m.contact("Ana Torres")
	storetest.Fact(t, m.Store, m.note("Ana likes figs", ana), "Likes figs")
	check(t, m.AddInvitation(t.Context(), store.Invitation{CodeHash: []byte("c"), Role: core.RoleUser, CreatedBy: m.user, ExpiresAt: time.Now().Add(time.Hour)}))
	must(m.AddToken(t.Context(), core.Token{UserID: m.user, Name: "x", Scope: core.ScopeRead, ExpiresAt: time.Now().Add(time.Hour)}, []byte("h")))(t)
	check(t, m.KeepSession(t.Context(), m.user, "s", []byte("data"), time.Now().Add(time.Hour)))
	check(t, m.DropUser(t.Context(), m.user))
	for _, table := range []string{"contacts", "notes", "facts", "audit_events", "tokens", "sessions", "invitations"} {
		if n := value[int](m, `SELECT count(*) FROM `+table); n > 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
	_, err := m.User(t.Context(), m.user)
	notFound(t, "who is gone", err)
	notFound(t, "who is gone, again", m.DropUser(t.Context(), m.user))
	if err := m.DropUser(t.Context(), m.stranger); !errors.Is(err, core.ErrConflict) {
		t.Errorf("the last admin: %v, want a conflict", err)
	}
}

func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	admin := must(db.AddUser(t.Context(), core.User{TelegramID: 1, Role: core.RoleAdmin, Timezone: "UTC"}))(t)
	user := must(db.AddUser(t.Context(), core.User{TelegramID: 2, Role: core.RoleUser, Timezone: "UTC"}))(t)
	refused := func(what string, err error) {
		t.Helper()
		if _, told := core.Sentence(err); !told || !errors.Is(err, core.ErrConflict) {
			t.Errorf("%s: %v, want a sentence of kind conflict", what, err)
		}
	}
	refused("the last admin made a user", db.SetRole(t.Context(), admin.ID, core.RoleUser))
	refused("the last admin shut out", db.SetDisabled(t.Context(), admin.ID, true))
	if got := must(db.User(t.Context(), admin.ID))(t); got.Role != core.RoleAdmin || got.Disabled() {
		t.Errorf("the last admin is %+v, want it as it was", got)
	}
	check(t, db.SetRole(t.Context(), user.ID, core.RoleAdmin))
	check(t, db.SetDisabled(t.Context(), admin.ID, true))
	refused("the last admin who is let in", db.SetRole(t.Context(), user.ID, core.RoleUser))
	since := must(db.User(t.Context(), admin.ID))(t).DisabledAt
	check(t, db.SetDisabled(t.Context(), admin.ID, true))
	if again := must(db.User(t.Context(), admin.ID))(t).DisabledAt; since == nil || again == nil || !again.Equal(*since) {
		t.Errorf("shut out since %v, and a second time since %v; want once", since, again)
	}
	check(t, db.SetDisabled(t.Context(), admin.ID, false))
	check(t, db.SetRole(t.Context(), user.ID, core.RoleUser))
	notFound(t, "the role of nobody", db.SetRole(t.Context(), 1000, core.RoleAdmin))
	notFound(t, "nobody shut out", db.SetDisabled(t.Context(), 1000, true))
}

func TestTwoAdminsCannotShutEachOtherOut(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var ids []int64
	for i := range int64(2) {
		ids = append(ids, must(db.AddUser(t.Context(), core.User{TelegramID: i + 1, Role: core.RoleAdmin, Timezone: "UTC"}))(t).ID)
	}
	var done atomic.Int32
	var trying sync.WaitGroup
	for _, id := range ids {
		trying.Go(func() {
			switch err := db.SetDisabled(t.Context(), id, true); {
			case err == nil:
				done.Add(1)
			case !errors.Is(err, core.ErrConflict):
				t.Error(err)
			}
		})
	}
	trying.Wait()
	if done.Load() != 1 {
		t.Errorf("%d admins were shut out at once, want one of two", done.Load())
	}
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	add := func(code string, life time.Duration, claim bool) {
		check(t, m.AddInvitation(t.Context(), store.Invitation{
			CodeHash: []byte(code), Role: core.RoleAdmin, Claim: claim, CreatedBy: m.user, ExpiresAt: time.Now().Add(life),
		}))
	}
	add("good", time.Hour, false)
	add("old", -time.Hour, false)
	add("claim", time.Hour, true) // there are users already
	got := must(m.UseInvitation(t.Context(), []byte("good")))(t)
	if got.Role != core.RoleAdmin || got.CreatedBy != m.user || got.Claim {
		t.Errorf("used %+v, want what was added", got)
	}
	for _, code := range []string{"good", "old", "claim", "made up", ""} {
		_, err := m.UseInvitation(t.Context(), []byte(code))
		notFound(t, "the invitation "+code, err)
	}
	check(t, m.CloseInvitation(t.Context(), []byte("good"), m.stranger))
	check(t, m.DropStaleInvitations(t.Context()))
	if by := value[int64](m, `SELECT used_by FROM invitations`); by != m.stranger {
		t.Errorf("left is an invitation used by %d, want the used one alone, by %d", by, m.stranger)
	}
}

func TestAnInvitationWhoseUserFailsIsGoodAgain(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	check(t, m.AddInvitation(t.Context(), store.Invitation{CodeHash: []byte("c"), Role: core.RoleUser, ExpiresAt: time.Now().Add(time.Hour)}))
	failure := errors.New("no account")
	err := m.InTx(t.Context(), func(tx *store.Store) error {
		_, err := tx.UseInvitation(t.Context(), []byte("c"))
		return errors.Join(err, failure)
	})
	if !errors.Is(err, failure) {
		t.Errorf("InTx = %v, want what went wrong", err)
	}
	must(m.UseInvitation(t.Context(), []byte("c")))(t)
}

// races has two people use two codes at once, each making an account, and
// returns how many get in.
func races(t *testing.T, db *store.Store, codes ...string) int32 {
	t.Helper()
	var in atomic.Int32
	var racing sync.WaitGroup
	for i, code := range codes {
		racing.Go(func() {
			err := db.InTx(t.Context(), func(tx *store.Store) error {
				if _, err := tx.UseInvitation(t.Context(), []byte(code)); err != nil {
					return err
				}
				_, err := tx.AddUser(t.Context(), core.User{TelegramID: int64(i) + 1, Role: core.RoleUser, Timezone: "UTC"})
				return err
			})
			switch {
			case err == nil:
				in.Add(1)
			case !errors.Is(err, core.ErrNotFound):
				t.Error(err)
			}
		})
	}
	racing.Wait()
	return in.Load()
}

func TestTwoUseOneInvitation(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	check(t, db.AddInvitation(t.Context(), store.Invitation{CodeHash: []byte("c"), Role: core.RoleUser, ExpiresAt: time.Now().Add(time.Hour)}))
	if in := races(t, db, "c", "c", "c", "c"); in != 1 {
		t.Errorf("%d got in by one invitation", in)
	}
}

func TestTwoClaimTheFirstAccount(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	for _, code := range []string{"a", "b", "c"} {
		check(t, db.AddInvitation(t.Context(), store.Invitation{
			CodeHash: []byte(code), Role: core.RoleAdmin, Claim: true, ExpiresAt: time.Now().Add(time.Hour),
		}))
	}
	if in := races(t, db, "a", "b", "c"); in != 1 {
		t.Errorf("%d claimed the first account", in)
	}
	check(t, db.DropStaleInvitations(t.Context()))
	_, err := db.UseInvitation(t.Context(), []byte("b"))
	notFound(t, "a claim once there is an account", err)
}
