package when

import "time"

// A reader finds moments among tokens.
type reader struct {
	toks  []token
	now   time.Time
	past  bool // what has happened is read
	depth int  // of distances from distances
}

// A part is a phrase that says something of a moment.
type part struct {
	spec
	next int // the token after it
}

func (r reader) at(i int) token {
	if i < 0 || i >= len(r.toks) {
		return token{kind: mark}
	}
	return r.toks[i]
}

func (r reader) is(i int, words ...string) bool {
	for n, w := range words {
		if r.at(i+n).text != w {
			return false
		}
	}
	return true
}

// expression reads one moment that starts at token i, with the preposition in
// front of it. It returns the token after it.
func (r reader) expression(i int) (spec, int, bool) {
	from := i
	for from < i+3 && (leads[r.at(from).text] || from > i && r.is(from, "the")) {
		from++
	}
	p, ok := r.part(from)
	if !ok {
		return spec{}, 0, false
	}
	s, next := p.spec, p.next
	for {
		q, ok := r.following(s, next)
		if !ok {
			break
		}
		s, next = q.spec, q.next
	}
	return s, next, !s.weak
}

// following reads a part that belongs to the same moment as s.
func (r reader) following(s spec, i int) (part, bool) {
	for skipped := 0; skipped <= 2; skipped++ {
		if q, ok := r.part(i); ok {
			if m, fits := s.merge(q.spec); fits && r.agrees(m, q) {
				return part{m, q.next}, true
			}
		}
		if !joins[r.at(i).text] {
			break
		}
		i++
	}
	return part{}, false
}

// agrees reports whether a weekday and a date that stand together are the
// same day: "Friday, 3 May is her birthday" may speak of two.
func (r reader) agrees(m spec, q part) bool {
	if !m.has(fieldWeekday) || !m.has(fieldName) || q.said&dateFields == 0 {
		return true
	}
	f, ok := m.resolve(r.now, false)
	return ok && (m.weekdayFits(f.At) || q.has(fieldName))
}

// part reads the phrase at token i.
func (r reader) part(i int) (part, bool) {
	t := r.at(i)
	if t.kind == mark && t.text != "'" {
		return part{}, false
	}
	readers := [...]func(int) (part, bool){
		r.distance, r.relativeDay, r.weekOrMonth, r.edgeOf, r.numericDate, r.monthAndDay, r.weekday,
		r.dayOfMonth, r.holiday, r.yearAlone, r.clock, r.partOfDay,
	}
	for _, read := range readers {
		if p, ok := read(i); ok {
			return p, true
		}
	}
	return part{}, false
}

// clean reports whether number token i stands on its own on the left: not in
// "v1.2", "+351" or "€20".
func (r reader) clean(i int) bool {
	t := r.at(i)
	if !t.glued {
		return true
	}
	before := r.at(i - 1)
	if before.text == "t" && r.at(i-2).kind == number {
		return true // 2026-12-01T15:00
	}
	return before.text == "(" || before.text == "," && r.at(i-2).kind != number || before.text == "@" || before.text == "\"" || before.text == ":" && r.at(i-2).kind == word
}

// loneNumber reports whether number token i stands on its own on the right
// and counts nothing: not "3.5", "20%", "12 kids", "5-6".
func (r reader) loneNumber(i int) bool {
	n := r.at(i + 1)
	switch {
	case counted[n.text] || n.text == "%" || n.text == "€" || n.text == "$":
		return false
	case n.glued && n.kind != mark:
		return false
	case n.glued && (n.text == "." || n.text == "," || n.text == "-" || n.text == "/" || n.text == ":" || n.text == "+"):
		after := r.at(i + 2)
		return !after.glued || after.kind == mark
	}
	return true
}

// lead returns the preposition in front of token i, if there is one.
func (r reader) lead(i int) string {
	t := r.at(i - 1)
	if t.text == "the" {
		t = r.at(i - 2)
	}
	if leads[t.text] {
		return t.text
	}
	return ""
}
