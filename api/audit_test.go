package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
)

// audited returns the history of a contact, page by page, the latest first.
func (c *client) audited(contact int64) (events []api.AuditEvent) {
	c.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Events     []api.AuditEvent
			NextCursor *string `json:"next_cursor"`
		}
		c.get(id("/api/contacts/%d/audit?limit=3&cursor=%s", contact, cursor)).want(200).into(&page)
		events = append(events, page.Events...)
		if page.NextCursor == nil {
			return events
		}
		cursor = *page.NextCursor
	}
}

func TestAudit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, eve := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	contact, other := ana.add("Ana Torres", object{"aliases": []string{"Nita"}, "phone": "112"}), ana.add("Bob Hall")
	ana.post("/api/notes/process", object{"contact_id": contact, "content": "Ana Torres lives in Lisbon"}).want(200)
	exec := func(sql string, args ...any) {
		t.Helper()
		_, err := h.sql.Exec(t.Context(), sql, args...)
		check(t, err)
	}
	exec(`INSERT INTO relationships (user_id, contact_id, other_id, label, inverse) VALUES ($1, $2, $3, 'parent', 'child')`, ana.user.ID, other, contact)
	exec(`WITH t AS (INSERT INTO tags (user_id, name) VALUES ($1, 'friends') RETURNING id)
		INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT $1, $2, id FROM t`, ana.user.ID, contact)
	exec(`WITH g AS (INSERT INTO groups (user_id, name) VALUES ($1, 'band') RETURNING id)
		INSERT INTO group_members (user_id, contact_id, group_id) SELECT $1, $2, id FROM g`, ana.user.ID, contact)
	ana.patch(id("/api/contacts/%d", contact), object{"tier": 1, "aliases": []string{}}).want(200)
	exec(`UPDATE facts SET contact_id = $2, text = 'Secret of Bob' WHERE contact_id = $1`, contact, other)
	exec(`UPDATE facts SET text = 'Another secret of Bob' WHERE contact_id = $1`, other)
	events := ana.audited(contact)
	var got []string
	for _, e := range events {
		got = append(got, e.Actor+" "+e.Action+" "+e.Entity)
		text := fmt.Sprint(e.Before, e.After)
		if strings.Contains(text, "secret") || strings.Contains(text, "Secret") || strings.Contains(text, "_key") || strings.Contains(text, "user_id") || strings.Contains(text, "metadata") {
			t.Errorf("an event of %s tells of somebody else, or has columns of Kith's own: %s", e.Entity, text)
		}
	}
	want := []string{
		"user changed fact", "user deleted alias", "user changed contact", "user created group", "user created tag", "user created relationship",
		"engine created fact", "user created reach", "user created alias", "user created contact",
	}
	if !slices.Equal(got, want) {
		t.Errorf("told: %q\nwant: %q", got, want)
	}
	if e := events[2]; e.EntityID != contact || e.Before["tier"] != 2.0 || e.After["tier"] != 1.0 {
		t.Errorf("the change of the tier is %+v, want from 2 to 1", e)
	}
	if e := events[0]; e.Before["category"] == "others" || e.Before["text"] == nil || e.After["contact_id"] != float64(other) || len(e.After) != 1 {
		t.Errorf("the fact that became another's is %+v, want what it was, and whose it is", e)
	}
	if e := events[1]; e.Before["name"] != "Nita" || e.After != nil {
		t.Errorf("the alias that is gone is %+v", e)
	}
	audit := id("/api/contacts/%d/audit", contact)
	eve.get(audit).says(404, "no such contact")
	ana.get(audit+"?cursor=zzz").says(400, "cursor")
	ana.delete(id("/api/contacts/%d", contact)).want(200)
	ana.get(audit).says(404, "no such contact")
}

// What a merge moves is in the history of both.
func TestAuditOfAMerge(t *testing.T) {
	t.Parallel()
	ana := newHouse(t).somebody(t, core.RoleUser)
	into, from := ana.add("Ana Torres"), ana.add("Anna", object{"phone": "112"})
	var m merged
	ana.post("/api/contacts/merge", object{"into": into, "from": from}).want(200).into(&m)
	var got []string
	for _, e := range ana.audited(into) {
		got = append(got, e.Action+" "+e.Entity)
		if e.Entity == "reach" && (len(e.Before) != 1 || e.Before["contact_id"] != float64(from) || e.After["value"] != "112") {
			t.Errorf("the phone number that came is %+v", e)
		}
	}
	if want := []string{"created alias", "changed reach", "created contact"}; !slices.Equal(got, want) {
		t.Errorf("the one that stays tells %q, want %q", got, want)
	}
	ana.post(id("/api/contacts/merges/%d/undo", m.MergeID), nil).want(200)
	if got := ana.audited(from)[0]; got.Entity != "contact" || got.Before["deleted_at"] == nil || got.After["deleted_at"] != nil {
		t.Errorf("the latest of the one that is back is %+v, want that it left the trash", got)
	}
}
