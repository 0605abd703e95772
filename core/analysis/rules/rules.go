// Package rules reads notes without a model and without the network: who is
// mentioned, and what the note says about them.
//
// A note is cut into sentences and clauses (clause.go). Of each clause the
// subject is found (subject.go): a person, a relative of one, the user, or
// whom the clause before was about. What is left is the predicate
// (predicate.go), which goes through a table of rules (table.go and the
// tables by topic); the first that fits makes a fact. Things to do, meetings,
// birthdays and addresses have readers of their own, which look at a clause
// before the table does. Where nothing is sure, nothing is said, or with a
// confidence below core.KeepAt, so that the user is asked.
package rules

import (
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
)

// Read returns the facts and meetings that text tells of, said at, about the
// people in mentions. A fact is about the name of a mention, or about "" where
// the text does not say whom it means.
func Read(text string, at time.Time, mentions []Mention) core.Reading {
	r := &reader{text: text, at: at, spots: locate(text, mentions), kin: map[string]relative{}}
	for _, c := range clauses(text, r.spots, true) {
		r.read(c)
	}
	return r.reading
}

// ReadSaid is Read for what somebody else said to the user: "I" is who said it,
// whom facts about "" are about.
func ReadSaid(text string, at time.Time, mentions []Mention) core.Reading {
	r := &reader{text: text, at: at, spots: locate(text, mentions), kin: map[string]relative{}, said: true}
	for _, c := range clauses(text, r.spots, false) {
		r.read(c)
	}
	return r.reading
}

// A reader goes through the clauses of a note and remembers whom they are about.
type reader struct {
	text     string
	at       time.Time
	spots    []named
	main     []string // whom the last clause was about
	gender   string   // the pronoun used of main: "she", "he" or ""
	last     relative // the relative the last clause was about, if it was
	listOnly bool     // whether the last clause was nothing but names
	kin      map[string]relative
	said     bool // by somebody else than the user
	reading  core.Reading
}

// A named is a spot where a mention's name stands.
type named struct {
	spot
	name string
}

// locate finds every place where text names one of the mentions.
func locate(text string, mentions []Mention) []named {
	var known []string
	for _, m := range mentions {
		known = append(known, m.Name)
	}
	var spots []named
	people := find(text, known)
	for _, m := range mentions {
		parts, _ := nameParts(split(m.Name))
		seen := false
		for _, p := range people {
			if len(parts) == 0 || !p.same(parts) {
				continue
			}
			for _, at := range p.at {
				spots = append(spots, named{at, m.Name})
				seen = seen || at.start == m.Start
			}
		}
		if !seen && m.Start >= 0 && m.End <= len(text) && m.Start < m.End && text[m.Start:m.End] == m.Name {
			spots = append(spots, named{spot{m.Start, m.End}, m.Name})
		}
	}
	slices.SortFunc(spots, func(a, b named) int { return a.start - b.start })
	return slices.CompactFunc(spots, func(a, b named) bool { return a.start == b.start })
}

// read draws what a clause says.
func (r *reader) read(c clause) {
	if c.silent {
		return
	}
	if c.ask != nil {
		r.request(c)
		return
	}
	r.tell(c)
}

// tell draws what a clause says that is no request.
func (r *reader) tell(c clause) {
	s := r.subject(c)
	addressed := r.addresses(c, &s)
	switch {
	case r.meeting(c, s), s.unreal:
	case r.birthday(c, s), r.todo(c, s), r.howWeMet(c, s):
	case addressed && (s.noun != "" || s.pred == ""):
	case s.relative.role != "":
		r.relativeFact(c, s)
	case s.noun != "":
		r.nounFact(c, s)
	case s.who == someone || s.who == elided:
		r.fact(c, s)
	}
	r.listOnly = s.who == someone && s.pred == "" && s.noun == "" && s.relative.role == ""
	r.remember(s)
}

// add files a draft for each of the people.
func (r *reader) add(about []string, d core.Draft) {
	d.Text, d.Quote = headline(d.Text), shorten(d.Quote)
	if d.Text == "" || d.Quote == "" {
		return
	}
	if len(about) == 0 {
		about = []string{""}
	}
	for _, name := range about {
		d.About = name
		if !slices.ContainsFunc(r.reading.Drafts, func(o core.Draft) bool {
			return o.About == d.About && o.Text == d.Text && o.Slot == d.Slot && o.Value == d.Value
		}) {
			r.reading.Drafts = append(r.reading.Drafts, d)
		}
	}
}
