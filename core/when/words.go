package when

import "time"

var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "mon": time.Monday,
	"tuesday": time.Tuesday, "tue": time.Tuesday, "tues": time.Tuesday,
	"wednesday": time.Wednesday, "wed": time.Wednesday, "weds": time.Wednesday,
	"thursday": time.Thursday, "thu": time.Thursday, "thur": time.Thursday, "thurs": time.Thursday,
	"friday": time.Friday, "fri": time.Friday,
	"saturday": time.Saturday, "sat": time.Saturday,
	"sunday": time.Sunday, "sun": time.Sunday,
}

// doubtful weekdays are other words too: "she sat there", "the sun".
var doubtful = set("mon", "wed", "sat", "sun")

var months = map[string]time.Month{
	"january": time.January, "jan": time.January,
	"february": time.February, "feb": time.February,
	"march": time.March, "mar": time.March,
	"april": time.April, "apr": time.April,
	"may":  time.May,
	"june": time.June, "jun": time.June,
	"july": time.July, "jul": time.July,
	"august": time.August, "aug": time.August,
	"september": time.September, "sep": time.September, "sept": time.September,
	"october": time.October, "oct": time.October,
	"november": time.November, "nov": time.November,
	"december": time.December, "dec": time.December,
}

// alsoVerbs are the months that are verbs too: "this may take long".
var alsoVerbs = set("may", "march")

var relativeDays = map[string]int{
	"today": 0, "tonight": 0, "tonite": 0,
	"tomorrow": 1, "tomorow": 1, "tommorow": 1, "tommorrow": 1, "tmrw": 1, "tmr": 1, "tmw": 1,
	"yesterday": -1, "yday": -1,
}

// A dayPart is the hour that a part of the day stands for.
var dayParts = map[string]int{"morning": 9, "afternoon": 15, "evening": 19, "night": 21}

var whiches = map[string]which{
	"this": this, "next": next, "coming": coming, "upcoming": coming, "following": next,
	"last": last, "past": last, "previous": previous,
}

var units = map[string]shift{
	"second": {seconds: 1}, "seconds": {seconds: 1}, "sec": {seconds: 1}, "secs": {seconds: 1},
	"minute": {seconds: 60}, "minutes": {seconds: 60}, "min": {seconds: 60}, "mins": {seconds: 60},
	"hour": {seconds: 3600}, "hours": {seconds: 3600}, "hr": {seconds: 3600}, "hrs": {seconds: 3600}, "h": {seconds: 3600},
	"day": {days: 1}, "days": {days: 1}, "week": {days: 7}, "weeks": {days: 7}, "wk": {days: 7}, "wks": {days: 7},
	"fortnight": {days: 14}, "fortnights": {days: 14},
	"month": {months: 1}, "months": {months: 1}, "year": {months: 12}, "years": {months: 12}, "yrs": {months: 12},
}

var cardinals = map[string]int{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
	"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
	"seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}

var ordinals = map[string]int{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
	"tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
	"seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}

// leads are the prepositions that a moment may start with.
var leads = set("on", "at", "by", "in", "until", "till", "before", "from", "since", "for", "around", "about",
	"after", "during", "@", "of", "due")

// joins may stand between the parts of one moment: "Friday at 3pm".
var joins = set("on", "at", "the", "@", ",", "of", "around", "about", "in", "by", "sometime", "-", ".")

// afterOrdinal may follow "on the 15th"; another word there is what is
// counted: "on the 2nd floor".
var afterOrdinal = set("at", "in", "of", "for", "to", "with", "and", "or", "but", "from", "until", "till", "we", "i",
	"she", "he", "they", "by", "is", "are", "was", "on", "around", "about", "because", "so", "then", "please", "if", "this",
	"next", "she's", "he's", "i'm", "will", "when", "not", "too", "again", "after", "before", "my", "her", "his")

// counted words after a number say what it counts, so it is no day or hour:
// "saw May 3 times".
var counted = set("times", "kids", "children", "people", "things", "years", "year", "yrs", "days", "day", "weeks", "week",
	"months", "month", "hours", "hour", "minutes", "min", "mins", "percent", "euros", "euro", "dollars", "pounds", "km",
	"miles", "kg", "cats", "dogs", "guys", "friends", "brothers", "sisters", "sons", "daughters", "floor", "street", "of",
	"k", "m", "g", "x", "more", "beers", "books", "questions")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
