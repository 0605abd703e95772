package rules

import (
	"strings"

	"github.com/kith-platform/kith/core"
)

const intensely = `(?:really |absolutely |also |still |totally |just |so |particularly |especially |truly )*`

// tasteRules say what people like and dislike.
var tasteRules = []rule{
	{"dislikes", match(intensely + `(?:dislikes?|hates?|detests?|despises?|loathes?|(?:is |are )?(?:sick of|tired of|terrified of|afraid of|scared of)|avoids) (.+)`), holds, core.Psychology, core.SlotDislike, 0.88, tasted},
	{"does not like", match(intensely + `(?:like|enjoy|love|care for|dig|appreciate) (.+)`), denied, core.Psychology, core.SlotDislike, 0.88, tasted},
	{"cannot stand", match(`(?:stand|bear|take) (.+)`), denied, core.Psychology, core.SlotDislike, 0.88, tasted},
	{"not a fan of", match(`(?:is |are )?(?:a (?:big )?fan of|into|fond of|keen on) (.+)`), denied, core.Psychology, core.SlotDislike, 0.85, tasted},
	{"prefers", match(`(?:prefers?|would rather) (.+)`), holds, core.Psychology, core.SlotNone, 0.8, nil},
	{"wishes", match(`(?:would (?:like|love)|'d (?:like|love)|loved|liked|enjoyed|hated) (.+)`), holds, core.Psychology, core.SlotNone, 0.65, wished},
	{"likes", match(intensely + `(?:likes?|loves?|enjoys?|adores?|fancies) (.+)`), holds, core.Avocation, core.SlotLike, 0.88, tasted},
	{"is into", match(`(?:is|are|has been|got|is getting) (?:really |very |super |so |big |totally |a (?:big |huge )?fan of |back )*(?:into|fond of|obsessed with|crazy about|keen on|mad about|passionate about|hooked on|addicted to|a (?:big |huge )?fan of|interested in) (.+)`), holds, core.Avocation, core.SlotLike, 0.85, tasted},
	{"is a fan of", match(`(?:is|are) (?:an? )?(?:big |huge |massive |avid |real |total )*(.+?) (?:fan|lover|addict|enthusiast|geek|nerd|buff|fanatic)\b`), holds, core.Avocation, core.SlotLike, 0.82, grouped},
	{"into", match(`into (.+)`), holds, core.Avocation, core.SlotLike, 0.8, tasted},
}

// object returns what a verb is about, without the reason or the time.
func object(s string) string {
	cut := set("because but since when although though whereas unless if so ever anymore lately these")
	v := s
	for at := 0; at < len(s); {
		end := len(s)
		if n := strings.IndexByte(s[at:], ' '); n >= 0 {
			end = at + n
		}
		if w := strings.Trim(lower(s[at:end]), ",.;:"); at > 0 && cut[w] {
			v = s[:at]
			break
		}
		at = end + 1
	}
	v, _, _ = strings.Cut(v, ", not ")
	v = strings.TrimSuffix(strings.Trim(v, " ,.;:!"), " a lot")
	for _, tail := range []string{" very much", " so much", " too", " now", " at all", " that much", " much"} {
		v = strings.TrimSuffix(v, tail)
	}
	return v
}

// tasted takes what is liked or not; people are no taste: "likes him".
func tasted(f finding) (text, value string, ok bool) {
	v := object(f.rest)
	first, _, _ := strings.Cut(lower(v), " ")
	if v == "" || persons[first] || f.reader.isMention(v) || givenNames[first] && v[:1] != first[:1] {
		return "", "", false
	}
	return f.sentence(), v, true
}

var persons = set("him her them me us you it this that what how hearing seeing when")

func wished(f finding) (text, value string, ok bool) {
	if f.future || persons[lower(f.rest)] {
		return "", "", false
	}
	return f.sentence(), "", true
}

// isMention reports whether s is somebody's name.
func (r *reader) isMention(s string) bool {
	for _, n := range r.spots {
		if strings.EqualFold(n.name, s) {
			return true
		}
	}
	return false
}
