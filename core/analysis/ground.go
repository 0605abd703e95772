package analysis

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm"
)

// maxFacts is the most facts, and the most meetings, that one note may cause.
// No more than maxSaid of each are looked at.
const (
	maxFacts = 40
	maxSaid  = 10 * maxFacts
)

// Ground returns what may be believed of an engine's reading of n: every fact
// has a quote that stands in the note letter for letter, one of the 20
// categories, a confidence within 0..1 and a text that is safe to show, and
// speaks of nobody whom the note does not name. What is not so is left out; what
// could be repaired, or was said by somebody other than the user, has a
// confidence below core.KeepAt.
func Ground(n Note, r core.Reading) core.Reading {
	g := grounding{note: n, page: newPage(n.Text), seen: map[string]bool{}}
	var kept core.Reading
	for _, d := range r.Drafts[:min(len(r.Drafts), maxSaid)] {
		if len(kept.Drafts) == maxFacts {
			break
		}
		if g.fact(&d) && g.first("fact", d.About, d.Text) {
			kept.Drafts = append(kept.Drafts, d)
		}
	}
	for _, m := range r.Meetings[:min(len(r.Meetings), maxSaid)] {
		if len(kept.Meetings) == maxFacts {
			break
		}
		if g.meeting(&m) && g.first("met", m.About, m.On.Format(time.DateOnly)) {
			kept.Meetings = append(kept.Meetings, m)
		}
	}
	return kept
}

// grounding checks what an engine says against the note.
type grounding struct {
	note Note
	page page
	seen map[string]bool
}

// first reports whether the same was not said before.
func (g *grounding) first(words ...string) bool {
	key := strings.ToLower(strings.Join(words, "\x00"))
	again := g.seen[key]
	g.seen[key] = true
	return !again
}

// fact repairs d, and reports whether it may stay.
func (g *grounding) fact(d *core.Draft) bool {
	if !d.Category.Valid() || math.IsNaN(d.Confidence) || d.Confidence < 0 || d.Confidence > 1 {
		return false
	}
	if d.Text = llm.Line(d.Text); core.Blank(d.Text) || tooLong(d.Text) {
		return false
	}
	quote, found, exact := g.page.quote(d.Quote)
	if !found || tooLong(quote) {
		return false
	}
	d.Quote = quote
	about, named, sure := g.about(d.About)
	if !named || g.note.Chat && about != "" && !strings.EqualFold(about, g.note.Author) {
		return false
	}
	d.About = about
	if !exact || !sure || g.note.Author != "" {
		d.Confidence = min(d.Confidence, unsure)
	}
	g.slot(d)
	g.due(d)
	return true
}

func tooLong(text string) bool { return utf8.RuneCountInString(text) > core.MaxFactLen }

// about returns a person's name as the note writes it, and reports whether the
// person is one to keep facts about, and whether that is sure.
func (g *grounding) about(name string) (about string, named, sure bool) {
	name = strings.TrimSpace(name)
	switch strings.ToLower(name) {
	case "":
		return "", true, true
	case "i", "me", "my", "myself", "user", "the user":
		return "", false, false
	case "he", "him", "his", "she", "her", "hers", "they", "them", "their":
		return "", true, false
	}
	if utf8.RuneCountInString(name) > core.MaxNameLen {
		return "", false, false
	}
	about, named = g.page.name(name)
	return about, named, true
}

// due takes back a due time that is over, or out of sight.
func (g *grounding) due(d *core.Draft) {
	if d.Due == nil {
		return
	}
	y, m, day := g.note.At.Date()
	today := time.Date(y, m, day, 0, 0, 0, 0, g.note.At.Location())
	if d.Due.At.Before(today) || d.Due.At.After(today.AddDate(100, 0, 0)) {
		d.Due = nil
	}
}

// meeting repairs m, and reports whether it may stay: it was the user's own,
// and it is over.
func (g *grounding) meeting(m *core.Meeting) bool {
	about, named, sure := g.about(m.About)
	if !named || !sure || g.note.Author != "" {
		return false
	}
	m.About = about
	y, month, day := g.note.At.Date()
	tomorrow := time.Date(y, month, day+1, 0, 0, 0, 0, g.note.At.Location())
	return m.On.Before(tomorrow) && m.On.After(tomorrow.AddDate(-120, 0, 0))
}
