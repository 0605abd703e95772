package store_test

import (
	"testing"

	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestStats(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	for range 2 {
		u := storetest.User(t, db)
		storetest.Note(t, db, u.ID, "Ana likes figs", storetest.Contact(t, db, u.ID, "Ana Torres"), storetest.Contact(t, db, u.ID, "Leo"))
	}
	got, err := db.Stats(t.Context())
	check(t, err)
	if want := (store.Stats{Users: 2, Contacts: 4, Notes: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if p := db.Pool(); p.Max != 16 || p.Connections < 1 || p.InUse != 0 {
		t.Errorf("pool %+v, want a connection of 16, in use by nobody", p)
	}
}
