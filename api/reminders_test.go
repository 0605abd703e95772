package api_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
)

func TestReminders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	bea := ana.add("Bea")
	due := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	call := ana.made("/api/reminders", "reminder", object{"text": " Call Bea ", "due_at": due, "contact_id": bea})
	ana.made("/api/reminders", "reminder", object{"text": "Taxes", "due_at": due.Add(time.Minute)})
	ana.made("/api/reminders", "reminder", object{"text": "Water", "due_at": due.Add(time.Minute)})
	texts := func(query string) (list []string) {
		t.Helper()
		for cursor := ""; ; {
			var page struct {
				Reminders []struct {
					Text  string
					DueAt time.Time `json:"due_at"`
				}
				NextCursor *string `json:"next_cursor"`
			}
			ana.get("/api/reminders?limit=2&" + query + "&cursor=" + cursor).want(200).into(&page)
			for _, r := range page.Reminders {
				list = append(list, r.Text+r.DueAt.Sub(due).Round(time.Second).String())
			}
			if page.NextCursor == nil {
				return list
			}
			cursor = *page.NextCursor
		}
	}
	same := func(want []string, query string) {
		t.Helper()
		if diff := cmp.Diff(want, texts(query)); diff != "" {
			t.Errorf("?%s (-want +got):\n%s", query, diff)
		}
	}
	same([]string{"Call Bea0s", "Taxes1m0s", "Water1m0s"}, "")
	same([]string{"Call Bea0s"}, id("contact_id=%d", bea))
	shown := ana.get(id("/api/reminders/%d", call)).want(200).object()["reminder"].(object)
	delete(shown, "created_at")
	want := object{"id": float64(call), "text": "Call Bea", "due_at": due.Format(time.RFC3339), "state": "open", "contact_id": float64(bea), "full_name": "Bea", "fact_id": nil}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("the reminder is otherwise (-want +got):\n%s", diff)
	}

	ana.patch(id("/api/reminders/%d", call), object{"text": "Call her", "due_at": due.Add(2 * time.Minute)}).want(200)
	same([]string{"Taxes1m0s", "Water1m0s", "Call her2m0s"}, "")
	ana.patch(id("/api/reminders/%d", call), object{"done": true}).want(200)
	same([]string{"Call her2m0s"}, "state=done")
	ana.patch(id("/api/reminders/%d", call), object{"done": false}).want(200)
	same([]string{"Call her2m0s"}, id("state=open&contact_id=%d", bea))
	ana.patch(id("/api/reminders/%d", call), object{}).want(200)
	ana.delete(id("/api/reminders/%d", call)).want(200)
	same([]string{"Taxes1m0s", "Water1m0s"}, "")
	for _, method := range []func(string) *got{ana.get, ana.delete} {
		method(id("/api/reminders/%d", call)).want(404)
	}

	// Bad input, and what is somebody else's.
	for _, body := range []object{
		{"text": "Late", "due_at": time.Now().Add(-time.Minute)},
		{"text": " \u200b ", "due_at": due},
		{"text": "No time"},
		{"due_at": due},
	} {
		if status := ana.post("/api/reminders", body).status; status != 400 && status != 422 {
			t.Errorf("adding %v is answered %d", body, status)
		}
	}
	taxes := ana.made("/api/reminders", "reminder", object{"text": "More taxes", "due_at": due})
	ana.patch(id("/api/reminders/%d", taxes), object{"due_at": time.Now().Add(-time.Minute)}).want(400)
	ana.post("/api/reminders", object{"text": "Call", "due_at": due, "contact_id": bob.add("Zed")}).want(404)
	bob.get(id("/api/reminders/%d", taxes)).want(404)
	bob.patch(id("/api/reminders/%d", taxes), object{"done": true}).want(404)
	bob.delete(id("/api/reminders/%d", taxes)).want(404)
}
