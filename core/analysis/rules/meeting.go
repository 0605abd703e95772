package rules

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/when"
)

var (
	occasion  = regexp.MustCompile(`(?:^|[ -])(?:coffees?|lunch|dinner|breakfast|brunch|drinks?|beers?|wine|tea|call|chat|walk|meeting|date|run|ride|hike|facetime|zoom|skype|catch-?up|supper|picnic|pizza|ice cream|sauna|tennis|barbecue|bbq|evening|afternoon|morning|weekend|day)(?: (?:today|yesterday|outside|again|out|[a-z]+ly))? (?:with|w/?) (?:the |my |our )?(?:old |best |good )?(?:[a-z-]+ )?$`)
	encounter = regexp.MustCompile(`^(?:(?:i|we) )?(?:just |finally |also |again |briefly |today |yesterday )?(?:(?:met|caught|meeting|meet)(?: up)?(?: with)?|saw|visited|called|phoned|rang|skyped(?: with)?|facetimed(?: with)?|zoomed(?: with)?|talked (?:to|with)|spoke (?:to|with)|chatted (?:to|with)|ran into|bumped into|hung out with|got together with|(?:went|had|played|watched|spent|cooked|celebrated|climbed|ran|walked|danced|ate|visited|hiked|swam|sat|grabbed|enjoyed|did) (?:[^,.;]* )?with|had|hosted|hugged|partied with|cooked for|worked out with|reconnected with|got a call from) (?:the |my |our )?(?:(?:an? |this |some )(?:[a-z-]+ )?[a-z]+ (?:called|named) )?(?:old |best |good |dear )?(?:[a-z-]+ )?$`)
	notMet    = regexp.MustCompile(`\b(?:didn't|did not|haven't|have not|never|couldn't|not|should|must|will|want|wants|need|plan|planned|cancelled|canceled|missed|if|dreamt|dreamed|without|before|no|'ll|going to|would|remind|forgot|don't|when)\b`)
	calledMe  = regexp.MustCompile(`^(?:called|phoned|rang|visited|came over|dropped by|stopped by|came by|facetimed|told|skyped)(?: me| us| by)?(?:$|[ ,.](?:today|yesterday|last|this|on|and|that|again|about|to|for|from|she|he|they|in|at|just))`)
	aheadVerb = regexp.MustCompile(`^(?:(?:i|we) )?(?:meeting|seeing|meet|is meeting|am meeting|is seeing|am seeing)\b`)
)

// meeting reads evidence that the user met or spoke with somebody, and
// reports whether the clause has nothing else to say.
func (r *reader) meeting(c clause, s subject) bool {
	if r.came(c, s) {
		return true
	}
	if s.who == user && r.listOnly && together.MatchString(s.pred) && !anchor.MatchString(lower(s.pred)) {
		for _, n := range r.spots {
			if n.start >= c.start && n.end <= c.start+len(c.text) && !slices.Contains(r.main, n.name) {
				r.main = append(slices.Clip(r.main), n.name)
			}
		}
		r.meetMain(c)
		return true
	}
	first, last := r.met(c, s)
	if first < 0 || s.unreal {
		return false
	}
	var names []string
	for _, n := range r.spots[first : last+1] {
		names = append(names, n.name)
	}
	before := lower(straight(r.text[c.start:r.spots[first].start]))
	day, ahead := r.day(c)
	if ahead || aheadVerb.MatchString(before) && !strings.HasPrefix(before, "met") {
		return r.appointment(c, names, before)
	}
	if rest := r.text[r.spots[first].end:max(r.spots[first].end, c.start+len(c.text))]; throughWhom.MatchString(rest) && strings.Contains(before, "met ") {
		names = names[:1]
		r.add(names, core.Draft{Category: core.Anchors, Quote: c.text, Confidence: 0.8, Text: "Met" + rest})
	}
	r.main, r.gender, r.last = names, "", relative{}
	for _, name := range names {
		r.meet(name, day)
	}
	return true
}

// meetMain files a meeting with those whom the talk is about: "Emma, Paul and I
// had dinner with Kate".
func (r *reader) meetMain(c clause) {
	day, ahead := r.day(c)
	for _, name := range r.main {
		if !ahead {
			r.meet(name, day)
		}
	}
}

var together = regexp.MustCompile(`^(?:had|went|grabbed|spent|caught|talked|met up|hung|spoke|played|watched|cooked|celebrated)\b`)

// met returns the first and last spot of the people whom the user met in c,
// or -1.
func (r *reader) met(c clause, s subject) (first, last int) {
	for i, n := range r.spots {
		if n.start < c.start || n.end > c.start+len(c.text) {
			continue
		}
		before := strings.TrimLeft(lower(straight(r.text[c.start:n.start])), " ")
		for _, t := range []string{"dr. ", "dr ", "mr. ", "mr ", "mrs. ", "mrs ", "ms. ", "prof. "} {
			before = strings.TrimSuffix(before, t)
		}
		spoke := occasion.MatchString(" "+before) && (s.who != someone || strings.HasPrefix(before, "had")) ||
			encounter.MatchString(r.afterLead(c, before)) && s.who != someone && (c.fresh || c.comma || s.who == user)
		if !spoke || notMet.MatchString(before) || r.possessed(n) {
			return -1, -1
		}
		return i, r.listEnd(i)
	}
	return -1, -1
}

// afterLead cuts the date in front of a clause: "Yesterday met Ana".
func (r *reader) afterLead(c clause, before string) string {
	i := 0
	for i < len(c.words) && (linkWords[c.words[i].low] || fillers[c.words[i].low]) {
		i++
	}
	if i < len(c.words) {
		i += r.dateWords(c, i)
	}
	if i < len(c.words) && c.words[i].start-c.start < len(before) && len(lower(straight(r.text[c.start:c.words[i].start]))) <= len(before) {
		return before[len(straight(r.text[c.start:c.words[i].start])):]
	}
	return before
}

// possessed reports whether 's follows a name: "met Ana's husband".
func (r *reader) possessed(n named) bool {
	rest := straight(r.text[n.end:min(len(r.text), n.end+4)])
	return strings.HasPrefix(rest, "'s") || strings.HasPrefix(rest, "' ")
}

// listEnd returns the last spot of the list of names that starts at spot i.
func (r *reader) listEnd(i int) int {
	for i+1 < len(r.spots) {
		between := strings.TrimSpace(r.text[r.spots[i].end:r.spots[i+1].start])
		switch strings.ToLower(between) {
		case "and", "&", "+", ", and":
			i++
			continue
		case ",":
			if r.listGoesOn(i + 1) {
				i++
				continue
			}
		}
		break
	}
	return i
}

// listGoesOn reports whether an "and" follows, so that a comma parts names.
func (r *reader) listGoesOn(i int) bool {
	for end := i + maxList; i+1 < min(len(r.spots), end); i++ {
		switch strings.ToLower(strings.TrimSpace(r.text[r.spots[i].end:r.spots[i+1].start])) {
		case "and", "&", ", and":
			return true
		case ",":
		default:
			return false
		}
	}
	return false
}

// came reads that somebody called on the user: "Ana called".
func (r *reader) came(c clause, s subject) bool {
	if s.who != someone || s.noun != "" || s.relative.role != "" || !calledMe.MatchString(lower(s.pred)) || s.hedged || s.unreal {
		return false
	}
	day, _ := r.day(c)
	for _, name := range s.about {
		r.meet(name, day)
	}
	return true
}

func (r *reader) meet(name string, on time.Time) {
	for _, m := range r.reading.Meetings {
		if m.About == name && m.On.YearDay() == on.YearDay() && m.On.Year() == on.Year() {
			return
		}
	}
	r.reading.Meetings = append(r.reading.Meetings, core.Meeting{About: name, On: on})
}

// day returns when a meeting was, and reports whether it lies ahead: "lunch
// with Ana tomorrow". A weekday's name alone means the one that has passed.
func (r *reader) day(c clause) (on time.Time, ahead bool) {
	f, ok := when.FirstPast(c.text, r.at)
	if !ok {
		return r.at, false
	}
	if f.At.After(r.at) && !sameDay(f.At, r.at) {
		return f.At, true
	}
	return f.At, f.HasTime && f.At.After(r.at)
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// appointment files a meeting that lies ahead as a thing to do.
func (r *reader) appointment(c clause, names []string, before string) bool {
	text, f, dated := cutMoment(straight(c.text), r)
	if !dated && aheadVerb.MatchString(before) {
		return false
	}
	d := core.Draft{Category: core.Actionable, Quote: c.text, Confidence: 0.85, Text: strings.TrimPrefix(strings.TrimPrefix(text, "I'm "), "I am ")}
	if dated {
		d.Due = &f.Moment
	}
	r.add(names, d)
	r.main = names
	return true
}

var (
	anchor      = regexp.MustCompile(`^(?:(?:we|i) )?(?:first |originally )?(?:met|got to know|became friends|know each other|know [^ ]+(?: [^ ]+)? (?:from|through|since)|go way back|have known each other|worked together|studied together|went to [a-z]+ together|grew up together|lived together)\b`)
	howMet      = regexp.MustCompile(`^how we met[:, ]+`)
	throughWhom = regexp.MustCompile(`^ (?:through|thanks to|via) `)
	anchorPlace = regexp.MustCompile(`\b(?:at|in|on|through|via|during|when|while|from|since|thanks to|together)\b`)
)

// howWeMet reads how the user came to know somebody.
func (r *reader) howWeMet(c clause, s subject) bool {
	said := strings.TrimSpace(s.pred)
	low := lower(said)
	if how := howMet.FindStringIndex(lower(c.text)); how != nil {
		r.add(r.main, core.Draft{Category: core.Anchors, Quote: c.text, Confidence: 0.85, Text: "Met " + c.text[how[1]:]})
		return true
	}
	if s.who != user || !anchor.MatchString(low) || !anchorPlace.MatchString(low) || notMet.MatchString(low) {
		return false
	}
	about := r.main
	if len(about) == 0 && len(r.spots) > 0 && !slices.ContainsFunc(r.spots, func(n named) bool { return n.name != r.spots[0].name }) {
		about = []string{r.spots[0].name}
	}
	for _, n := range r.spots {
		if n.start >= c.start && n.start < c.start+len(c.text) {
			about = []string{n.name}
		}
	}
	if strings.HasPrefix(low, "met ") && strings.HasPrefix(lower(c.text), "i ") {
		return false
	}
	r.add(about, core.Draft{Category: core.Anchors, Quote: c.text, Confidence: doubt(0.85, s), Text: said})
	if day, ahead := r.day(c); !ahead && strings.HasPrefix(low, "met ") && r.at.Sub(day) < 14*24*time.Hour && !day.Equal(r.at) {
		for _, name := range about {
			r.meet(name, day)
		}
	}
	return true
}
