package rules

import (
	"regexp"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/when"
)

// imperatives are what people tell themselves to do.
var imperatives = set(`send call ask tell email text write buy bring get book pay return introduce invite remind check schedule share give lend
	wish congratulate thank meet visit pick find look forward plan order cook organize organise help let reply follow reach message ping
	whatsapp show print sign finish prepare review connect arrange confirm cancel apologize apologise wrap post ship collect fix
	set make add put take drop catch go come talk speak recommend lunch mail respond answer research google transfer refund read`)

// nounish words after "call", "text" or "book" make a noun of it: "call with Mike".
var nounish = set("with from was is were went about club of on has had and or")

// todoLeads start what the user has to do.
var todoLeads = set("need must should could remember don't dont promised owe have gotta forgot i'll todo to-do please pls i ought")

var todoLead = regexp.MustCompile(`^(?:(?:please|pls|also|and|so|then|still|todo:?|to-do:?|to do:?) )*(?:` +
	`(?:(?:i|we) )?(?:really |still |also )?(?:need to|needs? to|have to|has to|must|should|could|ought to|gotta|got to|want to|wanted to|plan to|am going to|is going to|will|'ll|would like to|forgot to|agreed to|offered to)` +
	`|(?:(?:i|we) )?promised (?:[^ ]+(?: [^ ]+)? )?to` +
	`|(?:(?:i|we) )?(?:promised|told) (?:[^ ]+ ){1,2}?(?:that )?(?:i|we)(?:'ll| will|'d| would)(?: also| gladly)?` +
	`|(?:please )?(?:don't|dont|do not) forget(?: to)?|remember to|remind me to|make sure (?:to|i)|let me|let's` +
	`) `)

// avoid finds what the user had better not do: "don't mention her ex".
var avoid = regexp.MustCompile(`^(?:(?:better |please )?(?:don't|dont|do not|never|avoid)) (?:mention|ask|talk|bring|tell|call|invite|say|give|text|joke|discuss|mentioning|asking|talking|calling|speak|wear|serve|offer|argue|push|write|use|send|forget her|be|make|buy|cook|plan|start|order|arrive|book|bother|pressure|lend|wake|trust)`)

var (
	todoMark = regexp.MustCompile(`^(?:todo|to-do|to do):? `)
	owing    = regexp.MustCompile(`^(?:(?:i|we) )?(?:still )?(?:owe|promised) `)
)

// vague verbs say as often what will be as what the user said they would do: "I
// told Ana I'd go mad".
var vague = set("go come make put read set take get let add drop look")

var idle = set("say admit think be know see wait hope believe guess stop laugh mention confess agree remember like love have miss understand")

// todo reads a thing for the user to do, and reports whether the clause is one.
func (r *reader) todo(c clause, s subject) bool {
	if s.who != user && s.who != elided && s.who != other {
		return false
	}
	if avoid.MatchString(lower(straight(c.text))) {
		r.add(r.taskAbout(c), core.Draft{Category: core.RelationshipStrategy, Quote: c.text, Confidence: doubt(0.75, s), Text: c.text})
		return true
	}
	text, lead, ok := r.task(c, s)
	if !ok {
		return false
	}
	d := core.Draft{Category: core.Actionable, Quote: c.text, Confidence: 0.88}
	text, d.Due = r.dueFrom(r.before(c, s), text)
	if d.Due == nil && !lead {
		d.Confidence = 0.82
	}
	if s.hedged {
		d.Confidence = 0.5
	}
	d.Text = text
	about := r.taskAbout(c)
	r.add(about, d)
	if len(r.main) == 0 {
		r.main = about
	}
	return true
}

// before returns what stands before a thing to do, where that says when it is to
// be done: "tomorrow 9am call Ana", "on Friday I have to call Ana".
func (r *reader) before(c clause, s subject) string {
	head := r.text[c.start:s.predStart]
	f, ok := when.First(head, r.at)
	if !ok || !f.At.After(r.at) || s.who == user && !mustDo.MatchString(lower(s.pred)) {
		return ""
	}
	return head[f.Start:]
}

// mustDo starts what is not done yet.
var mustDo = regexp.MustCompile(`^(?:have|need|got|must|should|will|ought|want)\b`)

// task returns what is to be done, and whether words like "I must" say so.
func (r *reader) task(c clause, s subject) (text string, lead, ok bool) {
	said := straight(r.text[s.predStart : c.start+len(c.text)])
	if s.who == user {
		said = s.pred
	}
	low := lower(said)
	if n := todoMark.FindStringIndex(low); n != nil && !todoLead.MatchString(low) {
		return said[n[1]:], true, len(said) > n[1]
	}
	if owing.MatchString(low) && !todoLead.MatchString(low) {
		return said, true, true
	}
	if n := todoLead.FindStringIndex(low); n != nil {
		first, _, _ := strings.Cut(low[n[1]:], " ")
		if strings.HasSuffix(low[:n[1]], "forget ") && !verbs[first] && !imperatives[first] {
			return said, true, true // "don't forget Tom's anniversary"
		}
		if told := strings.Contains(low[:n[1]], "told "); told && (!imperatives[first] || vague[first]) || strings.HasSuffix(low[:n[1]], " not to ") {
			return "", false, false
		}
		said = said[n[1]:]
		return said, true, said != "" && !pastForm(first) && (!idle[first] || strings.HasPrefix(low[n[1]:], "have lunch") || strings.HasPrefix(low[n[1]:], "have a") || strings.HasPrefix(low[n[1]:], "have dinner"))
	}
	if s.who == user {
		return "", false, false
	}
	ws := split(said)
	if len(ws) > 1 && (meetingNouns[ws[0].low] || gatherings[ws[0].low]) && ws[0].after == " " && c.fresh && !copulas[ws[1].low] && !pasts[ws[1].low] {
		_, ahead := r.day(c)
		if _, dated := when.First(c.text, r.at); ahead || dated && gatherings[ws[0].low] {
			return said, false, true
		}
	}
	if s.who == other && !c.fresh || len(ws) < 2 || !imperatives[ws[0].low] || ws[0].possessive || strings.TrimSpace(ws[0].after) != "" {
		return "", false, false
	}
	next := ws[1].low
	return said, false, !nounish[next] && !finiteAfter(ws) || next == "about" || next == "on" && ws[0].low == "check"
}

var gatherings = set("appointment interview deadline party wedding dentist doctor concert flight visit")

// finiteAfter reports whether the second word makes the first a noun: "call
// was nice".
func finiteAfter(ws []word) bool { return copulas[ws[1].low] || pasts[ws[1].low] }

// taskAbout returns whom a thing to do is about: whom it names, or else whom
// the note is about.
func (r *reader) taskAbout(c clause) []string {
	var about []string
	for _, n := range r.spots {
		if n.start >= c.start && n.start < c.start+len(c.text) {
			about = append(about, n.name)
		}
	}
	switch {
	case len(about) == 0:
		return r.main
	case len(about) == 1 && len(r.main) == 1 && presented.MatchString(lower(c.text)) && about[0] != r.main[0]:
		return append(about, r.main[0])
	case len(about) > 1 && !strings.Contains(lower(c.text), "introduce") && !r.listed(c):
		return about[:1]
	}
	return about
}

var presented = regexp.MustCompile(`\bintroduce (?:her|him|them)\b`)

// listed reports whether the names in a clause stand in one list: "call Ana and Mike".
func (r *reader) listed(c clause) bool {
	last := -1
	for _, n := range r.spots {
		if n.start < c.start || n.start >= c.start+len(c.text) {
			continue
		}
		if last >= 0 {
			if between := strings.TrimSpace(r.text[last:n.start]); between != "and" && between != "," && between != "&" && between != ", and" {
				return false
			}
		}
		last = n.end
	}
	return true
}
