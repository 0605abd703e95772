package rules

import (
	"strings"

	"github.com/kith-platform/kith/core"
)

const back = `(?:back |out |over )?(?:from [^ ]+(?: [^ ]+)? )?`

// placeRules say where people live, come from and go.
var placeRules = []rule{
	{"moves to", match(`(?:(?:is |are )?(?:moving|relocating)|moves|relocates) ` + back + `(?:to|into) (.+)`), holds, core.Environment, core.SlotPlace, 0.9, movingTo},
	{"will move to", match(`(?:(?:plans?|is planning|are planning|hopes?|hoping|decided|has decided|wants?|would like|intends?) to )?(?:move|relocate|be moving|is moving) ` + back + `(?:to|into) (.+)`), holds, core.Environment, core.SlotPlace, 0.85, willMove},
	{"moved to", match(`(?:moved|relocated) ` + back + `(?:to|into) (.+)`), holds, core.Environment, core.SlotHome, 0.9, livingIn("Moved to ")},
	{"moved in with", match(`(?:moved|moving|is moving|moves) (?:in|out|house|home|flats?)\b`), holds, core.Environment, core.SlotNone, 0.8, nil},
	{"lives in", match(`(?:lives|live|living|is living|are living|has been living|have lived|has lived|is based|are based|based|resides|is settled|settled|is staying|lives now) (?:in|at|near|out of) (.+)`), holds, core.Environment, core.SlotHome, 0.9, livingIn("Lives in ")},
	{"lives somehow", match(`(?:lives|live|is living) `), holds, core.Environment, core.SlotNone, 0.75, nil},
	{"no longer lives in", match(`(?:lives?|living|is living|is based) (?:in|at) (.+)`), ended, core.Environment, core.SlotHome, 0.85, ending("No longer lives in ")},
	{"left a town", match(`(?:moved away from|moved out of|is leaving|left) (paris|london|berlin|lisbon|porto|madrid|new york|rome|town)\b`), holds, core.Environment, core.SlotNone, 0.75, nil},
	{"lived in", match(`(?:lived|used to live|was living|has lived) (?:in|at|near) (.+)`), holds, core.Environment, core.SlotPlace, 0.8, placed},
	{"is from", match(`(?:(?:is|are|was|comes|come|hails) )?(?:originally )?from (.+)`), holds, core.Identity, core.SlotPlace, 0.85, fromPlace},
	{"grew up in", match(`(?:grew up|was raised|was born|is born|born|were born) (?:and raised )?(?:in|near|on) (.+)`), holds, core.Identity, core.SlotPlace, 0.85, placed},
	{"travels to", match(`(?:is |are )?(?:travell?ing|travels?|flying|flies|going|goes|heading|off|visiting|visits) (?:to |on )?(?:a trip to |holidays? (?:to|in) |vacation (?:to|in) )?(.+)`), holds, core.Environment, core.SlotNone, 0.7, trip},
}

// movingTo reads a move ahead; one into "a bigger flat" has no place.
func movingTo(f finding) (text, value string, ok bool) {
	return "Moving to " + properLead(f.rest), place(f.rest), true
}

func willMove(f finding) (text, value string, ok bool) {
	if strings.HasPrefix(f.low, "move") || strings.HasPrefix(f.low, "relocate") || strings.HasPrefix(f.low, "is moving") {
		if !f.future && !f.hedged {
			return f.sentence(), place(f.rest), true
		}
	}
	if f.hedged {
		return f.whole, place(f.rest), true
	}
	if f.future {
		return "Moving to " + properLead(f.rest), place(f.rest), true
	}
	return f.sentence(), place(f.rest), true
}

// properLead gives the place at the start of s its capital letters.
func properLead(s string) string {
	v := until(s, stops)
	if place(s) == "" {
		return s
	}
	return proper(v) + s[len(v):]
}

// livingIn reads where somebody lives now.
func livingIn(lead string) func(finding) (string, string, bool) {
	return func(f finding) (string, string, bool) {
		if f.future || f.hedged {
			return f.sentence(), "", true
		}
		v := place(f.rest)
		if v == "" {
			if _, in, ok := strings.Cut(f.rest, " in "); ok && place(in) != "" && !strings.HasPrefix(lower(in), "the ") {
				return f.sentence(), place(in), true
			}
			return f.sentence(), "", true
		}
		return leadOf(f, lead) + properLead(f.rest), v, true
	}
}

// leadOf keeps the words a predicate starts with where they say more: "near".
func leadOf(f finding, lead string) string {
	before := f.low[:len(f.low)-len(f.rest)]
	if strings.HasSuffix(before, "near ") {
		return "Lives near "
	}
	if strings.HasPrefix(f.low, "is based") || strings.HasPrefix(f.low, "based") {
		return "Based in "
	}
	return lead
}

func ending(lead string) func(finding) (string, string, bool) {
	return func(f finding) (string, string, bool) { return lead + properLead(f.rest), "", true }
}

func placed(f finding) (string, string, bool) { return f.sentence(), place(f.rest), true }

func fromPlace(f finding) (string, string, bool) {
	v := place(f.rest)
	if strings.HasPrefix(f.low, "from") && v == "" {
		return "", "", false
	}
	return f.sentence(), v, v != ""
}

// trip needs a place or a day: "going mad" is none.
func trip(f finding) (string, string, bool) {
	_, _, dated := cutMoment(f.rest, f.reader)
	v := place(f.rest)
	isTrip := v != "" && v == until(f.rest, stops) || strings.Contains(f.low, "trip") || strings.Contains(f.low, "holiday")
	if !isTrip && !(dated && strings.Contains(f.low, " to ")) {
		return "", "", false
	}
	return f.sentence(), "", true
}
