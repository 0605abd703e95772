package rules

import (
	"regexp"
	"strings"

	"github.com/kith-platform/kith/core"
)

var (
	favourite = regexp.MustCompile(`^(?:all-time )?favou?rite `)
	isLead    = regexp.MustCompile(`^(?:is|are|was|were)(?: now| still)? `)
)

// nounFact makes a fact of a thing of somebody's: "her new job is stressful".
func (r *reader) nounFact(c clause, s subject) {
	pred := strings.TrimSpace(s.pred)
	p := parsePredicate(pred)
	switch {
	case pred == "" || birthdayNoun.MatchString(lower(s.noun)) && noBirthday.MatchString(lower(pred)):
		return
	case favourite.MatchString(lower(s.noun)) && isLead.MatchString(lower(pred)):
		value := object(pred[isLead.FindStringIndex(lower(pred))[1]:])
		r.add(s.about, core.Draft{
			Category: core.Avocation, Text: s.noun + " " + pred, Quote: c.text, Confidence: doubt(0.88, s),
			Slot: core.SlotLike, Value: value,
		})
		return
	}
	category, known := ownedCategory(s.noun)
	confidence := 0.55
	if known {
		confidence = 0.7
	}
	if p.hedged {
		confidence = 0.5
	}
	if !finiteWithin(split(pred), 2) {
		return
	}
	r.add(s.about, core.Draft{Category: category, Text: s.noun + " " + pred, Quote: c.text, Confidence: doubt(confidence, s)})
}

func ownedCategory(noun string) (core.Category, bool) {
	for _, w := range split(noun) {
		for _, o := range owned {
			if o.nouns[w.low] {
				return o.category, true
			}
		}
	}
	return core.Others, false
}

var owned = []struct {
	category core.Category
	nouns    map[string]bool
}{
	{core.Professional, set("job work company startup boss team career business office project thesis contract shop bakery restaurant salary promotion interview exam exams phd studies")},
	{core.Environment, set("flat house apartment home place car garden bike move neighbourhood neighborhood kitchen address trip flight holiday vacation visa")},
	{core.Wellbeing, set("health surgery operation back knee leg arm therapy treatment pregnancy sleep mood recovery migraine burnout cancer allergy allergies diet")},
	{core.Goals, set("dream goal plan plans wish ambition")},
	{core.Social, set("wedding family marriage relationship dog cat friends engagement divorce kids children parents party")},
	{core.Avocation, set("hobby hobbies band team book novel marathon choir instrument")},
	{core.Identity, set("name nickname surname pronouns religion nationality zodiac sign age accent middle maiden birthday")},
	{core.Financial, set("mortgage loan debt rent savings money")},
	{core.Admin, set("number email phone e-mail passport id username handle iban insurance size shoe ring")},
	{core.Communication, set("english german french portuguese spanish russian language texts")},
}
