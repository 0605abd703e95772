package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestEnsureContact(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	want := core.Contact{
		UserID: m.user, FullName: "Ana Torres", Tier: core.TierClose, Birthday: core.Birthday{Month: time.February, Day: 29},
		TelegramID: 42, TelegramUsername: "anat",
	}
	got := must(m.EnsureContact(t.Context(), want))(t)
	want.ID, want.CreatedAt = got.ID, got.CreatedAt
	if diff := cmp.Diff(want, got); diff != "" || got.ID == 0 {
		t.Errorf("kept otherwise than asked for (-want +got):\n%s", diff)
	}
	again := must(m.EnsureContact(t.Context(), core.Contact{UserID: m.user, FullName: "ANA TORRES", Tier: core.TierDistant}))(t)
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("the same name in another case changes who is there (-want +got):\n%s", diff)
	}
	if got := must(m.Contact(t.Context(), m.user, want.ID))(t); got != want {
		t.Errorf("Contact = %v, want %v", got, want)
	}
	if got := must(m.ContactByTelegram(t.Context(), m.user, 42))(t); got != want {
		t.Errorf("ContactByTelegram = %v, want %v", got, want)
	}
	theirs := must(m.EnsureContact(t.Context(), core.Contact{UserID: m.stranger, FullName: "Ana Torres", Tier: core.TierRegular, TelegramID: 42}))(t)
	if theirs.ID == want.ID {
		t.Error("two users share a contact")
	}
}

func TestContactsThatAreNotThere(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana Torres")
	_, err := m.Contact(t.Context(), m.stranger, ana.ID)
	notFound(t, "somebody else's contact", err)
	_, err = m.Contact(t.Context(), m.user, ana.ID+1)
	notFound(t, "a contact nobody made", err)
	_, err = m.ContactByTelegram(t.Context(), m.user, 42)
	notFound(t, "a Telegram identity nobody has", err)
	must(m.TrashContact(t.Context(), m.user, ana.ID))(t)
	_, err = m.Contact(t.Context(), m.user, ana.ID)
	notFound(t, "a contact in the trash", err)
}

func TestWhatIsNoContact(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	for name, c := range map[string]core.Contact{
		"no name":            {UserID: m.user, Tier: core.TierRegular},
		"a tier there isn't": {UserID: m.user, FullName: "Ana", Tier: 4},
		"nobody's":           {UserID: m.stranger + 1000, FullName: "Ana", Tier: core.TierRegular},
		"30 February":        {UserID: m.user, FullName: "Ana", Tier: core.TierRegular, Birthday: core.Birthday{Month: 2, Day: 30}},
		"29 February 2001":   {UserID: m.user, FullName: "Ana", Tier: core.TierRegular, Birthday: core.Birthday{Year: 2001, Month: 2, Day: 29}},
	} {
		if _, err := m.EnsureContact(t.Context(), c); err == nil {
			t.Errorf("%s: kept, want an error", name)
		}
	}
}

func TestContactsPage(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, zoe := m.contact("ana Torres"), m.contact("Zoë")
	m.contact("Émile")
	m.contact("Bob")
	storetest.Contact(t, m.Store, m.stranger, "Carl")
	at := time.Date(2026, 3, 14, 18, 5, 0, 0, time.UTC)
	storetest.NoteAt(t, m.Store, m.user, at, "Saw them both", ana, zoe)
	undone := storetest.NoteAt(t, m.Store, m.user, at.Add(time.Hour), "Ana again", ana)
	must(m.TrashNote(t.Context(), m.user, undone.ID))(t)

	first, total, err := m.ContactsPage(t.Context(), m.user, 0, 3)
	check(t, err)
	rest, _, err := m.ContactsPage(t.Context(), m.user, 3, 3)
	check(t, err)
	var names []string
	for _, c := range slices.Concat(first, rest) {
		names = append(names, c.FullName)
	}
	if want := []string{"ana Torres", "Bob", "Émile", "Zoë"}; !slices.Equal(names, want) || total != 4 {
		t.Errorf("the pages are %q of %d, want %q of 4", names, total, want)
	}
	if got := first[0].LastNote; got == nil || !got.Equal(at) {
		t.Errorf("the last note about Ana is of %v, want %v", got, at)
	}
	if got := first[1].LastNote; got != nil {
		t.Errorf("the last note about Bob is of %v, want none", got)
	}
}

func TestRecentContacts(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob, carl := m.contact("Ana"), m.contact("Bob"), m.contact("Carl")
	m.contact("Nobody's note")
	now := time.Now()
	storetest.NoteAt(t, m.Store, m.user, now.Add(-3*time.Hour), "Ana", ana)
	storetest.NoteAt(t, m.Store, m.user, now.Add(-2*time.Hour), "Bob", bob)
	storetest.NoteAt(t, m.Store, m.user, now.Add(-time.Hour), "Ana again", ana)
	undone := storetest.NoteAt(t, m.Store, m.user, now, "Carl", carl)
	must(m.TrashNote(t.Context(), m.user, undone.ID))(t)
	var names []string
	for _, c := range must(m.RecentContacts(t.Context(), m.user, 5))(t) {
		names = append(names, c.FullName)
	}
	if want := []string{"Ana", "Bob"}; !slices.Equal(names, want) {
		t.Errorf("spoken about lately: %q, want %q", names, want)
	}
	if got := must(m.RecentContacts(t.Context(), m.user, 1))(t); len(got) != 1 || got[0].ID != ana.ID {
		t.Errorf("the latest is %v, want Ana", got)
	}
}

func TestNextBirthdays(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	add := func(name, birthday string) {
		b := must(core.ParseBirthday(birthday))(t)
		must(m.EnsureContact(t.Context(), core.Contact{UserID: m.user, FullName: name, Tier: core.TierRegular, Birthday: b}))(t)
	}
	add("New Year", "--01-01")
	add("Leap", "1992-02-29")
	add("March First", "--03-01")
	add("Old", "1931-12-31")
	told := m.contact("Told")
	note := m.note("Told's birthday is 3 May", told)
	storetest.Fact(t, m.Store, note, "Birthday", storetest.Slot(core.SlotBirthday, "--05-03"))
	m.contact("No birthday")
	must(m.EnsureContact(t.Context(), core.Contact{
		UserID: m.stranger, FullName: "Somebody else's", Tier: core.TierRegular, Birthday: core.Birthday{Month: 6, Day: 1},
	}))(t)
	for _, test := range []struct {
		name, from string
		want       []string
	}{
		{"over the turn of the year", "2026-12-01", []string{"Old", "New Year", "Leap", "March First", "Told"}},
		{"today counts", "2026-12-31", []string{"Old", "New Year", "Leap", "March First", "Told"}},
		{"the day after", "2026-01-02", []string{"Leap", "March First", "Told", "Old", "New Year"}},
		{"29 February", "2028-02-29", []string{"Leap", "March First", "Told", "Old", "New Year"}},
		{"1 March of a common year, when 29 February is celebrated", "2027-03-01", []string{"Leap", "March First", "Told", "Old", "New Year"}},
		{"1 March of a leap year", "2028-03-01", []string{"March First", "Told", "Old", "New Year", "Leap"}},
	} {
		from := must(time.Parse(time.DateOnly, test.from))(t)
		var got []string
		for _, c := range must(m.NextBirthdays(t.Context(), m.user, from.Add(20*time.Hour), 10))(t) {
			got = append(got, c.FullName)
			if !c.Birthday.Known() {
				t.Errorf("%s has no birthday and is in the list", c.FullName)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: from %s birthdays are %q, want %q", test.name, test.from, got, test.want)
		}
	}
	if got := must(m.NextBirthdays(t.Context(), m.user, time.Now(), 2))(t); len(got) != 2 {
		t.Errorf("%d birthdays, want as many as asked for: 2", len(got))
	}
}

func TestBirthdayComesFromTheNewestFact(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	now := time.Now()
	first := storetest.NoteAt(t, m.Store, m.user, now.Add(-time.Hour), "Ana was born on 1 March", ana)
	storetest.Fact(t, m.Store, first, "Birthday", storetest.Slot(core.SlotBirthday, "--03-01"))
	second := storetest.NoteAt(t, m.Store, m.user, now, "No, on 2 March 1990", ana)
	storetest.Fact(t, m.Store, second, "Birthday", storetest.Slot(core.SlotBirthday, "1990-03-02"))
	birthday := func() string { return must(m.Contact(t.Context(), m.user, ana.ID))(t).Birthday.String() }
	if got := birthday(); got != "1990-03-02" {
		t.Errorf("the birthday is %q, want the newer one", got)
	}
	must(m.TrashNote(t.Context(), m.user, second.ID))(t)
	if got := birthday(); got != "--03-01" {
		t.Errorf("with the newer note taken back the birthday is %q, want the older one", got)
	}
	m.exec(`UPDATE contacts SET birthday = '1991-04-05' WHERE user_id = $1`, m.user)
	if got := birthday(); got != "1991-04-05" {
		t.Errorf("the birthday is %q, want what was filled in by hand", got)
	}
}

// An engine may say that it read a birthday and not which. Nobody's contacts
// may become unreadable by that.
func TestABirthdayThatIsNoDateIsNone(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	storetest.Fact(t, m.Store, m.note("Ana had her birthday", ana), "Had her birthday", storetest.Slot(core.SlotBirthday, ""))
	if got, err := m.Contact(t.Context(), m.user, ana.ID); err != nil || got.Birthday.Known() {
		t.Errorf("Contact = %v, %v; want Ana without a birthday", got, err)
	}
	if got, err := m.NextBirthdays(t.Context(), m.user, time.Now(), 10); err != nil || len(got) > 0 {
		t.Errorf("NextBirthdays = %v, %v; want none", got, err)
	}
}

func TestTrashContact(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		make func(m *memory, c core.Contact)
		want bool
	}{
		{"nothing is about them", func(*memory, core.Contact) {}, true},
		{"a live note is about them", func(m *memory, c core.Contact) { m.note("Ana likes tea", c) }, false},
		{"a note in the trash is about them", func(m *memory, c core.Contact) {
			must(m.TrashNote(m.t.Context(), m.user, m.note("Ana likes tea", c).ID))(m.t)
		}, true},
		{"their phone number was shared", func(m *memory, c core.Contact) {
			check(m.t, m.AddReach(m.t.Context(), m.user, c.ID, "phone", "+351 1"))
		}, false},
		{"their birthday was filled in", func(m *memory, _ core.Contact) {
			m.exec(`UPDATE contacts SET birthday = '--03-14'`)
		}, false},
		{"their tier was chosen", func(m *memory, _ core.Contact) { m.exec(`UPDATE contacts SET tier = 1`) }, false},
		{"they are in the trash", func(m *memory, c core.Contact) {
			must(m.TrashContact(m.t.Context(), m.user, c.ID))(m.t)
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			ana := m.contact("Ana")
			test.make(m, ana)
			if got := must(m.TrashContact(t.Context(), m.stranger, ana.ID))(t); got {
				t.Error("somebody else moved the contact to the trash")
			}
			if got := must(m.TrashContact(t.Context(), m.user, ana.ID))(t); got != test.want {
				t.Errorf("moved to the trash: %v, want %v", got, test.want)
			}
		})
	}
}

func TestATrashedNameIsFree(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	old := m.contact("Ana")
	must(m.TrashContact(t.Context(), m.user, old.ID))(t)
	if fresh := m.contact("Ana"); fresh.ID == old.ID {
		t.Error("the contact came out of the trash")
	}
}

func TestReaches(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	for range 2 {
		check(t, m.AddReach(t.Context(), m.user, ana.ID, "phone", "+351 1"))
	}
	check(t, m.AddReach(t.Context(), m.user, ana.ID, "email", "ana@example.org"))
	if got, want := must(m.Reaches(t.Context(), m.user, ana.ID))(t), []store.Reach{{Kind: "phone", Value: "+351 1"}, {Kind: "email", Value: "ana@example.org"}}; !slices.Equal(got, want) {
		t.Errorf("reached at %q, want %q", got, want)
	}
	if got := must(m.Reaches(t.Context(), m.stranger, ana.ID))(t); len(got) > 0 {
		t.Errorf("somebody else reads %q", got)
	}
	if err := m.AddReach(t.Context(), m.user, ana.ID, "pigeon", "coop 3"); err == nil {
		t.Error("a pigeon is kept as a way to reach somebody")
	}
}

func TestAliases(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana Torres")
	step := m.step(func(ctx context.Context, tx *store.Store) error {
		return errors.Join(
			tx.AddAlias(ctx, m.user, ana.ID, "Nita", "correction"),
			tx.AddAlias(ctx, m.user, ana.ID, "NITA", "correction"))
	})
	made := must(m.MadeBy(t.Context(), m.user, step))(t)
	if len(made) != 1 || made[0].Entity != "alias" {
		t.Fatalf("the step made %v, want one alias", made)
	}
	check(t, m.DropAlias(t.Context(), m.stranger, made[0].EntityID))
	if n := value[int](m, `SELECT count(*) FROM aliases`); n != 1 {
		t.Error("somebody else dropped the alias")
	}
	check(t, m.DropAlias(t.Context(), m.user, made[0].EntityID))
	if n := value[int](m, `SELECT count(*) FROM aliases`); n != 0 {
		t.Errorf("%d aliases are left, want none", n)
	}
}
