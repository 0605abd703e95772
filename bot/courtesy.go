package bot

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	thanks = regexp.MustCompile(`^(?:(?:ok|okay|great|cool|perfect),? )?(?:many )?(?:thanks|thank you|thx|ty)(?: so much| very much| a lot| again)?(?:,? kith)?$`)
	hello  = regexp.MustCompile(`^(?:` + hi + `|(?:` + hi + `[,.!]? )?(?:how are you(?: doing| today)?|how's it going|how is it going|how do you do|what's up|whats up|what's new))(?:,? kith)?$`)
	asks   = regexp.MustCompile(`^(?:` + hi + `[,.!]? )?(?:help(?: me)?(?: please)?|(?:who|what) are you|what(?: else)? can (?:you|i) do(?: here)?|what do you do|what is this(?: bot)?|what can i ask(?: you)?` +
		`|how (?:do you|does (?:this|it|kith|this bot)|do (?:the )?(?:reminders|notes)) work|how (?:do|can) i use (?:this|you|it|kith|this bot))(?:,? kith)?$`)
	fine = regexp.MustCompile(`^(?:ok|okay|k|cool|great|nice|perfect|awesome|wow|lol|haha(?:ha)*|sure|got it|all right|alright|sounds good|never mind|nevermind|no worries|no problem|you're welcome|bye|bye bye|goodbye|good night|see you|see you later|sorry|(?:it's |it is )?nice to meet you(?: too)?|test|testing|just testing|this is a test)(?:,? kith)?$`)
)

const hi = `(?:hi|hello|hey|hiya|hey there|hi there|hello there|good (?:morning|afternoon|evening)|morning)(?:,? kith)?`

// courtesy returns the phrase that answers a message which is nothing but a
// courtesy, such as "thank you!", or a question for Kith itself, such as "who are
// you?", or "" for one that has something to tell or asks for something.
func courtesy(text string) string {
	words := strings.ReplaceAll(strings.ToLower(strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })), "’", "'")
	switch {
	case thanks.MatchString(words):
		return phraseThanks
	case hello.MatchString(words):
		return phraseHello
	case asks.MatchString(words):
		return phraseHelp
	case fine.MatchString(words):
		return phraseFine
	}
	return ""
}
