package rules

import (
	"strings"
	"unicode/utf8"
)

var titles = set("dr mr mrs ms mx prof professor sir doctor herr frau senhor senhora don doña uncle aunt auntie")

var particles = set("van von der den de del della di da do dos das du la le los bin ibn ben al el ter ten zu y e af av st")

// personNouns after a possessive say that its owner is a person.
var personNouns = set(kinMale, kinFemale, kinAny, closeOnes, `birthday bday b-day wedding number phone email e-mail mail address house flat apartment home
	place party job new old dream favourite favorite mum's mom's health surgery operation baby pregnancy engagement anniversary
	car garden funeral dad's team company startup bakery restaurant cafe shop birthday's best younger older little big first
	middle youngest oldest eldest wife's advice book cv resume partner's visa contract thesis exam graduation plan plans`)

// unknownAt returns a name that nobody told us of, if the sentence shows that
// it is a person's.
func (f *finder) unknownAt(i int) name {
	if titles[f.word(i).low] && f.word(i).upper() && (f.word(i).after == " " || f.word(i).after == ". ") && f.word(i+1).upper() {
		if n := f.runLen(i + 1); n > 0 {
			return name{first: i + 1, words: n}
		}
		return name{}
	}
	if f.shouted || !f.word(i).upper() {
		return f.lowerAt(i)
	}
	n := f.runLen(i)
	if n == 0 || firms[f.word(i).low] || n > 1 && firmEnds[f.word(i+n-1).low] || !f.isPerson(i, n) {
		return name{}
	}
	return name{first: i, words: n}
}

// lowerAt accepts a common first name in lower case after "coffee with".
func (f *finder) lowerAt(i int) name {
	w := f.word(i)
	if !givenNames[w.low] || wordNames[w.low] || !f.afterMeeting(i) || f.kin[w.low] {
		return name{}
	}
	return name{first: i, words: 1}
}

// runLen returns how many words at i have the shape of one name.
func (f *finder) runLen(i int) int {
	if !f.nameShape(i) || f.stopped(i) {
		return 0
	}
	n := 1 + f.nickAfter(i)
	if n > 1 {
		n++ // the family name
	}
	for n < 6 && joined(f.word(i+n-1)) {
		skip := n
		for skip < n+3 && particles[f.word(i+skip).low] && joined(f.word(i+skip)) {
			skip++
		}
		next := f.word(i + skip)
		if !f.nameShape(i+skip) || calendarWords[next.low] || nations[next.low] || common[next.low] && !wordNames[next.low] {
			break
		}
		n = skip + 1
	}
	return n
}

// nameShape reports whether word i looks like a name: one capital letter, or
// an initial, and no digits.
func (f *finder) nameShape(i int) bool {
	w := f.word(i)
	if !w.upper() || strings.ContainsAny(w.text, "0123456789_") || base(w.low) == "i" {
		return false
	}
	letters := utf8.RuneCountInString(w.text)
	return letters > 1 && !w.allCaps() || letters <= 2 && i > 0 && strings.HasSuffix(w.text, ".")
}

// stopped reports whether a capitalised word is no name by itself.
func (f *finder) stopped(i int) bool {
	w := f.word(i)
	low := strings.TrimSuffix(w.low, "'ll")
	if f.kin[low] || nations[low] || kin[low] || titles[low] || strings.Contains(low, "'") && common[strings.ReplaceAll(low, "'", "")] {
		return true
	}
	if calendarWords[low] || common[low] {
		return !wordNames[low] || !f.afterPerson(i) && !f.doesSomething(i) && !f.surnamed(i)
	}
	if f.startsPart(i) && w.after == " " && f.word(i+1).upper() && opener(low) {
		return true
	}
	return strings.HasSuffix(low, "n't") || strings.HasSuffix(low, "'re") || strings.HasSuffix(low, "'m") || strings.HasSuffix(low, "'ve")
}

// surnamed reports whether a family name that does something follows word i,
// as in "Will Smith is vegan".
func (f *finder) surnamed(i int) bool {
	next := f.word(i + 1)
	return joined(f.word(i)) && f.nameShape(i+1) && !common[next.low] && !calendarWords[next.low] && !nations[next.low] &&
		(f.doesSomething(i+1) || copulas[f.word(i+2).low] && next.after == " " && personal(f.rest(i+3)) || next.possessive && personNouns[f.word(i+2).low])
}

// isPerson reports whether the sentence shows that the n words at i name a person.
func (f *finder) isPerson(i, n int) bool {
	w, last := f.word(i), f.word(i+n-1)
	given := givenNames[w.low] && !places[w.low]
	switch {
	case f.isPlace(i), f.isFirm(i):
		return false
	case f.word(i-1).low == "saw" && !given:
		return false // more likely a film than a person
	case f.afterPerson(i), f.afterMyKin(i), f.inList(i) && (n > 1 || !places[w.low] || givenNames[w.low]):
		return !f.isThing(i, n)
	case last.possessive && personNouns[f.word(i+n).low]:
		return !places[w.low] || givenNames[w.low]
	case last.possessive && given && !f.word(i+n).upper():
		return true
	case places[w.low] && !givenNames[w.low]:
		return false
	case f.starts(i):
		return f.leadsSentence(i, n, given)
	case n <= 3 && f.afterThat(i):
		return f.doesSomething(i+n-1) || given && n > 1
	}
	return given && f.addressed(i)
}

// leadsSentence reports whether a name at the start of a sentence or a part
// of one is a person's: it does something, or stands there as a heading.
func (f *finder) leadsSentence(i, n int, given bool) bool {
	last := f.word(i + n - 1)
	if wordNames[f.word(i).low] && n == 1 {
		return f.doesSomething(i)
	}
	if strings.Contains(last.after, "\n") || strings.ContainsAny(last.after, ":–—") || strings.HasPrefix(last.after, " - ") {
		return given
	}
	next := f.word(i + n)
	switch {
	case strings.HasPrefix(last.after, " ("), next.low == "from" && last.after == " ":
		return given
	case last.after == "" || last.after == "." || last.after == "!":
		return given && n > 1
	case copulas[next.low] && last.after == " ":
		return given || n > 1 && !common[f.word(i+1).low] && personal(f.rest(i+n+1)) || personal(f.rest(i+n+1))
	case next.low == "and" && last.after == " " && given && (owners[f.word(i+n+1).low] || f.word(i+n+1).low == "i"):
		return true
	case places[f.word(i).low] && n == 1 && next.low == "and" && places[f.word(i+2).low]:
		return false
	case next.low == "and" || last.after == " & " || last.after == ", ":
		return (given || !f.stopped(i) && f.nameShape(i+n+1)) && f.listDoes(i+n) || given && last.after == ", "
	}
	return f.doesSomething(i + n - 1)
}

// listDoes reports whether the list of names that goes on at word i ends in
// something that people do: "Ana and Mike live".
func (f *finder) listDoes(i int) bool {
	for range 12 {
		w := f.word(i)
		switch {
		case w.text == "":
			return false
		case w.low == "and" || w.upper():
			if w.low != "and" && (f.doesSomething(i) || w.after == " " && verbs[f.word(i+1).low]) {
				return true
			}
			i++
		default:
			return false
		}
	}
	return false
}

var copulas = set("is was has isn't wasn't hasn't are were have had did does will would can could should might may")

// doesSomething reports whether the word after i is a verb with a person
// before it.
func (f *finder) doesSomething(i int) bool {
	w, next := f.word(i), f.word(i+1)
	if w.after != " " {
		return false
	}
	if adverbs[next.low] {
		next = f.word(i + 2)
	} else if next.low == "no" && f.word(i+2).low == "longer" {
		next = f.word(i + 3)
	}
	low := next.low
	switch {
	case copulas[low]:
		return givenNames[w.low] && !places[w.low] && !wordNames[w.low] || personal(f.rest(i+2)) || verbNames[w.low]
	case wordNames[low] && low != "will" && low != "may" || next.upper():
		return false
	case strings.HasSuffix(low, "ing"):
		return false
	}
	if !verbs[low] && !(len(low) > 4 && strings.HasSuffix(low, "ed")) {
		return false
	}
	// A base form is an order or goes with "I" and "they": "Will call", "Mark send".
	return strings.HasSuffix(low, "s") || pastForm(low)
}

// verbNames are names that are no nouns by themselves: "Will is" names a person.
var verbNames = set("will mark rob pat sue drew chase grant nick bob don dean frank ray gene rich max")

func pastForm(low string) bool {
	return strings.HasSuffix(low, "ed") || pasts[low] || strings.HasSuffix(low, "n't")
}

var pasts = set(`was had did said went got made knew took came saw thought told gave found became left felt brought began kept held
	wrote met ran paid sat spoke led lent understood grew lost fell sent built drew broke spent drove bought wore chose sold taught won slept sang swam
	flew rode read ate drank quit caught fought forgot rang showed stood threw dreamt bet cut put can't never won't used owed`)

var adverbs = set("also just now really recently finally still already always never often usually only actually probably apparently maybe sometimes")

// rest returns up to five folded words from word i on.
func (f *finder) rest(i int) []string {
	var ws []string
	for n := i; n < len(f.words) && n < i+5; n++ {
		ws = append(ws, f.words[n].low)
	}
	return ws
}

// personal reports whether what follows "is" or "has" is said of people.
func personal(rest []string) bool {
	for n, w := range rest {
		switch {
		case personalWords[w], isProfession(w):
			return true
		case n == 0 && (w == "from" || w == "moving" || strings.HasSuffix(w, "ing") && verbs[w] && w != "being"):
			return true
		case n > 0 && n < 4 && kin[w]:
			return true
		case !adverbs[w] && !beforePersonal[w]:
			return false
		}
	}
	return false
}

var beforePersonal = set("a an the very not so been her his my our two three best good old new dear close")

var personalWords = set(`pregnant allergic married engaged divorced single vegan vegetarian retired expecting dating shy sick ill born
	moved joined lactose celiac coeliac diabetic widowed intolerant afraid scared jealous worried stressed graduated quit kids
	children siblings happy sad lonely tall funny kind smart originally depressed unemployed pescatarian introverted`)

// starts reports whether word i stands at the start of a sentence, a line or
// a part after a comma or "and".
func (f *finder) starts(i int) bool {
	before := f.word(i - 1)
	return f.startsPart(i) || before.after == " " && (opens[before.low] || f.startsPart(i-1) && opener(before.low))
}

// startsPart reports whether word i is the first, or stands behind a mark.
func (f *finder) startsPart(i int) bool {
	before := f.word(i - 1).after
	return i == 0 || strings.ContainsAny(before, ".!?;:,\n\"“(–—…•") || strings.Contains(before, " - ")
}

// opener reports whether a word may stand before the subject of a sentence, as
// in "Nope Mike moved", "Luckily Mike moved".
func opener(low string) bool {
	return openers[low] || len(low) > 4 && strings.HasSuffix(low, "ly") && !givenNames[low] && !places[low] && !kin[low] && !imperatives[low]
}

var openers = set(`nope nah yup hmm hm well indeed damn gosh omg lol poor happy correction edit meanwhile instead anyways somehow otherwise
	therefore hence thus besides nevertheless nonetheless moreover weird strange little whoops oops argh aww yikes alas rumour rumor gossip
	psst sometimes once afterwards earlier eh ah aha ha haha phew fortunately hooray hurray cool nice great ps fact`)

var opens = set("maybe perhaps probably yesterday today tonight wow yay news and but so because that while then also btw apparently whereas since")

// afterThat reports whether a report comes before word i: "says", "heard".
func (f *finder) afterThat(i int) bool {
	switch f.word(i - 1).low {
	case "that", "heard", "says", "said", "mentioned", "thinks", "think", "know", "knew", "learned", "because", "where", "when", "if", "since", "guess", "believe", "suspect", "seems", "sure", "me", "today", "yesterday":
		return f.word(i-1).after == " "
	}
	return false
}
