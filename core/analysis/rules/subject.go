package rules

import (
	"slices"
	"strings"

	"github.com/kith-platform/kith/core/when"
)

// A role says what the subject of a clause is to the note.
type role int

const (
	elided  role = iota // not said: whom the clause before was about
	someone             // a person in the note
	user                // the one who writes
	other               // anything else
)

// A subject is what a clause is about, and what it says of it.
type subject struct {
	who       role
	about     []string
	noun      string // what of theirs: "her new job"
	nounWords int
	relative  relative
	pred      string // the rest of the clause
	predStart int    // in the note
	hedged    bool   // "I think", "maybe"
	unreal    bool   // "if", "I wish"
	unsure    bool   // more than one person may be meant
	pronoun   string
}

// A relative is somebody who is known by what they are to a mention.
type relative struct {
	role   string // "son"
	name   string // "Leo", or ""
	owners []string
}

func (v relative) title() string { return strings.TrimSpace(v.role + " " + v.name) }

// subject finds what c is about.
func (r *reader) subject(c clause) subject {
	s := subject{about: r.main}
	i := r.leads(c, &s)
	if i >= len(c.words) {
		s.who, s.predStart = other, c.start+len(c.text)
		return s
	}
	i = r.pick(c, i, &s)
	s.setPredicate(r.text, c, i)
	return s
}

// setPredicate takes the words from i on as what is said of the subject,
// with the verb that may be contracted with it.
func (s *subject) setPredicate(text string, c clause, i int) {
	end := c.start + len(c.text)
	s.predStart = end
	if i < len(c.words) {
		s.predStart = c.words[i].start
		if s.predStart > 0 && (text[s.predStart-1] == '@' || text[s.predStart-1] == '+') {
			s.predStart--
		}
	}
	s.pred = strings.TrimSpace(s.pred + straight(text[min(s.predStart, end):end]))
}

// leads skips what stands before the subject: links, times, hedges.
func (r *reader) leads(c clause, s *subject) int {
	for i := 0; i < len(c.words); {
		w := c.words[i]
		next := wordAt(c.words, i+1).low
		switch {
		case i == 0 && c.who, linkWords[w.low], fillers[w.low]:
			i++
		case hedges[w.low]:
			s.hedged = true
			i++
		case w.low == "i" && opinions[next]:
			s.hedged = true
			i += 2
		case (w.low == "it" || w.low == "she" || w.low == "he") && next == "seems":
			s.hedged = true
			return i + 2*boolInt(w.low == "it")
		case (w.low == "looks" || w.low == "sounds" || w.low == "seems") && next == "like":
			s.hedged = true
			i += 2
		case unreal[w.low], w.low == "i" && (next == "wish" || next == "wonder" || next == "hope"):
			s.unreal = true
			i++
		case w.low == "i" && (next == "heard" || next == "learned" || next == "learnt"):
			i += 2
		case opener(w.low) && r.subjectAt(c, i+1), w.low == "remember" && r.spotAt(c.words, i+1) >= 0:
			i++
		case w.low == "that" || (w.low == "turns" || w.low == "found") && next == "out":
			i += 1 + boolInt(next == "out")
		default:
			n := r.dateWords(c, i)
			if n == 0 {
				return i
			}
			i += n
		}
	}
	return len(c.words)
}

// subjectAt reports whether a name or a pronoun stands at word i.
func (r *reader) subjectAt(c clause, i int) bool {
	low := wordAt(c.words, i).low
	return r.spotAt(c.words, i) >= 0 || subjectPronouns[base(low)] || owners[low]
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func wordAt(ws []word, i int) word {
	if i < 0 || i >= len(ws) {
		return word{}
	}
	return ws[i]
}

// dateWords returns how many words at i say when: "yesterday", "on Friday".
func (r *reader) dateWords(c clause, i int) int {
	if !dateStarts[c.words[i].low] {
		return 0
	}
	end := min(c.start+len(c.text), c.words[i].start+60)
	for end < len(r.text) && end > c.words[i].start && r.text[end]&0xC0 == 0x80 {
		end--
	}
	f, ok := when.FirstPast(r.text[c.words[i].start:end], r.at)
	if !ok || f.Start != 0 {
		return 0
	}
	n := 0
	for i+n < len(c.words) && c.words[i+n].start < c.words[i].start+f.End {
		n++
	}
	if copulas[wordAt(c.words, i+n).low] {
		return 0 // "Monday is a holiday" is about the day
	}
	return n
}

var dateStarts = set(`today yesterday tonight tomorrow this last next on in since until monday tuesday wednesday thursday friday
	saturday sunday the two three a`)

var fillers = set("btw fyi news note update apparently also plus anyway oh wow yay hey ok well then still fact yes")

var hedges = set("maybe perhaps probably possibly supposedly allegedly might")

var opinions = set("think guess believe suspect assume suppose")

var unreal = set("if unless whether suppose imagine when once until wonder wondering hopefully")

// pick reads the subject at word i and returns the word after it.
func (r *reader) pick(c clause, i int, s *subject) int {
	w := c.words[i]
	if c.who {
		s.who, s.about = someone, r.lastNamed(c.start)
		if c.words[0].low == "whose" {
			return r.owned(c, i, s)
		}
		return i
	}
	if n := r.names(c, i, s); n > i {
		return r.afterNames(c, n, s)
	}
	switch low := base(w.low); {
	case r.said && (low == "i" || low == "we"):
		return r.speaker(c, i, s)
	case r.said && (low == "my" || low == "our") && len(c.words) > i+1:
		s.who, s.about = someone, nil
		return r.owned(c, i+1, s)
	case low == "she", low == "he", low == "they":
		r.refer(low, s)
		s.pred = contracted(w, c.words[i+1:])
		return i + 1
	case low == "i", low == "we":
		s.who = user
		s.pred = contracted(w, c.words[i+1:])
		return i + 1
	case low == "my" || low == "our":
		return r.myKin(c, i, s)
	case owners[low] && len(c.words) > i+1:
		r.refer(pronounOf[low], s)
		return r.owned(c, i+1, s)
	}
	if k, ok := r.kin[w.low]; ok && !w.possessive {
		s.who, s.relative, s.about = someone, k, k.owners
		return i + 1
	}
	r.elide(c, i, s)
	return i
}

// speaker reads "I" where somebody else says it: the subject is who does.
func (r *reader) speaker(c clause, i int, s *subject) int {
	s.who, s.about = someone, nil
	if next := wordAt(c.words, i+1).low; next == "am" {
		s.pred = "is "
		return i + 2
	}
	s.pred = contracted(c.words[i], c.words[i+1:])
	return i + 1
}

// elide finds whom a clause is about that does not say so.
func (r *reader) elide(c clause, i int, s *subject) {
	if !r.elides(c, i) {
		s.who = other
		return
	}
	if r.last.role != "" && !c.fresh {
		// "Her son is 5 and plays chess" goes on about the son; after a comma it may.
		if !c.comma {
			s.relative, s.about = r.last, r.last.owners
		}
		s.unsure = c.comma
	}
}

var pronounOf = map[string]string{"her": "she", "his": "he", "their": "they"}

// elides reports whether the clause goes on without a subject at word i.
func (r *reader) elides(c clause, i int) bool {
	w, next := c.words[i].low, wordAt(c.words, i+1).low
	if w == "the" || w == "it" || w == "there" || w == "this" || w == "you" {
		return false
	}
	if c.fresh && byUser[w] {
		return false
	}
	return opensElided(c.words[i:], true) && !(c.fresh && isProfession(w) && len(r.main) == 0) || w == "from" && c.words[i].start == c.start ||
		verbs[w] && (strings.HasSuffix(w, "s") || pastForm(w)) || w == "not" ||
		(w == "a" || w == "an") && isProfession(next) || w == "into" || w == "fluent" || gerunds[w] || facts[w] || counts[w] && kin[next] || (w == "a" || w == "an") && kin[next]
}

// byUser are what the user did, at the start of a sentence without a subject.
var byUser = set("met saw visited called spoke talked phoned emailed texted ran bumped caught watched booked ordered paid hosted")

// names reads a list of mentions at word i.
func (r *reader) names(c clause, i int, s *subject) int {
	var about []string
	for at := i; at < len(c.words); {
		if titles[c.words[at].low] && r.spotAt(c.words, at+1) >= 0 {
			at++
		}
		n := r.spotAt(c.words, at)
		if n < 0 {
			break
		}
		about = append(about, r.spots[n].name)
		for at < len(c.words) && c.words[at].start < r.spots[n].end {
			at++
		}
		i = at
		if link := wordAt(c.words, at).low; link == "and" {
			at++
		} else if after := c.words[at-1].after; after != " & " && after != " + " && !(after == ", " && andWithin(c.words[at:], 6)) {
			break
		}
	}
	if about != nil {
		s.who, s.about = someone, about
	}
	return i
}

// andWithin reports whether a list of names that goes on at ws has its "and",
// or is all there is.
func andWithin(ws []word, n int) bool {
	for i, w := range ws {
		if i == n || w.possessive {
			return false
		}
		if w.low == "and" {
			return true
		}
	}
	return true
}

func (r *reader) spotAt(ws []word, i int) int {
	if i >= len(ws) {
		return -1
	}
	n, ok := slices.BinarySearchFunc(r.spots, ws[i].start, func(s named, start int) int { return s.start - start })
	switch {
	case ok:
		return n
	case n > 0 && r.spots[n-1].start+1 == ws[i].start && r.text[r.spots[n-1].start] == '@':
		return n - 1
	}
	return -1
}

// afterNames reads what follows a list of names that ends before word i:
// "'s birthday" belongs to the last, "'s pregnant" says something of them.
func (r *reader) afterNames(c clause, i int, s *subject) int {
	last := c.words[i-1]
	if !last.possessive {
		n := andKin(c.words[i:])
		return i + n
	}
	if i >= len(c.words) || saysSomething(c.words[i:]) {
		s.pred = contracted(last, c.words[i:])
		return i
	}
	return r.owned(c, i, s)
}

// saysSomething reports whether "Ana's" before ws means that Ana is or has.
func saysSomething(ws []word) bool {
	w, next := ws[0].low, wordAt(ws, 1).low
	if adverbs[w] || w == "not" || w == "so" || w == "very" {
		return true
	}
	return barePredicates[w] || w == "a" || w == "an" || w == "from" || w == "going" || w == "in" || w == "got" || w == "been" || w == "into" || w == "on" || w == "back" || w == "obsessed" || w == "away" ||
		verbs[w] && strings.HasSuffix(w, "ing") && !kin[next] || verbs[w] && pastForm(w) || personalWords[w] && !kin[w]
}

// contracted returns the verb that an apostrophe hides in w: "she's moved".
func contracted(w word, rest []word) string {
	next := wordAt(rest, 0).low
	if adverbs[next] {
		next = wordAt(rest, 1).low
	}
	suffix := ""
	if n := strings.LastIndexByte(w.low, '\''); n >= 0 {
		suffix = w.low[n:]
	}
	switch {
	case w.possessive && (pastForm(next) || next == "been" || next == "done") && verbs[next] && !personalWords[next] && next != "born":
		return "has "
	case w.possessive:
		return "is "
	case suffix == "'re" || suffix == "'m":
		return "is "
	case suffix == "'ll":
		return "will "
	case suffix == "'ve":
		return "has "
	case suffix == "'d":
		return "would "
	}
	return ""
}
