// Package recall answers questions from memory: what a user told Kith, and
// nothing else.
package recall

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
)

// A Kind says what a question asks for.
type Kind string

// The kinds of question that are answered without a language model.
const (
	KindLastTalk     Kind = "last_talk"     // when did I last talk to Mike?
	KindNextBirthday Kind = "next_birthday" // whose birthday is next?
	KindBirthday     Kind = "birthday"      // when is Ana's birthday?
	KindAge          Kind = "age"           // how old is Ana?
	KindPromised     Kind = "promised"      // what did I promise Ana?
	KindToDo         Kind = "to_do"         // what do I have to do this week?
	KindToday        Kind = "today"         // what is on today?
	KindTalked       Kind = "talked"        // who did I talk to yesterday?
	KindWhoHas       Kind = "who_has"       // who do I know in Lisbon? who works at Stripe?
	KindWhatOf       Kind = "what_of"       // where does Ana live? what is Mike allergic to?
	KindAbout        Kind = "about"         // who is Ana?
	KindWords        Kind = "words"         // everything else, by its words
	KindSearch       Kind = "search"        // no question at all: words to search for
)

// A Question is what a user asks, as far as it was understood.
type Question struct {
	Kind   Kind
	Name   string      // whom it is about; "" for anybody
	Slots  []core.Slot // which properties it asks for
	Value  string      // the value asked for: "Lisbon"
	Period string      // the time asked for, as in periods: "this week"; "" for any
	Words  string      // the words that matter
}

// A shape is one way to ask. A group called name, value or period is taken from
// it.
type shape struct {
	kind    Kind
	slots   []core.Slot
	pattern *regexp.Regexp
}

func asked(kind Kind, pattern string, slots ...core.Slot) shape {
	return shape{kind, slots, regexp.MustCompile(`(?i)^(?:so |and |hey,? |please |kith,? )?` + pattern + `$`)}
}

const (
	name  = `(?P<name>.{1,80}?)`
	value = `(?P<value>.{1,80}?)`
	anyOf = `(?:(?:show|list|find)(?: me)? |do i know |which (?:of my )?|what )?(?:all )?(?:my )?(?:anyone|anybody|someone|somebody|everyone|everybody|people|friends|contacts)(?: do i know| i know)?(?: who| that)? `
	in    = `(?P<period>today|tomorrow|this week|next week|this month|next month|(?:on |this )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|in (?:january|february|march|april|may|june|july|august|september|october|november|december))`
	past  = `(?P<period>today|yesterday|this week|last week|this month|last month)`
	due   = `(?: (?:due |for )?` + in + `)?`
	todos = `(?:open |upcoming |next )?(?:to-?dos|(?:to-?do|to do) list|tasks|reminders|agenda)`
	some  = `(?:(?:is|are) there |(?:do|have) (?:i|we) (?:have |got )?)?(?:anything|something)(?: (?:else|left|still|planned|due|on|up))?`
	spoke = `(?:talk(?:ed)? (?:to|with)|sp(?:eak|oke|oken) (?:to|with)|see|saw|seen|meet(?: with)?|met(?: with)?|call(?:ed)?|hear(?:d)? from|chat(?:ted)? with|have (?:coffee|lunch|dinner) with)`
)

// The first shape that fits wins.
var shapes = []shape{
	asked(KindLastTalk, `when (?:did|have|was the last time) (?:i|we) (?:last )?`+spoke+` `+name+`(?: last)?`),
	asked(KindLastTalk, `(?:when was )?(?:the |my )?last time (?:i|we) `+spoke+` `+name),
	asked(KindLastTalk, `how long (?:is it |has it been )?since (?:i|we) (?:last )?`+spoke+` `+name),
	asked(KindNextBirthday, `who(?:se|'s| is| has)?(?: the)? (?:next )?birthdays? (?:is |are |comes? )?(?:next|up|coming up|soon)`),
	asked(KindNextBirthday, `(?:what|which|when|show|list)?(?: is| are|'s)?(?: me)?(?: the)? ?(?:next|upcoming|coming) birthdays?`),
	asked(KindNextBirthday, `who has (?:a |the next )?birthdays?(?: next| soon)?`),
	asked(KindNextBirthday, `(?:who(?:se|'s| has)?|what|which|when|show|list|any|are there)?(?: is| are)?(?: me)?(?: any| a| the| their)? ?birthdays? (?:is |are |do i have )?(?:coming up )?`+in),
	asked(KindBirthday, `when(?: is|'s| was) `+name+`(?:'s|’s|s') (?:birthday|bday|birth day)`),
	asked(KindBirthday, `(?:when(?: is|'s) |what is )?(?:the )?birthday of `+name),
	asked(KindBirthday, `when was `+name+` born`),
	asked(KindAge, `how old is `+name),
	asked(KindPromised, `what (?:did i|have i|do i have to|should i|must i|do i need to) (?:promised?|owe|do for|tell|send|give|bring) `+name),
	asked(KindPromised, `what (?:do i owe|have i promised|was i going to (?:do for|send|tell|give)) `+name),
	asked(KindToDo, `what(?:'s| is|’s)?(?: there)?(?: still| left)? to (?:do|be done)`+due),
	asked(KindToDo, `what (?:do|should|must) (?:i|we)(?: still)?(?: (?:have|need))?(?: to)? do`+due),
	asked(KindToDo, `(?:do (?:i|we) have (?:anything|something) to do|what(?:'s| is|’s) due|what(?:'s| is|’s) on my `+todos+`)`+due),
	asked(KindToDo, `(?:(?:what are|show|list|find)(?: me)? )?(?:all )?(?:my )?`+todos+due),
	asked(KindToDo, `what (?:did|have) (?:i|we) promised?`),
	asked(KindToDo, `what(?:'s| is|’s|s)? (?:up |coming |coming up )?next(?: for me)?`),
	asked(KindToday, `what(?:'s| is|’s) (?:on|up|planned|happening)(?: for)? today`),
	asked(KindToday, `(?:`+some+`|what do (?:i|we) have)(?: to do)?(?: (?:on|planned|due))?(?: for)? today`),
	asked(KindToDo, `(?:`+some+`|what do (?:i|we) have|what(?:'s| is|’s))(?: to do)?(?: (?:on|planned|due|happening))?(?: for)? `+in),
	asked(KindToDo, some+` to do`),
	asked(KindTalked, `whom? (?:did|have) (?:i|we) `+spoke+` `+past),
	asked(KindWhoHas, `who (?:do i know |lives? |is |are |of my friends (?:is |lives? ))?(?:living |based )?(?:in|from|around|near) `+value, core.SlotHome, core.SlotPlace),
	asked(KindWhoHas, anyOf+`(?:lives? |living |is |are |based )?(?:in|from|around|near) `+value, core.SlotHome, core.SlotPlace),
	asked(KindWhoHas, `who (?:is moving|moves|is going to move|will move|moved) to `+value, core.SlotPlace, core.SlotHome),
	asked(KindWhoHas, `who (?:works|is working|do i know|is|are|work) (?:at|for|with) `+value, core.SlotEmployer),
	asked(KindWhoHas, anyOf+`(?:works? |working |is |are )?(?:at|for) `+value, core.SlotEmployer),
	asked(KindWhoHas, `who (?:likes|loves|enjoys|is into|plays|does) `+value, core.SlotLike),
	asked(KindWhoHas, `who (?:hates|dislikes|doesn't like|does not like|can't stand) `+value, core.SlotDislike),
	asked(KindWhoHas, `who(?: is|'s) allergic to `+value, core.SlotAllergy),
	asked(KindWhatOf, `where (?:does|is|did) `+name+` (?:live|living|from|move(?: to)?|moving(?: to)?|based)(?: now)?`, core.SlotHome, core.SlotPlace),
	asked(KindWhatOf, `where (?:does|is|did) `+name+` (?:work|working)(?: at| for)?(?: now)?`, core.SlotEmployer),
	asked(KindWhatOf, `(?:who does `+name+` work for|what company does `+`.+ work (?:at|for))`, core.SlotEmployer),
	asked(KindWhatOf, `what (?:does|is) `+name+` (?:like|love|enjoy|into)`, core.SlotLike),
	asked(KindWhatOf, `what (?:does|doesn't) `+name+` (?:dislike|hate|not like|like not)`, core.SlotDislike),
	asked(KindWhatOf, `(?:what )?is `+name+` allergic(?: to(?: .+)?)?`, core.SlotAllergy),
	asked(KindWhatOf, `(?:does|has) `+name+` (?:have )?(?:any )?allerg(?:y|ies)`, core.SlotAllergy),
	asked(KindWhatOf, `(?:what(?:'s| is)|find|show(?: me)?) `+name+`(?:'s|’s|s') (?:e-?mail|mail)(?: address)?`, core.SlotEmail),
	asked(KindWhatOf, `(?:what(?:'s| is)|find|show(?: me)?) `+name+`(?:'s|’s|s') (?:phone|number|phone number|mobile)`, core.SlotPhone),
	asked(KindWhatOf, `(?:what(?:'s| is) the name of |what (?:are|is) |who (?:are|is) )`+name+`(?:'s|’s|s') (?:kids?|child(?:ren)?|sons?|daughters?|wife|husband|partner|parents?|mother|father|brothers?|sisters?|family)(?: called|'s names?)?`, core.SlotKin),
	asked(KindAbout, `(?:who(?: is|'s)|tell me about|what do (?:i|you) know about|what about|show(?: me)?) `+name),
}

// Parse reads a question.
func Parse(text string) Question {
	text = strings.Join(strings.Fields(strings.TrimRight(strings.TrimSpace(text), "?!. ")), " ")
	q := Question{Kind: KindWords, Words: content(text)}
	for _, s := range shapes {
		m := s.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		q.Kind, q.Slots = s.kind, s.slots
		if i := s.pattern.SubexpIndex("name"); i >= 0 {
			q.Name = m[i]
		}
		if i := s.pattern.SubexpIndex("value"); i >= 0 {
			q.Value = strings.TrimPrefix(strings.TrimPrefix(m[i], "the "), "a ")
		}
		if i := s.pattern.SubexpIndex("period"); i >= 0 {
			q.Period = strings.ToLower(m[i])
			if month, ok := monthOf(q.Period); ok {
				q.Period = "in " + month.String()
			} else if day, ok := weekdayOf(q.Period); ok {
				q.Period = "on " + day.String()
			}
		}
		return q
	}
	return q
}

// monthOf returns the month that a period such as "in may" means, and reports
// false for one that means none.
func monthOf(period string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(period, "in "+m.String()) {
			return m, true
		}
	}
	return 0, false
}

// weekdayOf returns the day of the week that a period such as "on friday" means,
// and reports false for one that means none.
func weekdayOf(period string) (time.Weekday, bool) {
	name := period[strings.LastIndexByte(period, ' ')+1:]
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(name, d.String()) {
			return d, true
		}
	}
	return 0, false
}

// days returns the first day of a period that is not over, and the day after its
// last one. Weeks end with Sunday. Now is in the user's location.
func days(period string, now time.Time) (from, to time.Time) {
	y, m, d := now.Date()
	day := func(m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, now.Location()) }
	monday := d + 1 + int(7-now.Weekday())%7
	switch period {
	case "today":
		return day(m, d), day(m, d+1)
	case "tomorrow":
		return day(m, d+1), day(m, d+2)
	case "this week":
		return day(m, d), day(m, monday)
	case "next week":
		return day(m, monday), day(m, monday+7)
	case "this month":
		return day(m, d), day(m+1, 1)
	case "next month":
		return day(m+1, 1), day(m+2, 1)
	}
	if weekday, ok := weekdayOf(period); ok {
		d += int(weekday-now.Weekday()+7) % 7
		return day(m, d), day(m, d+1)
	}
	month, _ := monthOf(period)
	switch {
	case month == m:
		return day(m, d), day(m+1, 1)
	case month < m:
		y++
	}
	return day(month, 1), day(month+1, 1)
}

// lately returns the first day of a period that has begun, and the day after its
// last one. Weeks begin with Monday. Now is in the user's location.
func lately(period string, now time.Time) (from, to time.Time) {
	y, m, d := now.Date()
	day := func(m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, now.Location()) }
	monday := d - int(now.Weekday()+6)%7
	switch period {
	case "yesterday":
		return day(m, d-1), day(m, d)
	case "this week":
		return day(m, monday), day(m, d+1)
	case "last week":
		return day(m, monday-7), day(m, monday)
	case "this month":
		return day(m, 1), day(m, d+1)
	case "last month":
		return day(m-1, 1), day(m, 1)
	}
	return day(m, d), day(m, d+1)
}

// Words that ask and say nothing of what is asked for.
var askWords = map[string]bool{
	"who": true, "whom": true, "whose": true, "what": true, "when": true, "where": true, "which": true, "how": true, "why": true,
	"did": true, "does": true, "do": true, "is": true, "are": true, "was": true, "were": true, "has": true, "have": true, "had": true,
	"can": true, "could": true, "will": true, "would": true, "should": true, "find": true, "show": true, "list": true, "tell": true,
	"me": true, "i": true, "my": true, "you": true, "know": true, "about": true, "again": true, "please": true, "remember": true,
	"anyone": true, "anybody": true, "someone": true, "say": true, "said": true, "name": true, "called": true, "much": true, "many": true,
}

// content returns the words of a question that say what is asked for.
func content(text string) string {
	var kept []string
	for word := range strings.FieldsSeq(text) {
		bare := strings.ToLower(strings.Trim(word, `.,;:!?"'()`))
		bare = strings.TrimSuffix(strings.TrimSuffix(bare, "'s"), "’s")
		if bare != "" && !askWords[bare] {
			kept = append(kept, bare)
		}
	}
	return strings.Join(kept, " ")
}

// The length of what may be the beginning of a word, in characters: less would
// begin too many, and no word has more.
const (
	shortestStart = 3
	longestStart  = 40
)

// unfinished parts what a search is for into its words but the last, and what
// the last word begins with. It reports false where that word is complete: in a
// phrase, or after an operator.
func unfinished(words string) (before, start string, ok bool) {
	words = strings.TrimSpace(words)
	last := words
	if i := strings.LastIndexFunc(words, unicode.IsSpace); i >= 0 {
		_, size := utf8.DecodeRuneInString(words[i:])
		last = words[i+size:]
	}
	before = strings.TrimSuffix(words, last)
	start = strings.TrimFunc(last, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })
	n := utf8.RuneCountInString(start)
	switch fields := strings.Fields(before); {
	case n < shortestStart, n > longestStart, strings.Contains(words, `"`), strings.HasPrefix(last, "-"):
		return "", "", false
	case len(fields) > 0 && strings.EqualFold(fields[len(fields)-1], "or"):
		return "", "", false
	}
	return before, start, true
}
