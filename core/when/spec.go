package when

import "time"

// A which says which of several weekdays, weeks or months is meant.
type which int

const (
	plainly which = iota // "Friday"
	this
	next
	coming // the first one from now on, today excluded
	last   // the latest one, today excluded
	previous
)

// A shift is a distance in time. Months and days follow the calendar, seconds
// the clock.
type shift struct{ months, days, seconds int }

func (s shift) times(n int) shift { return shift{s.months * n, s.days * n, s.seconds * n} }

func (s shift) plus(o shift) shift {
	return shift{s.months + o.months, s.days + o.days, s.seconds + o.seconds}
}

// A field is a part of a moment that can be said.
type field int

const (
	fieldShift   field = 1 << iota // a distance from now, or from another moment
	fieldWeek                      // "next week"
	fieldMonth                     // "next month"
	fieldYear                      // "2027", "next year"
	fieldWeekday                   // "Friday"
	fieldName                      // a month by its name or number
	fieldDay                       // a day of the month
	fieldClock                     // a time of day
	fieldPart                      // "morning"
)

const dateFields = fieldShift | fieldWeek | fieldMonth | fieldYear | fieldWeekday | fieldName | fieldDay

// A spec is what was said of one moment. The zero value says nothing.
type spec struct {
	said    field
	weak    bool // too little on its own: "at 5"
	shift   shift
	anchor  *spec // what the shift counts from; nil for now
	weeks   int   // from this week
	months  int   // from this month
	year    int
	years   int // from this year; year is 0 then
	weekday time.Weekday
	which   which // of weekday, or of a named month
	month   time.Month
	day     int
	edge    edge
	hour    int
	minute  int
	loose   bool // the hour may be one of the afternoon: "at 5"
	part    int  // the hour that a part of the day stands for
}

// An edge is a place within a week, month or year.
type edge int

const (
	start edge = iota
	middle
	end
)

func (s spec) has(f field) bool { return s.said&f != 0 }

// merge returns what s and o say together, and reports whether they can be
// about one moment.
func (s spec) merge(o spec) (spec, bool) {
	if s.said&o.said != 0 || !s.fits(o) {
		return s, false
	}
	m := s
	m.said |= o.said
	m.weak = s.weak && o.weak
	if o.has(fieldShift) {
		m.shift, m.anchor = o.shift, o.anchor
	}
	if o.has(fieldWeek | fieldMonth | fieldYear) {
		m.weeks, m.months, m.year, m.years, m.edge = s.weeks+o.weeks, s.months+o.months, o.year, o.years, o.edge
	}
	if o.has(fieldWeekday) {
		m.weekday, m.which = o.weekday, max(s.which, o.which)
	}
	if o.has(fieldName) {
		m.month, m.which = o.month, max(s.which, o.which)
	}
	if o.has(fieldDay) {
		m.day = o.day
	}
	if o.has(fieldClock) {
		m.hour, m.minute, m.loose = o.hour, o.minute, o.loose
	}
	if o.has(fieldPart) {
		m.part = o.part
	}
	return m, true
}

// fits reports whether the kinds of date in s and o can stand together.
func (s spec) fits(o spec) bool {
	both := (s.said | o.said) & dateFields
	if s.said&dateFields == 0 || o.said&dateFields == 0 {
		clocky := s.shift.seconds != 0 || o.shift.seconds != 0
		return !clocky
	}
	switch both {
	case fieldShift | fieldWeekday, // "Monday two weeks from now"
		fieldWeek | fieldWeekday,             // "next week on Monday"
		fieldMonth | fieldDay,                // "next month on the 15th"
		fieldWeekday | fieldDay,              // "Friday the 13th"
		fieldWeekday | fieldName | fieldDay,  // "Friday, 3 May"
		fieldWeekday | fieldMonth | fieldDay, // "Friday the 13th of next month"
		fieldName | fieldDay,                 // "the first week, 3 May"
		fieldName | fieldYear,                // "March 2027"
		fieldName | fieldDay | fieldYear,     // "3 May 1990"
		fieldShift | fieldName | fieldDay,    // "tomorrow, 3 May"
		fieldName | fieldDay | fieldYear | fieldWeekday,
		fieldName | fieldDay | fieldYear | fieldShift:
		return true
	}
	return false
}
