package analysis

import (
	"encoding/json"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm"
)

// unsure is the confidence of a fact that had to be repaired: the user is asked.
const unsure = 0.5

// A saidFact is a fact in a model's answer.
type saidFact struct {
	About      string   `json:"about"`
	Category   string   `json:"category"`
	Text       string   `json:"text"`
	Quote      string   `json:"quote"`
	Confidence *float64 `json:"confidence"`
	Slot       string   `json:"slot"`
	Value      string   `json:"value"`
	Due        string   `json:"due"`
	Birthday   string   `json:"birthday"`
}

// parse reads a model's answer about a note said at that time. A fact or a
// meeting that is not of the schema is left out; an answer that is not fails
// with llm.ErrNonsense.
func parse(said llm.Response, at time.Time) (core.Reading, error) {
	var answer struct {
		Facts []json.RawMessage `json:"facts"`
		Met   []json.RawMessage `json:"met"`
	}
	if err := said.Decode(&answer); err != nil {
		return core.Reading{}, err
	}
	if answer.Facts == nil {
		return core.Reading{}, llm.ErrNonsense
	}
	var r core.Reading
	for _, text := range answer.Facts {
		var f saidFact
		if json.Unmarshal(text, &f) == nil {
			r.Drafts = append(r.Drafts, f.draft(at.Location()))
		}
	}
	for _, text := range answer.Met {
		if m, ok := parseMeeting(text, at); ok {
			r.Meetings = append(r.Meetings, m)
		}
	}
	return r, nil
}

// draft translates f. What has no translation is left empty.
func (f saidFact) draft(in *time.Location) core.Draft {
	d := core.Draft{
		About: f.About, Text: f.Text, Quote: f.Quote, Confidence: unsure,
		Slot: core.Slot(f.Slot), Value: f.Value,
	}
	if f.Confidence != nil {
		d.Confidence = *f.Confidence
	}
	if c, ok := core.CategoryNamed(f.Category); ok {
		d.Category = c
	}
	if d.Slot == noSlot {
		d.Slot = core.SlotNone
	}
	if due, ok := parseMoment(f.Due, in); ok {
		d.Due = &due
	}
	if b, err := core.ParseBirthday(f.Birthday); err == nil {
		d.Birthday = b
	}
	return d
}

// parseMeeting reads one meeting; without a date it was on the note's day.
func parseMeeting(text json.RawMessage, at time.Time) (core.Meeting, bool) {
	var said struct {
		About string `json:"about"`
		On    string `json:"on"`
	}
	if json.Unmarshal(text, &said) != nil {
		return core.Meeting{}, false
	}
	if said.On == "" {
		return core.Meeting{About: said.About, On: at}, true
	}
	on, ok := parseMoment(said.On, at.Location())
	return core.Meeting{About: said.About, On: on.At}, ok
}

// parseMoment reads a date or a date and time of ISO 8601, local unless it
// names its offset.
func parseMoment(text string, in *time.Location) (core.Moment, bool) {
	if at, err := time.ParseInLocation(time.DateOnly, text, in); err == nil {
		return core.Moment{At: at}, true
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.DateTime, time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, in); err == nil {
			return core.Moment{At: at.In(in), HasTime: true}, true
		}
	}
	return core.Moment{}, false
}
