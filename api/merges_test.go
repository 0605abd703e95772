package api_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
)

type merged struct {
	Success   bool
	ContactID int64 `json:"contact_id"`
	MergeID   int64 `json:"merge_id"`
}

func TestMerge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	into := ana.add("Ana Torres", object{"aliases": []string{"Nita"}, "phone": "112"})
	from := ana.add("Anna", object{"phone": "113", "company": "Stripe", "birthday": "--03-14", "custom_fields": object{"dog": "Rex"}})
	before := []object{ana.shown(into), ana.shown(from)}
	var m merged
	ana.post("/api/contacts/merge", object{"into": into, "from": from}).want(200).into(&m)
	if !m.Success || m.ContactID != into || m.MergeID == 0 {
		t.Errorf("answered %+v", m)
	}
	want := ana.shown(into)
	want["aliases"], want["phones"] = []any{"Nita", "Anna"}, []any{"112", "113"}
	want["company"], want["birthday"], want["custom_fields"] = "Stripe", "--03-14", object{"dog": "Rex"}
	if diff := cmp.Diff(want, ana.shown(into)); diff != "" {
		t.Errorf("made one otherwise (-want +got):\n%s", diff)
	}
	ana.get(id("/api/contacts/%d", from)).says(404, "no such contact")
	var trash struct {
		Contacts []struct {
			MergedInto *int64 `json:"merged_into"`
		}
	}
	ana.get("/api/trash").want(200).into(&trash)
	if len(trash.Contacts) != 1 || trash.Contacts[0].MergedInto == nil || *trash.Contacts[0].MergedInto != into {
		t.Errorf("the trash has %+v, want one that says what it was merged into", trash.Contacts)
	}
	undo := id("/api/contacts/merges/%d/undo", m.MergeID)
	bob.post(undo, nil).says(404, "no such merge")
	ana.post(undo, nil).want(200).into(&m)
	if m.ContactID != from {
		t.Errorf("undone, contact %d is back, want %d", m.ContactID, from)
	}
	if diff := cmp.Diff(before, []object{ana.shown(into), ana.shown(from)}); diff != "" {
		t.Errorf("undone otherwise (-want +got):\n%s", diff)
	}
	ana.post(undo, nil).says(422, "undone already")
}

func TestMergesThatCannotBe(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	into, from, theirs := ana.add("Ana"), ana.add("Anna"), bob.add("Bob")
	ana.post("/api/contacts/merge", object{"into": into, "from": into}).says(400, "from")
	ana.post("/api/contacts/merge", object{"into": into}).says(400, "from")
	for _, unknown := range []int64{theirs, 999_999} {
		ana.post("/api/contacts/merge", object{"into": into, "from": unknown}).says(404, "no such contact")
		ana.post("/api/contacts/merge", object{"into": unknown, "from": from}).says(404, "no such contact")
	}
	ana.post("/api/contacts/merges/999999/undo", nil).says(404, "no such merge")
	var m merged
	ana.post("/api/contacts/merge", object{"into": into, "from": from}).want(200).into(&m)
	another := ana.add("anna")
	undo := id("/api/contacts/merges/%d/undo", m.MergeID)
	for _, taken := range []*got{ana.post(undo, nil), ana.post(id("/api/contacts/%d/restore", from), nil)} {
		var p struct {
			ContactID int64 `json:"contact_id"`
		}
		if taken.want(409).into(&p); p.ContactID != another {
			t.Errorf("the name is said to be %d's, want %d's", p.ContactID, another)
		}
	}
	ana.delete(id("/api/contacts/%d", another)).want(200)
	ana.post(id("/api/contacts/%d/restore", from), nil).want(200)
	ana.post(undo, nil).says(422, "undone already")
}

func TestMergesOfTheSameTwoAtOnce(t *testing.T) {
	t.Parallel()
	ana := newHouse(t).somebody(t, core.RoleUser)
	a, b := ana.add("Ana"), ana.add("Anna")
	pairs := []object{{"into": a, "from": b}, {"into": b, "from": a}, {"into": a, "from": b}, {"into": b, "from": a}}
	statuses := make([]int, len(pairs))
	var merging sync.WaitGroup
	for i, pair := range pairs {
		merging.Go(func() { statuses[i] = ana.post("/api/contacts/merge", pair).status })
	}
	merging.Wait()
	slices.Sort(statuses)
	if want := []int{200, 404, 404, 404}; !slices.Equal(statuses, want) {
		t.Errorf("answered %v, want %v", statuses, want)
	}
}
