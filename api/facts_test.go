package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store/storetest"
)

// known returns what is known of a contact: "Social: Likes tea; Goals: …", in
// no order but within a category.
func (c *client) known(contact int64) map[string][]string {
	c.t.Helper()
	var got struct {
		Facts map[string][]struct{ Content string } `json:"categorized_data"`
	}
	c.get(id("/api/contacts/%d", contact)).want(200).into(&got)
	known := map[string][]string{}
	for category, facts := range got.Facts {
		for _, f := range facts {
			known[category] = append(known[category], f.Content)
		}
	}
	return known
}

// learnt adds a kept fact about a contact, from a note of its own.
func (c *client) learnt(contact int64, text string) core.Fact {
	c.t.Helper()
	note := storetest.Note(c.t, c.Store, c.user.ID, "Note: "+text, core.Contact{ID: contact, FullName: "x"})
	return storetest.Fact(c.t, c.Store, note, text)
}

func (c *client) wantKnown(what string, contact int64, want map[string][]string) {
	c.t.Helper()
	if diff := cmp.Diff(want, c.known(contact)); diff != "" {
		c.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestChangingAFact(t *testing.T) {
	t.Parallel()
	ana := newHouse(t).somebody(t, core.RoleUser)
	contact := ana.add("Ana Torres")
	path := id("/api/facts/%d", ana.learnt(contact, "Likes tea").ID)
	var got struct{ Fact map[string]any }
	ana.patch(path, object{"content": "Likes green tea", "category": "avocation"}).want(200).into(&got)
	if f := got.Fact; f["content"] != "Likes green tea" || f["category"] != "Avocation" || f["state"] != "kept" || f["contact_id"] != float64(contact) {
		t.Errorf("answered %v, want the fact as it is changed", f)
	}
	ana.wantKnown("changed", contact, map[string][]string{"Avocation": {"Likes green tea"}})
	ana.delete(path).want(200)
	ana.delete(path).want(200)
	ana.wantKnown("discarded", contact, map[string][]string{})
	ana.patch(path, object{"state": "kept"}).want(200)
	ana.patch(path, object{}).want(200)
	ana.wantKnown("kept again", contact, map[string][]string{"Avocation": {"Likes green tea"}})
	for field, wrong := range map[string]any{"content": " ", "category": "Gossip", "state": "asked", "quote": "x"} {
		if g := ana.patch(path, object{field: wrong}); g.status != 400 {
			t.Errorf("%s %q: %d %s, want 400", field, wrong, g.status, g.body)
		}
	}
	ana.patch(path, object{"content": strings.Repeat("é", 501)}).says(400, "content")
	ana.patch(path, object{"content": "a\x00"}).says(400, "content")
	ana.delete(id("/api/contacts/%d", contact)).want(200)
	ana.patch(path, object{"state": "kept"}).says(404, "no such fact")
}

func TestFactsOfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	contact, mine := ana.add("Ana Torres"), bob.add("Mine")
	fact := ana.learnt(contact, "Likes tea")
	for _, theirs := range []int64{fact.ID, fact.ID + 1000} {
		bob.patch(id("/api/facts/%d", theirs), object{"content": "x"}).says(404, "no such fact")
		bob.delete(id("/api/facts/%d", theirs)).says(404, "no such fact")
		bob.put(id("/api/contacts/%d/categories", mine), object{"categorized_data": object{"Social": []object{{"id": theirs, "content": "x"}}}}).says(404, "no such fact")
	}
	bob.put(id("/api/contacts/%d/categories", contact), object{"categorized_data": object{}}).says(404, "no such contact")
	other := ana.add("Bea Ruiz")
	ana.put(id("/api/contacts/%d/categories", other), object{"categorized_data": object{"Social": []object{{"id": fact.ID, "content": "x"}}}}).says(404, "no such fact")
	ana.wantKnown("after all that", contact, map[string][]string{"Others": {"Likes tea"}})
}

func TestReplacingWhatIsKnown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	contact := ana.add("Ana Torres")
	path := id("/api/contacts/%d/categories", contact)
	stays, edited, moved, goes := ana.learnt(contact, "Stays"), ana.learnt(contact, "Edited"), ana.learnt(contact, "Moved"), ana.learnt(contact, "Goes")
	ana.put(path, object{"categorized_data": object{
		"Others": []object{{"id": stays.ID, "content": "Stays"}, {"id": edited.ID, "content": "Other words"}},
		"Social": []object{{"id": moved.ID, "content": "Moved"}, {"content": "Added by hand"}},
	}}).want(200)
	ana.wantKnown("replaced", contact, map[string][]string{"Others": {"Other words", "Stays"}, "Social": {"Added by hand", "Moved"}})
	var changed int
	check(t, h.sql.QueryRow(t.Context(), `
		SELECT count(*) FROM audit_events WHERE user_id = $1 AND entity = 'fact' AND step = (SELECT max(step) FROM audit_events)
			AND entity_id <> $2`, ana.user.ID, stays.ID).Scan(&changed))
	if changed < 4 {
		t.Errorf("%d events carry the step, want all that was changed", changed)
	}
	var state, engine, words string
	check(t, h.sql.QueryRow(t.Context(), `
		SELECT n.state, n.engine, n.text FROM notes n JOIN facts f ON f.note_id = n.id WHERE f.text = 'Added by hand'`).Scan(&state, &engine, &words))
	if state != "done" || engine != "hand" || words != "Added by hand" {
		t.Errorf("the note behind it is %s by %q: %q", state, engine, words)
	}
	for want, body := range map[string]any{
		"categorized_data": object{"Gossip": []object{{"content": "x"}}},
		"twice":            object{"Social": []object{{"id": stays.ID, "content": "x"}, {"id": stays.ID, "content": "y"}}},
		"needs words":      object{"Social": []object{{"content": " "}}},
		"content":          object{"Social": []object{{"id": stays.ID}}},
		"Social[0].id":     object{"Social": []object{{"id": 0, "content": "x"}}},
		"array":            object{"Social": "x"},
	} {
		ana.put(path, object{"categorized_data": body}).says(400, want)
	}
	ana.put(path, object{}).says(400, "categorized_data")
	ana.wantKnown("what was refused changes", contact, map[string][]string{"Others": {"Other words", "Stays"}, "Social": {"Added by hand", "Moved"}})
	ana.put(path, object{"categorized_data": object{"Goals": []object{{"id": goes.ID, "content": "Goes"}}}}).want(200)
	ana.wantKnown("one comes back", contact, map[string][]string{"Goals": {"Goes"}})
	ana.put(path, object{"categorized_data": object{}}).want(200)
	ana.wantKnown("nothing is left", contact, map[string][]string{})
}
