package rules

import (
	"regexp"
	"strings"
	"time"
	"unicode"
)

// Continues reports whether text, which names nobody, plainly goes on about
// somebody who was spoken of before it: it starts with what somebody does or
// is ("moved to Porto", "vegan"), or has a pronoun that can mean nobody else
// ("I told her"). What the rules do not understand goes on about nobody.
func Continues(text string) bool {
	words := split(text)
	if len(words) == 0 || !readable(words) {
		return false
	}
	elided, surely := startsElided(text)
	if surely {
		return true
	}
	for i, w := range words {
		switch {
		case somebodyElse(words, i):
			return false
		case thirdPersons[base(w.low)]:
			return true
		}
	}
	return elided
}

var thirdPersons = set("she he they her his their him them hers theirs")

// readable reports whether most words are in letters that the rules know.
func readable(words []word) bool {
	latin := 0
	for _, w := range words {
		if strings.IndexFunc(w.text, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }) < 0 {
			latin++
		}
	}
	return latin*2 > len(words)
}

// somebodyElse reports whether word i may be somebody whom the pronouns behind
// it mean: "Mom called", "the plumber", "Sofia's".
func somebodyElse(words []word, i int) bool {
	w, before := words[i], wordAt(words, i-1)
	switch {
	case kin[w.low] && (children[w.low] || counts[before.low]):
		return before.low == "" || before.low == "my" || before.low == "our"
	case kin[w.low]:
		return !owners[before.low] || before.low == "my" || before.low == "our"
	case somebodies[w.low], isProfession(w.low) && i > 0 && !w.possessive && !beforeTrade[before.low]:
		return true
	}
	return w.upper() && !w.allCaps() && !ordinary(w.low) && before.low != "called" && before.low != "named"
}

// children, and pets, are whose they are: "got a dog".
var children = set("baby babies kid kids child children twins dog cat puppy kitten pet horse")

// beforeTrade are the words after which a profession is what somebody is:
// "works as a nurse", "now a baker".
var beforeTrade = set("as became becomes is was now retired former")

var somebodies = set(`guy girl boy man woman lady person people somebody someone anybody everybody everyone stranger folks team
	landlord landlady client customer host hostess guest owner seller dealer`)

// ordinary reports whether the rules know a word that is no name, even with a
// capital letter.
func ordinary(low string) bool {
	return common[low] || verbs[low] || imperatives[low] || adverbs[low] || fillers[low] || hedges[low] || linkWords[low] ||
		facts[low] || gerunds[low] || barePredicates[low] || personalWords[low] || calendarWords[low] || nations[low] ||
		meetingNouns[low] || dateStarts[low] || counts[low] || opens[low] || owners[low] || thirdPersons[base(low)] ||
		places[low] && !givenNames[low] || firms[low] || isProfession(low) || base(low) == "i" || isNumber(low)
}

// metBefore tells how the user came to know whom the talk is about.
var metBefore = regexp.MustCompile(`^(?:we |i )?(?:first |originally )?met (?:at|in|on|through|via|during|when|while|years|back)\b`)

// startsElided reports whether text starts with a clause that leaves out its
// subject, and whether that is surely not the user: "likes tea" rather than
// "had tea".
func startsElided(text string) (elided, surely bool) {
	r := &reader{text: text, at: time.Now()}
	for _, c := range clauses(text, nil, false) {
		if i := r.leads(c, &subject{}); c.silent || i < len(c.words) {
			return r.elidedAt(c, i)
		}
	}
	return false, false
}

// elidedAt does so for the clause c, of which word i is the first that matters.
func (r *reader) elidedAt(c clause, i int) (elided, surely bool) {
	if c.silent {
		return false, false
	}
	first, next := c.words[i].low, wordAt(c.words, i+1)
	switch {
	case base(first) == "i" || base(first) == "we" || first == "my" || first == "our" || first == "the":
		return metBefore.MatchString(lower(c.text)), false
	case isProfession(first):
		return false, next.text == "" || c.words[i].after != " " || afterTrade[next.low]
	case imperatives[first] && !pastForm(first):
		return tasks[first] && (next.text == "" || clauseWords[next.low] || adverbs[next.low] || afterTask[next.low]), false
	case first == "will" || wordAt(c.words, i-1).low == "might":
		return verbs[next.low] && !imperatives[next.low] || verbs[first] && first != "will", false
	case first == "doesnt" || first == "isnt" || first == "hasnt":
		return false, true
	case pastForm(first):
		return r.elides(c, i) || personal(lows(c.words[i:])) || metBefore.MatchString(lower(c.text)), false
	}
	return false, r.elides(c, i) || isNumber(first) && len(phones(c.text)) > 0 || personal(lows(c.words[i:]))
}

// afterTrade are the words that may follow what somebody is: "nurse at Charité".
var afterTrade = set("at in for by with and but from until since now")

// tasks are what the user does for, or with, whom the talk is about.
var tasks = set("call ask tell email text message ping whatsapp remind invite thank congratulate visit meet check follow send wish introduce")

var afterTask = set("up back in about to in the a more next some again")

func lows(ws []word) []string {
	var all []string
	for _, w := range ws[:min(len(ws), 5)] {
		all = append(all, w.low)
	}
	return all
}
