package when

import (
	"strings"
	"time"
)

// relativeDay reads "the day after tomorrow", "tomorrow", "last night".
func (r reader) relativeDay(i int) (part, bool) {
	switch {
	case r.is(i, "day", "after", "tomorrow"):
		return dayShift(2, i+3), true
	case r.is(i, "day", "before", "yesterday"):
		return dayShift(-2, i+3), true
	case r.is(i, "the"), r.is(i, "end", "of"):
		if p, ok := r.relativeDay(i + 1); ok && r.is(i+1, "day") {
			return p, true
		}
		return part{}, false
	case r.is(i, "last", "night"):
		return part{spec{said: fieldShift | fieldPart, shift: shift{days: -1}, part: dayParts["night"]}, i + 2}, true
	case r.is(i, "this"):
		if hour, ok := dayParts[r.at(i+1).text]; ok {
			return part{spec{said: fieldShift | fieldPart, part: hour}, i + 2}, true
		}
	}
	days, ok := relativeDays[r.at(i).text]
	if !ok {
		return part{}, false
	}
	p := dayShift(days, i+1)
	if strings.HasPrefix(r.at(i).text, "tonig") || r.is(i, "tonite") {
		p.said |= fieldPart
		p.part = 20
	}
	return p, true
}

func dayShift(days, next int) part {
	return part{spec{said: fieldShift, shift: shift{days: days}}, next}
}

// weekOrMonth reads "next week", "last month", "this weekend", "next year".
func (r reader) weekOrMonth(i int) (part, bool) {
	if r.is(i, "the") {
		i++
	}
	if r.is(i, "week", "after", "next") {
		return part{spec{said: fieldWeek, weeks: 2}, i + 3}, true
	}
	if r.is(i, "weekend") && r.lead(i) != "" {
		return weekend(0, i+1), true
	}
	w, ok := whiches[r.at(i).text]
	if !ok {
		return part{}, false
	}
	n := map[which]int{next: 1, coming: 1, last: -1, previous: -1}[w]
	switch r.at(i + 1).text {
	case "week":
		return part{spec{said: fieldWeek, weeks: n}, i + 2}, true
	case "weekend":
		return weekend(n, i+2), true
	case "month":
		// "next month 31" may mean a day or a number of things.
		return part{spec{said: fieldMonth, months: n}, i + 2}, r.at(i+2).kind != number
	case "year":
		return part{spec{said: fieldYear, years: n}, i + 2}, true
	}
	return part{}, false
}

// weekend is the Saturday of a week; the coming one is this week's.
func weekend(weeks, next int) part {
	return part{spec{said: fieldWeek | fieldWeekday, weeks: weeks, weekday: time.Saturday}, next}
}

// edgeOf reads "end of March", "the middle of next month", "mid May".
func (r reader) edgeOf(i int) (part, bool) {
	if r.is(i, "the") {
		i++
	}
	e, next, ok := r.edgeWord(i)
	if !ok {
		return part{}, false
	}
	if r.is(next, "the") {
		next++
	}
	if m, ok := months[r.at(next).text]; ok {
		p := part{spec{said: fieldName, month: m, edge: e}, next + 1}
		return r.withYear(p), true
	}
	p := part{spec{edge: e}, next + 1}
	switch r.at(next).text {
	case "week":
		p.said = fieldWeek
	case "month":
		p.said = fieldMonth
	case "year":
		p.said = fieldYear
	default:
		q, ok := r.weekOrMonth(next)
		q.edge = e
		return q, ok && !q.has(fieldWeekday)
	}
	return p, true
}

func (r reader) edgeWord(i int) (e edge, next int, ok bool) {
	next = i + 1
	switch r.at(i).text {
	case "end":
		e, ok = end, r.is(next, "of")
	case "middle":
		e, ok = middle, r.is(next, "of")
	case "beginning", "start":
		e, ok = start, r.is(next, "of")
	case "early", "mid", "late":
		e, ok = map[string]edge{"early": start, "mid": middle, "late": end}[r.at(i).text], true
		if r.is(next, "-") {
			next++
		}
	}
	if ok && r.is(next, "of") {
		next++
	}
	return e, next, ok
}

// weekday reads "Friday", "next Fri", "this coming Monday".
func (r reader) weekday(i int) (part, bool) {
	at, w := i, plainly
	for n := 0; n < 2; n++ {
		if q, ok := whiches[r.at(at).text]; ok {
			w, at = max(w, q), at+1
		}
	}
	name := r.at(at).text
	d, ok := weekdays[strings.TrimSuffix(name, "'s")]
	if !ok || doubtful[name] && w == plainly && !r.surelyWeekday(at) {
		return part{}, false
	}
	p := part{spec{said: fieldWeekday, weekday: d, which: w}, at + 1}
	if r.is(at+1, ".") && r.at(at+1).glued && len(name) == 3 && r.at(at+2).kind == number {
		p.next++
	}
	return r.withNumber(p), true
}

// surelyWeekday reports whether a short name that is another word too is a
// weekday where it stands: "on sat", "Sun 3pm".
func (r reader) surelyWeekday(i int) bool {
	n := r.at(i + 1)
	if r.lead(i) == "on" || r.lead(i) == "by" || r.lead(i) == "until" || r.lead(i) == "before" {
		return r.at(i-1).text != "the"
	}
	_, isMonth := months[n.text]
	return n.kind == number || r.at(i).upper && (isMonth || n.text == "at")
}

// withNumber reads the day of the month after a weekday: "Friday 23".
func (r reader) withNumber(p part) part {
	n, ok := r.at(p.next).num()
	if ok && n > 12 && n <= 31 && r.clean(p.next) && r.loneNumber(p.next) && !r.is(p.next+1, "h") {
		if _, isMonth := months[r.at(p.next+1).text]; !isMonth {
			p.said |= fieldDay
			p.day, p.next = n, p.next+1
		}
	}
	return p
}

// monthAndDay reads "3 May", "May 3rd", "the third of May 1990", "in March".
func (r reader) monthAndDay(i int) (part, bool) {
	at := i
	if r.is(at, "the") {
		at++
	}
	if d, next, ok := r.monthDay(at); ok {
		if r.is(next, "of") {
			next++
		}
		if r.is(next, "-") || r.is(next, "/") {
			next++
		}
		if m, ok := r.month(next); ok {
			p := part{spec{said: fieldName | fieldDay, month: m.month, day: d}, m.next}
			return r.withYear(p), true
		}
		return part{}, false
	}
	return r.monthFirst(at)
}

func (r reader) monthFirst(i int) (part, bool) {
	at, w := i, plainly
	if q, ok := whiches[r.at(at).text]; ok {
		w, at = q, at+1
	}
	p, ok := r.month(at)
	if !ok || at > i && !r.at(at).upper && alsoVerbs[r.at(at).text] {
		return part{}, false
	}
	p.which = w
	sep := p.next
	if r.is(sep, "/") || r.is(sep, "-") || r.is(sep, ",") || r.is(sep, "the") {
		sep++
	}
	if d, next, ok := r.monthDay(sep); ok && !r.dayOfAnother(sep, next) {
		p.said |= fieldDay
		p.day, p.next = d, next
		return r.withYear(p), true
	}
	p = r.withYear(p)
	return p, p.has(fieldYear) || w != plainly || r.inMonth(at)
}

// dayOfAnother reports whether the number after a month's name counts
// something or starts another date: "in March 3 friends", "April, 3 May".
func (r reader) dayOfAnother(at, next int) bool {
	if r.at(at).kind == number && next == at+1 && !r.loneNumber(at) && !r.clockFollows(at) {
		return true
	}
	_, isMonth := months[r.at(next).text]
	return isMonth && r.is(at-1, ",")
}

func (r reader) clockFollows(i int) bool { return r.is(i+1, ",") || r.is(i+1, "-") || r.is(i+1, "/") }

// inMonth reports whether the words around a month's name say that it is one,
// and no person or verb: "in May".
func (r reader) inMonth(i int) bool {
	switch r.lead(i) {
	case "in", "by", "until", "till", "since", "before", "during", "from", "for":
		return !r.is(i-1, "the") && r.at(i).upper || r.is(i-1, "in") || r.is(i-1, "until") || r.is(i-1, "since")
	}
	return false
}

func (r reader) month(i int) (part, bool) {
	t := r.at(i)
	m, ok := months[t.text]
	if !ok {
		return part{}, false
	}
	next := i + 1
	if len(t.text) <= 4 && r.is(next, ".") && r.at(next).glued && r.at(next+1).kind == number {
		next++
	}
	return part{spec{said: fieldName, month: m}, next}, true
}

// monthDay reads a day of a month: "3", "3rd", "twenty second".
func (r reader) monthDay(i int) (day, next int, ok bool) {
	t := r.at(i)
	if n, ok := t.num(); ok {
		if len(t.text) > 2 || n < 1 || n > 31 || !r.clean(i) && !r.at(i-1).glued {
			return 0, i, false
		}
		if r.at(i+1).glued && ordinalEnds[r.at(i+1).text] {
			return n, i + 2, true
		}
		return n, i + 1, true
	}
	if n, ok := ordinals[t.text]; ok {
		return n, i + 1, true
	}
	if tens := cardinals[t.text]; tens >= 20 && tens <= 30 {
		next := i + 1
		if r.is(next, "-") {
			next++
		}
		if ones, ok := ordinals[r.at(next).text]; ok && ones < 10 && tens+ones <= 31 {
			return tens + ones, next + 1, true
		}
	}
	n, next, ok := r.cardinal(i)
	return n, next, ok && n > 12 && n <= 31
}

var ordinalEnds = set("st", "nd", "rd", "th")

// withYear reads the year after a date: "1990", ", 1990", "of '87".
func (r reader) withYear(p part) part {
	at := p.next
	for n := 0; n < 2 && (r.is(at, ",") || r.is(at, "of") || r.is(at, "-") || r.is(at, "/")); n++ {
		at++
	}
	if r.is(at, "'") {
		at++
	}
	t := r.at(at)
	n, ok := t.num()
	switch {
	case !ok || r.is(at+1, ":"):
		return p
	case len(t.text) == 4 && n >= 1700 && n <= 2199:
	case len(t.text) == 2 && at > p.next && (r.is(at-1, "'") || r.is(at-1, "of")):
		n += century(n)
	default:
		return p
	}
	p.said |= fieldYear
	p.year, p.next = n, at+1
	return p
}

func century(n int) int {
	if n > 50 {
		return 1900
	}
	return 2000
}

// dayOfMonth reads "on the 15th", and after another part "15th".
func (r reader) dayOfMonth(i int) (part, bool) {
	d, next, ok := r.monthDay(i)
	if r.is(i, "the") {
		d, next, ok = r.monthDay(i + 1)
		i++
	}
	if !ok || d == 0 {
		return part{}, false
	}
	t := r.at(next)
	p := part{spec{said: fieldDay, day: d}, next}
	if r.at(i).kind == number && next == i+1 {
		return part{}, false
	}
	p.weak = r.lead(i) == "" || !r.is(i-1, "the") && r.at(i).kind == word
	_, weekdayNext := weekdays[t.text]
	if r.is(next, "of") {
		p.weak = !r.is(next, "of", "the", "month") && !r.is(next, "of", "this", "month") && !r.is(next, "of", "next", "month")
		if r.is(next, "of", "the", "month") {
			p.next += 3
		}
	}
	return p, t.kind == mark || afterOrdinal[t.text] || weekdayNext
}

// yearAlone reads "in 2027".
func (r reader) yearAlone(i int) (part, bool) {
	n, ok := r.at(i).num()
	lead := r.lead(i)
	ok = ok && len(r.at(i).text) == 4 && n >= 1900 && n <= 2199 && r.clean(i) && r.loneNumber(i)
	if !ok || lead != "in" && lead != "since" && lead != "until" && lead != "by" && lead != "before" || r.at(i+1).upper {
		return part{}, false
	}
	return part{spec{said: fieldYear, year: n}, i + 1}, true
}
