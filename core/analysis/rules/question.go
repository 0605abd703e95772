package rules

import (
	"regexp"
	"strings"
)

// asks are the words that a question to Kith starts with.
var asks = set("who whom whose what what's who's when when's where where's which why how did does do is are was were has have had can could should would will am show find list search tell")

// lists are questions for what is to be done, or for birthdays, that have no word
// which asks.
var lists = regexp.MustCompile(`(?i)^(?:(?:all )?(?:my )?(?:(?:open|upcoming|next) )?(?:reminders|agenda)(?: (?:due |for )?` + period + `)?` +
	`|(?:all )?my (?:open )?(?:todos|tasks|to-dos|to-?do list|to do list)(?: (?:due |for )?` + period + `)?` +
	`|to-dos(?: (?:due |for )?` + period + `)?|anything (?:to do|(?:to do |due |on |planned )?(?:for )?` + period + `)|whats next|birthdays ` + period + `|(?:the )?(?:next|upcoming) birthdays?)[.!]?$`)

// recalls asks Kith to say again what it knows.
var recalls = regexp.MustCompile(`(?i)^(?:please )?remind me (?:again )?(?:who|whose|what|where|which|how)\b`)

const period = `(?:today|tomorrow|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:this|next) (?:week|month)|in (?:january|february|march|april|may|june|july|august|september|october|november|december))`

// Question reports whether text asks for an answer instead of telling
// something: "Who works at Stripe", "Find Ana's number". A person called Will
// who does something is told of, and so is what surprises: "How nice: …". Who
// asks to be reminded of something gives something to do: "Can you remind me to
// call Ana?"
func Question(text string) bool {
	text = strings.TrimSpace(text)
	if mayRequest.MatchString(text) && (requests(text) || requests(lastSentence(text))) {
		return false
	}
	if strings.HasSuffix(strings.TrimRight(text, " )\"'”»"), "?") || lists.MatchString(text) || recalls.MatchString(text) {
		return true
	}
	words := split(text)
	if len(words) == 0 || strings.HasSuffix(text, "!") {
		return false
	}
	first := words[0].low
	if !asks[first] || words[0].start > 0 && strings.Trim(text[:words[0].start], "¿\"“( ") != "" {
		return false
	}
	if len(words) == 1 {
		return first == "who" || first == "what" || first == "when" || first == "where" || first == "why" || first == "how"
	}
	return asked(text, words)
}

// asked tells questions from statements that start with the same word.
func asked(text string, words []word) bool {
	first, second := words[0], words[1]
	subject := subjects[second.low] || second.upper() || givenNames[second.low]
	switch first.low {
	case "does":
		return true
	case "will", "can", "could", "would", "should", "do", "did", "is", "are", "was", "were", "has", "have", "had", "am":
		// "Had lunch with Ana", "Is a nurse", "Will moved" tell something.
		return subject && !strings.ContainsAny(first.after, ",:") && !told(first, words)
	case "how":
		return !strings.ContainsAny(text, "!:") && (questioned[second.low] || second.upper() || subject)
	case "what", "what's":
		return second.low != "a" && second.low != "an" && second.low != "if" && !strings.Contains(text, "!")
	case "when", "where", "which", "who", "whose", "why":
		return !strings.ContainsAny(firstPart(text), ",") && !(first.low == "when" && second.low == "i" && len(words) > 6)
	case "tell":
		return second.low == "me"
	case "find", "show", "list", "search":
		return !strings.HasPrefix(text[first.end:], " out") && second.low != "a" && second.low != "time"
	}
	return true
}

// told reports whether the verb at the start belongs to a note without its
// subject: "Had Ana over for dinner", "Can Su moved".
func told(first word, words []word) bool {
	if len(words) < 3 {
		return false
	}
	third := words[2].low
	switch first.low {
	case "had", "has":
		return words[1].upper() && (third == "over" || third == "round" || third == "for" || third == "as") || first.low == "has" && words[1].low == "the"
	case "can":
		return pastForm(words[1].low)
	case "will":
		return pastForm(words[1].low) || first.upper() && words[1].upper() && willDoes(words)
	}
	return false
}

// willDoes reports whether a verb that "will" cannot go with follows the words
// "Will Smith": somebody of that name is told of.
func willDoes(words []word) bool {
	second := words[1]
	if strings.ContainsAny(second.after, ":,–—(") {
		return true
	}
	for _, w := range words[2:min(len(words), 8)] {
		switch low := w.low; {
		case copulas[low] && low != "have" && low != "do", verbs[low] && strings.HasSuffix(low, "s"), pastForm(low) && !unchanged[low]:
			return true
		case !second.possessive && !adverbs[low] && low != "no" && low != "longer":
			return false
		}
	}
	return false
}

// unchanged are verbs whose past looks like their base.
var unchanged = set("let put cut bet quit read set hit hurt cost")

func firstPart(text string) string {
	if len(text) > 40 {
		return text[:40]
	}
	return text
}

var questioned = set("many much old long often far do does did is are was were can should could would will has have to about tall come big")

var subjects = set(`i you he she it they we there that this anyone anybody someone somebody everyone my her his their our your the any`)
