package analysis

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm"
)

// goodText and goodAnswer are a note, and what a good model says of it.
const (
	goodText = "Met Ana Torres. She is moving to Porto in March. Her son Leo started piano. Mike was born 3 May 1990. " +
		"Send her the architect's number on Friday at 9:30."
	goodAnswer = `{"facts":[
		{"about":"Ana Torres","category":"Environment and lifestyle","text":"Moving to Porto in March","quote":"moving to Porto in March",
			"confidence":0.9,"slot":"place","value":"Porto","due":"","birthday":""},
		{"about":"Ana Torres","category":"Social","text":"Son Leo started piano","quote":"Her son Leo started piano",
			"confidence":0.9,"slot":"kin","value":"Leo","due":"","birthday":""},
		{"about":"Mike","category":"Core identity","text":"Born on 3 May 1990","quote":"born 3 May 1990",
			"confidence":0.9,"slot":"birthday","value":"","due":"","birthday":"1990-05-03"},
		{"about":"Ana Torres","category":"Actionable","text":"Send her the architect's number","quote":"Send her the architect’s number",
			"confidence":0.95,"slot":"none","value":"","due":"2026-03-20T09:30","birthday":""}
	],"met":[{"about":"Ana Torres","on":"2026-03-14"}]}`
)

// goodReading is what may be believed of goodAnswer.
func goodReading(n Note) core.Reading {
	in := n.At.Location()
	return core.Reading{
		Drafts: []core.Draft{
			{
				About: "Ana Torres", Category: core.Environment, Text: "Moving to Porto in March",
				Quote: "moving to Porto in March", Confidence: 0.9, Slot: core.SlotPlace, Value: "Porto",
			},
			{
				About: "Ana Torres", Category: core.Social, Text: "Son Leo started piano",
				Quote: "Her son Leo started piano", Confidence: 0.9, Slot: core.SlotKin, Value: "Leo",
			},
			{
				About: "Mike", Category: core.Identity, Text: "Born on 3 May 1990", Quote: "born 3 May 1990", Confidence: 0.9,
				Slot: core.SlotBirthday, Value: "1990-05-03", Birthday: core.Birthday{Year: 1990, Month: time.May, Day: 3},
			},
			{
				// The quote has another apostrophe than the note.
				About: "Ana Torres", Category: core.Actionable, Text: "Send her the architect's number",
				Quote: "Send her the architect's number", Confidence: unsure,
				Due: &core.Moment{At: time.Date(2026, 3, 20, 9, 30, 0, 0, in), HasTime: true},
			},
		},
		Meetings: []core.Meeting{{About: "Ana Torres", On: time.Date(2026, 3, 14, 0, 0, 0, 0, in)}},
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	n := aNote(t, goodText)
	said, err := parse(llm.Response{Text: goodAnswer}, n.At)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(goodReading(n), Ground(n, said)); diff != "" {
		t.Error(diff)
	}
}

func TestParseDefects(t *testing.T) {
	t.Parallel()
	n := aNote(t, goodText)
	for _, test := range []struct {
		name, answer    string
		facts, meetings int
		err             error
	}{
		{name: "nothing", answer: `{"facts":[],"met":[]}`},
		{name: "no meetings", answer: `{"facts":[]}`},
		{name: "facts that are none", answer: `{"facts":[1,"x",null,[],{"about":{}},{"text":"a"}]}`, facts: 2},
		{name: "meetings that are none", answer: `{"facts":[],"met":[1,{"about":[]},{"about":"Ana","on":"soon"},{"about":"Ana"}]}`, meetings: 1},
		{name: "no facts", answer: `{"met":[]}`, err: llm.ErrNonsense},
		{name: "empty", answer: `{}`, err: llm.ErrNonsense},
		{name: "null", answer: `{"facts":null}`, err: llm.ErrNonsense},
		{name: "object for a list", answer: `{"facts":{}}`, err: llm.ErrNonsense},
		{name: "words", answer: `There are no facts.`, err: llm.ErrNonsense},
	} {
		got, err := parse(llm.Response{Text: test.answer}, n.At)
		if !errors.Is(err, test.err) || len(got.Drafts) != test.facts || len(got.Meetings) != test.meetings {
			t.Errorf("%s: %+v, error %v", test.name, got, err)
		}
	}
}

func TestMissingConfidenceIsAsked(t *testing.T) {
	t.Parallel()
	n := aNote(t, "Ana is moving to Porto")
	said, err := parse(llm.Response{Text: `{"facts":[{"category":"others","text":"Moving","quote":"moving to Porto"}]}`}, n.At)
	if err != nil {
		t.Fatal(err)
	}
	got := Ground(n, said)
	if len(got.Drafts) != 1 || got.Drafts[0].Confidence >= core.KeepAt {
		t.Errorf("%+v, want one fact to ask about", got)
	}
}

func TestParseMoment(t *testing.T) {
	t.Parallel()
	in := aNote(t, "x").At.Location()
	for text, want := range map[string]string{
		"2026-03-20":                "2026-03-20T00:00:00Z, time false",
		"2026-03-20T09:30":          "2026-03-20T09:30:00Z, time true",
		"2026-03-20 09:30:15":       "2026-03-20T09:30:15Z, time true",
		"2026-07-20T09:30:00":       "2026-07-20T09:30:00+01:00, time true",
		"2026-03-20T09:30:00+05:00": "2026-03-20T04:30:00Z, time true",
		"2026-02-30":                "none",
		"Friday":                    "none",
		"":                          "none",
	} {
		got := "none"
		if m, ok := parseMoment(text, in); ok {
			got = m.At.Format(time.RFC3339) + ", time " + map[bool]string{true: "true", false: "false"}[m.HasTime]
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
