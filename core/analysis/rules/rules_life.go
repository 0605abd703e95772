package rules

import (
	"strings"

	"github.com/kith-platform/kith/core"
)

// pastimeRules say what people do in their free time.
var pastimeRules = []rule{
	{"learns", match(`(?:(?:is|are|has been|has) )?(?:learns?|learning|learned|learnt|practi[sc]es?|practi[sc]ing|taking (?:[^ ]+ ){1,2}(?:lessons|classes|course)|takes (?:[^ ]+ ){1,2}(?:lessons|classes|course)|taking up|took up|picked up) (.+)`), holds, core.Avocation, core.SlotNone, 0.85, nil},
	{"plays", match(`(?:(?:is|are|has been) )?(?:plays?|playing|collects?|collecting|paints?|painting|knits?|knitting|sings?|singing|dances?|dancing|climbs?|climbing|surfs?|surfing|hikes?|hiking|cycles?|cycling|sails?|sailing|skis?|skiing|gardens|gardening|bakes?|baking|swims?|swimming|cooks?|cooking|rides?|riding|fishes|fishing|hunts|hunting|juggles|meditates?|meditating|sews|sewing|crochets|writes?|writing|volunteers?|volunteering|coaches|coaching|photographs|brews|brewing|camps|paddles|rows|rowing|boxes|boxing|jogs?|jogging|runs? (?:marathons?|a lot|every|in the|long|regularly|half|ultra|[0-9])|does (?:yoga|pilates|crossfit|karate|judo|ballet|ceramics|pottery|improv|triathlons?|parkour|martial))\b`), holds, core.Avocation, core.SlotNone, 0.85, nil},
	{"started", match(`(?:started|starts|is starting|began|has started|got into|is taking|takes|signed up for) (?:doing |playing |learning |with |a |an )?(?:[^ ]+ )?(?:piano|guitar|violin|drums|singing|tennis|yoga|pilates|climbing|bouldering|running|swimming|karate|judo|football|soccer|ballet|dancing|salsa|tango|pottery|ceramics|painting|drawing|chess|surfing|boxing|cello|ukulele|saxophone|photography|knitting|gardening|cycling|golf|padel|crossfit|meditation|portuguese|spanish|german|french|italian|japanese|russian|chinese|english|arabic|dutch|classes|lessons|course|triathlon|sailing|cooking|baking|hiking)\b`), holds, core.Avocation, core.SlotNone, 0.85, nil},
	{"reads", match(`(?:(?:is|are) )?(?:reads?|reading|watches|watching|listens to|listening to|plays? in|follows) `), holds, core.Avocation, core.SlotNone, 0.7, nil},
}

// planRules say what people are up to.
var planRules = []rule{
	{"trains for", match(`(?:(?:is|are|has been) )?(?:training|trains?|preparing|prepares?|saving|saves|studying|applying|applies|practising|signed up|registered) (?:up )?for `), holds, core.Goals, core.SlotNone, 0.85, nil},
	{"thinks about", match(`(?:(?:is|are) )(?:thinking (?:about|of)|considering|toying with|dreaming (?:of|about)|contemplating) `), holds, core.Goals, core.SlotNone, 0.5, nil},
	{"plans to", match(`(?:(?:is|are) )?(?:plans?|planning|hopes?|hoping|intends?|aims?|aiming|dreams?|dreaming|decided|wants?|would (?:like|love)|aspires?|determined|trying|tries|about|resolved|vowed|looking) (?:to|on|of|about|for|forward) `), holds, core.Goals, core.SlotNone, 0.82, nil},
	{"plans", match(`(?:(?:is|are) )?(?:plans|planning|organi[sz]ing|organi[sz]es) `), holds, core.Goals, core.SlotNone, 0.78, nil},
	{"applied for", match(`(?:applied|has applied) (?:for|to) `), holds, core.Goals, core.SlotNone, 0.8, nil},
	{"will", match(`(.+)`), holds, core.Goals, core.SlotNone, 0.75, willDo},
}

// willDo takes what is said of the future as a plan.
func willDo(f finding) (text, value string, ok bool) {
	if !f.future || f.hedged {
		return "", "", false
	}
	first, _, _ := strings.Cut(f.low, " ")
	if first == "love" || first == "like" || first == "be" && !strings.Contains(f.low, " ") {
		return "", "", false
	}
	return f.sentence(), "", true
}

// eventRules say what happened to people.
var eventRules = []rule{
	{"bought a home", match(`(?:bought|is buying|are buying|sold|is selling|are selling|found|rented|is renting|renovated|is renovating|are renovating|built|is building|are building|inherited|owns?|rents?|is looking for|are looking for) (?:an? |the |her |his |their |two )?(?:[^ ]+ ){0,3}?(?:house|flat|apartment|place|farm|home|cottage|cabin|condo|car|van|boat|kitchen|garden|land|villa|bike|motorbike|camper)\b`), holds, core.Environment, core.SlotNone, 0.85, nil},
	{"competed", match(`(?:won|ran|finished|completed|lost|did) (?:.* )?(?:marathon|race|cup|tournament|triathlon|match|ironman|10k|5k)\b`), holds, core.Avocation, core.SlotNone, 0.8, nil},
	{"graduated", match(`(?:graduated|graduates|is graduating|got (?:her|his|a|into|accepted)|finished (?:her|his|school|uni|university|college|the)|passed (?:her|his|the)|failed (?:her|his|the)|defended (?:her|his)|got accepted|was accepted|was admitted|dropped out|enrolled|started (?:school|uni|university|college|her|his|an? (?:phd|mba|masters?|degree))|published|wrote a|won|ran (?:a|the|her|his)|finished)\b`), holds, core.Professional, core.SlotNone, 0.8, achieved},
	{"money", match(`(?:(?:is|are|was|has|have|got|owes?|lent|borrowed|needs|makes|earns?|earned|took out|took|paid off|pays|invested|invests|saves|saved|spends|spent|inherited|lost|won) )(?:[^ ]+ ){0,4}?(?:broke|in debt|debts?|rich|wealthy|money|mortgage|loan|savings|salary|euros?|dollars|pounds|bitcoin|crypto|stocks|shares|pension|rent|€|\$|bucks|\d+k?(?: a| per) (?:year|month))(?:$|\W)`), holds, core.Financial, core.SlotNone, 0.8, nil},
	{"owes me", match(`owes? (?:me|us)\b`), holds, core.Financial, core.SlotNone, 0.85, nil},
}

// achieved sorts what was reached: degrees are about work, races are not.
func achieved(f finding) (text, value string, ok bool) {
	if strings.HasPrefix(f.low, "ran ") && !strings.Contains(f.low, "marathon") && !strings.Contains(f.low, "race") || strings.HasPrefix(f.low, "got h") && !schooled(f.low) {
		return "", "", false
	}
	return f.sentence(), "", true
}

func schooled(low string) bool {
	for _, w := range []string{"degree", "licen", "phd", "master", "diploma", "visa", "citizenship", "passport", "results", "certificate"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}
