package when

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
