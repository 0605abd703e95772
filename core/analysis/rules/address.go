package rules

import (
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
	"mvdan.cc/xurls/v2"

	"github.com/kith-platform/kith/core"
)

var (
	emailShape = regexp.MustCompile(`[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,24}`)
	bareURL    = regexp.MustCompile(`(?i)\b(?:www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s<>()]*)?|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|me|dev|app|co|eu|de|pt|es|fr|uk|nl|ch|at|it|br|ru)/[^\s<>()]+)`)
	phoneShape = regexp.MustCompile(`(?:\+|00)?\(?\d[\d ()./-]{5,20}\d`)
	phoneWord  = regexp.MustCompile(`(?i)\b(?:number|phone|tel|mobile|cell|whatsapp|call|text|reach|telefon|handy|fax)\b`)
)

// schemed finds addresses that start with http; its pattern is long, so it is
// made when the first one comes.
var schemed = sync.OnceValue(func() *regexp.Regexp {
	re, err := xurls.StrictMatchingScheme("https?://")
	if err != nil {
		panic(err) // a fixed pattern
	}
	return re
})

// addresses files the ways to reach somebody that a clause gives, takes them
// out of what is left to read, and reports whether there are any.
func (r *reader) addresses(c clause, s *subject) bool {
	if s.unreal || !strings.ContainsAny(c.text, "@.0123456789") {
		return false
	}
	about := s.about
	if s.who == user || s.who == other {
		about = r.addressed(c)
	}
	found := 0
	text := c.text
	add := func(slot core.Slot, lead, value, quote string) {
		found++
		s.pred = strings.TrimRight(strings.Replace(s.pred, quote, "", 1), " ,;:-(")
		r.add(about, core.Draft{Category: core.Admin, Text: lead + value, Quote: quote, Confidence: doubt(0.92, *s), Slot: slot, Value: value})
	}
	for _, e := range emailShape.FindAllString(text, 3) {
		if a, err := mail.ParseAddress(e); err == nil {
			add(core.SlotEmail, "E-mail ", a.Address, e)
		}
	}
	text = emailShape.ReplaceAllString(text, " ")
	for _, u := range urls(text) {
		add(core.SlotURL, "Link ", u, u)
		text = strings.ReplaceAll(text, u, " ")
	}
	for _, p := range phones(text) {
		add(core.SlotPhone, "Phone ", p.number, p.written)
	}
	return found > 0
}

// addressed returns whom an address belongs to that stands beside no subject.
func (r *reader) addressed(c clause) []string {
	for _, n := range r.spots {
		if n.start >= c.start && n.start < c.start+len(c.text) {
			return []string{n.name}
		}
	}
	return r.main
}

func urls(text string) []string {
	var all []string
	if strings.Contains(text, "http") {
		all = schemed().FindAllString(text, 5)
	}
	for _, u := range all {
		text = strings.ReplaceAll(text, u, " ")
	}
	all = append(all, bareURL.FindAllString(text, 5)...)
	ok := all[:0]
	for _, u := range all {
		u = strings.TrimRight(u, ".,;:!?'\"")
		if p, err := url.Parse(u); err == nil && (p.Host != "" || p.Scheme == "") {
			ok = append(ok, u)
		}
	}
	return ok
}

type phone struct{ number, written string }

// phones finds telephone numbers: international ones, which are checked, and
// those that are called a number, which stay as written.
func phones(text string) []phone {
	var all []phone
	for _, at := range phoneShape.FindAllStringIndex(text, 3) {
		written := strings.TrimRight(text[at[0]:at[1]], " -./(")
		if at[0] > 0 && wordly(rune(text[at[0]-1])) || strings.Count(written, "(") != strings.Count(written, ")") {
			continue
		}
		digits := strings.Map(onlyDigits, written)
		if strings.HasPrefix(written, "+") || strings.HasPrefix(written, "00") {
			n, err := phonenumbers.Parse("+"+strings.TrimPrefix(digits, "00"), "ZZ")
			if err == nil && phonenumbers.IsPossibleNumber(n) {
				all = append(all, phone{phonenumbers.Format(n, phonenumbers.E164), written})
			}
			continue
		}
		if len(digits) >= 6 && len(digits) <= 13 && phoneWord.MatchString(text) && !dateLike.MatchString(written) {
			all = append(all, phone{written, written})
		}
	}
	return all
}

var dateLike = regexp.MustCompile(`^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})$`)

func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}
