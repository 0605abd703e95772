package api_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store/storetest"
)

type object = map[string]any

// add adds a contact and returns the id.
func (c *client) add(name string, more ...object) int64 {
	c.t.Helper()
	body := object{"full_name": name}
	for _, m := range more {
		for k, v := range m {
			body[k] = v
		}
	}
	var made struct {
		Success   bool
		ContactID int64 `json:"contact_id"`
	}
	c.post("/api/contacts", body).want(200).into(&made)
	if !made.Success || made.ContactID == 0 {
		c.t.Fatalf("added %s: %+v", name, made)
	}
	return made.ContactID
}

// shown returns the contact as GET answers it, without what tests cannot know.
func (c *client) shown(contact int64) object {
	c.t.Helper()
	var got struct{ Contact object }
	c.get(id("/api/contacts/%d", contact)).want(200).into(&got)
	delete(got.Contact, "id")
	delete(got.Contact, "created_at")
	delete(got.Contact, "updated_at")
	return got.Contact
}

// listed returns the names in a list of contacts, page by page.
func (c *client) listed(query string) string {
	c.t.Helper()
	var names []string
	for cursor := ""; ; {
		var page struct {
			Contacts []struct {
				FullName string `json:"full_name"`
			}
			NextCursor *string `json:"next_cursor"`
		}
		c.get("/api/contacts?" + query + "&cursor=" + cursor).want(200).into(&page)
		for _, contact := range page.Contacts {
			names = append(names, contact.FullName)
		}
		if page.NextCursor == nil {
			return strings.Join(names, ", ")
		}
		cursor = *page.NextCursor
	}
}

// none is the empty list, as JSON is read.
func none() []any { return []any{} }

func TestAContactFromFirstToLast(t *testing.T) {
	t.Parallel()
	ana := newHouse(t).somebody(t, core.RoleUser)
	contact := ana.add(" Ana  Torres ", object{
		"tier": 1, "aliases": []string{"Nita", "nita", "ana torres"}, "email": "ana@example.org", "phone": "+351 912 345 678",
		"company": " Stripe ", "location": "Lisbon", "birthday": "--02-29", "telegram_username": "@anat", "custom_fields": object{"team": "Blue"},
	})
	want := object{
		"full_name": "Ana Torres", "tier": 1.0, "aliases": []any{"Nita"}, "emails": []any{"ana@example.org"}, "phones": []any{"+351912345678"},
		"urls": none(), "addresses": none(), "company": "Stripe", "location": "Lisbon", "birthday": "--02-29", "telegram_username": "anat",
		"is_verified": false, "is_premium": false, "custom_fields": object{"team": "Blue"}, "last_contact_at": nil, "tags": none(), "groups": none(), "relationships": none(),
	}
	if diff := cmp.Diff(want, ana.shown(contact)); diff != "" {
		t.Errorf("added otherwise (-want +got):\n%s", diff)
	}
	ana.patch(id("/api/contacts/%d", contact), object{
		"full_name": "Ana Silva", "tier": 3, "aliases": []string{"Anita", "Nita"}, "emails": []string{}, "phones": []string{"112", "+351 912 345 678"},
		"urls": []string{"https://ana.example.org", "t.me/anat"}, "addresses": []string{"Rua 1,\nPorto"}, "company": "", "location": "Porto",
		"birthday": "1992-02-29", "telegram_username": "", "custom_fields": object{"dog": "Rex\n🐕"},
	}).want(200)
	want = object{
		"full_name": "Ana Silva", "tier": 3.0, "aliases": []any{"Nita", "Anita"}, "emails": none(), "phones": []any{"+351912345678", "112"},
		"urls": []any{"https://ana.example.org", "t.me/anat"}, "addresses": []any{"Rua 1,\nPorto"}, "company": "", "location": "Porto",
		"birthday": "1992-02-29", "telegram_username": "", "is_verified": false, "is_premium": false,
		"custom_fields": object{"dog": "Rex\n🐕"}, "last_contact_at": nil, "tags": none(), "groups": none(), "relationships": none(),
	}
	if diff := cmp.Diff(want, ana.shown(contact)); diff != "" {
		t.Errorf("changed otherwise (-want +got):\n%s", diff)
	}
	ana.patch(id("/api/contacts/%d", contact), object{}).want(200)
	if diff := cmp.Diff(want, ana.shown(contact)); diff != "" {
		t.Errorf("nothing to change changes (-want +got):\n%s", diff)
	}
	ana.patch(id("/api/contacts/%d", contact), object{"birthday": "", "location": " ", "custom_fields": object{}}).want(200)
	for _, field := range []string{"birthday", "location"} {
		if got := ana.shown(contact)[field]; got != "" {
			t.Errorf("%s is %q, want it cleared", field, got)
		}
	}
	ana.delete(id("/api/contacts/%d", contact)).want(200)
	for _, again := range []*got{
		ana.get(id("/api/contacts/%d", contact)), ana.patch(id("/api/contacts/%d", contact), object{"tier": 1}), ana.delete(id("/api/contacts/%d", contact)),
	} {
		again.says(404, "no such contact")
	}
	ana.post(id("/api/contacts/%d/restore", contact), nil).want(200)
	if got := ana.shown(contact)["full_name"]; got != "Ana Silva" {
		t.Errorf("restored %v, want Ana Silva", got)
	}
	ana.post(id("/api/contacts/%d/restore", contact), nil).says(404, "trash")
}

func TestWhatNotesSayOfAContact(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	contact := ana.add("Ana Torres")
	note := storetest.NoteAt(t, h.Store, ana.user.ID, time.Now().Add(-time.Hour), "Ana joined Stripe in Porto, born 14 March", core.Contact{ID: contact, FullName: "Ana Torres"})
	for slot, value := range map[core.Slot]string{core.SlotEmployer: "Stripe", core.SlotHome: "Porto", core.SlotBirthday: "--03-14"} {
		storetest.Fact(t, h.Store, note, "Says "+value, storetest.Slot(slot, value))
	}
	shown := ana.shown(contact)
	if shown["company"] != "Stripe" || shown["location"] != "Porto" || shown["birthday"] != "--03-14" {
		t.Errorf("shown %v, want what the note says", shown)
	}
	ana.patch(id("/api/contacts/%d", contact), object{"company": "Acme"}).want(200)
	later := storetest.Note(t, h.Store, ana.user.ID, "Ana left Stripe and Porto", core.Contact{ID: contact, FullName: "Ana Torres"})
	storetest.Fact(t, h.Store, later, "Left Porto", storetest.Slot(core.SlotHome, ""))
	if shown := ana.shown(contact); shown["company"] != "Acme" || shown["location"] != "" {
		t.Errorf("shown %v, want Acme, which was filled in, and no place", shown)
	}
	var got struct {
		Facts map[string][]struct {
			ID         int64
			Content    string
			Confidence float64
			Evidence   struct {
				NoteID int64 `json:"note_id"`
				Quote  string
			}
		} `json:"categorized_data"`
	}
	ana.get(id("/api/contacts/%d", contact)).want(200).into(&got)
	facts := got.Facts["Others"]
	if len(got.Facts) != 1 || len(facts) != 3 || facts[0].Content != "Left Porto" || facts[0].Evidence.NoteID != later.ID || facts[0].Evidence.Quote != later.Text {
		t.Errorf("known: %+v, want what is current, the latest first, with its note", got.Facts)
	}
}

func TestContactsThatCannotBe(t *testing.T) {
	t.Parallel()
	ana := newHouse(t).somebody(t, core.RoleUser)
	contact := ana.add("Ana Torres")
	long := strings.Repeat("é", 501)
	for _, test := range []struct {
		body  object
		field string
	}{
		{object{"full_name": " \u200b"}, "full_name"},
		{object{"full_name": long}, "full_name"},
		{object{"full_name": nil, "tier": "close"}, "tier"},
		{object{"full_name": 7}, "full_name"},
		{object{"full_name": "A\x00na"}, "full_name"},
		{object{"tier": 0}, "tier"},
		{object{"tier": 4}, "tier"},
		{object{"tier": 1.5}, "tier"},
		{object{"tier": 1e30}, "tier"},
		{object{"birthday": "2001-02-29"}, "birthday"},
		{object{"birthday": "yesterday"}, "birthday"},
		{object{"company": long}, "company"},
		{object{"location": []string{"Porto"}}, "location"},
		{object{"telegram_username": "a b c d"}, "telegram_username"},
		{object{"aliases": []string{""}}, "aliases"},
		{object{"aliases": []any{nil}}, "aliases"},
		{object{"aliases": "Nita"}, "aliases"},
		{object{"aliases": slices.Repeat([]string{"x"}, 51)}, "aliases"},
		{object{"custom_fields": object{"": "x"}}, "custom_fields"},
		{object{"custom_fields": object{"x": 7}}, "custom_fields"},
		{object{"custom_fields": object{"x": strings.Repeat("y", 2001)}}, "custom_fields"},
		{object{"custom_fields": []string{"x"}}, "custom_fields"},
		{object{"custom_fields": object{"x": "\x00"}}, "custom_fields.x"},
		{object{"nickname": "Nita"}, "nickname"},
		{object{"is_premium": true}, "is_premium"},
	} {
		ana.patch(id("/api/contacts/%d", contact), test.body).says(400, test.field)
		if _, named := test.body["full_name"]; !named {
			test.body["full_name"] = "Bea Ruiz"
		}
		if test.body["full_name"] != nil {
			ana.post("/api/contacts", test.body).says(400, test.field)
		}
	}
	for field, values := range map[string][]string{
		"email": {"ana", "ana@", "Ana <ana@example.org>", "a@b@c", long},
		"phone": {"call me", "+", "+1", "12", "+351 912 345 678 ext. 9", strings.Repeat("1", 16)},
		"url":   {"", "ana", "javascript:alert(1)", "https://", "mailto:ana@example.org", "https://a.b/c d"},
	} {
		for _, value := range values {
			ana.patch(id("/api/contacts/%d", contact), object{field + "s": []string{value}}).says(400, field)
			if field != "url" && value != "" {
				ana.post("/api/contacts", object{"full_name": "Bea Ruiz", field: value}).says(400, field)
			}
		}
	}
	ana.post("/api/contacts", object{}).says(400, "full_name")
	ana.post("/api/contacts", nil).says(400, "body")
	ana.post("/api/contacts", "[]").says(400, "body")
	ana.post("/api/contacts", `{"full_name": "Ana"`).says(400, "body")
	if got := ana.listed(""); got != "Ana Torres" {
		t.Errorf("the user knows %s, want Ana alone", got)
	}
}

func TestANameOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	bob.add("Ana Torres")
	first, other := ana.add("Ana Torres"), ana.add("Bea Ruiz")
	taken := func(g *got) {
		t.Helper()
		var p struct {
			Code      string
			ContactID int64 `json:"contact_id"`
		}
		g.want(409).into(&p)
		if p.ContactID != first || p.Code != "conflict" {
			t.Errorf("the answer is %s, want a conflict with contact %d", g.body, first)
		}
	}
	taken(ana.post("/api/contacts", object{"full_name": "ana  TORRES"}))
	taken(ana.patch(id("/api/contacts/%d", other), object{"full_name": "ANA TORRES"}))
	ana.patch(id("/api/contacts/%d", first), object{"full_name": "ANA TORRES"}).want(200)
	ana.delete(id("/api/contacts/%d", first)).want(200)
	gone := first
	first = ana.add("Ana Torres")
	taken(ana.post(id("/api/contacts/%d/restore", gone), nil))
}

func TestRacingForAName(t *testing.T) {
	t.Parallel()
	ana := newHouse(t).somebody(t, core.RoleUser)
	status := make([]int, 8)
	var group sync.WaitGroup
	for i := range status {
		group.Go(func() { status[i] = ana.post("/api/contacts", object{"full_name": "Ana Torres"}).status })
	}
	group.Wait()
	slices.Sort(status)
	if want := append([]int{200}, slices.Repeat([]int{409}, 7)...); !slices.Equal(status, want) {
		t.Errorf("answered %v, want %v", status, want)
	}
}

func TestContactsOfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	contact := ana.add("Ana Torres")
	for _, theirs := range []int64{contact, contact + 1000, 1 << 62} {
		for name, g := range map[string]*got{
			"read":    bob.get(id("/api/contacts/%d", theirs)),
			"change":  bob.patch(id("/api/contacts/%d", theirs), object{"full_name": "Mine", "emails": []string{"b@example.org"}}),
			"delete":  bob.delete(id("/api/contacts/%d", theirs)),
			"restore": bob.post(id("/api/contacts/%d/restore", theirs), nil),
		} {
			if g.status != 404 {
				t.Errorf("%s contact %d: %d %s, want 404", name, theirs, g.status, g.body)
			}
		}
	}
	for _, wrong := range []string{"0", "-1", "ana", "1e3", "9223372036854775808", "%00"} {
		ana.get("/api/contacts/"+wrong).says(400, "id")
	}
	ana.delete(id("/api/contacts/%d", contact)).want(200)
	bob.post(id("/api/contacts/%d/restore", contact), nil).says(404, "trash")
	if got := bob.listed(""); got != "" {
		t.Errorf("Bob knows %s, want nobody", got)
	}
	bob.get("/api/trash").want(200)
	h.stranger(t).get("/api/contacts").says(401, "signed in")
}

func TestListsOfContacts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	h.somebody(t, core.RoleUser).add("Aaron Stranger")
	met := func(contact int64, name string, ago time.Duration) {
		note := storetest.Note(t, h.Store, ana.user.ID, "Met "+name, core.Contact{ID: contact, FullName: name})
		mentions, err := h.Store.Mentions(t.Context(), ana.user.ID, note.ID)
		check(t, err)
		check(t, h.Store.AddMeeting(t.Context(), mentions[0], time.Now().Add(-ago)))
	}
	zoe, emile := ana.add("Zoë Álvarez", object{"tier": 1}), ana.add("Émile Roy", object{"aliases": []string{"Millie_"}})
	bob, carl := ana.add("Bob Hall", object{"tier": 3}), ana.add("carl Zwei", object{"telegram_username": "CarlTheSecond"})
	dora := ana.add("Dora")
	met(emile, "Émile Roy", time.Hour)
	met(emile, "Émile Roy", -time.Hour) // still to come
	met(carl, "carl Zwei", 2*time.Hour)
	met(zoe, "Zoë Álvarez", 48*time.Hour)
	met(bob, "Bob Hall", -2*time.Hour)
	ana.delete(id("/api/contacts/%d", dora)).want(200)
	ana.delete(id("/api/contacts/%d", ana.add("Gone"))).want(200)
	ana.post(id("/api/contacts/%d/restore", dora), nil).want(200)
	for query, want := range map[string]string{
		"":                            "Bob Hall, carl Zwei, Dora, Émile Roy, Zoë Álvarez",
		"sort=name":                   "Bob Hall, carl Zwei, Dora, Émile Roy, Zoë Álvarez",
		"sort=created":                "Dora, carl Zwei, Bob Hall, Émile Roy, Zoë Álvarez",
		"sort=tier":                   "Zoë Álvarez, carl Zwei, Dora, Émile Roy, Bob Hall",
		"sort=last_contact":           "Émile Roy, carl Zwei, Zoë Álvarez, Dora, Bob Hall",
		"tier=2":                      "carl Zwei, Dora, Émile Roy",
		"tier=2&sort=last_contact":    "Émile Roy, carl Zwei, Dora",
		"tier=3&sort=created":         "Bob Hall",
		"tier=1&sort=tier":            "Zoë Álvarez",
		"q=alv":                       "Zoë Álvarez",
		"q=z":                         "carl Zwei, Zoë Álvarez",
		"q=z&sort=last_contact":       "carl Zwei, Zoë Álvarez",
		"q=z&sort=tier":               "Zoë Álvarez, carl Zwei",
		"q=z&sort=created":            "carl Zwei, Zoë Álvarez",
		"q=roy&sort=created":          "Émile Roy",
		"q=o&sort=last_contact":       "Émile Roy, Zoë Álvarez, Dora, Bob Hall",
		"q=z&tier=2":                  "carl Zwei",
		"q=millie_":                   "Émile Roy",
		"q=%25":                       "",
		"q=_":                         "Émile Roy",
		"q=%40carlthesecond":          "carl Zwei",
		"q=nobody":                    "",
		"q=+":                         "Bob Hall, carl Zwei, Dora, Émile Roy, Zoë Álvarez",
		"tag=none":                    "",
		"tag=9999999999999999999&q=z": "",
	} {
		for _, limit := range []string{"200", "1", "2"} {
			if got := ana.listed(query + "&limit=" + limit); got != want {
				t.Errorf("?%s by %s: %s, want %s", query, limit, got, want)
			}
		}
	}
	var page struct {
		Contacts []struct {
			FullName      string     `json:"full_name"`
			LastContactAt *time.Time `json:"last_contact_at"`
		}
	}
	ana.get("/api/contacts/?sort=last_contact").want(200).into(&page)
	for _, c := range page.Contacts {
		never := c.FullName == "Bob Hall" || c.FullName == "Dora"
		if never != (c.LastContactAt == nil) || !never && c.LastContactAt.After(time.Now()) {
			t.Errorf("%s was last met %v", c.FullName, c.LastContactAt)
		}
	}
}

func TestListsThatCannotBe(t *testing.T) {
	t.Parallel()
	ana := newHouse(t).somebody(t, core.RoleUser)
	for _, name := range []string{"Ana", "Bob", "Carl"} {
		ana.add(name)
	}
	var page struct {
		NextCursor string `json:"next_cursor"`
	}
	ana.get("/api/contacts?limit=1").want(200).into(&page)
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=-1": "limit", "limit=201": "limit", "limit=x": "limit", "limit=99999999999999999999": "limit",
		"tier=0": "tier", "tier=4": "tier", "sort=age": "sort", "sort=": "", "page=2": "page", "q=%00": "q", "q=%ff": "q",
		"cursor=x": "cursor", "cursor=" + strings.Repeat("x", 8001): "cursor",
		"sort=tier&cursor=" + page.NextCursor: "cursor", "q=a&cursor=" + page.NextCursor: "cursor", "tier=1&cursor=" + page.NextCursor: "cursor",
	} {
		if g := ana.get("/api/contacts?" + query); field != "" {
			g.says(400, field)
		}
	}
	ana.get("/api/trash?cursor="+page.NextCursor).says(400, "cursor")
	// A cursor holds while what it stands at goes away.
	var first struct{ Contacts []struct{ ID int64 } }
	ana.get("/api/contacts?limit=1").want(200).into(&first)
	ana.delete(id("/api/contacts/%d", first.Contacts[0].ID)).want(200)
	if got := ana.listed("limit=1"); got != "Bob, Carl" {
		t.Errorf("left are %s, want Bob and Carl", got)
	}
	var rest struct{ Contacts []struct{ ID int64 } }
	ana.get("/api/contacts?limit=1&cursor=" + page.NextCursor).want(200).into(&rest)
	if len(rest.Contacts) != 1 {
		t.Errorf("after a cursor at somebody deleted: %v, want Bob", rest)
	}
}

func TestTheTrash(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	for _, name := range []string{"Ana", "Bob", "Ana"} {
		ana.delete(id("/api/contacts/%d", ana.add(name))).want(200)
	}
	var names []string
	for cursor := ""; ; {
		var page struct {
			Contacts []struct {
				FullName   string    `json:"full_name"`
				DeletedAt  time.Time `json:"deleted_at"`
				PurgeAt    time.Time `json:"purge_at"`
				MergedInto *int64    `json:"merged_into"`
			}
			NextCursor *string `json:"next_cursor"`
		}
		ana.get("/api/trash?limit=2&cursor=" + cursor).want(200).into(&page)
		for _, c := range page.Contacts {
			names = append(names, c.FullName)
			if c.PurgeAt.Sub(c.DeletedAt) != 30*24*time.Hour || c.MergedInto != nil {
				t.Errorf("in the trash: %+v, want it there for 30 days, and not merged", c)
			}
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	if got := strings.Join(names, ", "); got != "Ana, Bob, Ana" {
		t.Errorf("in the trash are %s, want all three", got)
	}
}
