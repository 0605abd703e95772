package api_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store/storetest"
)

// exec changes rows behind the store's back.
func (h *house) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := h.sql.Exec(t.Context(), sql, args...)
	check(t, err)
}

// close adds a contact of tier 1.
func (c *client) close(name string) core.Contact {
	c.t.Helper()
	made, err := c.Store.EnsureContact(c.t.Context(), core.Contact{UserID: c.user.ID, FullName: name, Tier: core.TierClose})
	check(c.t, err)
	return made
}

// object reads a good answer.
func (g *got) object() (v object) {
	g.t.Helper()
	g.want(200).into(&v)
	return v
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	bob.learn(bob.close("Somebody else's"), time.Now(), core.Goals)
	bea := ana.close("Bea")
	carl := storetest.Contact(t, h.Store, ana.user.ID, "Carl")
	today := time.Now().UTC().Truncate(24 * time.Hour)
	ana.learn(bea, time.Now(), core.Goals)
	tomorrow := today.Add(33 * time.Hour)
	old := time.Now().Add(-45 * 24 * time.Hour).UTC().Truncate(time.Second)
	fact := ana.learn(carl, old, core.Actionable, func(f *core.Fact) { f.Confidence, f.DueAt, f.Text = 0, &tomorrow, "Send the book" })
	h.exec(t, `UPDATE contacts SET birthday = $2 WHERE id = $1`, bea.ID, today.AddDate(-30, 0, 0).Format(time.DateOnly))
	taxes := ana.made("/api/reminders", "reminder", object{"text": "Taxes", "due_at": tomorrow})
	var send int64
	check(t, h.sql.QueryRow(t.Context(), `SELECT id FROM reminders WHERE fact_id = $1`, fact.ID).Scan(&send))

	got := ana.get("/api/analytics/dashboard").object()
	weeks := got["activity"].([]any)
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7).Format(time.DateOnly)
	if diff := cmp.Diff(object{"week": monday, "notes": 1.0, "interactions": 0.0}, weeks[len(weeks)-1]); diff != "" || len(weeks) != 12 {
		t.Errorf("%d weeks, the last is not this one (-want +got):\n%s", len(weeks), diff)
	}
	delete(got, "activity")
	want := object{
		"totals":         object{"contacts": 2.0, "notes": 2.0, "facts": 2.0, "interactions": 0.0, "reminders": 2.0},
		"health":         object{"average": 48.5, "strong": 1.0, "weak": 1.0},
		"top_categories": []any{object{"category": "Actionable", "facts": 1.0}, object{"category": "Goals", "facts": 1.0}},
		"reconnect": []any{object{
			"contact_id": float64(carl.ID), "full_name": "Carl", "tier": 2.0, "health": 25.0, "level": "low", "last_fact_at": old.Format(time.RFC3339),
		}},
		"upcoming": []any{
			object{
				"kind": "birthday", "id": nil, "contact_id": float64(bea.ID), "full_name": "Bea", "text": "Turns 30",
				"day": today.Format(time.DateOnly), "due_at": nil,
			},
			object{
				"kind": "reminder", "id": float64(send), "contact_id": float64(carl.ID), "full_name": "Carl", "text": "Send the book",
				"day": tomorrow.Format(time.DateOnly), "due_at": tomorrow.Format(time.RFC3339),
			},
			object{
				"kind": "reminder", "id": float64(taxes), "contact_id": nil, "full_name": nil, "text": "Taxes",
				"day": tomorrow.Format(time.DateOnly), "due_at": tomorrow.Format(time.RFC3339),
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the dashboard is otherwise (-want +got):\n%s", diff)
	}
}

func TestAWriteIsOnTheDashboardAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	for n := range 3 {
		got := ana.get("/api/analytics/dashboard").object()["totals"].(object)["contacts"]
		if got != float64(n) {
			t.Errorf("%v contacts after %d were added", got, n)
		}
		ana.get("/api/analytics/network").want(200)
		ana.close(fmt.Sprint("Person ", n))
	}
	if keys, err := h.redis.Keys(t.Context(), "kith:result:*").Result(); err != nil || len(keys) != 6 {
		t.Errorf("%d results are kept (%v), want 6", len(keys), err)
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	bob.close("Somebody else's")
	bea := ana.close("Bea")
	storetest.Contact(t, h.Store, ana.user.ID, "Carl")
	at := time.Now().UTC().Truncate(time.Second)
	ana.learn(bea, at, core.Goals)
	h.exec(t, `INSERT INTO groups (user_id, name, color) VALUES ($1, 'Band', '#112233')`, ana.user.ID)
	h.exec(t, `INSERT INTO group_members (user_id, group_id, contact_id) SELECT $1, id, $2 FROM groups`, ana.user.ID, bea.ID)
	h.exec(t, `INSERT INTO tags (user_id, name) VALUES ($1, 'work')`, ana.user.ID)
	var group, tag int64
	check(t, h.sql.QueryRow(t.Context(), `SELECT g.id, t.id FROM groups g, tags t`).Scan(&group, &tag))
	standing := object{"contact_id": float64(bea.ID), "full_name": "Bea", "tier": 1.0, "health": 72.0, "level": "good", "last_fact_at": at.Format(time.RFC3339)}
	want := object{
		"contacts": 2.0, "unknown": 1.0, "relationships": 0.0, "isolated": 1.0,
		"tiers": []any{
			object{"tier": 1.0, "name": "close", "contacts": 1.0, "health": 72.0},
			object{"tier": 2.0, "name": "regular", "contacts": 1.0, "health": 0.0},
			object{"tier": 3.0, "name": "distant", "contacts": 0.0, "health": 0.0},
		},
		"groups":    []any{object{"id": float64(group), "name": "Band", "color": "#112233", "contacts": 1.0, "health": 72.0}},
		"tags":      []any{object{"id": float64(tag), "name": "work", "contacts": 0.0, "health": 0.0}},
		"strongest": []any{standing}, "weakest": []any{standing},
	}
	if diff := cmp.Diff(want, ana.get("/api/analytics/network").object()); diff != "" {
		t.Errorf("the network is otherwise (-want +got):\n%s", diff)
	}
}

func TestGraph(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	bob.close("Somebody else's")
	you := object{"id": 0.0, "label": "You", "group": "self", "tier": 0.0, "value": 40.0}
	if diff := cmp.Diff(object{"nodes": []any{you}, "edges": []any{}, "groups": object{}}, ana.get("/api/graph").object()); diff != "" {
		t.Errorf("the graph of nobody (-want +got):\n%s", diff)
	}
	bea := ana.close("Bea")
	carl, gone := storetest.Contact(t, h.Store, ana.user.ID, "Carl"), storetest.Contact(t, h.Store, ana.user.ID, "Gone")
	ana.learn(carl, time.Now(), core.Goals)
	h.exec(t, `INSERT INTO relationships (user_id, contact_id, other_id, label, inverse)
		VALUES ($1, $2, $3, 'sister', 'brother'), ($1, $2, $4, 'friend', 'friend')`, ana.user.ID, bea.ID, carl.ID, gone.ID)
	h.exec(t, `UPDATE contacts SET deleted_at = now() WHERE id = $1`, gone.ID)
	var first int64
	check(t, h.sql.QueryRow(t.Context(), `INSERT INTO groups (user_id, name, color) VALUES ($1, 'Zoo', '#112233') RETURNING id`, ana.user.ID).Scan(&first))
	h.exec(t, `INSERT INTO groups (user_id, name, color) VALUES ($1, 'Band', '#445566')`, ana.user.ID)
	h.exec(t, `INSERT INTO group_members (user_id, group_id, contact_id) SELECT $1, id, $2 FROM groups`, ana.user.ID, carl.ID)
	group := strconv.FormatInt(first, 10)
	want := object{
		"nodes": []any{
			you,
			object{"id": float64(bea.ID), "label": "Bea", "group": nil, "tier": 1.0, "value": 10.0},
			object{"id": float64(carl.ID), "label": "Carl", "group": group, "tier": 2.0, "value": 11.0},
		},
		"edges": []any{
			object{"from": 0.0, "to": float64(bea.ID), "label": "", "arrows": "to"},
			object{"from": float64(bea.ID), "to": float64(carl.ID), "label": "sister", "arrows": "to"},
		},
		"groups": object{group: object{"color": "#112233", "name": "Zoo"}},
	}
	if diff := cmp.Diff(want, ana.get("/api/graph").object()); diff != "" {
		t.Errorf("the graph is otherwise (-want +got):\n%s", diff)
	}
	for _, path := range []string{"/api/graph", "/api/analytics/dashboard", "/api/analytics/network"} {
		h.stranger(t).get(path).says(401, "not signed in")
		ana.get(path+"?limit=1").says(400, "limit")
	}
}
