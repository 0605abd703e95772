package rules

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/when"
)

// A request is the user's wish to be reminded of something: "can you remind me
// tomorrow to call Ana?"
type request struct {
	start  int    // in bytes, of what is to be done
	moment string // what stands before that and says when: "tomorrow", "every Sunday"
	link   string // what joins them: "to", "about", "that", or ""
	bare   bool   // without what is to be done
}

// mayRequest finds, fast, the notes in which a request may stand.
var mayRequest = regexp.MustCompile(`(?i)remind|(?:nudge|ping) me|let me forget`)

// requestLead starts a request. Its groups are what asks, what is a heading, and
// what may go on with a thing.
var requestLead = regexp.MustCompile(strings.ReplaceAll(`^(?:(?:hey|hi|hello|ok|okay|so|and|also|then|but|kith|please|pls)[,!]? )*(?:`+
	`((?:can|could|will|would|can't|won't) you (?:(?:please|pls|kindly|also|just|maybe) )*)?(?:(?:i (?:want|need|would like)|i'd (?:like|love|want)) you to |(?:make sure|don't forget|dont forget|remember) to )?(?:(?:please|pls|also) )*(?:`+
	`(?:remind|nudge|ping) me(?: again|,? please,?)?|(?:set|make|create|add|schedule)(?: me| up)?(?: an?| the)?(?: new)? reminder(?: for me)?)`+
	`|(?:i (?:want|need|would like)|i'd (?:like|love)) (?:to be reminded|a reminder)`+
	`|(reminder(?: to (?:self|myself))?)`+
	`|((?:don't|dont|do not) let me forget)`+
	`)(?:[ ,:?!.;–—-]|$)`, "'", "['’]"))

var (
	requestLink = regexp.MustCompile(`^(to|about|of|that)(?:[ ?.!]|$)`)
	momentEnd   = regexp.MustCompile(`[,:]? to |: |, | - | – | — | about | of | that `)
	nothing     = regexp.MustCompile(`^(?:(?:do |about |of )?(?:something|anything|it|this|that)|later|again|soon|do)?$`)
	courteous   = regexp.MustCompile(`(?i)[, ]+(?:please|pls|thanks|thank you|thx|ok|okay|kith)$`)
	loosely     = regexp.MustCompile(`^(?:(?:every|each) (?:other )?(?:day|week|month|year|morning|afternoon|evening|night|weekday|weekend)|later|soon|again|daily|weekly|monthly` +
		`|in the (?:morning|afternoon|evening)|(?:before|after) (?:work|school|breakfast|lunch|dinner))$`)
	hourFirst = regexp.MustCompile(`^(?:[a-z0-9 -]* )?at \d{1,2} `)
	clockOnly = regexp.MustCompile(`^(?:at |by |around |@ ?)?(?:\d{1,2}(?:[:.h]\d\d)?(?: ?[ap]\.?m\.?)?|noon|midday|midnight)$`)
)

// How much of a text is looked at for a request, and for when to remind, in bytes.
const (
	mostRequest = 500
	mostMoment  = 80
)

// readRequest reads the request that text starts with, and reports whether
// there is one. "Can you remind me of her number" asks for an answer.
func readRequest(text string) (q request, ok bool) {
	text = text[:min(len(text), mostRequest)]
	low := lower(text)
	m := requestLead.FindStringSubmatchIndex(low)
	if m == nil {
		return q, false
	}
	asked, heading, thing := m[2] >= 0, m[4] >= 0, m[6] >= 0
	from := m[1]
	if from > 0 && strings.ContainsAny(low[from-1:from], ":") {
		from-- // so that the mark is seen
	}
	at := skipMarks(low, from)
	colon := strings.Contains(low[from:at], ":")
	if l := requestLink.FindStringSubmatch(low[at:]); l != nil {
		q.link, at = l[1], skipMarks(low, at+len(l[1]))
	}
	q.start = at
	rest := withoutThanks(low[at:])
	if nothing.MatchString(rest) || wholeMoment(rest) {
		q.bare = true
		return q, true
	}
	if q.link == "" || q.link == "to" {
		q.momentFirst(text, low)
	}
	deed := split(low[q.start:])
	if len(deed) == 0 {
		q.bare = true
		return q, true
	}
	does := q.link == "to" || len(deed) > 1 && imperatives[deed[0].low]
	switch {
	case heading:
		return q, imperatives[deed[0].low] || verbs[deed[0].low] && q.link == "to"
	case asked && (q.link == "about" || q.link == "of") && !strings.Contains(low[:from], "reminder"):
		return q, q.moment != ""
	case q.link != "", q.moment != "", does, colon:
		return q, true
	case strings.HasPrefix(low[q.start:], "for ") && strings.Contains(low[:from], "reminder"):
		q.start, q.link = q.start+len("for "), "about"
		return q, len(deed) > 1
	}
	return q, thing
}

// momentFirst reads when to remind where that stands before what to do.
func (q *request) momentFirst(text, low string) {
	rest := low[q.start:min(len(low), q.start+mostMoment)]
	for _, at := range momentEnd.FindAllStringIndex(rest, 6) {
		if wholeMoment(rest[:at[0]]) {
			q.moment, q.link = text[q.start:q.start+at[0]], strings.Trim(rest[at[0]:at[1]], " ,:-–—")
			q.start = skipMarks(low, q.start+at[1])
			return
		}
	}
	if n := len(hourFirst.FindString(rest)); n > 0 && wholeMoment(rest[:n-1]) {
		q.moment, q.start = text[q.start:q.start+n-1], q.start+n
		return
	}
	f, ok := when.First(rest, anyTime)
	if ok && f.Start == 0 && f.End < len(rest) && rest[f.End] == ' ' {
		q.moment, q.start = text[q.start:q.start+f.End], skipMarks(low, q.start+f.End)
	}
}

// anyTime is when a note is said of which only the words matter.
var anyTime = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)

// wholeMoment reports whether s says when, and nothing else.
func wholeMoment(s string) bool {
	if len(s) > mostMoment {
		return false
	}
	f, ok := when.First(s, anyTime)
	return ok && f.End == len(s) && (f.Start == 0 || every.MatchString(s)) || loosely.MatchString(s)
}

// skipMarks returns where the next word of s starts.
func skipMarks(s string, at int) int {
	return at + len(s[at:]) - len(strings.TrimLeft(s[at:], " ,:;-–—\t"))
}

// withoutThanks cuts the marks and the courtesy at the end of a request.
func withoutThanks(s string) string {
	s = strings.TrimRight(s, " ?!.,;:)")
	return strings.TrimRight(courteous.ReplaceAllString(s, ""), " ?!.,;:")
}

var reminding = regexp.MustCompile(`(?i)\b(?:remind|nudge) me\b|\bdon['’]?t (?:let me )?forget\b|\b(?:set|add) (?:me )?a reminder\b|^reminder\b`)

// Reminds reports whether a note asks that the user be reminded of something.
func Reminds(text string) bool {
	return reminding.MatchString(text) || mayRequest.MatchString(text) && (requests(text) || requests(lastSentence(text)))
}

// Unfinished reports whether text asks to be reminded and does not say of what:
// "remind me tomorrow".
func Unfinished(text string) bool {
	q, ok := readRequest(strings.TrimSpace(text))
	return ok && q.bare
}

// Request returns the request to be reminded of what, as somebody would put it
// who has typed it behind a command: "me to call Ana", "tomorrow call Ana", "about
// lunch".
func Request(what string) string {
	for {
		what = strings.TrimSpace(what)
		end := strings.IndexFunc(what+" ", unicode.IsSpace)
		if low := lower(what[:end]); low != "me" && low != "to" {
			break
		}
		what = what[end:]
	}
	q, ok := readRequest("remind me " + what)
	if ok && (q.moment != "" || q.link != "" || q.bare) {
		return "Remind me " + what
	}
	return "Remind me to " + what
}

// requests reports whether text starts with a request that says of what to remind.
func requests(text string) bool {
	q, ok := readRequest(text)
	return ok && !q.bare
}

// lastSentence returns what follows the last full stop or line break in text,
// but for the one at its end.
func lastSentence(text string) string {
	text = strings.TrimSpace(text)
	for i := len(text) - 2; i > 0; i-- {
		if text[i] == '\n' || strings.IndexByte(".!;", text[i]) >= 0 && text[i+1] == ' ' {
			return strings.TrimSpace(text[i+1:])
		}
	}
	return text
}

// request files what a request is for. "Remind me that Ana is vegan" tells
// something first of all.
func (r *reader) request(c clause) {
	if c.ask.bare {
		return
	}
	if c.ask.link == "that" && c.ask.moment == "" {
		before := len(r.reading.Drafts)
		if r.tell(c); len(r.reading.Drafts) > before {
			return
		}
	}
	text := withoutThanks(straight(r.text[c.ask.start : c.start+len(c.text)]))
	if n := todoLead.FindStringIndex(lower(text)); n != nil && n[1] < len(text) {
		text = text[n[1]:]
	}
	d := core.Draft{Category: core.Actionable, Quote: c.text, Confidence: 0.88}
	moment := c.ask.moment
	d.Text, d.Due = r.dueFrom(moment, text)
	if c.ask.link == "that" {
		d.Text = text // "tomorrow is a holiday" is nothing without its day
		if f, ok := when.First(moment, r.at); ok {
			d.Due = &f.Moment
		}
	}
	if low := lower(moment); loosely.MatchString(low) || every.MatchString(low) {
		d.Text += " " + moment
	}
	about := r.taskAbout(c)
	r.add(about, d)
	if len(r.main) == 0 {
		r.main = about
	}
}

// dueFrom cuts the moment out of what is to be done, where head, which stands
// before that, says when too: both may be parts of one, as in "on Friday call
// Ana at 9".
func (r *reader) dueFrom(head, text string) (string, *core.Moment) {
	rest, in, dated := cutMoment(text, r)
	before, ok := when.First(head, r.at)
	switch {
	case ok && dated && clockOnly.MatchString(lower(head[:before.End])) != clockOnly.MatchString(lower(text[in.Start:in.End])):
		whole := strings.TrimSpace(head[:before.End]) + " " + text[in.Start:in.End]
		if f, ok := when.First(whole, r.at); ok && f.End == len(whole) {
			return rest, &f.Moment
		}
		return text, &before.Moment
	case ok:
		return text, &before.Moment
	case dated:
		return rest, &in.Moment
	}
	return text, nil
}
