package rules

import (
	"regexp"
	"strings"

	"github.com/kith-platform/kith/core"
)

const relativeWords = `(?:son|daughter|brother|sister|boy|girl|baby|kid|child|twin|husband|wife|boyfriend|girlfriend|partner|dog|cat|puppy|kitten|cousin|niece|nephew|stepson|stepdaughter|half-brother|half-sister|twin brother|twin sister|fiancé|fiancée)`

// calledName finds the name in "is called Paul".
var calledName = regexp.MustCompile(`^is (?:called|named) (\p{Lu}[\p{L}'-]+)$`)

// familyRules say who belongs to whom.
var familyRules = []rule{
	{"has a relative called", match(`(?:(?:has|have|had|got|adopted|rescued) )?(?:an? |two |her first |his first |their first )?(?:[^ ]+ )?` + relativeWords + `,? (?:called |named )?(\p{L}.*)`), holds, core.Social, core.SlotKin, 0.85, namedKin},
	{"is married to", match(`(?:(?:is|are) )?(?:married to|engaged to|dating|seeing|in a relationship with|going out with|divorced from|separated from) (.+)`), holds, core.Social, core.SlotKin, 0.85, kinValue},
	{"married", match(`(?:got )?(?:married|engaged)(?: to)? (.+)`), holds, core.Social, core.SlotKin, 0.85, kinValue},
	{"relationship", match(`(?:(?:is|are|got|getting|is getting|are getting|gets|get|just got|has been|recently) )?(?:happily )?(?:re)?(?:married|marrying|engaged|divorced|single|separated|widowed|dating|remarried)\b`), holds, core.Social, core.SlotNone, 0.88, nil},
	{"broke up", match(`(?:broke|breaking|split|is breaking|are breaking|has broken|broken|splitting) (?:up|off)\b`), holds, core.Social, core.SlotNone, 0.85, nil},
	{"proposed", match(`(?:proposed to|fell in love|left (?:her|his) (?:husband|wife|boyfriend|girlfriend)|is in love|moved in together|met someone|met a (?:guy|girl|man|woman)|is cheating)`), holds, core.Social, core.SlotNone, 0.78, nil},
	{"expects a baby", match(`(?:(?:is|are) )?(?:pregnant|expecting|having (?:a baby|a boy|a girl|twins)|due in|trying for a baby)\b`), holds, core.Social, core.SlotNone, 0.88, nil},
	{"had a baby", match(`(?:had|gave birth to|welcomed|adopted|fostered|got) (?:a|an|their|her|his|twins|two)?(?: first| second| third| new| healthy| little)? ?(?:baby|boy|girl|son|daughter|twins|child|dog|cat|puppy|kitten)\b`), holds, core.Social, core.SlotNone, 0.85, nil},
	{"became a relative", match(`(?:became|is|is becoming|is now|will become|is going to be|become) an? (?:[^ ]+ )?(?:father|mother|dad|mum|mom|parent|grandmother|grandfather|grandma|grandpa|grandparent|aunt|uncle|single mum|single mom|single dad|twin|widow|widower|only child|godmother|godfather)\b`), holds, core.Social, core.SlotNone, 0.85, nil},
	{"has relatives", match(`(?:(?:has|have|got|has got|mother of|father of|mum of|mom of|dad of|parents of) )?(?:an?|one|two|three|four|five|six|no|twin|many|\d+|several)(?: [^ ]+)?(?: [^ ]+)? (?:kids?|child|children|sons?|daughters?|brothers?|sisters?|siblings?|boys?|girls?|twins?|cats?|dogs?|grandchildren|grandkids|grandson|granddaughter|boyfriend|girlfriend|partner|husband|wife|stepkids|nephews?|nieces?|cousins?|pupp(?:y|ies)|kittens?|horses?|parrots?|rabbits?)\b`), holds, core.Social, core.SlotNone, 0.88, nil},
	{"is kin of", match(`(?:is|are) (?:the |[^ ]+'s |my |our )(?:[a-z]+ ){0,2}?(?:` + relativeWords + `|mother|father|mum|mom|dad|aunt|uncle|grandma|grandpa|boss|manager|friend|neighbou?r|colleague|flatmate|mentor|ex|godfather|godmother|landlord|sister-in-law|brother-in-law)\b`), holds, core.Social, core.SlotNone, 0.8, nil},
	{"gets along", match(`(?:is|are|was) (?:best |old |good |close |childhood )?(?:friends?|close|related|cousins|siblings|flatmates|roommates|neighbou?rs|colleagues) (?:with|to|of)\b`), holds, core.Social, core.SlotNone, 0.8, nil},
	{"together", match(`(?:are|is) (?:siblings|cousins|friends|best friends|neighbou?rs|flatmates|colleagues|a couple|together|twins|brothers|sisters)\b`), holds, core.Social, core.SlotNone, 0.8, nil},
	{"lost somebody", match(`(?:lost|is mourning|buried|is grieving) (?:her|his|their) (?:[^ ]+ )?(?:father|mother|dad|mum|mom|brother|sister|son|daughter|husband|wife|grandma|grandpa|grandmother|grandfather|dog|cat|friend|parents?|uncle|aunt|baby)\b`), holds, core.Wellbeing, core.SlotNone, 0.88, nil},
}

// namedKin reads "has a son called Leo": text "Son Leo".
func namedKin(f finding) (text, value string, ok bool) {
	ws := split(f.rest)
	if len(ws) == 0 || !isKinName(ws[0]) || stops[ws[0].low] {
		return "", "", false
	}
	head := strings.TrimRight(f.core[:len(f.core)-len(f.rest)], " ,")
	for _, cut := range []string{" called", " named"} {
		head = strings.TrimSuffix(head, cut)
	}
	role := head[strings.LastIndexByte(head, ' ')+1:]
	value = proper(ws[0].text)
	return role + " " + value + f.rest[ws[0].end:], value, true
}

// kinValue reads the name of a partner; "married to a doctor" has none.
func kinValue(f finding) (text, value string, ok bool) {
	ws := split(f.rest)
	if len(ws) == 0 {
		return "", "", false
	}
	if isKinName(ws[0]) {
		value = proper(ws[0].text)
	} else if strings.HasPrefix(f.low, "seeing") || strings.HasPrefix(f.low, "is seeing") || stops[ws[0].low] {
		return "", "", false
	}
	return f.sentence(), value, true
}
