package rules

import (
	"regexp"
	"strings"
)

// opens reports whether a clause starts at word i, and how many of its words
// are read already.
func (c cutter) opens(i int) (skip int, ok bool) {
	if c.names[i] >= 0 && c.names[i] == c.names[i-1] {
		return 0, false
	}
	after := c.words[i-1].after
	mark := strings.TrimSpace(after)
	if mark == after && !strings.ContainsAny(mark, "–—") {
		return 0, false // within an address, a number or "and/or"
	}
	if strings.Contains(mark, ")") && !isNumber(c.words[i].low) && !isNumber(c.words[i-1].low) {
		return 0, true
	}
	parted := mark != "" && !strings.HasSuffix(c.words[i-1].text, ".")
	at := i
	for at < len(c.words) && linkWords[c.words[at].low] && at < i+3 {
		at++
	}
	report := reports[c.words[i-1].low] || c.words[i-1].low == "me" && i > 1 && reports[c.words[i-2].low]
	if !parted && at == i && !report || at == len(c.words) {
		return 0, false
	}
	if c.words[i].low == "who" && at > i {
		return at - i, true
	}
	if strings.ContainsAny(mark, ":") && c.names[i-1] >= 0 {
		return at - i, true
	}
	ws := c.words[at:]
	switch {
	case c.promises(i):
		return 0, false
	case subjectPronouns[base(ws[0].low)] && len(ws) > 1:
		return at - i, !report || base(ws[0].low) != "her"
	case owners[ws[0].low] && !subjectPronouns[base(wordAt(ws, 1).low)]:
		return at - i, finiteWithin(ws[1:], 7) && (parted || at > i || report)
	case c.namesSubject(at), parted && (c.headed(at) || at == i && c.sameOf(at)):
		return at - i, true
	case report:
		return 0, false
	}
	return at - i, opensElided(ws, parted) || parted && strangerDoes(ws)
}

// promises reports whether word i goes on with what the user told somebody that
// they would do: "I promised Ana that I'd call".
func (c cutter) promises(i int) bool {
	if low := base(c.words[i].low); c.words[i-1].low != "that" || low != "i" && low != "we" {
		return false
	}
	for at := i - 3; at >= 0 && at >= i-4; at-- {
		if low := c.words[at].low; low == "promised" || low == "told" {
			return at == 0 || base(c.words[at-1].low) == "i" || base(c.words[at-1].low) == "we"
		}
	}
	return false
}

// strangerDoes reports whether ws start with somebody or something nobody
// knows, and a verb: ", wine is too strong".
func strangerDoes(ws []word) bool {
	if len(ws) < 2 || ws[0].after != " " || verbs[ws[0].low] {
		return false
	}
	next := ws[1].low
	return copulas[next] || pasts[next] || ws[0].upper() && finite(next)
}

// headed reports whether a mention's name with a colon behind it stands at
// word i: ", Carlos: carlos@example.com".
func (c cutter) headed(i int) bool {
	s, ok := c.spotAt(i)
	for ok && i+1 < len(c.words) && c.words[i+1].start < s.end {
		i++
	}
	return ok && strings.HasPrefix(c.words[i].after, ":")
}

// sameOf reports whether what was said of one person is said of another at
// word i without its verb: in "lives in Braga, Kate in Faro", not of a list.
func (c cutter) sameOf(i int) bool {
	w, next := c.words[i], wordAt(c.words, i+1).low
	if c.names[i] < 0 && (!w.upper() || !givenNames[w.low] || places[w.low]) || !ofWhere[next] {
		return false
	}
	for back := i - 1; back > 0 && back >= i-4 && c.names[back] < 0; back-- {
		if c.words[back].low == next {
			return true
		}
	}
	return false
}

var ofWhere = set("in at from to for")

// maxList is how many names in a row are read as one subject.
const maxList = 20

// namesSubject reports whether a mention's name stands at word i with a verb after it.
func (c cutter) namesSubject(i int) bool {
	n := 0
	for s, ok := c.spotAt(i); ok && n < maxList; s, ok = c.spotAt(i) {
		for i < len(c.words) && c.words[i].start < s.end {
			n, i = n+1, i+1
		}
		if c.words[i-1].possessive {
			return finiteWithin(c.words[i:], 6) || i < len(c.words) && barePredicates[c.words[i].low]
		}
		if i < len(c.words) && c.words[i].low == "and" {
			i++
		}
	}
	return n > 0 && i < len(c.words) && !strings.ContainsAny(c.words[i-1].after, ",;") && (n > 1 && finiteWithin(c.words[i:], 2) || doesWithin(c.words[i:], 3))
}

// spotAt returns the spot that starts at word i.
func (c cutter) spotAt(i int) (named, bool) {
	if i >= len(c.words) || c.names[i] < 0 || i > 0 && c.names[i-1] == c.names[i] {
		return named{}, false
	}
	return c.spots[c.names[i]], true
}

// linkWords join clauses.
var linkWords = set("and but so because while whereas then also who whose though although plus btw since & + yet")

var reports = set("said says mentioned heard thinks told that tells confirmed announced")

var subjectPronouns = set("she he they i we it you")

var owners = set("her his their my our")

// base returns a pronoun without its contracted verb.
func base(low string) string {
	b, _, _ := strings.Cut(low, "'")
	return b
}

// doesWithin reports whether one of the first n words is a verb that fits a
// single person, with nothing but adverbs before it.
func doesWithin(ws []word, n int) bool {
	for i, w := range ws {
		switch {
		case i == n:
			return false
		case copulas[w.low], verbs[w.low] && (strings.HasSuffix(w.low, "s") || pastForm(w.low)), len(w.low) > 5 && strings.HasSuffix(w.low, "ed"):
			return true
		case !adverbs[w.low] && !(w.low == "no" || w.low == "longer"):
			return false
		}
	}
	return false
}

// finiteWithin reports whether one of the first n words is a verb.
func finiteWithin(ws []word, n int) bool {
	for i, w := range ws {
		if i == n || i > 0 && strings.ContainsAny(ws[i-1].after, ",.;") {
			return false
		}
		if finite(w.low) {
			return true
		}
	}
	return false
}

// finite reports whether a word is a verb that can follow its subject.
func finite(low string) bool {
	return verbs[low] && !strings.HasSuffix(low, "ing") || len(low) > 5 && strings.HasSuffix(low, "ed")
}

// opensElided reports whether a clause without its subject starts with ws.
func opensElided(ws []word, parted bool) bool {
	low, next := ws[0].low, ""
	if len(ws) > 1 {
		next = ws[1].low
	}
	switch {
	case todoLeads[low] && (next == "to" || next == "forget" || low == "should" || low == "could" || low == "must" || low == "promised" || low == "owe" || low == "i"):
		return true
	case imperatives[low]:
		return !nounish[next] && next != "" && !strings.ContainsAny(ws[0].after, ",.")
	case meetingNouns[low] && next == "with", low == "no" && next == "longer", low == "favourite", low == "favorite":
		return true
	case parted && facts[low]:
		return true
	case (low == "don't" || low == "dont") && imperatives[next]:
		return true
	case barePredicates[low], (low == "a" || low == "an") && isProfession(next) && parted:
		return true
	case parted && (isProfession(low) && !finite(next) || counts[low] && kin[next]):
		return true
	case (low == "a" || low == "an") && kin[next] && len(ws) > 2 && isKinName(ws[2]):
		return true
	case parted && addressShape.MatchString(wholeWord(ws)):
		return true
	case low == "now" || adverbs[low]:
		return len(ws) > 1 && opensElided(ws[1:], parted)
	case parted && gerunds[low]:
		return true
	}
	return verbs[low] && (strings.HasSuffix(low, "s") || pastForm(low)) && next != "" || low == "can't" || low == "doesn't"
}

var counts = set("1 2 3 4 5 6 one two three four five six")

var addressShape = regexp.MustCompile(`^(?:https?|www)$|^[^ ]+@`)

// wholeWord returns the first of ws with the marks behind it, which tell an
// address from a word.
func wholeWord(ws []word) string {
	s := ws[0].text
	for i := 1; i < len(ws) && i < 6 && (ws[i-1].after == "." || ws[i-1].after == "@"); i++ {
		s += ws[i-1].after + ws[i].text
	}
	return s
}

// barePredicates are said of people without a verb: ", allergic to nuts".
var barePredicates = set("allergic married engaged divorced pregnant vegan vegetarian expecting born based originally celiac coeliac diabetic")

// facts are told by their name alone: ", birthday 3 May".
var facts = set("new birthday bday b-day email e-mail phone tel mobile cell")

// gerunds after a comma start a clause without a subject: ", moving to Porto".
var gerunds = set("moving starting leaving expecting getting planning looking thinking training joining learning working living studying recovering")
