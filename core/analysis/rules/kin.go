package rules

import (
	"strings"

	"github.com/kith-platform/kith/core"
)

// refer finds whom a pronoun means: whom the note is about, unless a
// relative of the other gender has just been spoken of.
func (r *reader) refer(pronoun string, s *subject) {
	s.who, s.pronoun = someone, pronoun
	switch {
	case r.last.role == "" || pronoun == "they":
	case genderOf(r.last.role) == pronoun && r.gender != pronoun:
		s.relative, s.about = r.last, r.last.owners
	case genderOf(r.last.role) == pronoun:
		s.unsure = true
	}
	if len(s.about) > 1 && pronoun != "they" {
		// With two people in question the last is the likelier one, but it is worth asking.
		s.about, s.unsure = s.about[len(s.about)-1:], true
	}
}

func genderOf(role string) string {
	words := strings.Fields(role)
	if len(words) == 0 {
		return ""
	}
	switch last := words[len(words)-1]; {
	case men[last]:
		return "he"
	case women[last]:
		return "she"
	}
	return ""
}

var (
	men   = set(kinMale)
	women = set(kinFemale)
)

// remember keeps whom the clause was about for the pronouns to come.
func (r *reader) remember(s subject) {
	if s.who != someone {
		return
	}
	if len(s.about) != len(r.main) || len(s.about) > 0 && s.about[0] != r.main[0] {
		r.gender = ""
	}
	r.main = s.about
	r.last = s.relative
	if s.relative.role != "" && s.relative.name != "" {
		r.kin[fold(s.relative.name)] = s.relative
	}
	if s.pronoun != "" && (s.relative.role == "" || s.noun != "") {
		r.gender = s.pronoun
	}
}

// lastNamed returns the mention named last before offset at.
func (r *reader) lastNamed(at int) []string {
	about := r.main
	for _, s := range r.spots {
		if s.start < at {
			about = []string{s.name}
		}
	}
	return about
}

// owned reads what belongs to the subject at word i: a relative, or a thing.
func (r *reader) owned(c clause, i int, s *subject) int {
	at := i
	for at < i+3 && at < len(c.words) && !kin[c.words[at].low] && describing[c.words[at].low] {
		at++
	}
	if at >= len(c.words) || !kin[c.words[at].low] {
		return r.thing(c, i, s)
	}
	s.relative = relative{role: strings.ToLower(phraseOf(c.words[i : at+1])), owners: s.about}
	if c.words[at].possessive {
		return r.thing(c, i, s)
	}
	at++
	if strings.Contains(c.words[at-1].after, ":") {
		return at
	}
	if w := wordAt(c.words, at).low; (w == "called" || w == "named") && at+1 < len(c.words) {
		at++
	}
	for at < len(c.words) && isKinName(c.words[at]) && len(strings.Fields(s.relative.name)) < 2 {
		s.relative.name = strings.TrimSpace(s.relative.name + " " + proper(c.words[at].text))
		at++
	}
	return at
}

// describing words stand before a relative: "her older brother".
var describing = set("older younger elder little big oldest youngest eldest best good close new old ex twin only first second late dear baby future former middle great")

// isKinName reports whether the word after "her son" is his name.
func isKinName(w word) bool {
	return w.upper() && !calendarWords[w.low] && !w.allCaps() || givenNames[w.low] && !wordNames[w.low] && !verbs[w.low]
}

func phraseOf(ws []word) string {
	var parts []string
	for _, w := range ws {
		parts = append(parts, w.text)
	}
	return strings.Join(parts, " ")
}

// thing reads a thing of the subject's up to its verb: "new job" in "her new
// job is hard".
func (r *reader) thing(c clause, i int, s *subject) int {
	at := i
	for at < len(c.words) && at < i+6 && !isLink(c.words[at].low) {
		at++
		if strings.ContainsAny(c.words[at-1].after, ":=") {
			break
		}
	}
	if at == i {
		return i
	}
	end := c.words[at-1].end
	s.noun = straight(r.text[c.words[i].start:end])
	if c.words[at-1].possessive {
		s.pred = "is "
	}
	s.nounWords = at - i
	return at
}

func isLink(low string) bool {
	return copulas[low] || verbs[low] && (strings.HasSuffix(low, "s") && !strings.HasSuffix(low, "ss")) && !personNouns[low] && low != "plans" || pasts[low]
}

// myKin reads "my sister Maria", or "my sister" where she goes by that: the sister,
// whom the note names, is the subject.
func (r *reader) myKin(c clause, i int, s *subject) int {
	at := i + 1
	for at < len(c.words) && at < i+4 && r.spotAt(c.words, at) < 0 && (kin[c.words[at].low] || describing[c.words[at].low]) {
		at++
	}
	if n := r.names(c, at, s); n > at {
		return r.afterNames(c, n, s)
	}
	s.who = other
	return i
}

// relativeFact makes a fact of what a relative does.
func (r *reader) relativeFact(c clause, s subject) {
	d := core.Draft{Category: core.Social, Quote: c.text, Confidence: 0.85, Value: s.relative.name}
	if s.relative.name != "" {
		d.Slot = core.SlotKin
	}
	pred := strings.TrimSpace(s.pred)
	switch {
	case s.noun != "":
		d.Slot, d.Value = core.SlotNone, ""
		d.Text = s.noun + " " + pred
		if name, ok := strings.CutPrefix(lower(pred), "is "); ok && strings.HasSuffix(lower(s.noun), " name") {
			d.Slot, d.Value = core.SlotKin, proper(pred[len(pred)-len(name):])
			d.Text = strings.TrimSuffix(s.relative.role, "'s") + " " + d.Value
		}
	case pred == "" && s.relative.name == "":
		return
	default:
		d.Text = s.relative.title() + " " + pred
		if m := calledName.FindStringSubmatch(pred); m != nil && s.relative.name == "" {
			d.Slot, d.Value = core.SlotKin, m[1]
		}
	}
	if listed := lower(pred) != pred && !finiteWithin(split(pred), 4) && s.relative.name == ""; listed && strings.Contains(c.text, ":") {
		d.Text = s.relative.role + ": " + pred
	} else if pred != "" && !finiteWithin(split(pred), 3) || pointless.MatchString(lower(pred)) {
		return
	}
	d.Confidence = doubt(d.Confidence, s)
	r.add(s.about, d)
}

// doubt lowers a confidence that the note itself puts in doubt.
func doubt(confidence float64, s subject) float64 {
	if s.hedged || s.unsure || hedgedVerb.MatchString(lower(s.pred)) {
		return min(confidence, 0.5)
	}
	return confidence
}
