package api_test

import (
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
)

// relations returns the relationships in a list: "Bea is parent of Carl".
func (c *client) relations(query string) string {
	c.t.Helper()
	var list []string
	for cursor := ""; ; {
		var page struct {
			Relationships []struct {
				Contact, Other struct{ Name string }
				Label          string
			}
			NextCursor *string `json:"next_cursor"`
		}
		c.get("/api/relationships?limit=1&cursor=" + cursor + query).want(200).into(&page)
		for _, r := range page.Relationships {
			list = append(list, r.Contact.Name+" is "+r.Label+" of "+r.Other.Name)
		}
		if page.NextCursor == nil {
			return strings.Join(list, ", ")
		}
		cursor = *page.NextCursor
	}
}

func TestRelationships(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	bea, carl, dora := ana.add("Bea"), ana.add("Carl"), ana.add("Dora")
	relate := func(contact, other int64, label string, more ...object) *got {
		t.Helper()
		body := object{"contact_id": contact, "other_id": other, "label": label}
		for _, m := range more {
			body["inverse"] = m["inverse"]
		}
		return ana.post("/api/relationships", body)
	}
	var made struct {
		Relationship struct {
			ID      int64
			Inverse string
		}
	}
	relate(bea, carl, "parent").want(200).into(&made)
	if made.Relationship.Inverse != "child" {
		t.Errorf("the inverse of parent is %q, want child", made.Relationship.Inverse)
	}
	relate(dora, bea, "dentist").says(400, "inverse")
	relate(dora, bea, "dentist", object{"inverse": "patient"}).want(200)
	relate(carl, dora, "friend").want(200)
	if got, want := ana.relations(""), "Bea is parent of Carl, Dora is dentist of Bea, Carl is friend of Dora"; got != want {
		t.Errorf("related: %s; want %s", got, want)
	}
	relate(bea, carl, "Parent").says(409, "already")
	relate(carl, bea, "child").says(409, "already")
	relate(dora, carl, "friend").says(409, "already")
	relate(bea, bea, "friend").says(400, "other_id")
	raced(t, func() *got { return relate(carl, bea, "colleague") })
	var shown struct {
		Contact struct {
			Relationships []struct {
				FullName       string `json:"full_name"`
				Label, Inverse string
			}
		}
	}
	ana.get(id("/api/contacts/%d", carl)).want(200).into(&shown)
	if r := shown.Contact.Relationships; len(r) != 3 || r[0].FullName != "Bea" || r[0].Label != "child" || r[0].Inverse != "parent" {
		t.Errorf("Carl's relationships are %+v, want that he is child of Bea first", r)
	}
	path := id("/api/relationships/%d", made.Relationship.ID)
	ana.patch(path, object{"label": "mother"}).want(200)
	ana.patch(path, object{"inverse": "son"}).want(200)
	ana.get(path).want(200).into(&made)
	if made.Relationship.Inverse != "son" {
		t.Errorf("the inverse is %q, want son", made.Relationship.Inverse)
	}
	ana.patch(path, object{"label": "colleague"}).says(409, "already")
	ana.patch(path, object{"label": "dentist"}).says(400, "inverse")
	ana.patch(path, object{"label": " "}).says(400, "label")
	for _, wrong := range []any{"", " ", nil, 7, strings.Repeat("x", 101), "a\x00"} {
		ana.post("/api/relationships", object{"contact_id": bea, "other_id": dora, "label": wrong}).says(400, "label")
	}
	for field, wrong := range map[string]any{"contact_id": 0, "other_id": "x", "tier": 1} {
		body := object{"contact_id": bea, "other_id": dora, "label": "friend"}
		body[field] = wrong
		ana.post("/api/relationships", body).says(400, field)
	}
	ana.delete(id("/api/contacts/%d", dora)).want(200)
	relate(bea, dora, "friend").says(404, "no such contact")
	if got, want := ana.relations(id("&contact_id=%d", carl)), "Bea is mother of Carl, Carl is colleague of Bea"; got != want {
		t.Errorf("with Dora in the trash Carl has: %s; want %s", got, want)
	}
	mine := bob.add("Mine")
	for _, pair := range [][2]int64{{mine, bea}, {bea, mine}, {bea, carl}} {
		bob.post("/api/relationships", object{"contact_id": pair[0], "other_id": pair[1], "label": "friend"}).says(404, "no such contact")
	}
	for _, g := range []*got{bob.get(path), bob.patch(path, object{"label": "friend"}), bob.delete(path)} {
		g.says(404, "no such relationship")
	}
	if got := bob.relations(id("&contact_id=%d", bea)) + bob.relations(""); got != "" {
		t.Errorf("Bob sees %s", got)
	}
	ana.delete(path).want(200)
	ana.delete(path).says(404, "no such relationship")
}
