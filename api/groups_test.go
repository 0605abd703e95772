package api_test

import (
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	bea, carl, zoe := ana.add("Bea"), ana.add("Carl"), ana.add("Zoe")
	choir := ana.made("/api/groups", "group", object{"name": "Choir", "color": "#1E90FF"})
	band := ana.made("/api/groups", "group", object{"name": "band"})
	ana.made("/api/groups", "group", object{"name": "Zoo"})
	if got := ana.named("/api/groups", "groups"); got != "band, Choir, Zoo" {
		t.Errorf("the groups are %s", got)
	}
	for _, contact := range []int64{zoe, bea, carl, bea} {
		ana.put(id("/api/groups/%d/members/%d", choir, contact), nil).want(200)
	}
	members := id("/api/groups/%d/members", choir)
	if got := ana.named(members, "members"); got != "Bea, Carl, Zoe" {
		t.Errorf("the members are %s, want all three", got)
	}
	if got := ana.shown(bea)["groups"]; len(got.([]any)) != 1 {
		t.Errorf("Bea is in %v, want one group", got)
	}
	ana.delete(id("/api/contacts/%d", carl)).want(200)
	ana.delete(id("/api/groups/%d/members/%d", choir, zoe)).want(200)
	ana.delete(id("/api/groups/%d/members/%d", choir, zoe)).want(200)
	if got := ana.named(members, "members"); got != "Bea" {
		t.Errorf("the members are %s, want Bea: Carl is in the trash", got)
	}
	var shown struct {
		Group struct {
			Name, Color string
			Members     int
		}
	}
	ana.patch(id("/api/groups/%d", choir), object{"color": "#ABCDEF"}).want(200)
	ana.get(id("/api/groups/%d", choir)).want(200).into(&shown)
	if g := shown.Group; g.Name != "Choir" || g.Color != "#abcdef" || g.Members != 1 {
		t.Errorf("the group is %+v, want Choir in another colour with one member", g)
	}
	ana.patch(id("/api/groups/%d", band), object{"name": "CHOIR"}).says(409, "already")
	ana.post("/api/groups", object{"name": "CHOIR"}).says(409, "already")
	raced(t, func() *got { return ana.post("/api/groups", object{"name": "new"}) })
	for _, wrong := range []any{" ", "", nil, 7, strings.Repeat("x", 101), "a\x00"} {
		ana.post("/api/groups", object{"name": wrong}).says(400, "name")
	}
	for _, wrong := range []any{"red", "#12345", "#1234567", "#12345g", 7} {
		ana.post("/api/groups", object{"name": "x", "color": wrong}).says(400, "color")
	}
	ana.get(members+"?cursor=x").says(400, "cursor")
	ana.put(id("/api/groups/%d/members/%d", choir, carl), nil).says(404, "no such")
	mine, bobs := bob.add("Mine"), bob.made("/api/groups", "group", object{"name": "Choir"})
	for _, g := range []*got{
		bob.get(id("/api/groups/%d", choir)), bob.get(members), bob.delete(id("/api/groups/%d", choir)),
		bob.patch(id("/api/groups/%d", choir), object{"name": "x"}),
		bob.put(id("/api/groups/%d/members/%d", choir, mine), nil), bob.put(id("/api/groups/%d/members/%d", bobs, bea), nil),
		bob.delete(id("/api/groups/%d/members/%d", choir, mine)), bob.delete(id("/api/groups/%d/members/%d", bobs, bea)),
	} {
		g.says(404, "no such")
	}
	ana.delete(id("/api/groups/%d", choir)).want(200)
	ana.get(members).says(404, "no such group")
	if got := ana.shown(bea)["groups"]; len(got.([]any)) != 0 {
		t.Errorf("Bea is in %v, want no group", got)
	}
}
