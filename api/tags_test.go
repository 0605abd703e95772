package api_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kith-platform/kith/core"
)

// made adds a thing and returns the id.
func (c *client) made(path, thing string, body object) int64 {
	c.t.Helper()
	var got map[string]struct{ ID int64 }
	c.post(path, body).want(200).into(&got)
	return got[thing].ID
}

// named returns the names of a list of things, page by page.
func (c *client) named(path, things string) string {
	c.t.Helper()
	var names []string
	for cursor := ""; ; {
		var page map[string]any
		c.get(path + "?limit=2&cursor=" + cursor).want(200).into(&page)
		for _, thing := range page[things].([]any) {
			thing := thing.(object)
			name, ok := thing["name"]
			if !ok {
				name = thing["full_name"]
			}
			names = append(names, name.(string))
		}
		next, more := page["next_cursor"].(string)
		if !more {
			return strings.Join(names, ", ")
		}
		cursor = next
	}
}

// raced fails the test unless of eight who do something at once one succeeds.
func raced(t *testing.T, do func() *got) {
	t.Helper()
	status := make([]int, 8)
	var group sync.WaitGroup
	for i := range status {
		group.Go(func() { status[i] = do().status })
	}
	group.Wait()
	slices.Sort(status)
	if want := append([]int{200}, slices.Repeat([]int{409}, 7)...); !slices.Equal(status, want) {
		t.Errorf("answered %v, want %v", status, want)
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	bea, carl := ana.add("Bea"), ana.add("Carl")
	friends := ana.made("/api/tags", "tag", object{"name": " Friends  of mine "})
	work := ana.made("/api/tags", "tag", object{"name": "work"})
	ana.made("/api/tags", "tag", object{"name": "Band"})
	if got := ana.named("/api/tags", "tags"); got != "Band, Friends of mine, work" {
		t.Errorf("the tags are %s", got)
	}
	for _, contact := range []int64{bea, carl, bea} {
		ana.put(id("/api/contacts/%d/tags/%d", contact, friends), nil).want(200)
	}
	for _, tag := range []string{"friends%20of%20mine", id("%d", friends)} {
		if got := ana.listed("limit=1&tag=" + tag); got != "Bea, Carl" {
			t.Errorf("tagged %s are %s, want both", tag, got)
		}
	}
	if got := ana.shown(bea)["tags"]; len(got.([]any)) != 1 {
		t.Errorf("Bea has tags %v, want one", got)
	}
	ana.delete(id("/api/contacts/%d", carl)).want(200)
	var tag struct{ Tag struct{ Contacts int } }
	ana.get(id("/api/tags/%d", friends)).want(200).into(&tag)
	if tag.Tag.Contacts != 1 {
		t.Errorf("%d contacts have the tag, want the live one", tag.Tag.Contacts)
	}
	ana.delete(id("/api/contacts/%d/tags/%d", bea, work)).want(200)
	ana.delete(id("/api/contacts/%d/tags/%d", bea, friends)).want(200)
	if got := ana.listed("tag=friends+of+mine"); got != "" {
		t.Errorf("tagged are %s, want nobody", got)
	}
	ana.patch(id("/api/tags/%d", work), object{"name": "FRIENDS of mine"}).says(409, "already")
	ana.post("/api/tags", object{"name": "WORK"}).says(409, "already")
	ana.patch(id("/api/tags/%d", work), object{"name": "Work"}).want(200)
	raced(t, func() *got { return ana.post("/api/tags", object{"name": "new"}) })
	for _, wrong := range []any{" ", "", nil, 7, strings.Repeat("x", 101), "a\x00"} {
		ana.post("/api/tags", object{"name": wrong}).says(400, "name")
	}
	ana.put(id("/api/contacts/%d/tags/%d", carl, work), nil).says(404, "no such")
	mine := bob.add("Mine")
	bobs := bob.made("/api/tags", "tag", object{"name": "work"})
	for _, g := range []*got{
		bob.get(id("/api/tags/%d", work)), bob.patch(id("/api/tags/%d", work), object{"name": "x"}), bob.delete(id("/api/tags/%d", work)),
		bob.put(id("/api/contacts/%d/tags/%d", mine, work), nil), bob.put(id("/api/contacts/%d/tags/%d", bea, bobs), nil),
		bob.delete(id("/api/contacts/%d/tags/%d", mine, work)), bob.delete(id("/api/contacts/%d/tags/%d", bea, bobs)),
	} {
		g.says(404, "no such")
	}
	if got := bob.listed(id("tag=%d", work)); got != "" {
		t.Errorf("with Ana's tag Bob has %s", got)
	}
	ana.put(id("/api/contacts/%d/tags/%d", bea, work), nil).want(200)
	ana.delete(id("/api/tags/%d", work)).want(200)
	ana.delete(id("/api/tags/%d", work)).says(404, "no such tag")
	if got := ana.shown(bea)["tags"]; len(got.([]any)) != 0 {
		t.Errorf("Bea has tags %v, want none", got)
	}
}
