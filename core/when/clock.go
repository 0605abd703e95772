package when

// clock reads a time of day: "3pm", "15:30", "half past three", "noon", and
// as a weak part "9".
func (r reader) clock(i int) (part, bool) {
	switch {
	case r.is(i, "noon"), r.is(i, "midday"):
		return atClock(12, 0, i+1), true
	case r.is(i, "midnight"):
		return atClock(0, 0, i+1), true
	case r.is(i, "half", "past"):
		return r.pastHour(i+2, 30)
	case r.is(i, "quarter", "past"):
		return r.pastHour(i+2, 15)
	case r.is(i, "quarter", "to"):
		return r.pastHour(i+2, -15)
	}
	return r.hour(i)
}

func atClock(hour, minute, next int) part {
	return part{spec{said: fieldClock, hour: hour, minute: minute}, next}
}

func (r reader) pastHour(i, minutes int) (part, bool) {
	h, next, ok := r.cardinal(i)
	if !ok || h < 1 || h > 12 {
		return part{}, false
	}
	if minutes < 0 {
		h, minutes = h-1, 60+minutes
	}
	if pm, after, ok := r.halfOfDay(next); ok {
		return atClock(h%12+pm, minutes, after), true
	}
	p := atClock(h, minutes, next)
	p.loose = true
	return p, true
}

// hour reads an hour with or without minutes.
func (r reader) hour(i int) (part, bool) {
	h, next, ok := r.cardinal(i)
	if !ok || h > 24 || r.at(i).kind == number && !r.clean(i) || r.is(i, "a") || r.is(i, "an") {
		return part{}, false
	}
	minute, next, exact := r.minutes(next)
	if pm, after, ok := r.halfOfDay(next); ok {
		return atClock(h%12+pm, minute, after), h >= 1 && h <= 12 && !r.at(after).glued || r.at(after).kind == mark && h >= 1 && h <= 12
	}
	p := atClock(h, minute, next)
	p.loose = h <= 12 && !(r.at(i).kind == number && len(r.at(i).text) == 2 && h < 10)
	switch {
	case h == 24:
		return part{}, false
	case r.is(next, "o'clock"):
		p.next++
		return p, h >= 1 && h <= 12
	case exact:
		p.weak = h < 10 && r.lead(i) == ""
		return p, r.endsHere(next)
	}
	p.weak = r.past || !r.alone(i, h)
	return p, r.at(i).kind == number && r.loneNumber(i) && r.bareHour(i) || r.at(i).kind == word && r.lead(i) == "at" && h <= 12 && h > 0
}

// alone reports whether an hour needs no date beside it: "call her at 5". Of
// what has happened it may be an age: "started piano at 5".
func (r reader) alone(i, hour int) bool {
	return r.is(i-1, "at") && r.at(i).kind == number && hour >= 1 && hour <= 12 && r.at(i+1).kind == mark && r.loneNumber(i)
}

// bareHour reports whether a number may be an hour: "tomorrow at 9", but not
// "tomorrow 9 people".
func (r reader) bareHour(i int) bool {
	n := r.at(i + 1)
	if r.lead(i) == "at" || r.lead(i) == "@" || r.lead(i) == "around" || r.lead(i) == "by" {
		return true
	}
	return n.kind == mark || afterOrdinal[n.text]
}

// minutes reads ":30", ".30" or "h30" after an hour. Without them it returns
// the same token.
func (r reader) minutes(i int) (minute, next int, ok bool) {
	if r.at(i).kind == word && r.at(i-1).kind == word {
		m, next, ok := r.cardinal(i) // "nine thirty"
		if ok && m >= 10 && m < 60 {
			return m, next, true
		}
	}
	sep, digits := r.at(i), r.at(i+1)
	m, isNum := digits.num()
	switch {
	case !sep.glued || !digits.glued || !isNum || len(digits.text) != 2 || m > 59:
		return 0, i, false
	case sep.text == ":" || sep.text == "h":
		return m, i + 2, true
	case sep.text == ".":
		_, _, halved := r.halfOfDay(i + 2)
		if halved {
			return m, i + 2, true
		}
	}
	return 0, i, false
}

// endsHere reports whether nothing is glued to the time before token i.
func (r reader) endsHere(i int) bool {
	t := r.at(i)
	return !t.glued || t.kind == mark && !(t.text == ":" || t.text == "." || t.text == "/") || !r.at(i+1).glued
}

// halfOfDay reads "am" or "pm": the hours to add.
func (r reader) halfOfDay(i int) (hours, next int, ok bool) {
	t := r.at(i)
	next = i + 1
	switch {
	case t.text == "am", t.text == "a" && t.glued:
	case t.text == "pm", t.text == "p" && t.glued:
		hours = 12
	case (t.text == "a" || t.text == "p") && (r.is(i+1, ".", "m") || r.is(i+1, "m")):
		if t.text == "p" {
			hours = 12
		}
	default:
		return 0, i, false
	}
	if r.is(next, ".", "m") {
		next += 2
		if r.is(next, ".") && r.at(next).glued {
			next++
		}
	} else if r.is(next, "m") && t.text != "am" && t.text != "pm" {
		next++
	}
	return hours, next, true
}

// partOfDay reads "in the morning", "early evening".
func (r reader) partOfDay(i int) (part, bool) {
	if r.is(i, "early") || r.is(i, "late") {
		i++
	}
	hour, ok := dayParts[r.at(i).text]
	if !ok {
		return part{}, false
	}
	return part{spec{said: fieldPart, part: hour, weak: true}, i + 1}, true
}

// cardinal reads a whole number in digits or in words up to 99.
func (r reader) cardinal(i int) (n, next int, ok bool) {
	t := r.at(i)
	if n, ok := t.num(); ok {
		return n, i + 1, true
	}
	tens, ok := cardinals[t.text]
	if !ok {
		return 0, i, false
	}
	next = i + 1
	if tens >= 20 {
		if r.is(next, "-") {
			next++
		}
		if ones, ok := cardinals[r.at(next).text]; ok && ones < 10 && r.at(next).text != "a" {
			return tens + ones, next + 1, true
		}
		next = i + 1
	}
	return tens, next, true
}
