package store_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// lastContact returns what the database keeps of when a contact was last met.
func (m *memory) lastContact(c core.Contact) time.Time {
	m.t.Helper()
	return value[time.Time](m, `SELECT at FROM last_contacts WHERE user_id = $1 AND contact_id = $2`, c.UserID, c.ID)
}

func TestLastContactIsKept(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob := m.contact("Ana"), m.contact("Bob")
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	want := func(what string, c core.Contact, at time.Time) {
		t.Helper()
		if got := m.lastContact(c); !got.Equal(at) {
			t.Errorf("%s: last met %v, want %v", what, got, at)
		}
	}
	want("nobody was met", ana, time.Time{})
	met := func(c core.Contact, at time.Time) core.Note {
		t.Helper()
		note := m.note("Met "+c.FullName, c)
		check(t, m.AddMeeting(t.Context(), m.mention(note), at))
		return note
	}
	met(ana, at)
	latest := met(ana, at.Add(time.Hour))
	met(ana, at.Add(-time.Hour))
	want("three times", ana, at.Add(time.Hour))
	check(t, m.AddMeeting(t.Context(), m.mention(latest), at.Add(2*time.Hour)))
	want("the latest on another day", ana, at.Add(2*time.Hour))
	must(m.TrashNote(t.Context(), m.user, latest.ID))(t)
	want("the latest note taken back", ana, at)
	m.exec(`UPDATE notes SET deleted_at = NULL`)
	want("the note back again", ana, at.Add(2*time.Hour))
	check(t, m.AssignMention(t.Context(), m.user, m.mention(latest).ID, bob.ID))
	want("it was Bob: Ana", ana, at)
	want("it was Bob: Bob", bob, at.Add(2*time.Hour))
	check(t, m.AssignMention(t.Context(), m.user, m.mention(latest).ID, 0))
	want("it was nobody", bob, time.Time{})
	m.exec(`INSERT INTO interactions (user_id, contact_id, at) SELECT $1, c, $4::timestamptz + n * interval '1 min' FROM unnest(ARRAY[$2::bigint, $3]) c, generate_series(1, 5) n`,
		m.user, ana.ID, bob.ID, at)
	want("many at once: Ana", ana, at.Add(5*time.Minute))
	want("many at once: Bob", bob, at.Add(5*time.Minute))
	m.exec(`DELETE FROM interactions WHERE note_id IS NULL`)
	want("all those gone", bob, time.Time{})
	if n := value[int](m, `SELECT count(*) FROM last_contacts`); n != 2 {
		t.Errorf("%d rows for 2 contacts", n)
	}
}

// Of two who change a contact's interactions at the same time, neither undoes
// what the other did.
func TestLastContactWhereTwoChangeIt(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	first, second := m.note("Met Ana", ana), m.note("Met Ana again", ana)
	check(t, m.AddMeeting(t.Context(), m.mention(first), at))
	inside, done := make(chan struct{}), make(chan error, 1)
	check(t, m.InTx(t.Context(), func(tx *store.Store) error {
		if err := tx.AddMeeting(t.Context(), m.mention(second), at.Add(-time.Hour)); err != nil {
			return err
		}
		if _, err := tx.LastMeeting(t.Context(), m.user, ana.ID, time.Now()); err != nil { // any statement brings it about
			return err
		}
		go func() {
			close(inside)
			done <- m.DropMeetings(context.WithoutCancel(t.Context()), m.user, first.ID)
		}()
		<-inside
		return m.waiting(1)
	}))
	check(t, <-done)
	if got := m.lastContact(ana); !got.Equal(at.Add(-time.Hour)) {
		t.Errorf("last met %v, want the one that is left", got)
	}
}

// waiting waits until so many statements wait for a lock.
func (m *memory) waiting(n int) error {
	for {
		var waiting int
		err := m.sql.QueryRow(m.t.Context(), `
			SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&waiting)
		if err != nil || waiting == n {
			return err
		}
	}
}

// A list goes on where it was, whether those who fit are many or, by then, few.
func TestManyBecomeFew(t *testing.T) {
	t.Parallel()
	for _, sort := range []store.ContactSort{store.SortName, store.SortTier, store.SortCreated, store.SortLastContact} {
		t.Run(string(sort), func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			m.exec(`INSERT INTO contacts (user_id, full_name, tier) SELECT $1, 'Abc ' || n, 1 + n % 3 FROM generate_series(1, 2050) n`, m.user)
			m.exec(`INSERT INTO interactions (user_id, contact_id, at) SELECT user_id, id, now() - id % 3 * interval '1 hour' FROM contacts WHERE id % 2 = 0`)
			seen, after := map[int64]bool{}, store.ContactPlace{}
			for {
				list := must(m.ListContacts(t.Context(), m.user, store.ContactFilter{Words: "abc", Sort: sort}, after, 700))(t)
				if len(list) == 0 {
					break
				}
				for _, c := range list {
					if seen[c.ID] {
						t.Fatalf("%s is listed twice", c.FullName)
					}
					seen[c.ID] = true
				}
				after = deep(list)
				m.exec(`UPDATE contacts SET deleted_at = now() WHERE id IN (SELECT unnest($1::bigint[]) LIMIT 100)`, slices.Collect(maps.Keys(seen)))
			}
			if len(seen) != 2050 {
				t.Errorf("%d contacts are listed, want 2,050", len(seen))
			}
		})
	}
}

func BenchmarkListContacts(b *testing.B) {
	db, sql := storetest.Open(b)
	user := storetest.User(b, db).ID
	for _, fill := range []string{
		`INSERT INTO contacts (user_id, full_name, tier, created_at)
			SELECT $1, md5(n::text) || ' ' || n, 1 + n % 3, now() - n * interval '1 min' FROM generate_series(1, 100000) n`,
		`INSERT INTO interactions (user_id, contact_id, at)
			SELECT user_id, id, now() - id % 5000 * interval '1 hour' FROM contacts, generate_series(1, 3) WHERE user_id = $1 AND id % 2 = 0`,
		`INSERT INTO aliases (user_id, contact_id, name, source) SELECT user_id, id, 'alias ' || id, 'user' FROM contacts WHERE user_id = $1 AND id % 3 = 0`,
		`INSERT INTO tags (user_id, name) VALUES ($1, 'many'), ($1, 'few')`,
		`INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT c.user_id, c.id, t.id FROM contacts c JOIN tags t ON t.user_id = c.user_id
			WHERE c.user_id = $1 AND (t.name = 'many' OR c.id % 10000 = 0)`,
	} {
		if _, err := sql.Exec(b.Context(), fill, user); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := sql.Exec(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]store.ContactFilter{
		"by name": {Sort: store.SortName}, "by tier": {Sort: store.SortTier}, "by age": {Sort: store.SortCreated},
		"by last contact": {Sort: store.SortLastContact}, "of a tier": {Tier: 3, Sort: store.SortLastContact},
		"three letters": {Words: "abc"}, "a letter": {Words: "a"}, "no hit": {Words: "nobody at all"},
		"a tag of few": {Tag: "few"}, "a tag of many": {Tag: "many", Sort: store.SortCreated},
	} {
		first, err := db.ListContacts(b.Context(), user, f, store.ContactPlace{}, 2000)
		if err != nil {
			b.Fatal(err)
		}
		for where, place := range map[string]store.ContactPlace{"first": {}, "later": deep(first)} {
			b.Run(name+"/"+where, func(b *testing.B) {
				for b.Loop() {
					if _, err := db.ListContacts(b.Context(), user, f, place, 51); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// deep returns the place of the last of a list.
func deep(list []store.ListedContact) store.ContactPlace {
	if len(list) == 0 {
		return store.ContactPlace{}
	}
	return list[len(list)-1].Place()
}
