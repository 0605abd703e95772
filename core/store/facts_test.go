package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store/storetest"
)

// texts returns the words of facts.
func texts(facts []core.Fact) []string {
	var list []string
	for _, f := range facts {
		list = append(list, f.Text)
	}
	return list
}

// about returns the words of what is kept and current about a contact.
func (m *memory) about(c core.Contact) []string {
	m.t.Helper()
	return texts(must(m.FactsAbout(m.t.Context(), m.user, c.ID, "", 100))(m.t))
}

func TestFactIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	note := m.note("Send Ana the number", ana)
	due := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	want := storetest.Fact(t, m.Store, note, "Send the number", func(f *core.Fact) {
		f.Category, f.Quote, f.QuoteStart, f.Confidence = core.Actionable, "Ana", 5, 0.75
		f.State, f.Slot, f.Value, f.DueAt = core.FactAsked, core.SlotKin, "Leo", &due
	})
	got := must(m.Fact(t.Context(), m.user, want.ID))(t)
	if diff := cmp.Diff(want, got, cmpopts.EquateApproxTime(time.Millisecond)); diff != "" {
		t.Errorf("kept otherwise (-want +got):\n%s", diff)
	}
	_, err := m.Fact(t.Context(), m.stranger, want.ID)
	notFound(t, "somebody else's fact", err)
	must(m.TrashNote(t.Context(), m.user, note.ID))(t)
	_, err = m.Fact(t.Context(), m.user, want.ID)
	notFound(t, "the fact of a note in the trash", err)
}

func TestWhatIsNoFact(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	note := m.note("Ana likes tea", m.contact("Ana"))
	good := storetest.Fact(t, m.Store, note, "Likes tea")
	for name, spoil := range map[string]func(*core.Fact){
		"no words":            func(f *core.Fact) { f.Text = " \n" },
		"no quote":            func(f *core.Fact) { f.Quote = "" },
		"a quote from before": func(f *core.Fact) { f.QuoteStart = -1 },
		"too sure":            func(f *core.Fact) { f.Confidence = 1.01 },
		"a made-up category":  func(f *core.Fact) { f.Category = "gossip" },
		"a made-up slot":      func(f *core.Fact) { f.Slot = "shoe_size" },
		"a made-up state":     func(f *core.Fact) { f.State = "perhaps" },
		"no note":             func(f *core.Fact) { f.NoteID += 1000 },
	} {
		f := good
		spoil(&f)
		if err := m.AddFacts(t.Context(), m.user, []core.Fact{f}); err == nil {
			t.Errorf("%s: kept, want an error", name)
		}
	}
}

func TestFactsOfAShownNote(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	note := m.note("Ana likes tea and hates rain", m.contact("Ana"))
	storetest.Fact(t, m.Store, note, "Hates rain", func(f *core.Fact) { f.QuoteStart = 14 })
	storetest.Fact(t, m.Store, note, "Likes tea", func(f *core.Fact) { f.State = core.FactAsked })
	storetest.Fact(t, m.Store, note, "Is wet", func(f *core.Fact) { f.State = core.FactDiscarded })
	storetest.Fact(t, m.Store, m.note("Ana is tall", m.contact("Ana")), "Is tall")
	got := texts(must(m.ShownNote(t.Context(), m.user, note.ID))(t).Facts)
	if want := []string{"Likes tea", "Hates rain"}; !slices.Equal(got, want) {
		t.Errorf("the note's facts are %q, want %q: by their evidence, without the discarded", got, want)
	}
}

func TestFactsAbout(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	now := time.Now()
	older := storetest.NoteAt(t, m.Store, m.user, now.Add(-time.Hour), "Ana likes tea", ana)
	storetest.Fact(t, m.Store, older, "Likes tea", func(f *core.Fact) { f.Category = core.Avocation })
	newer := storetest.NoteAt(t, m.Store, m.user, now, "Send Ana the number, she may be moving", ana)
	storetest.Fact(t, m.Store, newer, "Send the number", func(f *core.Fact) { f.Category = core.Actionable })
	storetest.Fact(t, m.Store, newer, "May be moving", func(f *core.Fact) { f.State = core.FactAsked })
	if got, want := m.about(ana), []string{"Send the number", "Likes tea"}; !slices.Equal(got, want) {
		t.Errorf("about Ana: %q, want %q", got, want)
	}
	if got := texts(must(m.FactsAbout(t.Context(), m.user, ana.ID, core.Actionable, 10))(t)); !slices.Equal(got, []string{"Send the number"}) {
		t.Errorf("to be done: %q, want the number", got)
	}
	if got := texts(must(m.FactsAbout(t.Context(), m.user, ana.ID, "", 1))(t)); !slices.Equal(got, []string{"Send the number"}) {
		t.Errorf("the newest: %q, want the number", got)
	}
	if got := must(m.FactsAbout(t.Context(), m.stranger, ana.ID, "", 10))(t); len(got) > 0 {
		t.Errorf("somebody else reads %v", got)
	}
}

// A newer home, employer or birthday hides the older one; whatever becomes of
// the newer, what is shown stays right.
func TestNewerFactSupersedes(t *testing.T) {
	t.Parallel()
	nothing := func(*memory, core.Fact) {}
	for _, test := range []struct {
		name  string
		slot  core.Slot
		value string // of the newer one
		then  func(m *memory, newer core.Fact)
		want  []string
	}{
		{"home", core.SlotHome, "Porto", nothing, []string{"newer"}},
		{"employer", core.SlotEmployer, "Stripe", nothing, []string{"newer"}},
		{"an employer left", core.SlotEmployer, "", nothing, []string{"newer"}},
		{"birthday", core.SlotBirthday, "--03-14", nothing, []string{"newer"}},
		{"likes add up", core.SlotLike, "tea", nothing, []string{"newer", "older"}},
		{"phone numbers add up", core.SlotPhone, "+351 1", nothing, []string{"newer", "older"}},
		{"what is in no slot adds up", core.SlotNone, "", nothing, []string{"newer", "older"}},
		{"the newer is taken back", core.SlotHome, "Porto", func(m *memory, f core.Fact) {
			must(m.TrashNote(m.t.Context(), m.user, f.NoteID))(m.t)
		}, []string{"older"}},
		{"the newer is discarded", core.SlotHome, "Porto", func(m *memory, f core.Fact) {
			must(m.SetFactState(m.t.Context(), m.user, f.ID, core.FactDiscarded))(m.t)
		}, []string{"older"}},
		{"the newer is only asked about", core.SlotHome, "Porto", func(m *memory, f core.Fact) {
			must(m.SetFactState(m.t.Context(), m.user, f.ID, core.FactAsked))(m.t)
		}, []string{"older"}},
		{"the newer is somebody else's", core.SlotHome, "Porto", func(m *memory, f core.Fact) {
			check(m.t, m.AssignMention(m.t.Context(), m.user, f.MentionID, m.contact("Bob").ID))
		}, []string{"older"}},
		{"the newer says something else now", core.SlotHome, "Porto", func(m *memory, f core.Fact) {
			check(m.t, m.RewriteFact(m.t.Context(), m.user, f.ID, "newer", nil))
		}, []string{"newer", "older"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			ana := m.contact("Ana")
			now := time.Now()
			// The newer is filed first: what counts is when it was said.
			second := storetest.NoteAt(t, m.Store, m.user, now, "Second", ana)
			newer := storetest.Fact(t, m.Store, second, "newer", storetest.Slot(test.slot, test.value))
			first := storetest.NoteAt(t, m.Store, m.user, now.Add(-time.Hour), "First", ana)
			storetest.Fact(t, m.Store, first, "older", storetest.Slot(test.slot, "--01-01"))
			test.then(m, newer)
			if got := m.about(ana); !slices.Equal(got, test.want) {
				t.Errorf("about Ana: %q, want %q", got, test.want)
			}
		})
	}
}

func TestOfTwoSaidAtOnceTheLaterFiledCounts(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	note := m.note("Ana left Lisbon for Porto", ana)
	storetest.Fact(t, m.Store, note, "Lisbon", storetest.Slot(core.SlotHome, "Lisbon"))
	storetest.Fact(t, m.Store, note, "Porto", storetest.Slot(core.SlotHome, "Porto"))
	if got := m.about(ana); !slices.Equal(got, []string{"Porto"}) {
		t.Errorf("Ana lives in %q, want Porto alone", got)
	}
}

func TestFactsBySlot(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob, zoe := m.contact("Ana"), m.contact("Bob"), m.contact("Zoë")
	now := time.Now()
	lives := func(c core.Contact, ago time.Duration, slot core.Slot, place string) core.Note {
		note := storetest.NoteAt(t, m.Store, m.user, now.Add(-ago), c.FullName+" lives in "+place, c)
		storetest.Fact(t, m.Store, note, c.FullName+" in "+place, storetest.Slot(slot, place))
		return note
	}
	lives(zoe, time.Hour, core.SlotHome, "SÃO Paulo")
	lives(ana, time.Hour, core.SlotPlace, "são paulo")
	lives(bob, 2*time.Hour, core.SlotHome, "Sao Paulo")
	moved := lives(bob, time.Hour, core.SlotHome, "Porto")
	find := func(user int64, value string) []string {
		var list []string
		for _, f := range must(m.FactsBySlot(t.Context(), user, []core.Slot{core.SlotHome, core.SlotPlace}, value, 10))(t) {
			list = append(list, f.FullName+": "+f.Text)
		}
		return list
	}
	if got, want := find(m.user, "sao paulo"), []string{"Ana: Ana in são paulo", "Zoë: Zoë in SÃO Paulo"}; !slices.Equal(got, want) {
		t.Errorf("in São Paulo: %q, want %q", got, want)
	}
	must(m.TrashNote(t.Context(), m.user, moved.ID))(t)
	if got := find(m.user, "São Paulo"); len(got) != 3 {
		t.Errorf("with Bob's move taken back: %q, want Bob as well", got)
	}
	m.exec(`UPDATE contacts SET deleted_at = now() WHERE id = $1`, ana.ID)
	if got := find(m.user, "São Paulo"); len(got) != 2 {
		t.Errorf("with Ana in the trash: %q, want her out", got)
	}
	if got := find(m.user, "Paulo"); len(got) > 0 {
		t.Errorf("a part of the value finds %q, want nothing", got)
	}
	if got := find(m.stranger, "São Paulo"); len(got) > 0 {
		t.Errorf("somebody else finds %q", got)
	}
}

func TestTheUsersWordOnFacts(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	note := m.note("Ana lives in Porto, likes tea and rain", ana)
	untouched := storetest.Fact(t, m.Store, note, "Likes rain", func(f *core.Fact) { f.Quote = "rain" })
	rewritten := storetest.Fact(t, m.Store, note, "Lives in Porto", storetest.Slot(core.SlotHome, "Porto"), func(f *core.Fact) {
		f.Quote, f.Confidence, f.State = "Porto", 0.3, core.FactAsked
	})
	discarded := storetest.Fact(t, m.Store, note, "Likes tea", func(f *core.Fact) { f.Quote = "tea" })

	check(t, m.RewriteFact(t.Context(), m.stranger, rewritten.ID, "hacked", nil))
	if changed := must(m.SetFactState(t.Context(), m.stranger, discarded.ID, core.FactDiscarded))(t); changed {
		t.Error("somebody else discarded a fact")
	}
	check(t, m.RewriteFact(t.Context(), m.user, rewritten.ID, "Has a house in Porto", nil))
	for i, want := range []bool{true, false} {
		if got := must(m.SetFactState(t.Context(), m.user, discarded.ID, core.FactDiscarded))(t); got != want {
			t.Errorf("discarding for the time %d changes something: %v, want %v", i+1, got, want)
		}
	}
	got := must(m.Fact(t.Context(), m.user, rewritten.ID))(t)
	if got.Text != "Has a house in Porto" || got.State != core.FactKept || got.Confidence != 1 || got.Slot != core.SlotNone || got.Value != "" {
		t.Errorf("rewritten: %+v; want the user's words, kept, and nothing of the old reading", got)
	}
	var quotes []string
	check(t, m.TouchedQuotes(t.Context(), m.user, note.ID, &quotes))
	slices.Sort(quotes)
	if want := []string{"Porto", "tea"}; !slices.Equal(quotes, want) {
		t.Errorf("decided about %q, want %q", quotes, want)
	}
	check(t, m.DropUntouchedFacts(t.Context(), m.stranger, note.ID))
	_, err := m.Fact(t.Context(), m.user, untouched.ID)
	check(t, err)
	check(t, m.DropUntouchedFacts(t.Context(), m.user, note.ID))
	_, err = m.Fact(t.Context(), m.user, untouched.ID)
	notFound(t, "the fact nobody decided about", err)
	if got := m.about(ana); !slices.Equal(got, []string{"Has a house in Porto"}) {
		t.Errorf("after a new analysis made room: %q, want what the user wrote", got)
	}
}
