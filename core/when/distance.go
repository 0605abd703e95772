package when

// distance reads "in 3 days", "half an hour from now", "two weeks ago", "2
// weeks after Easter".
func (r reader) distance(i int) (part, bool) {
	s, next, ok := r.length(i)
	if !ok {
		return part{}, false
	}
	p := part{spec{said: fieldShift, shift: s}, next}
	switch t := r.at(next); {
	case t.text == "ago":
		p.shift, p.next = s.times(-1), next+1
		return p, true
	case t.text == "later", r.is(next, "from", "now"), r.is(next, "from", "today"):
		p.next = next + 1 + boolInt(t.text == "from")
		return p, true
	case t.text == "from", t.text == "after", t.text == "since":
		return r.anchored(p, s, next+1)
	case t.text == "before":
		return r.anchored(p, s.times(-1), next+1)
	}
	return p, r.is(i-1, "in") && !r.counts(next)
}

// counts reports whether the words at token i make the length before it a
// measure of something else: "in 2 years' experience", "in 10 minutes walk".
func (r reader) counts(i int) bool {
	return r.is(i, "old") || r.is(i, "experience") || r.is(i, "walk")
}

func (r reader) anchored(p part, s shift, i int) (part, bool) {
	if r.is(i, "the") {
		i++
	}
	if r.depth++; r.depth > 2 {
		return part{}, false
	}
	a, ok := r.part(i)
	if !ok || a.weak || a.said&dateFields == 0 {
		return part{}, false
	}
	for {
		q, ok := r.following(a.spec, a.next)
		if !ok || q.has(fieldClock) {
			break
		}
		a = q
	}
	p.shift, p.anchor, p.next = s, &a.spec, a.next
	return p, true
}

// length reads "3 days", "an hour and a half", "2 years 1 month".
func (r reader) length(i int) (shift, int, bool) {
	total, next, ok := r.oneLength(i)
	if !ok {
		return shift{}, i, false
	}
	for range 4 {
		at := next
		if r.is(at, "and") || r.is(at, ",") {
			at++
		}
		more, after, ok := r.oneLength(at)
		if !ok || r.is(at, "a", "half") {
			return total, next, true
		}
		total, next = total.plus(more), after
	}
	return total, next, true
}

func (r reader) oneLength(i int) (shift, int, bool) {
	if r.is(i, "half", "an", "hour") || r.is(i, "half", "a", "year") {
		return units[r.at(i+2).text].half(), i + 3, true
	}
	if r.is(i, "a", "half", "hour") {
		return shift{seconds: 1800}, i + 3, true
	}
	n, at, ok := r.amount(i)
	if !ok || n > 9999 {
		return shift{}, i, false
	}
	u, ok := units[r.at(at).text]
	if t := r.at(at).text; !ok || t == "second" && r.is(i, "a") || t == "h" && !r.at(at).glued {
		return shift{}, i, false
	}
	s, next := u.times(n), at+1
	if r.is(next, "'") && r.at(next).glued {
		next++
	}
	if r.is(next, "and", "a", "half") {
		s, next = s.plus(u.half()), next+3
	}
	if r.is(next, "time") {
		next++
	}
	return s, next, true
}

// half returns half of a unit, as people count: half a year is six months.
func (s shift) half() shift {
	switch {
	case s.days == 7:
		return shift{days: 4}
	case s.days > 0:
		return shift{seconds: s.days * 12 * 3600}
	}
	return shift{months: s.months / 2, days: s.months % 2 * 15, seconds: s.seconds / 2}
}

// amount reads how many: "3", "three", "a couple of", "a few".
func (r reader) amount(i int) (n, next int, ok bool) {
	switch {
	case r.is(i, "a", "couple", "of"):
		return 2, i + 3, true
	case r.is(i, "a", "couple"):
		return 2, i + 2, true
	case r.is(i, "a", "few"):
		return 3, i + 2, true
	case r.at(i).kind == number && !r.clean(i):
		return 0, i, false
	}
	n, next, ok = r.cardinal(i)
	if ok && r.is(next, "more") {
		next++
	}
	return n, next, ok
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
