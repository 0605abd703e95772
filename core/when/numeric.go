package when

import (
	"strings"
	"time"
)

// numericDate reads ISO dates, "3.5.2026", "29/03" and "7/6/2026".
func (r reader) numericDate(i int) (part, bool) {
	if r.at(i).kind != number || !r.clean(i) {
		return part{}, false
	}
	sep, second := r.at(i+1), r.at(i+2)
	if !sep.glued || !second.glued || second.kind != number && months[second.text] == 0 {
		return part{}, false
	}
	a, _ := r.at(i).num()
	b, _ := second.num()
	if len(r.at(i).text) == 4 && (sep.text == "-" || sep.text == "/" || sep.text == ".") {
		return r.yearFirst(i, a)
	}
	if sep.text != "/" && sep.text != "-" && sep.text != "." || second.kind != number || len(second.text) > 2 || len(r.at(i).text) > 2 {
		return part{}, false
	}
	return r.dayAndMonth(i, a, b, sep.text)
}

func (r reader) yearFirst(i, year int) (part, bool) {
	m := int(months[r.at(i+2).text])
	if r.at(i+2).kind == number {
		m, _ = r.at(i + 2).num()
	}
	d, ok := r.at(i + 4).num()
	if !ok || r.at(i+3).text != r.at(i+1).text || !r.at(i+4).glued || m < 1 || m > 12 || d < 1 || d > 31 || year < 1700 || year > 2199 {
		return part{}, false
	}
	p := part{date(year, m, d), i + 5}
	if r.is(p.next, "t") && r.at(p.next).glued {
		p.next++
	}
	return p, len(r.at(i+4).text) <= 2
}

// dayAndMonth reads two numbers with or without a year. Where both could be
// the month, the time zone of the person decides: America writes it first.
func (r reader) dayAndMonth(i, a, b int, sep string) (part, bool) {
	d, m := a, b
	if m > 12 || d <= 12 && monthFirst(r.now.Location()) && sep != "." {
		d, m = m, d
	}
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return part{}, false
	}
	year, next, ok := r.shortYear(i+3, sep)
	if ok {
		return part{date(year, m, d), next}, true
	}
	if r.at(i+3).glued && (r.at(i+3).kind != mark || r.is(i+3, sep) && r.at(i+4).kind == number) || sep == "." {
		return part{}, false
	}
	p := part{date(0, m, d), i + 3}
	p.said &^= fieldYear
	p.weak = r.lead(i) == "" || r.lead(i) == "about"
	if _, ok := weekdays[r.at(i-1).text]; ok {
		p.weak = false
	}
	return p, sep == "/" || !p.weak && weekdays[r.at(i-1).text] != 0
}

func (r reader) shortYear(i int, sep string) (year, next int, ok bool) {
	n, isNum := r.at(i + 1).num()
	if !r.is(i, sep) || !r.at(i).glued || !r.at(i+1).glued || !isNum {
		return 0, i, false
	}
	if t := r.at(i + 2); t.glued && (t.kind != mark || r.at(i+3).kind == number && r.at(i+3).glued) {
		return 0, i, false
	}
	switch len(r.at(i + 1).text) {
	case 4:
		return n, i + 2, n >= 1700 && n <= 2199
	case 2:
		return n + century(n), i + 2, sep == "/"
	}
	return 0, i, false
}

func date(year, month, day int) spec {
	return spec{said: fieldName | fieldDay | fieldYear, year: year, month: time.Month(month), day: day}
}

func monthFirst(loc *time.Location) bool {
	return strings.HasPrefix(loc.String(), "America/") || strings.HasPrefix(loc.String(), "US/")
}
