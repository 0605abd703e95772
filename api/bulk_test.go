package api_test

import (
	"testing"

	"github.com/kith-platform/kith/core"
)

func TestBulk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	a, b, theirs := ana.add("Ana"), ana.add("Bea", object{"tier": 1}), bob.add("Bob")
	tag := func(c *client) (id int64) {
		check(t, h.sql.QueryRow(t.Context(), `INSERT INTO tags (user_id, name) VALUES ($1, 'friends') RETURNING id`, c.user.ID).Scan(&id))
		return id
	}
	friends, foreign := tag(ana), tag(bob)
	const bulk = "/api/contacts/bulk"
	both := []int64{b, a}
	for _, test := range []struct {
		body  object
		says  int
		words string
	}{
		{object{"ids": []int64{}, "action": "delete"}, 400, "ids"},
		{object{"ids": []int64{a, a}, "action": "delete"}, 400, "ids"},
		{object{"ids": make([]int64, 501), "action": "delete"}, 400, "ids"},
		{object{"ids": both, "action": "erase"}, 400, "action"},
		{object{"ids": both, "action": "tag"}, 400, "tag_id"},
		{object{"ids": both, "action": "untag", "tier": 1, "tag_id": friends}, 400, "tier"},
		{object{"ids": both, "action": "tier"}, 400, "tier"},
		{object{"ids": both, "action": "tier", "tier": 4}, 400, "tier"},
		{object{"ids": both, "action": "delete", "tag_id": friends}, 400, "tag_id"},
		{object{"ids": both, "action": "tag", "tag_id": foreign}, 404, "tag_id"},
		{object{"ids": both, "action": "untag", "tag_id": 999_999}, 404, "tag_id"},
		{object{"ids": []int64{a, b, theirs}, "action": "delete"}, 404, "ids[2]"},
		{object{"ids": []int64{a, 999_999, b}, "action": "tier", "tier": 3}, 404, "ids[1]"},
	} {
		ana.post(bulk, test.body).says(test.says, test.words)
	}
	if got := ana.listed("sort=tier"); got != "Bea, Ana" {
		t.Fatalf("what is refused leaves %q, want all as it was", got)
	}
	for _, test := range []struct {
		body    object
		changed int
		listed  string
		query   string
	}{
		{object{"ids": both, "action": "tag", "tag_id": friends}, 2, "Ana, Bea", "tag=friends"},
		{object{"ids": both, "action": "tag", "tag_id": friends}, 0, "Ana, Bea", "tag=friends"},
		{object{"ids": []int64{a}, "action": "untag", "tag_id": friends}, 1, "Bea", "tag=friends"},
		{object{"ids": both, "action": "tier", "tier": 1}, 1, "Ana, Bea", "tier=1"},
		{object{"ids": both, "action": "delete"}, 2, "", ""},
	} {
		var answer struct {
			Success bool
			Changed int
		}
		ana.post(bulk, test.body).want(200).into(&answer)
		if !answer.Success || answer.Changed != test.changed {
			t.Errorf("%v: %+v, want %d changed", test.body, answer, test.changed)
		}
		if got := ana.listed(test.query); got != test.listed {
			t.Errorf("after %v there are %q, want %q", test.body, got, test.listed)
		}
	}
	var steps int
	check(t, h.sql.QueryRow(t.Context(), `SELECT count(DISTINCT step) FROM audit_events
		WHERE user_id = $1 AND entity = 'contact' AND after ->> 'deleted_at' IS NOT NULL`, ana.user.ID).Scan(&steps))
	if steps != 1 {
		t.Errorf("deleting both is %d steps, want 1", steps)
	}
	ana.post(bulk, object{"ids": both, "action": "tier", "tier": 1}).says(404, "ids[0]")
}
