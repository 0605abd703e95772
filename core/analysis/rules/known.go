package rules

import "strings"

// A knownName is a name that the user has a contact for.
type knownName struct {
	words []string // folded
}

func knownNames(known []string) []knownName {
	var all []knownName
	for _, k := range known {
		var ws []string
		for _, w := range split(strings.TrimPrefix(k, "@")) {
			ws = append(ws, w.low)
		}
		if len(ws) > 0 {
			all = append(all, knownName{ws})
		}
	}
	return all
}

// knownAt returns the longest known name that starts at word i. A title
// before it is not part of it.
func (f *finder) knownAt(i int) name {
	best := 0
	for _, k := range f.known {
		if n := f.fits(k.words, i); n > best && f.plausible(i, n) {
			best = n
		}
	}
	if best == 0 {
		return name{}
	}
	return name{first: i, words: best + f.familyName(i, best), known: true}
}

// fits returns how many words at i are the known name: all of them, the
// first, or a family name on its own.
func (f *finder) fits(words []string, i int) int {
	n := 0
	for n < len(words) && f.word(i+n).low == words[n] && (n == 0 || joined(f.word(i+n-1))) {
		n++
	}
	last := words[len(words)-1]
	switch {
	case n == len(words):
		return n
	case n > 0:
		return 1
	case len(words) > 1 && len(last) > 2 && f.word(i).low == last && f.word(i).upper() && !f.shouted:
		return 1
	}
	return 0
}

// joined reports whether the word after w may belong to the same name.
func joined(w word) bool {
	return !w.possessive && (w.after == " " || w.after == ". " && w.low == "st")
}

// familyName takes in the family name after a known first name, with a nickname
// between them: "Ana Torres" where only "Ana" is known.
func (f *finder) familyName(i, n int) int {
	if n == 1 && f.nickAfter(i) > 0 {
		return 2
	}
	w := f.word(i + n)
	before := f.word(i + n - 1)
	if n == 1 && !f.shouted && before.upper() && joined(before) && f.nameShape(i+n) && !f.nameAtStart(i+n) && !common[w.low] {
		return 1
	}
	return 0
}

// nameAtStart reports whether another known name starts at word i.
func (f *finder) nameAtStart(i int) bool {
	for _, k := range f.known {
		if k.words[0] == f.word(i).low {
			return true
		}
	}
	return false
}

// plausible reports whether the words of a known name mean the person: not
// "will" the verb or "Paris" the city.
func (f *finder) plausible(i, n int) bool {
	w := f.word(i)
	if n > 1 {
		return true
	}
	if relatives[w.low] && (f.relativeAt(i) || f.othersRelative(i)) {
		return !f.othersRelative(i)
	}
	if f.isPlace(i) && (places[w.low] || !givenNames[w.low]) {
		return false
	}
	doubtful := wordNames[w.low] || common[w.low] || verbs[w.low] || calendarWords[w.low]
	switch {
	case !doubtful:
		return true
	case strings.HasPrefix(f.text[max(0, w.start-1):], "@"):
		return true
	case f.shouted || !w.upper():
		return f.afterMeeting(i)
	case f.starts(i):
		return f.doesSomething(i) || w.possessive && personNouns[f.word(i+1).low]
	}
	return f.afterPerson(i) || f.doesSomething(i) && !calendarWords[w.low] || w.possessive && !calendarWords[w.low] || f.inList(i)
}

// isPlace reports whether the words before i say that it is a place.
func (f *finder) isPlace(i int) bool {
	w, before := f.word(i), f.word(i-1)
	if w.possessive {
		return false
	}
	switch before.low {
	case "into":
		return f.word(i-2).low != "ran" && f.word(i-2).low != "bumped"
	case "in", "near", "via", "leaving":
		return true
	case "to", "from", "at", "around", "of":
		return places[w.low] || motion[f.word(i-2).low]
	}
	return false
}

// motion are words after which "to" and "from" speak of places.
var motion = set(`move moved moves moving go going goes went gone fly flying flew flies travel travels travelling traveling trip
	trips back relocate relocated relocating relocates drive driving drove commute commutes commuting return returned returning
	come comes came coming is originally hails flight flights train live lives home`)

// afterMeeting reports whether the words before i can only be followed by a
// person: "coffee with", "met". In lower case nothing less will do.
func (f *finder) afterMeeting(i int) bool {
	before, next := f.word(i-1), f.word(i+1)
	if next.text != "" && !f.word(i).ends() && f.word(i).after == " " && !clauseWords[next.low] {
		return false
	}
	switch before.low {
	case "call", "ask", "tell", "text", "email", "meet", "remind", "thank", "invite", "message", "phone", "visit":
		return f.starts(i-1) || f.word(i-2).low == "to" || f.word(i-2).low == "should" || f.word(i-2).low == "must"
	case "met", "saw", "visited", "texted", "phoned", "emailed":
		return f.starts(i-1) || f.word(i-2).low == "i" || f.word(i-2).low == "we"
	case "with", "and":
		return meetingNouns[f.word(i-2).low] || f.word(i-2).low == "up" || f.word(i-2).low == "spoke" || f.word(i-2).low == "talked" ||
			before.low == "and" && f.lastEnd == i-1
	}
	return false
}

var meetingNouns = set(`coffee lunch dinner breakfast brunch drinks drink beer beers tea call chat walk meeting wine date run
	facetime zoom skype dinner evening weekend catchup catch-up ride hike`)

// clauseWords may follow a name in lower case.
var clauseWords = set(`and at in on today yesterday last this for about she he they who tonight again after before over from by
	his her to tomorrow next if when next the my whether re asap`)
