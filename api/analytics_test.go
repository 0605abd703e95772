package api_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store/storetest"
)

// learn adds a fact of the user's about a contact, said at that time.
func (c *client) learn(about core.Contact, at time.Time, category core.Category, change ...func(*core.Fact)) core.Fact {
	c.t.Helper()
	note := storetest.NoteAt(c.t, c.Store, c.user.ID, at, "About them", about)
	return storetest.Fact(c.t, c.Store, note, "Something", append(change, func(f *core.Fact) { f.Category = category })...)
}

func TestContactHealth(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	bea := storetest.Contact(t, h.Store, ana.user.ID, "Bea")
	at := time.Now().Add(-20 * 24 * time.Hour).UTC().Truncate(time.Second)
	ana.learn(bea, at, core.Goals)
	ana.learn(bea, at.Add(-24*time.Hour), core.Goals)
	ana.learn(bea, at, core.Challenges)

	var health map[string]any
	ana.get(id("/api/analytics/contact/%d/health", bea.ID)).want(200).into(&health)
	want := map[string]any{
		"contact_id": float64(bea.ID), "health": 70.0, "level": "good", "recency": 60.0, "engagement": 100.0, "quality": 100.0, "diversity": 10.0,
		"facts": 3.0, "last_fact_at": at.Format(time.RFC3339), "categories": []any{
			map[string]any{"category": "Goals", "facts": 2.0}, map[string]any{"category": "Challenges and development", "facts": 1.0},
		},
	}
	if diff := cmp.Diff(want, health); diff != "" {
		t.Errorf("the health is otherwise (-want +got):\n%s", diff)
	}

	var advice struct {
		Recommendations []struct{ Type, Priority, Title, Description, Action string }
	}
	ana.get(id("/api/analytics/contact/%d/recommendations", bea.ID)).want(200).into(&advice)
	var types []string
	for _, r := range advice.Recommendations {
		types = append(types, r.Type+" "+r.Priority)
	}
	if diff := cmp.Diff([]string{"follow_up medium", "goal_support medium", "support high"}, types); diff != "" {
		t.Errorf("recommended otherwise (-want +got):\n%s", diff)
	}
}

func TestContactWithoutFacts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	bea := storetest.Contact(t, h.Store, ana.user.ID, "Bea")
	var health, trends, advice map[string]any
	ana.get(id("/api/analytics/contact/%d/health", bea.ID)).want(200).into(&health)
	if health["health"] != 0.0 || health["level"] != "low" || health["last_fact_at"] != nil || len(health["categories"].([]any)) != 0 {
		t.Errorf("without facts: %v", health)
	}
	ana.get(id("/api/analytics/contact/%d/trends", bea.ID)).want(200).into(&trends)
	if diff := cmp.Diff(map[string]any{"weeks": []any{}, "trend": "insufficient"}, trends); diff != "" {
		t.Errorf("without facts (-want +got):\n%s", diff)
	}
	ana.get(id("/api/analytics/contact/%d/recommendations", bea.ID)).want(200).into(&advice)
	if list := advice["recommendations"].([]any); len(list) != 1 || list[0].(map[string]any)["type"] != "reconnect" {
		t.Errorf("without facts recommended: %v", list)
	}
}

func TestContactTrends(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	bea := storetest.Contact(t, h.Store, ana.user.ID, "Bea")
	monday := time.Now().UTC().Truncate(24 * time.Hour)
	monday = monday.AddDate(0, 0, -(int(monday.Weekday())+6)%7)
	ana.learn(bea, monday.AddDate(0, 0, -7), core.Goals)
	ana.learn(bea, monday.Add(-time.Second), core.Social, func(f *core.Fact) { f.Confidence = 0.5 })
	ana.learn(bea, monday, core.Social)
	var got map[string]any
	ana.get(id("/api/analytics/contact/%d/trends?days=14", bea.ID)).want(200).into(&got)
	want := map[string]any{"trend": "stable", "weeks": []any{
		map[string]any{"week": monday.AddDate(0, 0, -7).Format(time.DateOnly), "interactions": 2.0, "avg_confidence": 0.75, "category_diversity": 2.0},
		map[string]any{"week": monday.Format(time.DateOnly), "interactions": 1.0, "avg_confidence": 1.0, "category_diversity": 1.0},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the weeks are otherwise (-want +got):\n%s", diff)
	}
	for _, days := range []string{"0", "3651", "-1", "x"} {
		ana.get(id("/api/analytics/contact/%d/trends?days=%s", bea.ID, days)).says(400, "days")
	}
	ana.get(id("/api/analytics/contact/%d/trends?days=3650", bea.ID)).want(200)
}

func TestAnalyticsOfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	theirs := storetest.Contact(t, h.Store, bob.user.ID, "Bea")
	for _, what := range []string{"health", "trends", "recommendations"} {
		path := "/api/analytics/contact/%v/" + what
		h.stranger(t).get(id(path, theirs.ID)).says(401, "not signed in")
		ana.get(id(path, theirs.ID)).says(404, "nothing here")
		ana.get(id(path, theirs.ID+1000)).says(404, "nothing here")
		ana.get(id(path, 0)).says(400, "id")
		ana.get(id(path, "bea")).says(400, "id")
		bob.get(id(path, theirs.ID)).want(200)
	}
}
