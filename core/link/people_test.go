package link_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

var (
	ana  = core.TelegramPerson{ID: 7, FirstName: "Ana", LastName: "Torres", Username: "ana_t", Phone: "351912345678", Birthday: core.Birthday{Month: 3, Day: 14}}
	mike = core.TelegramPerson{ID: 8, FirstName: "Mike", Phone: "14155552671", Verified: true, Premium: true}
)

func TestContactsAreAdded(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	list := []core.TelegramPerson{
		ana, mike, mike,
		{ID: 9, FirstName: "Robot", Bot: true},
		{ID: 10, Deleted: true},
		{ID: 11, Username: "nameless"},
		{ID: 12, FirstName: "  ", Phone: "35312345678"},
		{ID: 13},
		{ID: 14, FirstName: "A\x00da", LastName: "Lovelace"},
	}
	a.sync(link.PeopleResult{New: 6, Skipped: 2}, list...)
	all := []string{
		"35312345678 12 +35312345678", "@nameless 11 @nameless", "Ada Lovelace 14",
		"Ana Torres 7 @ana_t --03-14 +351912345678", "Mike 8 verified premium +14155552671", "Telegram 13 13",
	}
	a.people(all...)
	a.sync(link.PeopleResult{Skipped: 2}, list...)
	a.people(all...)
	if got := a.texts(`SELECT DISTINCT actor || ' ' || entity FROM audit_events ORDER BY 1`); !slices.Equal(got, []string{"telegram contact", "telegram reach"}) {
		t.Errorf("the audit events say %q, want them to be Telegram's", got)
	}
	if got := a.texts(`SELECT count(DISTINCT step)::text FROM audit_events`); got[0] != "1" {
		t.Errorf("one sync is %s steps, want 1", got[0])
	}
}

func TestContactsAreMatched(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		before func(a *account)
		person core.TelegramPerson
		result link.PeopleResult
		want   []string
	}{
		{
			"by their account", func(a *account) {
				a.contact("Anita")
				a.exec(`UPDATE contacts SET telegram_id = 7`)
			},
			ana,
			link.PeopleResult{Updated: 1},
			[]string{"Anita 7 @ana_t --03-14 +351912345678"},
		},
		{
			"by their phone number, as it was typed", func(a *account) { a.contact("Mum", "+351 912 345 678") },
			ana,
			link.PeopleResult{Updated: 1},
			[]string{"Mum 7 @ana_t --03-14 +351 912 345 678"},
		},
		{
			"by their name", func(a *account) { a.contact("ana torres") },
			ana,
			link.PeopleResult{Updated: 1},
			[]string{"ana torres 7 @ana_t --03-14 +351912345678"},
		},
		{
			"never by a first name alone", func(a *account) { a.contact("Mike") },
			mike,
			link.PeopleResult{Undecided: 1},
			[]string{"Mike"},
		},
		{
			"never by a name without its accents", func(a *account) { a.contact("Aná Torres") },
			ana,
			link.PeopleResult{Undecided: 1},
			[]string{"Aná Torres"},
		},
		{
			"never by a name that has another number", func(a *account) { a.contact("Ana Torres", "+351910000000") },
			ana,
			link.PeopleResult{Undecided: 1},
			[]string{"Ana Torres +351910000000"},
		},
		{
			"never by a number that two have", func(a *account) {
				a.contact("Mum", "+351912345678")
				a.contact("Dad", "+351912345678")
			},
			ana,
			link.PeopleResult{Undecided: 1},
			[]string{"Dad +351912345678", "Mum +351912345678"},
		},
		{
			"never by a number without its country", func(a *account) { a.contact("Eve", "912345678") },
			ana,
			link.PeopleResult{New: 1},
			[]string{"Ana Torres 7 @ana_t --03-14 +351912345678", "Eve 912345678"},
		},
		{
			"never by another name", func(a *account) {
				c := a.contact("Mum")
				check(a.t, a.db.AddAlias(a.t.Context(), a.user.ID, c.ID, "Ana Torres", "user"))
			},
			ana,
			link.PeopleResult{Undecided: 1},
			[]string{"Mum"},
		},
		{
			"not with somebody who has another account", func(a *account) {
				a.contact("Ana Torres", "+351912345678")
				a.exec(`UPDATE contacts SET telegram_id = 70`)
			},
			ana,
			link.PeopleResult{New: 1},
			[]string{"Ana Torres (@ana_t) 7 @ana_t --03-14 +351912345678", "Ana Torres 70 +351912345678"},
		},
		{
			"not with whom the user deleted", func(a *account) {
				a.contact("Ana Torres")
				a.exec(`UPDATE contacts SET deleted_at = now()`)
			},
			ana,
			link.PeopleResult{Undecided: 1},
			[]string{},
		},
		{
			"not again who was deleted", func(a *account) {
				a.sync(link.PeopleResult{New: 1}, ana)
				a.exec(`UPDATE contacts SET deleted_at = now()`)
			},
			ana,
			link.PeopleResult{Skipped: 1},
			[]string{},
		},
		{
			"not again who was erased", func(a *account) {
				a.sync(link.PeopleResult{New: 1}, ana)
				a.exec(`UPDATE contacts SET deleted_at = now() - interval '40 days'`)
				check(a.t, people.Purge(a.t.Context(), a.db, people.KeptInTrash))
				if left := a.texts(`SELECT first_name || phone || given_name FROM telegram_people`); left[0] != "" {
					a.t.Errorf("%q is left of who was erased", left)
				}
			},
			ana,
			link.PeopleResult{Skipped: 1},
			[]string{},
		},
		{
			"with whom they were merged into", func(a *account) {
				a.sync(link.PeopleResult{New: 2}, ana, mike)
				_, err := people.Merge(a.t.Context(), a.db, a.user.ID, a.id("Mike"), a.id("Ana Torres"))
				check(a.t, err)
			},
			ana,
			link.PeopleResult{},
			[]string{"Mike 8 --03-14 verified premium +351912345678,+14155552671"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			test.before(a)
			a.sync(test.result, test.person)
			a.people(test.want...)
			again := test.result
			again.New, again.Updated = 0, 0
			a.sync(again, test.person)
			a.people(test.want...)
		})
	}
}

func (a *account) id(name string) int64 {
	a.t.Helper()
	id, err := a.db.ContactNamed(a.t.Context(), a.user.ID, name)
	check(a.t, err)
	return id
}

func TestNamesakesAreNotMatchedByName(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.contact("Ana Torres")
	other := core.TelegramPerson{ID: 70, FirstName: "Ana", LastName: "Torres"}
	a.sync(link.PeopleResult{Undecided: 2}, ana, other)
	a.people("Ana Torres")
	b := newAccount(t)
	b.sync(link.PeopleResult{New: 3}, ana, other, core.TelegramPerson{ID: 71, FirstName: "ana", LastName: "torres"})
	b.people("ana torres (71) 71", "Ana Torres (70) 70", "Ana Torres 7 @ana_t --03-14 +351912345678")
}

func TestWhatTelegramGaveFollowsTelegram(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.sync(link.PeopleResult{New: 2}, ana, mike)
	married, changed := ana, mike
	married.LastName, married.Username, married.Phone, married.Birthday = "Silva", "", "351910000000", core.Birthday{Year: 1990, Month: 3, Day: 14}
	changed.Phone, changed.Premium = "", false
	a.sync(link.PeopleResult{Updated: 2}, married, changed)
	a.people("Ana Silva 7 1990-03-14 +351910000000", "Mike 8 verified +14155552671")
	a.sync(link.PeopleResult{}, married, changed)
}

func TestWhatTheUserTypedStays(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.sync(link.PeopleResult{New: 2}, ana, mike)
	a.exec(`UPDATE contacts SET full_name = 'Mum', telegram_username = 'mum', birthday = NULL WHERE telegram_id = 7`)
	a.exec(`DELETE FROM reaches WHERE value = '+351912345678'`)
	a.contact("Michael", "+14155550000")
	changed, renamed := ana, mike
	changed.LastName, changed.Username, changed.Birthday = "Silva", "silva", core.Birthday{Month: 4, Day: 1}
	renamed.FirstName = "Michael" // somebody has that name
	a.sync(link.PeopleResult{}, changed, renamed)
	a.people("Michael +14155550000", "Mike 8 verified premium +14155552671", "Mum 7 @mum")
	changed.Phone, renamed.FirstName = "351910000000", "Micha"
	a.sync(link.PeopleResult{Updated: 2}, changed, renamed)
	a.people("Micha 8 verified premium +14155552671", "Michael +14155550000", "Mum 7 @mum +351910000000")
}

func TestWhoIsRemovedAtTelegramIsKeptAndMarked(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	removed := func(want ...string) {
		t.Helper()
		if got := a.texts(`SELECT first_name FROM telegram_people WHERE removed_at IS NOT NULL ORDER BY 1`); !slices.Equal(got, want) {
			t.Errorf("marked as removed are %q, want %q", got, want)
		}
	}
	a.sync(link.PeopleResult{New: 2}, ana, mike)
	_, err := link.MeetPeople(t.Context(), a.db, a.user.ID, []core.TelegramPerson{{ID: 20, FirstName: "Zoe"}})
	check(t, err)
	gone := ana
	gone.Deleted = true
	a.sync(link.PeopleResult{Skipped: 1}, gone)
	removed("Ana", "Mike")
	a.people("Ana Torres 7 @ana_t --03-14 +351912345678", "Mike 8 verified premium +14155552671", "Zoe 20")
	a.sync(link.PeopleResult{}, ana)
	removed("Mike")
	a.sync(link.PeopleResult{})
	removed("Ana", "Mike")
}

func TestTheUserDecides(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T) (*account, core.Contact) {
		a := newAccount(t)
		c := a.contact("Mike", "+353861234567")
		a.sync(link.PeopleResult{Undecided: 1}, mike)
		return a, c
	}
	t.Run("it is them", func(t *testing.T) {
		t.Parallel()
		a, c := start(t)
		list, err := link.Undecided(t.Context(), a.db, a.user.ID, 0, 10)
		check(t, err)
		if len(list) != 1 || list[0].Person != mike || list[0].Candidate.ID != c.ID || list[0].Trashed {
			t.Fatalf("asked about %+v, want Mike, who may be contact %d", list, c.ID)
		}
		check(t, a.tx(func(ctx context.Context, tx *store.Store) error {
			return link.DecideContact(ctx, tx, a.user.ID, mike.ID, c.ID)
		}))
		a.people("Mike 8 verified premium +353861234567,+14155552671")
		a.decided(t)
	})
	t.Run("somebody new", func(t *testing.T) {
		t.Parallel()
		a, _ := start(t)
		check(t, a.tx(func(ctx context.Context, tx *store.Store) error { return link.DecideNew(ctx, tx, a.user.ID, mike.ID) }))
		a.people("Mike (+14155552671) 8 verified premium +14155552671", "Mike +353861234567")
		a.decided(t)
	})
	t.Run("nobody", func(t *testing.T) {
		t.Parallel()
		a, _ := start(t)
		check(t, a.tx(func(ctx context.Context, tx *store.Store) error { return link.LeaveOut(ctx, tx, a.user.ID, mike.ID) }))
		a.people("Mike +353861234567")
		a.sync(link.PeopleResult{Skipped: 1}, mike)
		check(t, a.tx(func(ctx context.Context, tx *store.Store) error { return link.DecideNew(ctx, tx, a.user.ID, mike.ID) }))
		a.decided(t)
	})
	t.Run("who is in the trash", func(t *testing.T) {
		t.Parallel()
		a, c := start(t)
		a.exec(`UPDATE contacts SET deleted_at = now()`)
		list, err := link.Undecided(t.Context(), a.db, a.user.ID, 0, 10)
		check(t, err)
		if len(list) != 1 || !list[0].Trashed || list[0].Candidate.FullName != "Mike" {
			t.Fatalf("asked about %+v, want Mike in the trash", list)
		}
		check(t, a.tx(func(ctx context.Context, tx *store.Store) error {
			return link.DecideContact(ctx, tx, a.user.ID, mike.ID, c.ID)
		}))
		a.people("Mike 8 verified premium +353861234567,+14155552671")
	})
	t.Run("somebody who has another account", func(t *testing.T) {
		t.Parallel()
		a, _ := start(t)
		a.sync(link.PeopleResult{New: 1, Undecided: 1}, mike, ana)
		err := a.tx(func(ctx context.Context, tx *store.Store) error {
			return link.DecideContact(ctx, tx, a.user.ID, mike.ID, a.id("Ana Torres"))
		})
		if !errors.Is(err, core.ErrConflict) {
			t.Errorf("Mike is Ana: %v, want a conflict", err)
		}
	})
	t.Run("only their own", func(t *testing.T) {
		t.Parallel()
		a, c := start(t)
		stranger := storetest.User(t, a.db)
		for name, act := range map[string]func(ctx context.Context, tx *store.Store) error{
			"somebody else's person": func(ctx context.Context, tx *store.Store) error { return link.DecideNew(ctx, tx, stranger.ID, mike.ID) },
			"nobody":                 func(ctx context.Context, tx *store.Store) error { return link.LeaveOut(ctx, tx, a.user.ID, 99) },
			"somebody else's contact": func(ctx context.Context, tx *store.Store) error {
				return link.DecideContact(ctx, tx, a.user.ID, mike.ID, c.ID+99)
			},
		} {
			if err := a.tx(act); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s: %v, want not found", name, err)
			}
		}
	})
}

// decided checks that nobody is left to be asked about.
func (a *account) decided(t *testing.T) {
	t.Helper()
	n, err := a.db.CountUndecided(t.Context(), a.user.ID)
	check(t, err)
	if n != 0 {
		t.Errorf("%d are undecided, want none", n)
	}
	err = a.tx(func(ctx context.Context, tx *store.Store) error { return link.DecideNew(ctx, tx, a.user.ID, mike.ID) })
	if !errors.Is(err, core.ErrNotPossible) {
		t.Errorf("decided again: %v, want that it is not possible", err)
	}
	a.sync(link.PeopleResult{}, mike)
}

func TestManyContactsComeInBatches(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.sync(link.PeopleResult{New: 2500}, crowd(2500)...)
	a.sync(link.PeopleResult{}, crowd(2500)...)
	if got := a.texts(`SELECT count(*) || ' ' || count(DISTINCT telegram_id) FROM contacts`); got[0] != "2500 2500" {
		t.Errorf("there are %s contacts and accounts, want 2500", got[0])
	}
}

// crowd returns n people, many of the same first name.
func crowd(n int) []core.TelegramPerson {
	list := make([]core.TelegramPerson, n)
	for i := range list {
		list[i] = core.TelegramPerson{
			ID: int64(1_000_000 + i), FirstName: []string{"Ana", "Mike", "Zoe", "Иван"}[i%4], Phone: fmt.Sprintf("3519%08d", i),
		}
		if i%2 == 0 {
			list[i].LastName = fmt.Sprintf("Family%d", i)
		}
	}
	return list
}

func BenchmarkSyncPeople(b *testing.B) {
	const n = 50_000
	all := crowd(n)
	for b.Loop() {
		b.StopTimer()
		db := storetest.New(b)
		user := storetest.User(b, db)
		b.StartTimer()
		begun := time.Now()
		got, err := link.SyncPeople(b.Context(), db, user.ID, all)
		check(b, err)
		if got.New != n {
			b.Fatalf("%+v, want %d new", got, n)
		}
		b.ReportMetric(n/time.Since(begun).Seconds(), "new/s")
		again := time.Now()
		_, err = link.SyncPeople(b.Context(), db, user.ID, all)
		check(b, err)
		b.ReportMetric(n/time.Since(again).Seconds(), "unchanged/s")
	}
}
