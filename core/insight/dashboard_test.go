package insight_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/insight"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// with returns the memory with another contact in the place of Ana.
func (m *memory) with(c core.Contact) *memory {
	m.t.Helper()
	c.UserID = m.user.ID
	if c.Tier == 0 {
		c.Tier = core.TierRegular
	}
	made, err := m.EnsureContact(m.t.Context(), c)
	check(m.t, err)
	other := *m
	other.ana = made
	return &other
}

// exec changes rows behind the store's back.
func (m *memory) exec(sql string, args ...any) {
	m.t.Helper()
	_, err := m.sql.Exec(m.t.Context(), sql, args...)
	check(m.t, err)
}

// meet adds a note of a meeting with Ana.
func (m *memory) meet(at time.Time) core.Note {
	m.t.Helper()
	note := storetest.NoteAt(m.t, m.Store, m.user.ID, at, "Met Ana", m.ana)
	mentions, err := m.Mentions(m.t.Context(), m.user.ID, note.ID)
	check(m.t, err)
	check(m.t, m.AddMeeting(m.t.Context(), mentions[0], at))
	return note
}

func names(list []store.Health) (names []string) {
	for _, h := range list {
		names = append(names, h.FullName)
	}
	return names
}

func TestDashboardOfNothing(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	storetest.NoteAt(t, m.Store, m.user.ID, now, "Ana", m.ana)
	m.user = storetest.User(t, m.Store)
	d := m.dashboard(m.observer(nowhere), now)
	if d.Contacts != 0 || d.Facts != 0 || d.Average != 0 || d.Strong+d.Weak != 0 || d.Totals != (store.Totals{}) ||
		len(d.Reconnect)+len(d.Upcoming)+len(d.Categories) != 0 || len(d.Activity) != 12 {
		t.Errorf("an empty account has %+v", d)
	}
	n, err := m.observer(nowhere).Network(t.Context(), m.user, now)
	check(t, err)
	if n.Contacts+n.Unknown+n.Isolated+n.Relationships+len(n.Groups)+len(n.Tags)+len(n.Strongest)+len(n.Weakest) != 0 || len(n.Tiers) != 3 {
		t.Errorf("an empty account has the network %+v", n)
	}
	g, err := m.observer(nowhere).Graph(t.Context(), m.user, now)
	check(t, err)
	if len(g.Nodes)+len(g.Edges)+len(g.Groups) != 0 {
		t.Errorf("an empty account has the graph %+v", g)
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	bea, carl, dora := m.with(core.Contact{FullName: "Bea"}), m.with(core.Contact{FullName: "Carl"}), m.with(core.Contact{FullName: "Dora", Tier: core.TierClose})
	m.with(core.Contact{FullName: "Emil", Tier: core.TierClose})
	m.learn(now, core.Goals, 1)                              // 81, with
	m.learn(now, core.Goals, 1)                              // this one
	bea.learn(now.Add(-days(45)), core.Others, 0)            // 25
	dora.learn(now.Add(-days(30)), core.Social, 1)           // 54
	gone := carl.learn(now.Add(-days(1)), core.Wellbeing, 1) // 0, with the note taken back
	_, err := m.TrashNote(t.Context(), m.user.ID, gone.NoteID)
	check(t, err)
	trashed := m.with(core.Contact{FullName: "Gone"})
	trashed.learn(now, core.Admin, 1)
	m.exec(`UPDATE contacts SET deleted_at = now() WHERE full_name = 'Gone'`)
	d := m.dashboard(m.observer(nowhere), now)
	if d.Contacts != 5 || d.Facts != 4 || d.Notes != 5 || d.Strong != 1 || d.Weak != 3 || d.Average != 32 {
		t.Errorf("contacts %d, facts %d, notes %d, strong %d, weak %d, average %v; want 5, 4, 5, 1, 3 and 32",
			d.Contacts, d.Facts, d.Notes, d.Strong, d.Weak, d.Average)
	}
	if diff := cmp.Diff([]string{"Emil", "Bea", "Carl"}, names(d.Reconnect)); diff != "" {
		t.Errorf("whom to get back in touch with (-want +got):\n%s", diff)
	}
	want := []store.CategoryCount{{Category: core.Goals, Facts: 2}, {Category: core.Others, Facts: 1}, {Category: core.Social, Facts: 1}}
	if diff := cmp.Diff(want, d.Categories); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}

func TestActivity(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.user.Timezone = "America/New_York"
	// The week of 2 March 2026 is an hour short there.
	monday := time.Date(2026, 3, 9, 4, 0, 0, 0, time.UTC)
	m.meet(monday)
	m.meet(monday.Add(-time.Second))
	storetest.NoteAt(t, m.Store, m.user.ID, monday.Add(-time.Second), "Alone")
	m.meet(monday.Add(-7*24*time.Hour + time.Hour)) // midnight, by the clock of winter
	m.meet(monday.Add(-7*24*time.Hour + time.Hour - time.Second))
	_, err := m.TrashNote(t.Context(), m.user.ID, m.meet(monday).ID)
	check(t, err)
	m.exec(`INSERT INTO interactions (user_id, contact_id, at) VALUES ($1, $2, $3), ($1, $2, $4)`,
		m.user.ID, m.ana.ID, monday, now.Add(days(7)))
	m.meet(now.Add(-days(12 * 7)))
	d := m.dashboard(m.observer(nowhere), now)
	if d.Totals != (store.Totals{Notes: 6, Interactions: 7}) {
		t.Errorf("totals %+v, want 6 notes and 7 interactions", d.Totals)
	}
	got := map[string][2]int{}
	for _, w := range d.Activity {
		if w.Notes+w.Interactions > 0 {
			got[w.Monday.Format(time.DateTime)] = [2]int{w.Notes, w.Interactions}
		}
	}
	want := map[string][2]int{"2026-02-23 00:00:00": {1, 1}, "2026-03-02 00:00:00": {3, 2}, "2026-03-09 00:00:00": {1, 2}}
	if diff := cmp.Diff(want, got); diff != "" || len(d.Activity) != 12 {
		t.Errorf("%d weeks, want 12 with these notes and interactions (-want +got):\n%s", len(d.Activity), diff)
	}
	if last := d.Activity[11].Monday.Format(time.DateOnly); last != "2026-03-16" {
		t.Errorf("the last week is that of %s, want this one", last)
	}
}

func TestUpcoming(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.user.Timezone = "Asia/Tokyo" // where it is 21:00
	today := time.Date(2026, 3, 18, 0, 0, 0, 0, m.user.Location())
	due := func(at time.Time) func(*core.Fact) { return func(f *core.Fact) { f.DueAt, f.Text = &at, "Fact" } }
	remind := func(text string, at time.Time, state string) {
		m.exec(`INSERT INTO reminders (user_id, text, due_at, state) VALUES ($1, $2, $3, $4)`, m.user.ID, text, at, state)
	}
	m.with(core.Contact{FullName: "Today", Birthday: core.Birthday{Year: 1990, Month: 3, Day: 18}})
	m.with(core.Contact{FullName: "Last day", Birthday: core.Birthday{Month: 4, Day: 16}})
	m.with(core.Contact{FullName: "Too late", Birthday: core.Birthday{Month: 4, Day: 17}})
	m.with(core.Contact{FullName: "Yesterday", Birthday: core.Birthday{Month: 3, Day: 17}})
	m.with(core.Contact{FullName: "Told"}).learn(now, core.Identity, 1, storetest.Slot(core.SlotBirthday, "--03-20"))
	corrected := m.with(core.Contact{FullName: "Corrected"})
	corrected.learn(now, core.Identity, 1, storetest.Slot(core.SlotBirthday, "--03-21"))
	corrected.learn(now.Add(time.Hour), core.Identity, 1, storetest.Slot(core.SlotBirthday, "--08-21"))
	yesterday := now.AddDate(0, 0, -1)
	m.learn(yesterday, core.Actionable, 1, due(today))
	m.learn(yesterday, core.Actionable, 1, due(today.Add(-time.Second)))
	m.learn(yesterday, core.Actionable, 1, due(today.AddDate(0, 0, 30)))
	m.learn(yesterday, core.Actionable, 0.5, due(today), func(f *core.Fact) { f.State = core.FactAsked })
	done := m.learn(yesterday, core.Actionable, 1, due(today.AddDate(0, 0, 3)))
	m.exec(`UPDATE reminders SET state = 'done' WHERE fact_id = $1`, done.ID)
	remind("Open", today.AddDate(0, 0, 4).Add(9*time.Hour), "open")
	remind("Cancelled", today.AddDate(0, 0, 4), "cancelled")
	remind("Too late", today.AddDate(0, 0, 30), "open")
	var got []string
	d := m.dashboard(m.observer(nowhere), now)
	for _, u := range d.Upcoming {
		got = append(got, u.At.In(today.Location()).Format("01-02 15:04 ")+u.Kind+" "+u.FullName+": "+u.Text)
	}
	want := []string{
		"03-18 00:00 birthday Today: Turns 36", "03-18 00:00 reminder Ana Torres: Fact", "03-20 00:00 birthday Told: Birthday",
		"03-22 09:00 reminder : Open", "04-16 00:00 birthday Last day: Birthday",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("upcoming (-want +got):\n%s", diff)
	}
	if d.Reminders != 5 {
		t.Errorf("%d open reminders, want 5", d.Reminders)
	}
}

func TestLeapDayIsUpcoming(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.with(core.Contact{FullName: "Leap", Birthday: core.Birthday{Year: 2000, Month: 2, Day: 29}})
	for from, want := range map[string]string{"2027-02-25": "2027-03-01", "2028-02-25": "2028-02-29", "2027-01-31": "2027-03-01", "2027-01-30": ""} {
		day, err := time.Parse(time.DateOnly, from)
		check(t, err)
		got := ""
		for _, u := range m.dashboard(m.observer(nowhere), day).Upcoming {
			got = u.At.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("from %s the birthday of 29 February is upcoming on %q, want %q", from, got, want)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	bea := m.with(core.Contact{FullName: "Bea", Tier: core.TierClose})
	carl := m.with(core.Contact{FullName: "Carl", Tier: core.TierClose})
	dora := m.with(core.Contact{FullName: "Dora", Tier: core.TierClose})
	emil := m.with(core.Contact{FullName: "Emil"})
	bea.learn(now, core.Goals, 1)               // 81, with
	carl.learn(now.Add(-days(5)), "social", 1)  // 69
	m.learn(now.Add(-days(45)), core.Others, 0) // 25
	m.exec(`INSERT INTO relationships (user_id, contact_id, other_id, label, inverse) VALUES ($1, $2, $3, 'sister', 'brother'), ($1, $2, $4, 'friend', 'friend')`,
		m.user.ID, bea.ana.ID, carl.ana.ID, emil.ana.ID)
	m.exec(`INSERT INTO groups (user_id, name, color) VALUES ($1, 'Band', '#112233'), ($1, 'Empty', '#445566')`, m.user.ID)
	m.exec(`INSERT INTO group_members (user_id, group_id, contact_id) SELECT $1, g.id, c FROM groups g, unnest($2::bigint[]) c WHERE g.name = 'Band'`,
		m.user.ID, []int64{m.ana.ID, carl.ana.ID})
	m.exec(`INSERT INTO tags (user_id, name) VALUES ($1, 'work')`, m.user.ID)
	m.exec(`INSERT INTO contact_tags (user_id, tag_id, contact_id) SELECT $1, t.id, $2 FROM tags t`, m.user.ID, bea.ana.ID)
	m.exec(`UPDATE contacts SET deleted_at = now() WHERE full_name = 'Emil'`)
	n, err := m.observer(nowhere).Network(t.Context(), m.user, now)
	check(t, err)
	if n.Contacts != 4 || n.Unknown != 1 || n.Relationships != 1 || n.Isolated != 1 {
		t.Errorf("contacts %d, unknown %d, relationships %d, isolated %d; want 4, and 1 each (%s)", n.Contacts, n.Unknown, n.Relationships, n.Isolated, dora.ana.FullName)
	}
	var got []store.Share
	for _, s := range append(append(n.Tiers, n.Groups...), n.Tags...) {
		got = append(got, store.Share{Name: s.Name, Color: s.Color, Size: s.Size, Average: s.Average})
	}
	want := []store.Share{
		{Name: "close", Size: 3, Average: 47},
		{Name: "regular", Size: 1, Average: 25},
		{Name: "distant"},
		{Name: "Band", Color: "#112233", Size: 2, Average: 47},
		{Name: "Empty", Color: "#445566"},
		{Name: "work", Size: 1, Average: 72},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tiers, groups and tags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Bea", "Carl", "Ana Torres"}, names(n.Strongest)); diff != "" {
		t.Errorf("the strongest (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Ana Torres", "Carl", "Bea"}, names(n.Weakest)); diff != "" {
		t.Errorf("the weakest (-want +got):\n%s", diff)
	}
}

func TestAGraphIsBounded(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.with(core.Contact{FullName: "Distant", Tier: core.TierDistant}).learn(now, core.Goals, 1)
	m.learn(now, core.Goals, 1)
	m.exec(`INSERT INTO contacts (user_id, full_name) SELECT $1, 'Person ' || n FROM generate_series(1, 1000) n`, m.user.ID)
	m.exec(`INSERT INTO relationships (user_id, contact_id, other_id, label, inverse)
		SELECT $1, $2, id, 'friend', 'friend' FROM contacts WHERE id <> $2`, m.user.ID, m.ana.ID)
	g, err := m.observer(nowhere).Graph(t.Context(), m.user, now)
	check(t, err)
	if len(g.Nodes) != insight.MostNodes || g.Nodes[0].FullName != "Ana Torres" || len(g.Edges) != insight.MostNodes-1 {
		t.Errorf("%d nodes, the first is %s, and %d edges; want %d, the one most is known of, and an edge to each", len(g.Nodes), g.Nodes[0].FullName, len(g.Edges), insight.MostNodes)
	}
}

func TestAResultThatCannotBeMadeIsAnError(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.observer(nowhere).Dashboard(over, m.user, now); err == nil {
		t.Error("a dashboard without a database")
	}
}
