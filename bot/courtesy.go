package bot

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	thanks = regexp.MustCompile(`^(?:(?:ok|okay|great|cool|perfect),? )?(?:many )?(?:thanks|thank you|thx|ty)(?: so much| very much| a lot| again)?(?:,? kith)?$`)
	hello  = regexp.MustCompile(`^(?:hi|hello|hey|hiya|hey there|hi there|hello there|good (?:morning|afternoon|evening)|morning)(?:,? kith)?$`)
	fine   = regexp.MustCompile(`^(?:ok|okay|k|cool|great|nice|perfect|awesome|wow|lol|haha(?:ha)*|sure|got it|all right|alright|sounds good|never mind|nevermind|no worries|no problem|you're welcome|bye|bye bye|goodbye|good night|see you|see you later)(?:,? kith)?$`)
)

// courtesy returns the phrase that answers a message which is nothing but a
// courtesy, such as "thank you!", or "" for one that has something to tell.
func courtesy(text string) string {
	words := strings.ToLower(strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
	switch {
	case thanks.MatchString(words):
		return phraseThanks
	case hello.MatchString(words):
		return phraseHello
	case fine.MatchString(words):
		return phraseFine
	}
	return ""
}
