package rules

import (
	"strings"

	"github.com/kith-platform/kith/core"
)

// workRules say what people do for a living.
var workRules = []rule{
	{"works at", match(`(?:(?:is|are|has been|have been) )?(?:works?|working|employed|interning|interns?) (?:now )?(?:full-time |part-time |remotely )?(?:at|for|by|@) (.+)`), holds, core.Professional, core.SlotEmployer, 0.9, employedAt("Works at ")},
	{"works as", match(`(?:(?:is|are|has been) )?(?:works?|working|employed) as (?:an? |the )?[^ ]+(?: [^ ]+){0,4}? (?:at|for) (.+)`), holds, core.Professional, core.SlotEmployer, 0.9, employer},
	{"works somehow", match(`(?:(?:is|are|has been|have been) )?(?:works?|working|worked) (?:as|in|on|with|from|remotely|too|a lot|part|full|freelance|nights|hard|night|shifts)`), holds, core.Professional, core.SlotNone, 0.8, nil},
	{"worked at", match(`(?:worked|used to work|was working|interned) (?:at|for) (.+)`), holds, core.Professional, core.SlotNone, 0.85, nil},
	{"no longer works at", match(`(?:works?|working|is working|is) (?:at|for|with) (.+)`), ended, core.Professional, core.SlotEmployer, 0.85, ending("No longer works at ")},
	{"stopped working at", match(`stopped working (?:at|for) (.+)`), holds, core.Professional, core.SlotEmployer, 0.85, ending("No longer works at ")},
	{"joins", match(`(?:is |are )?(?:joining|joins|join) (.+)`), holds, core.Professional, core.SlotNone, 0.85, joining},
	{"joined some firm", match(`joined (?:a|an|the|her|his|their) .*\b(?:start-?up|company|firm|agency|bank|law|board|lab|university|hospital|practice|scale-?up|ngo|consultancy|ministry|government|army|police|department|faculty)\b`), holds, core.Professional, core.SlotNone, 0.82, nil},
	{"joined a club", match(`(?:joined|signed up (?:for|to)) (?:a|an|the|her|his|our|their|my|some) (.+)`), holds, core.Avocation, core.SlotNone, 0.75, nil},
	{"joined", match(`joined (.+)`), holds, core.Professional, core.SlotEmployer, 0.88, employedAt("Joined ")},
	{"got a job at", match(`(?:got|found|landed|has|took|accepted|starts|is starting|started) (?:a |an |the |her |his |their )?(?:[^ ]+ ){0,3}?(?:job|position|role|internship|offer|gig) (?:as [^ ]+(?: [^ ]+){0,3} )?(?:at|with|from) (.+)`), holds, core.Professional, core.SlotEmployer, 0.85, newJob},
	{"new job", match(`new (?:job|role|position|gig) (?:at|with) (.+)`), holds, core.Professional, core.SlotEmployer, 0.85, employer},
	{"new thing", match(`new (?:job|flat|house|boyfriend|girlfriend|car|baby|apartment|role)\b`), holds, core.Others, core.SlotNone, 0.7, nil},
	{"job", match(`(?:got|found|landed|has|have|took|accepted|starts?|is starting|started|changed|is changing|is between|switched|lost|is looking for|looking for|is searching for|needs|wants|is hunting for) (?:a |an |the |her |his |their )?(?:[^ ]+ ){0,3}?(?:jobs?|position|role|internship|promotion|raise|career|contract|interview|offer)\b`), holds, core.Professional, core.SlotNone, 0.82, nil},
	{"started at", match(`(?:started|began) (?:working )?(?:at|with|for) (.+)`), holds, core.Professional, core.SlotEmployer, 0.85, employedAt("Started at ")},
	{"starts at", match(`(?:starts?|is starting|starting|begins?) (?:working )?(?:at|with|for) (.+)`), holds, core.Professional, core.SlotNone, 0.85, startingAt("Starting at ")},
	{"hired by", match(`(?:was|were|got|been|has been) hired (?:by|at) (.+)`), holds, core.Professional, core.SlotEmployer, 0.85, employedAt("Hired by ")},
	{"left the job", match(`(?:left|quit|quits|is leaving|is quitting|resigned from|gave up|leaves|lost) (?:her|his|their|the) (?:[^ ]+ )?(?:job|firm|company|position|role)\b`), holds, core.Professional, core.SlotEmployer, 0.85, leftJob},
	{"quit", match(`(?:quit|resigned|gave notice|handed in (?:her|his|their) notice)(?: today| yesterday| last week| last month)?$`), holds, core.Professional, core.SlotEmployer, 0.8, leftJob},
	{"was dismissed", match(`(?:was|got|were|has been|been) (?:laid off|fired|made redundant|let go|dismissed|sacked)`), holds, core.Professional, core.SlotNone, 0.85, nil},
	{"left a firm", match(`(?:left|quit|resigned from|departed from) (.+)`), holds, core.Professional, core.SlotEmployer, 0.8, leftFirm},
	{"is leaving a firm", match(`(?:is |are )?(?:leaving|leaves|quitting|quits) (.+)`), holds, core.Professional, core.SlotNone, 0.7, leaving},
	{"promoted", match(`(?:(?:was|got|were|has been|is being|is|been) )?promoted\b`), holds, core.Professional, core.SlotNone, 0.88, nil},
	{"became", match(`(?:became|is becoming|wants to become|is now|was made|was named|was appointed|got made) (?:an? |the |head|chief|vp|partner|professor|director|manager)`), holds, core.Professional, core.SlotNone, 0.75, becoming},
	{"retired", match(`(?:(?:is|has|just|are) )?(?:retired|retiring|retires|semi-retired)\b`), holds, core.Professional, core.SlotNone, 0.85, nil},
	{"runs her own", match(`(?:runs?|is running|owns?|opened|founded|co-founded|started|is opening|opens|launched|is launching|is starting|set up|manages|leads|heads) (?:her|his|their|an?|the|up|two|own)(?: own)? (?:[^ ]+ ){0,4}?(?:business|bakery|company|startup|start-up|shop|store|restaurant|cafe|café|bar|studio|agency|practice|clinic|gallery|school|firm|team|department|farm|hotel|blog|podcast|newsletter|project|charity|ngo|salon|brewery|gym|bookshop|bookstore|fund|lab|consultancy|department|group|club|hostel|winery|vineyard)\b`), holds, core.Professional, core.SlotNone, 0.85, nil},
	{"own boss", match(`(?:is |are )?(?:self-employed|freelancing|freelances?|a freelancer|unemployed|between jobs|on parental leave|on maternity leave|on paternity leave|on sabbatical|out of work|job hunting|jobhunting)\b`), holds, core.Professional, core.SlotNone, 0.85, nil},
	{"studies", match(`(?:(?:is|are) )?(?:study|studies|studying|studied|majored in|majors in|is doing (?:a|an|her|his) (?:phd|ms?c|mba|masters?|degree|internship)|teaches|teach|taught|teaching|writing (?:her|his) thesis)\b`), holds, core.Professional, core.SlotNone, 0.85, nil},
	{"has a profession", match(`(?:(?:is|are|was|works as|has become|became) )?(?:an? |the )?(.+)`), holds, core.Professional, core.SlotEmployer, 0.85, profession},
}

// employedAt reads a company's name; "works at night" has none.
func employedAt(lead string) func(finding) (string, string, bool) {
	return func(f finding) (string, string, bool) {
		v := firm(f.rest)
		if f.future || f.hedged || v == "" {
			return f.sentence(), "", true
		}
		return lead + properFirm(f.rest), v, true
	}
}

func employer(f finding) (string, string, bool) { return f.sentence(), firm(f.rest), true }

func newJob(f finding) (string, string, bool) {
	if f.future || strings.HasPrefix(f.low, "starts") || strings.HasPrefix(f.low, "is starting") || strings.Contains(f.low, "offer") || strings.HasPrefix(f.low, "accepted") {
		return f.sentence(), "", true
	}
	return f.sentence(), firm(f.rest), true
}

func startingAt(lead string) func(finding) (string, string, bool) {
	return func(f finding) (string, string, bool) {
		if firm(f.rest) == "" {
			return f.sentence(), "", true
		}
		return lead + properFirm(f.rest), "", true
	}
}

// firm returns the name of a company at the start of s, or "".
func firm(s string) string {
	v := until(s, stops)
	first, _, _ := strings.Cut(lower(v), " ")
	if notFirms[first] || len(strings.Fields(v)) > 5 {
		if rest, ok := strings.CutPrefix(v, "the "); ok && strings.ToLower(rest) != rest {
			return v
		}
		return ""
	}
	return proper(v)
}

func properFirm(s string) string {
	v := firm(s)
	if v == "" {
		return s
	}
	return v + s[len(until(s, stops)):]
}

var notFirms = set(`a an the another her his their my our new night home least work it that this there here some noon himself herself
	themselves me us him them school early late town for`)

func joining(f finding) (string, string, bool) {
	v := firm(f.rest)
	if v == "" || f.low[:5] == "join " && !f.future {
		return f.sentence(), "", v != ""
	}
	return "Joining " + properFirm(f.rest), "", true
}

func leftJob(f finding) (string, string, bool) {
	if strings.HasPrefix(f.low, "is ") || strings.HasPrefix(f.low, "leaves") {
		return "", "", false
	}
	return f.sentence(), "", true
}

// leftFirm takes a name with a capital letter for a company's, one without
// for a guess: people leave early, and leave their husbands.
func leftFirm(f finding) (string, string, bool) {
	v := firm(f.rest)
	first, _, _ := strings.Cut(lower(f.rest), " ")
	switch {
	case v == "" || strings.HasSuffix(first, "ing") || leftOther[first] || places[first]:
		return "", "", false
	case strings.ToLower(f.rest[:1]) == f.rest[:1] && !firms[first]:
		return "", "", false
	}
	verb, _, _ := strings.Cut(f.core, " ")
	return verb + " " + properFirm(f.rest), "", true
}

var leftOther = set("for early late to on home at after before without because yesterday today already when")

func leaving(f finding) (string, string, bool) {
	v := firm(f.rest)
	first, _, _ := strings.Cut(lower(f.rest), " ")
	if v == "" || leftOther[first] || strings.HasSuffix(first, "ing") || places[first] || strings.ToLower(f.rest[:1]) == f.rest[:1] && !firms[first] {
		return "", "", false
	}
	return "Leaving " + properFirm(f.rest), "", true
}

func becoming(f finding) (string, string, bool) {
	for _, w := range split(f.low) {
		if isProfession(w.low) || w.low == "head" || w.low == "chief" || w.low == "vp" || w.low == "partner" {
			return f.sentence(), "", true
		}
	}
	return "", "", false
}

// praise before a profession says how somebody does it: "a great cook".
var praise = set("great good amazing excellent terrible bad wonderful brilliant fantastic decent best born natural")

// leaders are of a company, not of a field.
var leaders = set("ceo cto cfo founder owner")

// profession reads "a nurse at Bosch", "head of design": the noun must be a
// profession's.
func profession(f finding) (string, string, bool) {
	ws := split(f.rest)
	for i, w := range ws {
		if i > 3 || stops[w.low] {
			break
		}
		if praise[w.low] {
			break
		}
		if !isProfession(w.low) && !(w.low == "head" || w.low == "vp" || w.low == "chief") {
			continue
		}
		if f.low == f.rest && i > 1 || strings.HasPrefix(f.low, "was") && i > 2 {
			break
		}
		value := ""
		link, at, _ := strings.Cut(strings.TrimSpace(f.rest[w.end:]), " ")
		if (link == "at" || link == "of" && leaders[w.low]) && !strings.HasPrefix(f.low, "was") {
			value = firm(at)
		}
		return strings.TrimPrefix(withoutArticle(f.sentence()), "the "), value, true
	}
	return "", "", false
}
