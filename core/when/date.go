package when

import (
	"strings"
	"time"
)

// relativeDay reads "the day after tomorrow", "tomorrow", "last night".
func (r reader) relativeDay(i int) (part, bool) {
	if r.is(i, "the", "day") {
		i++
	}
	switch {
	case r.is(i, "day", "after", "tomorrow"):
		return dayShift(2, i+3), true
	case r.is(i, "day", "before", "yesterday"):
		return dayShift(-2, i+3), true
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
