package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/when"
)

var (
	birthdayNoun = regexp.MustCompile(`^(?:birthday|bday|b-day|birth date|date of birth|dob|[a-z0-9]+th birthday|[a-z0-9]+(?:st|nd|rd) birthday)\b`)
	birthdayVerb = regexp.MustCompile(`^(?:has (?:her|his|their|a) birthday|celebrates? (?:her|his|their) birthday|has birthday|birthday)\b`)
	bornOn       = regexp.MustCompile(`^(?:(?:is|was|were) )?born (?:on |in )?`)
	turns        = regexp.MustCompile(`^(?:is |will )?(?:turns?|turning|turned|be)(?: the big)? (\d{1,3})\b`)
	noBirthday   = regexp.MustCompile(`\b(?:party|present|presents|gift|cake|dinner|card|drinks|lunch|brunch|invitation|wish|wishes|calendar)\b`)
)

// birthday reads when somebody was born, and reports whether c says it.
func (r *reader) birthday(c clause, s subject) bool {
	if s.who != someone && s.who != elided && !birthdayNoun.MatchString(lower(s.pred)) || s.relative.role != "" {
		return false
	}
	pred := lower(strings.TrimSpace(s.pred))
	noun := lower(s.noun)
	var f when.Found
	var ok bool
	age := 0
	switch m := turns.FindStringSubmatch(pred); {
	case noBirthday.MatchString(noun) || noBirthday.MatchString(pred):
		return false
	case birthdayNoun.MatchString(noun), birthdayVerb.MatchString(pred), birthdayNoun.MatchString(pred):
		f, ok = when.First(c.text, r.at)
	case bornOn.MatchString(pred):
		f, ok = when.FirstPast(c.text, r.at)
	case m != nil:
		age, _ = strconv.Atoi(m[1])
		f, ok = r.turning(c, strings.HasPrefix(pred, "turned"))
	}
	if !ok || f.Precision != when.Day && f.Precision != when.Minute || parsePredicate(s.pred).polarity != holds {
		return false
	}
	b := core.Birthday{Month: f.At.Month(), Day: f.At.Day()}
	switch {
	case age > 0:
		b.Year = f.At.Year() - age
	case f.HasYear && f.At.Before(r.at):
		b.Year = f.At.Year()
	}
	r.add(s.about, core.Draft{
		Category: core.Identity, Text: birthdayText(b), Quote: c.text, Confidence: doubt(0.92, s),
		Slot: core.SlotBirthday, Value: b.String(), Birthday: b,
	})
	return true
}

// turning finds the day on which somebody turns an age.
func (r *reader) turning(c clause, past bool) (when.Found, bool) {
	if past {
		return when.FirstPast(c.text, r.at)
	}
	return when.First(c.text, r.at)
}

func birthdayText(b core.Birthday) string {
	if b.Year == 0 {
		return fmt.Sprintf("Birthday %d %s", b.Day, b.Month)
	}
	return fmt.Sprintf("Birthday %d %s %d", b.Day, b.Month, b.Year)
}
