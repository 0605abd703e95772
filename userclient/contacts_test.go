package userclient_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/userclient"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// linkedHouse is a house with an account that is linked and connected.
func linkedHouse(t *testing.T, people ...*tg.User) (*house, *userclient.Client, *telegramtest.Account) {
	t.Helper()
	h := newHouse(t)
	account := sam
	account.People = people
	there := h.telegram.Add(account)
	h.linked(there)
	c, _ := h.run("one")
	h.listens()
	return h, c, there
}

// sync reads the contacts.
func (h *house) sync(c *userclient.Client) core.Synced {
	h.t.Helper()
	synced, err := c.SyncContacts(h.t.Context(), h.user.ID, func(int) {})
	h.check(err)
	return synced
}

func TestContactsBecomePeople(t *testing.T) {
	t.Parallel()
	ana := &tg.User{ID: 1, FirstName: "Ana", LastName: "Torres", Username: "ana", Phone: "351911111111", Verified: true}
	h, c, there := linkedHouse(t, ana, &tg.User{ID: 2, FirstName: "Mike"}, &tg.User{ID: 3, FirstName: "Robot", Bot: true}, &tg.User{ID: 4, Deleted: true})
	if got := h.sync(c); got.New != 2 || got.Skipped != 2 || got.Contacts != 4 || got.Unchanged {
		t.Errorf("read %+v, want two new and two skipped", got)
	}
	if got := h.sync(c); !got.Unchanged {
		t.Errorf("read again: %+v, want nothing read", got)
	}
	h.telegram.Change(func() { ana.LastName = "Costa" })
	_, err := h.sql.Exec(t.Context(), `UPDATE links SET contacts_read_at = now() - interval '2 days'`)
	h.check(err)
	if got := h.sync(c); got.Updated != 1 || got.New != 0 {
		t.Errorf("after a new name: %+v, want one updated", got)
	}
	var name string
	h.check(h.sql.QueryRow(t.Context(), `SELECT full_name FROM contacts WHERE telegram_id = 1`).Scan(&name))
	if name != "Ana Costa" {
		t.Errorf("she is called %q", name)
	}
	h.telegram.Change(func() { there.People = there.People[:1] })
	h.sync(c)
	var kept, removed int
	h.check(h.sql.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM contacts WHERE deleted_at IS NULL),
		(SELECT count(*) FROM telegram_people WHERE removed_at IS NOT NULL)`).Scan(&kept, &removed))
	if kept != 2 || removed != 1 {
		t.Errorf("%d people are kept, %d marked as removed, want two and one", kept, removed)
	}
}

// Telegram tells of a birthday about its day, whatever else has changed.
func TestBirthdaysAreKept(t *testing.T) {
	t.Parallel()
	h, c, there := linkedHouse(t, &tg.User{ID: 1, FirstName: "Ana"}, &tg.User{ID: 2, FirstName: "Mike"}, &tg.User{ID: 3, FirstName: "Zoe"})
	if got := h.sync(c); got.New != 3 {
		t.Fatalf("read %+v, want three new", got)
	}
	day := time.Now()
	today := tg.Birthday{Day: day.Day(), Month: int(day.Month())}
	later := day.AddDate(0, 2, 0)
	h.telegram.Change(func() {
		there.Born = map[int64]tg.Birthday{1: today, 2: today, 3: {Day: later.Day(), Month: int(later.Month())}}
		u := there.Born[1]
		u.SetYear(1988)
		there.Born[1] = u
	})
	_, err := h.sql.Exec(t.Context(), `UPDATE contacts SET birthday = '1990-03-14' WHERE telegram_id = 2`) // as the user has it
	h.check(err)
	if got := h.sync(c); got.Updated != 1 || got.Unchanged {
		t.Errorf("read %+v, want one updated", got)
	}
	if got := h.sync(c); !got.Unchanged {
		t.Errorf("read again: %+v, want nothing new", got)
	}
	h.telegram.Change(func() { there.Born = nil }) // the day has passed
	_, err = h.sql.Exec(t.Context(), `UPDATE links SET contacts_read_at = now() - interval '2 days'`)
	h.check(err)
	if got := h.sync(c); got.Updated != 0 {
		t.Errorf("read in full: %+v, want nothing new", got)
	}
	var got string
	h.check(h.sql.QueryRow(t.Context(), `SELECT string_agg(COALESCE(birthday, '-'), ' ' ORDER BY telegram_id) FROM contacts`).Scan(&got))
	if want := "1988" + day.Format("-01-02") + " 1990-03-14 -"; got != want {
		t.Errorf("the birthdays are %q, want %q", got, want)
	}
}

func TestAnAccountWithoutContacts(t *testing.T) {
	t.Parallel()
	h, c, _ := linkedHouse(t)
	if got := h.sync(c); got != (core.Synced{}) {
		t.Errorf("read %+v, want nothing", got)
	}
}

func TestManyContacts(t *testing.T) {
	t.Parallel()
	people := make([]*tg.User, 5000)
	for i := range people {
		people[i] = &tg.User{ID: int64(i + 1), FirstName: fmt.Sprintf("Person %d", i), Phone: fmt.Sprintf("35191%07d", i)}
	}
	h, c, _ := linkedHouse(t, people...)
	if got := h.sync(c); got.New != len(people) {
		t.Errorf("read %+v, want all new", got)
	}
}

// Promise 25: no call of a method inside the wait that Telegram asks for, and
// the user sees until when.
func TestAFloodIsWaitedOut(t *testing.T) {
	t.Parallel()
	h, c, _ := linkedHouse(t, &tg.User{ID: 1, FirstName: "Ana"})
	h.telegram.Flood("contacts.getContacts", 2*time.Second, 2)
	done := make(chan core.Synced)
	go func() { done <- h.sync(c) }()
	s := h.reaches(link.StateWaiting)
	if s.Link.WaitsUntil == nil || time.Until(*s.Link.WaitsUntil) > 4*time.Second {
		t.Errorf("waits until %v", s.Link.WaitsUntil)
	}
	if got := <-done; got.New != 1 {
		t.Errorf("read %+v, want one new", got)
	}
	if n := len(h.telegram.Calls("contacts.getContacts")); n != 3 {
		t.Errorf("asked %d times, want three", n)
	}
	h.reaches(link.StateLinked)
}

func TestAWaitOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	there := h.telegram.Add(sam)
	h.linked(there)
	h.check(h.Waits(t.Context(), h.user.ID, time.Hour))
	c, _ := h.run("one")
	h.until("the account to be there", func() bool { return len(c.Held()) == 1 })
	h.check(h.Unlink(t.Context(), h.user.ID))
	h.reaches(link.StateNotLinked)
	for _, call := range h.telegram.Calls("") {
		if !strings.HasPrefix(call.Method, "help.") && call.Method != "auth.logOut" {
			t.Errorf("%s was called inside the wait", call.Method)
		}
	}
}
