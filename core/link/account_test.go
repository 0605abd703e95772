package link_test

import (
	"context"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// An account is a user with a Telegram account.
type account struct {
	t    *testing.T
	db   *store.Store
	sql  *pgxpool.Pool
	user core.User
}

func newAccount(t *testing.T) *account {
	t.Helper()
	db, sql := storetest.Open(t)
	return &account{t: t, db: db, sql: sql, user: storetest.User(t, db)}
}

// sync has the account have these contacts, and checks what becomes of them.
func (a *account) sync(want link.PeopleResult, all ...core.TelegramPerson) {
	a.t.Helper()
	got, err := link.SyncPeople(a.t.Context(), a.db, a.user.ID, all)
	check(a.t, err)
	if got != want {
		a.t.Errorf("the sync says %+v, want %+v", got, want)
	}
}

// people checks which live contacts there are, with what Telegram gives.
func (a *account) people(want ...string) {
	a.t.Helper()
	got := a.texts(`SELECT concat_ws(' ', full_name, telegram_id, '@' || telegram_username, birthday,
			CASE WHEN is_verified THEN 'verified' END, CASE WHEN is_premium THEN 'premium' END,
			(SELECT string_agg(value, ',' ORDER BY id) FROM reaches r WHERE r.contact_id = c.id))
		FROM contacts c WHERE user_id = $1 AND deleted_at IS NULL `, a.user.ID)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		a.t.Errorf("the contacts are %q, want %q", got, want)
	}
}

func (a *account) texts(sql string, args ...any) []string {
	a.t.Helper()
	rows, err := a.sql.Query(a.t.Context(), sql, args...)
	check(a.t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(a.t, err)
	return list
}

func (a *account) exec(sql string, args ...any) {
	a.t.Helper()
	_, err := a.sql.Exec(a.t.Context(), sql, args...)
	check(a.t, err)
}

func (a *account) tx(do func(ctx context.Context, tx *store.Store) error) error {
	return a.db.InTx(a.t.Context(), func(tx *store.Store) error { return do(a.t.Context(), tx) })
}

// contact adds a person with phone numbers, as a user does.
func (a *account) contact(name string, phones ...string) core.Contact {
	a.t.Helper()
	c := storetest.Contact(a.t, a.db, a.user.ID, name)
	for _, phone := range phones {
		check(a.t, a.db.AddReach(a.t.Context(), a.user.ID, c.ID, core.ReachPhone, phone))
	}
	return c
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
