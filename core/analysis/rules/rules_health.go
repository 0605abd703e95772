package rules

import "github.com/kith-platform/kith/core"

// healthRules say how people are.
var healthRules = []rule{
	{"is allergic to", match(`(?:(?:is|are) )?(?:badly |severely |very |deathly |highly |mildly |slightly )?(?:allergic|intolerant) to (.+)`), holds, core.Wellbeing, core.SlotAllergy, 0.92, valued},
	{"has an allergy", match(`(?:has|have|got) (?:an? )?(?:severe |bad |mild )?([^ ]+(?: [^ ]+)?) (?:allergy|intolerance|allergies)`), holds, core.Wellbeing, core.SlotAllergy, 0.88, grouped},
	{"cannot have", match(`(?:eat|have|drink|tolerate|digest|touch) (.+)`), denied, core.Wellbeing, core.SlotNone, 0.8, diet},
	{"is not allergic", match(`(?:is |are )?(?:allergic|intolerant)`), denied, core.Wellbeing, core.SlotNone, 0.8, nil},
	{"diet", match(`(?:(?:is|are|went|has gone|became|turned|eats?|has been|is going|lives) )?(?:an? |mostly |strictly )?(?:vegan|vegetarian|pescatarian|gluten[- ]free|lactose[- ]intolerant|lactose[- ]free|dairy[- ]free|keto|kosher|halal|coeliac|celiac|diabetic|teetotal|teetotaller|sober|on a diet)\b`), holds, core.Wellbeing, core.SlotNone, 0.9, nil},
	{"ill", match(`(?:(?:is|are|was|has been|got|fell|feels?|is feeling|felt|feeling) )(?:a bit |a little |quite |pretty |very |so |really |seriously |often |still )?(?:sick|ill|unwell|stressed|tired|exhausted|burnt out|burned out|burnt-out|depressed|anxious|lonely|overwhelmed|down|better|worse|sad|happy|fine|recovering|healthy|in hospital|in the hospital|hospitali[sz]ed|in pain|injured|bedridden|worried|nervous|low|miserable|heartbroken|homesick|under pressure|out of hospital|on antibiotics|on medication|hung over|jet-lagged|not well|dizzy)\b`), holds, core.Wellbeing, core.SlotNone, 0.85, nil},
	{"not well", match(`(?:is |are |feel |feeling |is feeling |doing |is doing |sleep|sleeping|is sleeping )(?:so |very |too )?(?:well|great|good|happy|ok|okay|fine|much|enough|at all)?`), denied, core.Wellbeing, core.SlotNone, 0.75, unwell},
	{"illness", match(`(?:(?:has|have|had|got|caught|is having|suffers from|suffered|is suffering from|was diagnosed with|is diagnosed with|diagnosed with|battles|is battling|beat|survived|is recovering from|recovering from|recovered from|needs|is getting|is waiting for|is scheduled for|struggles with|is struggling with) )(?:an? |the |her |his |their |from )?(?:[^ ]+ ){0,3}?(?:surgery|operation|flu|cold|covid|cancer|fever|migraines?|headaches?|diabetes|asthma|depression|anxiety|adhd|autism|insomnia|burnout|back pain|pain|accident|heart attack|stroke|miscarriage|concussion|infection|pneumonia|disease|syndrome|arthritis|panic attacks?|chemo|chemotherapy|ivf|hip|knee|injury|epilepsy|hay fever|lupus|endometriosis|broken [a-z]+|transplant|mri|physio)\b`), holds, core.Wellbeing, core.SlotNone, 0.88, nil},
	{"injury", match(`(?:broke|sprained|twisted|hurt|injured|tore|fractured|dislocated|burnt|burned|cut|pulled) (?:her|his|their|an?) (?:left |right )?(?:leg|arm|foot|ankle|wrist|knee|back|shoulder|hip|finger|hand|toe|nose|rib|ribs|elbow|neck|collarbone|muscle|tooth|acl|head)\b`), holds, core.Wellbeing, core.SlotNone, 0.9, nil},
	{"habits", match(`(?:quit|stopped|gave up|has stopped|is trying to quit|wants to quit|started|is quitting) (?:smoking|drinking|alcohol|sugar|meat|coffee|therapy|vaping|gluten|cigarettes)\b`), holds, core.Wellbeing, core.SlotNone, 0.85, nil},
	{"abstains", match(`(?:drink|smoke|do drugs|eat|do sugar)\b`), denied, core.Wellbeing, core.SlotNone, 0.88, nil},
	{"sees a therapist", match(`(?:(?:is )?(?:sees|seeing|goes to|in|going to|is in) )(?:a )?(?:therapist|therapy|psychologist|psychiatrist|rehab|counsell?or)\b`), holds, core.Wellbeing, core.SlotNone, 0.85, nil},
	{"lost weight", match(`(?:lost|gained|put on) (?:\d+ ?(?:kg|kilos|pounds|lbs)|weight|a lot of weight)`), holds, core.Wellbeing, core.SlotNone, 0.8, nil},
	{"struggles", match(`(?:(?:is|are|has been) )?(?:struggl(?:es?|ing)|suffer(?:s|ing)?|worr(?:y|ies|ied)|fights?|fighting|deals?|dealing|coping|having trouble|has trouble|has problems|afraid|scared|is terrified)\b`), holds, core.Challenges, core.SlotNone, 0.75, nil},
	{"died", match(`(?:died|passed away|has died|is dying)\b`), holds, core.Others, core.SlotNone, 0.85, nil},
}

// valued takes the value from the first group up to a reason or a time.
func valued(f finding) (text, value string, ok bool) {
	v := object(f.rest)
	return f.sentence(), v, v != ""
}

func grouped(f finding) (text, value string, ok bool) {
	return f.sentence(), f.groups[0], f.groups[0] != ""
}

// diet reads what somebody does not or must not eat.
func diet(f finding) (text, value string, ok bool) {
	first := object(f.rest)
	if !edible(first) {
		return "", "", false
	}
	return f.sentence(), "", true
}

// edible reports whether what follows "doesn't have" can be a dish: not "time".
func edible(s string) bool {
	for _, w := range split(s) {
		if foods[w.low] {
			return true
		}
	}
	return false
}

var foods = set(`meat pork beef fish seafood shellfish shrimp nuts peanuts peanut dairy milk lactose cheese gluten wheat bread sugar sweets
	chocolate alcohol wine beer coffee caffeine tea eggs soy tomatoes mushrooms onions garlic spicy food cilantro coriander carbs
	red chicken lamb sushi animals`)

func unwell(f finding) (text, value string, ok bool) {
	return f.sentence(), "", len(f.low) > 4 && !endsWithVerb(f.low)
}

// endsWithVerb reports whether nothing is said but "is not".
func endsWithVerb(low string) bool {
	rest := split(low)
	if len(rest) < 2 {
		return true
	}
	last := rest[1].low
	return !wellWords[last] && !(len(rest) > 2 && wellWords[rest[2].low])
}

var wellWords = set("well great good happy ok okay fine much enough sleeping doing feeling")
