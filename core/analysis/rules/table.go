package rules

import (
	"regexp"
	"strings"
	"sync"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/when"
)

// A rule makes a fact of a predicate. The first rule of the table that fits
// wins, so special ones stand before general ones.
type rule struct {
	name       string
	pattern    pattern  // of the predicate in lower case; its first group is the value
	polarity   polarity // of the predicates it reads
	category   core.Category
	slot       core.Slot
	confidence float64
	make       func(f finding) (text, value string, ok bool) // nil: the predicate as it stands, without a value
}

// A finding is a predicate that fits a rule.
type finding struct {
	predicate
	groups []string // as written, without what follows the value
	rest   string   // all that follows the start of the first group
	reader *reader
}

// A pattern is compiled when it is first needed: all of them at the start of
// the program would cost every command 20 ms.
type pattern func() *regexp.Regexp

// match makes a pattern that must fit the start of a predicate.
func match(expr string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:` + expr + `)`) })
}

// rules is the table, in the order of its parts.
var rules = func() []rule {
	var all []rule
	for _, part := range [][]rule{placeRules, workRules, familyRules, healthRules, tasteRules, pastimeRules, planRules, eventRules, generalRules} {
		all = append(all, part...)
	}
	return all
}()

// fact applies the table to a clause's predicate.
func (r *reader) fact(c clause, s subject) {
	if s.pred == "" || s.who == elided && len(s.about) == 0 && !r.standsAlone(c) {
		return
	}
	p := parsePredicate(s.pred)
	for _, rule := range rules {
		if rule.polarity != p.polarity {
			continue
		}
		m := rule.pattern().FindStringSubmatchIndex(p.low)
		if m == nil {
			continue
		}
		d := core.Draft{Category: rule.category, Slot: rule.slot, Quote: c.text, Confidence: rule.confidence, Text: p.sentence()}
		if rule.make != nil {
			text, value, ok := rule.make(newFinding(p, m, r))
			if !ok {
				continue
			}
			d.Text, d.Value = text, value
		}
		if d.Slot != core.SlotNone && d.Value == "" && p.polarity == holds && !endings[rule.name] {
			d.Slot = core.SlotNone
		}
		if p.hedged {
			s.hedged = true
		}
		d.Confidence = doubt(d.Confidence, s)
		for _, one := range each(d) {
			r.add(s.about, one)
		}
		return
	}
}

// each makes a fact for each thing that a draft lists as liked, or as not borne:
// "likes sailing and hiking" is two. Each has the words up to its own as evidence,
// so that what the user says of one is not taken for what they say of another.
func each(d core.Draft) []core.Draft {
	lead, ok := strings.CutSuffix(d.Text, d.Value)
	if !ok || d.Slot != core.SlotLike && d.Slot != core.SlotDislike && d.Slot != core.SlotAllergy {
		return []core.Draft{d}
	}
	marks, things, at := listed.FindAllString(d.Value, -1), listed.Split(d.Value, -1), strings.LastIndex(d.Quote, d.Value)
	// "Nuts, poor thing" is no list either.
	if at < 0 || len(marks) == 0 || strings.TrimSpace(marks[len(marks)-1]) == "," || len(things) > mostThings || pairs[lower(d.Value)] {
		return []core.Draft{d}
	}
	var all []core.Draft
	for i, thing := range things {
		ws := split(thing)
		// "Red and white wine" and "tea and her cat" are no lists of single things.
		if len(ws) == 0 || owners[ws[0].low] || len(ws) > 1 && d.Slot != core.SlotAllergy && !(verbs[ws[0].low] && strings.HasSuffix(ws[0].low, "ing") && len(ws) < 4) {
			return []core.Draft{d}
		}
		one := d
		one.Text, one.Value = lead+thing, thing
		if i < len(things)-1 {
			end := strings.Index(d.Quote[at:], thing) + len(thing)
			one.Quote, at = d.Quote[:at+end], at+end
		}
		all = append(all, one)
	}
	return all
}

// mostThings is how many things a list may have, to be read as such.
const mostThings = 8

var listed = regexp.MustCompile(`,? and |, | & `)

// pairs are single things with "and" in their names.
var pairs = map[string]bool{
	"rock and roll": true, "fish and chips": true, "drum and bass": true, "gin and tonic": true, "mac and cheese": true, "arts and crafts": true,
	"black and white": true, "salt and vinegar": true, "dungeons and dragons": true, "rhythm and blues": true,
}

// endings are the rules that end a slot's value: "left Stripe".
var endings = map[string]bool{"left a firm": true, "left the job": true, "quit": true}

// standsAlone reports whether a note without any name may be read: it starts
// with what somebody does, so it is about whom the user spoke of before.
func (r *reader) standsAlone(c clause) bool { return len(r.spots) == 0 && (c.fresh || c.comma) }

func newFinding(p predicate, m []int, r *reader) finding {
	f := finding{predicate: p, reader: r}
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] < 0 {
			f.groups = append(f.groups, "")
			continue
		}
		f.groups = append(f.groups, p.core[m[i]:m[i+1]])
	}
	if len(m) > 2 && m[2] >= 0 {
		f.rest = p.core[m[2]:]
	}
	return f
}

// stops end the name of a place or a company.
var stops = set(`in on at with for because since from and but next last this now to as after before where which who when while
	until by again soon today tomorrow yesterday recently permanently monday tuesday wednesday thursday friday saturday sunday
	right also together though so if or again currently these full-time part-time originally anymore instead too already studies works lives is was has runs likes loves plays`)

// place returns the name of a place at the start of s, or "" when it is none:
// "a new flat".
func place(s string) string {
	if lead, rest, ok := strings.Cut(s, " "); ok && (lower(lead) == "the" || lower(lead) == "downtown") {
		if v := until(rest, stops); v != "" && strings.ToLower(v) != v {
			return lead + " " + v
		}
		return ""
	}
	v := until(s, stops)
	first, _, _ := strings.Cut(v, " ")
	if v == "" || notPlaces[first] || len(strings.Fields(v)) > 5 || strings.ContainsAny(v, "0123456789") {
		return ""
	}
	return proper(v)
}

var notPlaces = set(`a an the another her his their my our new bigger smaller different it that this there here some mind
	touch love fear general peace debt town sales marketing tech finance it banking home work bed hospital prison school one two
	product engineering consulting hr pr fashion advertising education healthcare real`)

// when cuts the moment out of s that it speaks of, and returns what is left.
func cutMoment(s string, r *reader) (rest string, f when.Found, ok bool) {
	f, ok = when.First(s, r.at)
	if !ok {
		return s, f, false
	}
	if again.MatchString(lower(s[:f.Start])) {
		return s, f, true // "every Sunday" is more than the next one
	}
	rest = strings.TrimRight(s[:f.Start], " ,;-–—(") + " " + strings.TrimLeft(s[f.End:], " ,;)")
	return strings.TrimSpace(rest), f, true
}

// What comes again and again: every starts when it does, again ends what stands
// before the day.
var (
	every = regexp.MustCompile(`^(?:every|each) `)
	again = regexp.MustCompile(`\b(?:every|each)(?: (?:other|second|third|single))? $`)
)
