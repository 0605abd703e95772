package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

func TestUndecided(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	mike, zoe, deleted := ana.add("Mike", object{}), ana.add("Zoe", object{}), ana.add("Lea", object{})
	ana.delete(id("/api/contacts/%d", deleted)).want(200)
	result, err := link.SyncPeople(t.Context(), h.Store, ana.user.ID, []core.TelegramPerson{
		{ID: 7, FirstName: "Mike", Username: "mike_c", Phone: "14155552671"}, {ID: 8, FirstName: "Zoe"}, {ID: 9, FirstName: "Lea"}, {ID: 10, FirstName: "Ida"},
	})
	check(t, err)
	if result.Undecided != 3 {
		t.Fatalf("the sync says %+v, want three undecided", result)
	}
	page := func(path string) (list []any, next *string) {
		t.Helper()
		var got struct {
			People     []any
			NextCursor *string `json:"next_cursor"`
		}
		ana.get(path).want(200).into(&got)
		return got.People, got.NextCursor
	}
	person := func(telegram int64, name string, contact int64, trashed bool) object {
		return object{
			"telegram_id": float64(telegram), "name": name, "username": "", "phone": "",
			"candidates": []any{map[string]any{"contact_id": float64(contact), "full_name": name, "trashed": trashed}},
		}
	}
	first := person(7, "Mike", mike, false)
	first["username"], first["phone"] = "mike_c", "14155552671"
	list, next := page("/api/telegram/undecided?limit=2")
	if diff := cmp.Diff([]any{map[string]any(first), map[string]any(person(8, "Zoe", zoe, false))}, list); diff != "" || next == nil {
		t.Fatalf("listed otherwise, with the cursor %v (-want +got):\n%s", next, diff)
	}
	list, next = page("/api/telegram/undecided?limit=2&cursor=" + *next)
	if diff := cmp.Diff([]any{map[string]any(person(9, "Lea", deleted, true))}, list); diff != "" || next != nil {
		t.Errorf("listed otherwise, with the cursor %v (-want +got):\n%s", next, diff)
	}

	is := func(telegram int, body object) *got {
		return ana.post(id("/api/telegram/undecided/%d", int64(telegram)), body)
	}
	is(7, object{"decision": "contact"}).says(400, "contact_id")
	is(7, object{"decision": "new", "contact_id": mike}).says(400, "contact_id")
	is(7, object{"decision": "perhaps"}).says(400, "decision")
	is(7, object{"decision": "contact", "contact_id": 999}).says(404, "no such contact")
	is(99, object{"decision": "new"}).says(404, "nobody like that")
	bob.post("/api/telegram/undecided/7", object{"decision": "new"}).says(404, "nobody like that")
	h.stranger(t).get("/api/telegram/undecided").says(401, "not signed in")
	is(7, object{"decision": "contact", "contact_id": mike}).want(200)
	is(7, object{"decision": "new"}).says(422, "decided already")
	is(8, object{"decision": "contact", "contact_id": mike}).says(409, "another one at Telegram")
	is(8, object{"decision": "leave_out"}).want(200)
	is(9, object{"decision": "contact", "contact_id": deleted}).want(200)
	ana.get(id("/api/contacts/%d", deleted)).want(200)
	if list, _ := page("/api/telegram/undecided"); len(list) > 0 {
		t.Errorf("%v are left, want nobody", list)
	}
	var bobs struct{ People []any }
	if bob.get("/api/telegram/undecided").want(200).into(&bobs); len(bobs.People) > 0 {
		t.Errorf("somebody else sees %v", bobs.People)
	}
}
