package rules

import (
	"regexp"
	"strings"

	"github.com/kith-platform/kith/core"
)

// generalRules take plain statements that no other rule knows, with less
// confidence the less they say.
var generalRules = []rule{
	{"habit", match(`(?:.* )?(?:every|each) (?:day|morning|evening|night|week|month|year|summer|winter|spring|autumn|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|few)\b`), holds, core.Patterns, core.SlotNone, 0.72, nil},
	{"met at", match(`(?:first )?met (?:at|in|on|through|via|during) `), holds, core.Anchors, core.SlotNone, 0.8, nil},
	{"speaks", match(`(?:(?:is|are) )?(?:speaks?|fluent in|bilingual|knows (?:some )?(?:\p{L}+ish|german|french|italian|russian|chinese|japanese|portuguese)|understands) ?(.*)`), holds, core.Identity, core.SlotNone, 0.82, nil},
	{"is of a nation", match(`(?:is|are|was) (?:half |originally |a |an )*(.+)`), holds, core.Identity, core.SlotNone, 0.8, nation},
	{"is aged", match(`(?:is|turned|turns|are) (?:already )?(?:\d{1,3}|in (?:her|his|their) (?:early |mid |late )?\d0s)(?: years? old| yo)?(?: (?:last|this|in|on|next|yesterday|today|now)\b.*)?$`), holds, core.Identity, core.SlotNone, 0.75, nil},
	{"looks like", match(`(?:is|has|have|wears?) (?:very |a |an |got )*(?:tall|short|blonde?|bald|red|curly|long|dark|brown|blue|green|glasses|beard|tattoos?|freckles)\b(?: (?:hair|eyes|beard))?$`), holds, core.Identity, core.SlotNone, 0.7, nil},
	{"named", match(`(?:is called|is named|is known as|goes by|nickname is|prefers to be called|is nicknamed) `), holds, core.Identity, core.SlotNone, 0.8, nil},
	{"writes and calls", match(`(?:prefers?|answers?|replies|responds?|texts?|writes|calls?|checks?|uses|talks|never answers|never calls) `), holds, core.Communication, core.SlotNone, 0.65, communicates},
	{"always late", match(`.+`), holds, core.Patterns, core.SlotNone, 0.7, habitual},
	{"never on time", match(`.+`), denied, core.Patterns, core.SlotNone, 0.7, habitual},
	{"character", match(`(?:is|are|seems|can be) (?:very |so |really |quite |pretty |super |a bit |rather |extremely |a |an |incredibly )*(?:shy|kind|funny|generous|stubborn|honest|quiet|loud|smart|clever|ambitious|curious|patient|impatient|sensitive|creative|lazy|organi[sz]ed|chaotic|introverted|extroverted|introvert|extrovert|religious|catholic|muslim|jewish|buddhist|hindu|atheist|christian|conservative|liberal|left-wing|right-wing|feminist|political|optimistic|pessimistic|reliable|punctual|competitive|jealous|loyal|direct|reserved|friendly|warm|calm|perfectionist|humble|arrogant|cautious|spontaneous|good listener|great listener|night owl|early bird|morning person|workaholic|romantic|sceptical|skeptical|superstitious|proud|strict)\b`), holds, core.Psychology, core.SlotNone, 0.75, nil},
	{"believes", match(`(?:believes?|values|votes?|cares? (?:a lot |deeply )?about|supports?|stands for|trusts?) `), holds, core.Psychology, core.SlotNone, 0.72, nil},
	{"has to", match(`(?:has to|have to|needs to|must|should|is supposed to) `), holds, core.Goals, core.SlotNone, 0.65, nil},
	{"needs", match(`(?:needs?|is looking for|are looking for|looking for|looks for|could use|wants?|wishes|asked for|asks for) `), holds, core.Goals, core.SlotNone, 0.68, wants},
	{"used to", match(`used to `), holds, core.Others, core.SlotNone, 0.68, nil},
	{"did for me", match(`(?:recommended|suggested|recommends|suggests|lent|gave|offered|invited|promised|offers|introduced|owes|sent|borrowed|asked me|helped) `), holds, core.Others, core.SlotNone, 0.65, nil},
	{"met", match(`(?:met|knows|works with|lives with|visited|is visiting|is coming|comes|arrives|is arriving|is back|is in|is away|leaves|is leaving|came|went|got) .*\b(?:at|in|on|through|from|via|to|for|until|next|this|with|today|tomorrow)\b`), holds, core.Others, core.SlotNone, 0.6, nil},
	{"is good at", match(`(?:is|are) (?:very |really |so |quite |pretty |great |super )*(?:good|great|bad|terrible|brilliant|amazing|excellent) (?:at|with) `), holds, core.Insights, core.SlotNone, 0.7, nil},
	{"knows", match(`(?:knows?|introduced|has (?:good )?(?:connections|contacts)|is connected) `), holds, core.Positionality, core.SlotNone, 0.65, nil},
	{"has", match(`(?:has|have|owns?|drives?|uses|keeps|wears?|got|bought|sold|won|made|wrote|built|lost|found) (?:an?|the|two|three|her|his|their|no|some|lots|many|own|over|\d+|great|new|really) `), holds, core.Others, core.SlotNone, 0.65, having},
	{"drives", match(`(?:drives?|uses?|wears?|smokes?|drinks?|eats?) `), holds, core.Environment, core.SlotNone, 0.68, nil},
	{"is", match(`(?:is|are) (?:an?|the|very|really|quite|so|my|our|pretty|super|not|in|on|at|the one|one|currently|still|staying|working|getting|having|back|away|busy|free|available|around) ?`), holds, core.Others, core.SlotNone, 0.6, being},
	{"is so", match(`(?:is|are) [^ ]+$`), holds, core.Others, core.SlotNone, 0.55, being},
	{"does not", match(`(?:drive|speak|have|use|own|want|know|believe|trust|work|read|cook|swim|travel|answer|reply|fly|wear|watch|celebrate|sleep|dance|live|need|get|like|do|talk)\b`), denied, core.Others, core.SlotNone, 0.65, without},
	{"no longer", match(`.+`), ended, core.Others, core.SlotNone, 0.65, nil},
}

// pointless predicates say nothing without the words before them: "loves it".
var pointless = regexp.MustCompile(`^[a-z]+ (?:it|that|this)( (?:a lot|so much|there|now))?$`)

func habitual(f finding) (text, value string, ok bool) { return f.sentence(), "", f.habitual }

func nation(f finding) (text, value string, ok bool) {
	first, _, _ := strings.Cut(lower(f.rest), " ")
	return f.sentence(), "", nations[strings.Trim(first, ",.")]
}

func communicates(f finding) (text, value string, ok bool) {
	for _, w := range split(f.low) {
		if channels[w.low] {
			return f.sentence(), "", true
		}
	}
	return "", "", false
}

var channels = set(`text texts texting phone email emails e-mail whatsapp telegram signal voice message messages calls calling call instagram
	slowly quickly late fast letters dm dms imessage facebook mail video`)

// wants leaves out wishes about the conversation: "wants me to call".
func wants(f finding) (text, value string, ok bool) {
	return f.sentence(), "", len(strings.Fields(f.low)) > 1
}

// having leaves out what people have for a moment: "has a good time".
func having(f finding) (text, value string, ok bool) {
	for _, w := range split(f.low) {
		switch w.low {
		case "time", "point", "idea", "look", "feeling", "fun", "question", "questions", "message", "call", "coffee", "lunch", "dinner", "way", "chance", "moment":
			return "", "", false
		}
	}
	return f.sentence(), "", true
}

// being leaves out states that pass within the hour, and praise of a meeting.
func being(f finding) (text, value string, ok bool) {
	ws := split(f.low)
	last := ws[len(ws)-1].low
	return f.sentence(), "", len(ws) > 1 && !passing[last] && !passing[ws[1].low]
}

var passing = set("late here there coming sure right sorry gone early ready welcome great good nice lovely fine ok okay awesome amazing fun cool well done going asleep awake online it that you")

// without leaves out passing ignorance: "doesn't know yet".
func without(f finding) (text, value string, ok bool) {
	first, rest, _ := strings.Cut(f.low, " ")
	switch first {
	case "know", "want", "need", "have", "like", "get", "do", "talk":
		return f.sentence(), "", first != "know" && first != "do" && first != "get" && rest != "" && !strings.HasPrefix(rest, "time") && !strings.HasPrefix(rest, "to ")
	}
	return f.sentence(), "", !f.hedged
}
