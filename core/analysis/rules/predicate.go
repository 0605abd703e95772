package rules

import (
	"regexp"
	"strings"
)

// A polarity says whether a predicate holds.
type polarity int

const (
	holds polarity = iota
	denied
	ended // it held once: "no longer works at Stripe"
)

// A predicate is what a clause says of its subject.
type predicate struct {
	whole    string // as said, without leading adverbs: "doesn't like tea"
	core     string // without "doesn't", "will", "might": "like tea"
	low      string // core in lower case, byte for byte
	polarity polarity
	habitual bool // "always", "never"
	hedged   bool
	future   bool
}

var (
	adverbLead = regexp.MustCompile(`^(?:just|now|also|really|recently|finally|currently|actually|absolutely|totally|still|already|apparently|both|all|only|secretly|officially|generally|mostly|reportedly) `)
	habitLead  = regexp.MustCompile(`^(?:always|usually|often|sometimes|rarely|seldom|regularly) `)
	hedgeLead  = regexp.MustCompile(`^(?:might|may|could|maybe|perhaps|probably|possibly|must be|seems to|seems|appears to|apparently might) `)
	beLead     = regexp.MustCompile(`^(?:is|are|was|were|has been|have been) (?:just |now |also |really |recently |finally |currently |actually |always |still |already |both |probably |maybe |possibly )+`)
	beMaybe    = regexp.MustCompile(`^(?:is|are|was|were|has been) (?:probably|maybe|possibly) `)
	hedgedVerb = regexp.MustCompile(`\b(?:might|may be|maybe|perhaps|probably|possibly|is thinking (?:of|about)|thinks about|is considering|not sure|could be)\b`)
	negLead    = regexp.MustCompile(`^(?:doesn't|does not|doesnt|don't|do not|dont|didn't|did not|didnt|isn't|is not|isnt|aren't|are not|wasn't|was not|weren't|won't|will not|wouldn't|would not|can't|cannot|can not|cant|couldn't|hasn't|has not|haven't|have not|hadn't|shouldn't|never|not|has never|is never) `)
	beNeg      = regexp.MustCompile(`^(?:isn't|is not|isnt|aren't|are not|not) `)
	endLead    = regexp.MustCompile(`^(?:is |are )?no longer `)
	endTail    = regexp.MustCompile(` (?:anymore|any more|any longer)$`)
	willLead   = regexp.MustCompile(`^(?:will|'ll|is going to|are going to|is about to|are about to|is gonna|gonna) `)
	perfect    = regexp.MustCompile(`^(?:has|have|had) (?:just |now |also |really |recently |finally |already )?((?:moved|joined|started|left|quit|got|gotten|become|bought|broken|broke|found|finished|graduated|retired|taken|lost|stopped|decided|relocated|passed|gone|sold|adopted|founded|opened|published|accepted|changed|had|run|won)\b)`)
)

// parsePredicate takes a predicate apart.
func parsePredicate(said string) predicate {
	p := predicate{whole: strings.TrimRight(strings.TrimSpace(said), " .,;:!")}
	p.whole = cutLead(p.whole, adverbLead)
	if beMaybe.MatchString(lower(p.whole)) {
		p.hedged = true
	}
	p.whole = dropAdverbs(p.whole)
	if m := perfect.FindStringSubmatchIndex(lower(p.whole)); m != nil {
		p.whole = p.whole[m[2]:]
	}
	p.core = p.whole
	for range 4 {
		p.peel()
	}
	if p.polarity == denied && endTail.MatchString(lower(p.core)) {
		p.polarity = ended
		p.core = p.core[:endTail.FindStringIndex(lower(p.core))[0]]
	}
	if rest, ok := strings.CutPrefix(p.core, "be "); ok {
		p.core = "is " + rest
	}
	p.low = lower(p.core)
	return p
}

// peel takes one word off the front of the core that says whether, or when,
// the rest holds.
func (p *predicate) peel() {
	low := lower(p.core)
	switch {
	case habitLead.MatchString(low):
		p.habitual = true
		p.core = cutLead(p.core, habitLead)
	case hedgeLead.MatchString(low):
		p.hedged = true
		p.core = cutLead(p.core, hedgeLead)
	case endLead.MatchString(low):
		p.polarity = ended
		p.core = cutLead(p.core, endLead)
	case beNeg.MatchString(low):
		p.polarity = denied
		p.core = "is " + cutLead(p.core, beNeg)
	case negLead.MatchString(low):
		p.polarity = denied
		p.habitual = strings.HasPrefix(low, "never ")
		p.core = cutLead(p.core, negLead)
	case willLead.MatchString(low) && !goesPlaces(p.core):
		p.future = true
		p.core = cutLead(p.core, willLead)
	default:
		p.core = cutLead(p.core, adverbLead)
	}
}

// goesPlaces reports whether "is going to" tells of a trip: "is going to Japan".
func goesPlaces(s string) bool {
	_, to, ok := strings.Cut(s, "going to ")
	ws := split(to)
	return ok && len(ws) > 0 && (ws[0].upper() || places[ws[0].low] || ws[0].low == "the" || ws[0].low == "a")
}

func cutLead(s string, lead *regexp.Regexp) string {
	for {
		m := lead.FindStringIndex(lower(s))
		if m == nil {
			return s
		}
		s = s[m[1]:]
	}
}

// dropAdverbs takes the adverbs out of "is now", "has been currently".
func dropAdverbs(s string) string {
	m := beLead.FindStringIndex(lower(s))
	if m == nil {
		return s
	}
	verb, _, _ := strings.Cut(s, " ")
	if strings.HasPrefix(lower(s), "has been") || strings.HasPrefix(lower(s), "have been") {
		verb += " been"
	}
	return verb + " " + s[m[1]:]
}

// sentence returns the predicate as a fact's text: in the third person and
// without a leading "is".
func (p predicate) sentence() string {
	s := p.whole
	low := lower(s)
	for _, be := range []string{"is ", "are ", "am ", "was ", "has been ", "have been "} {
		if strings.HasPrefix(low, be) && !strings.HasPrefix(low, be+"not ") && (len(low) == len(be) || low[len(be)] > '9') {
			return withoutArticle(s[len(be):])
		}
	}
	first, rest, _ := strings.Cut(s, " ")
	if !p.future && p.polarity == holds && bases[lower(first)] {
		return third(lower(first)) + " " + rest
	}
	switch lower(first) {
	case "don't", "dont":
		return "doesn't " + rest
	case "haven't":
		return "hasn't " + rest
	}
	return s
}

func withoutArticle(s string) string {
	for _, a := range []string{"a ", "an "} {
		if rest, ok := strings.CutPrefix(s, a); ok && !strings.HasPrefix(rest, "bit ") && !strings.HasPrefix(rest, "little ") {
			return rest
		}
	}
	return s
}

// bases are the verbs that they, in the plural, do.
var bases = set(`live work love like hate enjoy play have want need speak know run own plan hope move study teach drive drink
	eat read write collect sing dance swim train prefer dislike adore grow get expect celebrate go start join`)
