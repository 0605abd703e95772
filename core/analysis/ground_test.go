package analysis

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
)

const groundText = "Ana is moving to Porto. Mike’s number is +44 (0)20 7946 0958, mail mike@example.com, see https://example.com/mike. I like it."

// ground returns what stays of one draft.
func ground(t *testing.T, d core.Draft) (core.Draft, bool) {
	t.Helper()
	r := Ground(aNote(t, groundText), core.Reading{Drafts: []core.Draft{d}})
	if len(r.Drafts) == 0 {
		return core.Draft{}, false
	}
	return r.Drafts[0], true
}

func TestGroundDrops(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*core.Draft){
		"no category":            func(d *core.Draft) { d.Category = "" },
		"unknown category":       func(d *core.Draft) { d.Category = "gossip" },
		"confidence above 1":     func(d *core.Draft) { d.Confidence = 1.01 },
		"confidence below 0":     func(d *core.Draft) { d.Confidence = -0.1 },
		"confidence no number":   func(d *core.Draft) { d.Confidence = math.NaN() },
		"endless confidence":     func(d *core.Draft) { d.Confidence = math.Inf(1) },
		"no text":                func(d *core.Draft) { d.Text = "" },
		"invisible text":         func(d *core.Draft) { d.Text = "\u202e\u200b \x00\n" },
		"long text":              func(d *core.Draft) { d.Text = strings.Repeat("ä", core.MaxFactLen+1) },
		"no quote":               func(d *core.Draft) { d.Quote = "" },
		"quote made up":          func(d *core.Draft) { d.Quote = "moving to Lisbon" },
		"quote of nothing":       func(d *core.Draft) { d.Quote = ". " },
		"quote joined":           func(d *core.Draft) { d.Quote = "Ana is Mike" },
		"about a stranger":       func(d *core.Draft) { d.About = "Bob" },
		"about a part of a word": func(d *core.Draft) { d.About = "Port" },
		"about the user":         func(d *core.Draft) { d.About = "I" },
		"about the whole note":   func(d *core.Draft) { d.About = strings.Repeat("Ana ", 100) },
		"about a number":         func(d *core.Draft) { d.About = "0958" },
	} {
		d := aDraft()
		spoil(&d)
		if got, ok := ground(t, d); ok {
			t.Errorf("%s: %+v stays", name, got)
		}
	}
}

func TestGroundRepairs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		spoil func(*core.Draft)
		want  func(*core.Draft)
	}{
		{"nothing", func(*core.Draft) {}, func(*core.Draft) {}},
		{"text", func(d *core.Draft) { d.Text = " Moving\nto \u202ePorto\x07 " }, func(*core.Draft) {}},
		{
			"markup stays as it is",
			func(d *core.Draft) { d.Text = "<b>Moving</b>" },
			func(d *core.Draft) { d.Text = "<b>Moving</b>" },
		},
		{
			"loose quote",
			func(d *core.Draft) { d.Quote = "MOVING to\u00a0porto" },
			func(d *core.Draft) { d.Confidence = unsure },
		},
		{
			"loose quote, less sure still",
			func(d *core.Draft) { d.Quote, d.Confidence = "Moving to Porto", 0.2 },
			func(d *core.Draft) { d.Confidence = 0.2 },
		},
		{"name in another case", func(d *core.Draft) { d.About = "ANA" }, func(*core.Draft) {}},
		{"name around white space", func(d *core.Draft) { d.About = " Ana\n" }, func(*core.Draft) {}},
		{"nobody named", func(d *core.Draft) { d.About = "" }, func(d *core.Draft) { d.About = "" }},
		{
			"pronoun",
			func(d *core.Draft) { d.About = "She" },
			func(d *core.Draft) { d.About, d.Confidence = "", unsure },
		},
		{"stray value", func(d *core.Draft) { d.Value = "Porto" }, func(*core.Draft) {}},
		{"stray birthday", func(d *core.Draft) { d.Birthday = core.Birthday{Month: 5, Day: 3} }, func(*core.Draft) {}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d, want := aDraft(), aDraft()
			test.spoil(&d)
			test.want(&want)
			got, ok := ground(t, d)
			if diff := cmp.Diff(want, got); !ok || diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGroundSlots(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		slot  core.Slot
		value string
		want  bool
	}{
		{core.SlotHome, "Porto", true},
		{core.SlotHome, "", true},
		{core.SlotEmployer, "", true},
		{core.SlotPlace, "Porto", true},
		{core.SlotPlace, " ", false},
		{core.SlotLike, "", false},
		{core.SlotLike, strings.Repeat("x", core.MaxFactLen+1), false},
		{core.SlotBirthday, "3 May", false},
		{core.SlotEmail, "mike@example.com", true},
		{core.SlotEmail, "mike@evil.example", false},
		{core.SlotEmail, "Mike", false},
		{core.SlotURL, "https://example.com/mike", true},
		{core.SlotURL, "http://example.com/mike/", true},
		{core.SlotURL, "example.com/mike", true},
		{core.SlotURL, "https://evil.example", false},
		{core.SlotPhone, "+442079460958", true},
		{core.SlotPhone, "+44 (0)20 7946 0958", true},
		{core.SlotPhone, "+442079460959", false},
		{core.SlotPhone, "0958", true},
		{core.SlotPhone, "112", false},
		{"shoe size", "42", false},
	} {
		d := aDraft()
		d.Slot, d.Value = test.slot, test.value
		if test.slot == core.SlotPhone {
			d.Quote = "number is +44 (0)20 7946 0958"
		}
		got, ok := ground(t, d)
		if !ok {
			t.Errorf("%s %q: the fact is gone", test.slot, test.value)
		}
		if (got.Slot == test.slot) != test.want || !test.want && got.Value != "" {
			t.Errorf("%s %q: slot %q, value %q; want it kept: %v", test.slot, test.value, got.Slot, got.Value, test.want)
		}
	}
}

func TestGroundBirthdays(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]core.Birthday{
		"1990-03-14": {Year: 1990, Month: 3, Day: 14},
		"--02-29":    {Month: 2, Day: 29},
		"":           {Month: 2, Day: 30},
	} {
		d := aDraft()
		d.Slot, d.Birthday = core.SlotBirthday, b
		got, _ := ground(t, d)
		if got.Birthday.String() != want || got.Value != want || (got.Slot == core.SlotBirthday) != (want != "") {
			t.Errorf("%v becomes %+v", b, got)
		}
	}
	for _, b := range []core.Birthday{{}, {Year: 2027, Month: 1, Day: 1}, {Year: -5, Month: 1, Day: 1}, {Month: 13, Day: 1}} {
		d := aDraft()
		d.Slot, d.Birthday = core.SlotBirthday, b
		if got, _ := ground(t, d); got.Slot != core.SlotNone || got.Birthday.Known() {
			t.Errorf("%+v becomes %+v", b, got)
		}
	}
}

func TestGroundDue(t *testing.T) {
	t.Parallel()
	said := aNote(t, groundText).At
	for name, test := range map[string]struct {
		at   time.Time
		want bool
	}{
		"this morning":  {said.Add(-9 * time.Hour), true},
		"next week":     {said.AddDate(0, 0, 7), true},
		"yesterday":     {said.AddDate(0, 0, -1), false},
		"in 1000 years": {said.AddDate(1000, 0, 0), false},
	} {
		d := aDraft()
		d.Due = &core.Moment{At: test.at}
		if got, ok := ground(t, d); !ok || (got.Due != nil) != test.want {
			t.Errorf("%s: due %v", name, got.Due)
		}
	}
}

func TestGroundMeetings(t *testing.T) {
	t.Parallel()
	n := aNote(t, groundText)
	r := core.Reading{Meetings: []core.Meeting{
		{About: "ana", On: n.At},
		{About: "Ana", On: n.At.Add(time.Hour)},
		{About: "Ana", On: n.At.AddDate(0, 0, -3)},
		{About: "", On: n.At},
		{About: "Ana", On: n.At.AddDate(0, 0, 1)},
		{About: "Ana"},
		{About: "Bob", On: n.At},
		{About: "she", On: n.At},
	}}
	want := []core.Meeting{{About: "Ana", On: n.At}, {About: "Ana", On: n.At.AddDate(0, 0, -3)}, {On: n.At}}
	if diff := cmp.Diff(want, Ground(n, r).Meetings); diff != "" {
		t.Error(diff)
	}
	n.Author = "Bob"
	if got := Ground(n, r).Meetings; len(got) != 0 {
		t.Errorf("Bob's meetings %v are not the user's", got)
	}
}

func TestGroundBounds(t *testing.T) {
	t.Parallel()
	n := aNote(t, groundText)
	var r core.Reading
	for i := range 1000 {
		d := aDraft()
		d.Text = fmt.Sprint("Fact ", i/2)
		r.Drafts = append(r.Drafts, d)
		r.Meetings = append(r.Meetings, core.Meeting{About: "Ana", On: n.At.AddDate(0, 0, -i/2)})
	}
	got := Ground(n, r)
	if len(got.Drafts) != maxFacts || got.Drafts[1].Text != "Fact 1" || len(got.Meetings) != maxFacts {
		t.Errorf("%d facts, the second %q, %d meetings", len(got.Drafts), got.Drafts[1].Text, len(got.Meetings))
	}
}

func TestGroundAsksAboutOthersWords(t *testing.T) {
	t.Parallel()
	n := aNote(t, groundText)
	n.Author = "Bob"
	got := Ground(n, core.Reading{Drafts: []core.Draft{aDraft()}})
	if len(got.Drafts) != 1 || got.Drafts[0].Confidence >= core.KeepAt {
		t.Errorf("%+v, want a fact to ask about", got)
	}
}
