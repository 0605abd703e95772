package when

import (
	"time"

	"github.com/kith-platform/kith/core"
)

// resolve returns the moment that s means, said at now, and reports whether
// there is such a moment: 31 October is none in "next month 31".
func (s spec) resolve(now time.Time, past bool) (Found, bool) {
	f := Found{Precision: s.precision(), HasYear: s.has(fieldYear)}
	day, ok := s.date(now, past)
	if !ok || day.Year() < 1 || day.Year() > 9999 {
		return f, false
	}
	if !s.has(fieldClock|fieldPart) && s.shift.seconds == 0 {
		f.Moment = core.Moment{At: day}
		return f, true
	}
	f.HasTime = true
	if s.shift.seconds != 0 {
		f.At = day
		return f, true
	}
	hour, minute := s.clock()
	y, m, d := day.Date()
	f.At = civil(y, m, d, hour, minute, now.Location())
	if s.said&dateFields == 0 {
		f.At = nearest(f.At, now, past)
	}
	return f, true
}

func (s spec) precision() Precision {
	switch {
	case s.has(fieldClock|fieldPart) || s.shift.seconds != 0:
		return Minute
	case s.has(fieldDay|fieldWeekday|fieldShift) || s.edge == end:
		return Day
	case s.has(fieldWeek):
		return Week
	case s.has(fieldName | fieldMonth):
		return Month
	case s.has(fieldYear):
		return Year
	}
	return Day
}

// date returns midnight of the day that s means; with a shift by the clock,
// the instant itself.
func (s spec) date(now time.Time, past bool) (time.Time, bool) {
	today := midnight(now)
	switch {
	case s.has(fieldName):
		return s.named(today, past)
	case s.has(fieldShift):
		return s.shifted(now, past)
	case s.has(fieldWeek):
		return s.inWeek(monday(today).AddDate(0, 0, 7*s.weeks)), true
	case s.has(fieldMonth):
		return s.inMonth(today)
	case s.has(fieldDay):
		return s.dayOfMonth(today, past)
	case s.has(fieldWeekday):
		return s.onWeekday(today, past), true
	case s.has(fieldYear):
		return s.inYear(today), true
	}
	return today, true
}

func (s spec) shifted(now time.Time, past bool) (time.Time, bool) {
	from := now
	if s.anchor != nil {
		f, ok := s.anchor.resolve(now, past)
		if !ok {
			return time.Time{}, false
		}
		from = f.At
	}
	if s.shift.seconds != 0 {
		return addMonths(from, s.shift.months).AddDate(0, 0, s.shift.days).Add(time.Duration(s.shift.seconds) * time.Second), true
	}
	day := addMonths(midnight(from), s.shift.months).AddDate(0, 0, s.shift.days)
	if s.has(fieldWeekday) {
		day = monday(day).AddDate(0, 0, fromMonday(s.weekday))
	}
	return day, true
}

func (s spec) inWeek(first time.Time) time.Time {
	switch {
	case s.has(fieldWeekday):
		return first.AddDate(0, 0, fromMonday(s.weekday))
	case s.edge == end:
		return first.AddDate(0, 0, 4) // who says "the end of the week" means Friday
	case s.edge == middle:
		return first.AddDate(0, 0, 2)
	}
	return first
}

func (s spec) inMonth(today time.Time) (time.Time, bool) {
	first := time.Date(today.Year(), today.Month()+time.Month(s.months), 1, 0, 0, 0, 0, today.Location())
	if s.has(fieldDay) {
		day := first.AddDate(0, 0, s.day-1)
		return day, day.Month() == first.Month() && s.weekdayFits(day)
	}
	return s.edged(first), true
}

func (s spec) edged(first time.Time) time.Time {
	switch s.edge {
	case middle:
		return first.AddDate(0, 0, 14)
	case end:
		return first.AddDate(0, 1, -1)
	}
	return first
}

func (s spec) inYear(today time.Time) time.Time {
	y := s.year
	if y == 0 {
		y = today.Year() + s.years
	}
	if s.edge == end {
		return time.Date(y, time.December, 31, 0, 0, 0, 0, today.Location())
	}
	return time.Date(y, time.January, 1, 0, 0, 0, 0, today.Location())
}

// dayOfMonth finds the nearest month that has the day, and has it on the
// weekday if one was said too.
func (s spec) dayOfMonth(today time.Time, past bool) (time.Time, bool) {
	step := 1
	if past {
		step = -1
	}
	for n := range 60 {
		day := time.Date(today.Year(), today.Month()+time.Month(step*n), s.day, 0, 0, 0, 0, today.Location())
		ahead := !day.Before(today)
		if past {
			ahead = !day.After(today)
		}
		if ahead && day.Day() == s.day && s.weekdayFits(day) {
			return day, true
		}
	}
	return time.Time{}, false
}

func (s spec) weekdayFits(day time.Time) bool {
	return !s.has(fieldWeekday) || s.weekday == day.Weekday()
}

func (s spec) onWeekday(today time.Time, past bool) time.Time {
	ahead := (int(s.weekday-today.Weekday()) + 7) % 7
	switch s.which {
	case next:
		return monday(today).AddDate(0, 0, 7+fromMonday(s.weekday))
	case previous:
		return monday(today).AddDate(0, 0, fromMonday(s.weekday)-7)
	case last:
		return today.AddDate(0, 0, ahead-7)
	case this:
		if past && ahead != 0 {
			return today.AddDate(0, 0, ahead-7)
		}
		return today.AddDate(0, 0, ahead)
	}
	if past {
		return today.AddDate(0, 0, ahead-7)
	}
	if ahead == 0 {
		ahead = 7
	}
	return today.AddDate(0, 0, ahead)
}

// named finds the nearest day in the named month, or the one of the year said.
func (s spec) named(today time.Time, past bool) (time.Time, bool) {
	year, step := s.startYear(today, past)
	for n := range 9 { // 29 February may be eight years away
		y := year + step*n
		day, ok := s.inNamed(y, today.Location())
		if s.has(fieldYear) {
			return day, ok
		}
		if ok && (s.which == this || s.reachable(day, today, past)) {
			return day, true
		}
	}
	return time.Time{}, false
}

func (s spec) startYear(today time.Time, past bool) (year, step int) {
	switch {
	case s.has(fieldYear) && s.year != 0:
		return s.year, 1
	case s.has(fieldYear):
		return today.Year() + s.years, 1
	case past || s.which == last || s.which == previous:
		return today.Year(), -1
	}
	return today.Year(), 1
}

func (s spec) inNamed(year int, loc *time.Location) (time.Time, bool) {
	if !s.has(fieldDay) {
		return s.edged(time.Date(year, s.month, 1, 0, 0, 0, 0, loc)), true
	}
	day := time.Date(year, s.month, s.day, 0, 0, 0, 0, loc)
	return day, day.Month() == s.month && day.Day() == s.day
}

// reachable reports whether day lies on the side of today that is meant. A
// month that has begun still counts, unless the next or last one was said.
func (s spec) reachable(day, today time.Time, past bool) bool {
	at := today
	if !s.has(fieldDay) && s.which == plainly {
		at = time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, today.Location())
		day = time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, day.Location())
	}
	switch {
	case s.which == last || s.which == previous:
		return day.Before(at)
	case past:
		return !day.After(at)
	case s.which == next:
		return day.After(at)
	}
	return !day.Before(at)
}

// clock returns the hour and minute that s means. Without "am" or "pm", the
// hours from 1 to 6 are those of the afternoon, in the evening all are.
func (s spec) clock() (hour, minute int) {
	if !s.has(fieldClock) {
		return s.part, 0
	}
	hour = s.hour
	afternoon := hour <= 6
	if s.has(fieldPart) {
		afternoon = s.part > 12 && hour >= 5 || s.part == dayParts["afternoon"]
	}
	if s.loose && hour > 0 && hour < 12 && afternoon {
		hour += 12
	}
	return hour, s.minute
}

// nearest moves a time of day to tomorrow when today's has passed, or to
// yesterday when what has happened cannot have happened yet.
func nearest(at, now time.Time, past bool) time.Time {
	y, m, d := at.Date()
	switch {
	case past && at.After(now):
		return civil(y, m, d-1, at.Hour(), at.Minute(), at.Location())
	case !past && !at.After(now):
		return civil(y, m, d+1, at.Hour(), at.Minute(), at.Location())
	}
	return at
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func monday(day time.Time) time.Time { return day.AddDate(0, 0, -fromMonday(day.Weekday())) }

func fromMonday(d time.Weekday) int { return (int(d) + 6) % 7 }

// addMonths keeps within the month: a month after 31 January is 28 February.
func addMonths(t time.Time, n int) time.Time {
	if n == 0 {
		return t
	}
	moved := t.AddDate(0, n, 0)
	if moved.Day() != t.Day() {
		moved = moved.AddDate(0, 0, -moved.Day())
	}
	return moved
}

// civil returns the time that clocks in loc show so. One that they skip is
// read on the clock before the change (RFC 5545 §3.3.5), so that it moves on
// by as much as they do; of one that they show twice, it is the first.
func civil(y int, m time.Month, d, hour, minute int, loc *time.Location) time.Time {
	wall := time.Date(y, m, d, hour, minute, 0, 0, time.UTC)
	_, before := wall.Add(-24 * time.Hour).In(loc).Zone()
	_, after := wall.Add(24 * time.Hour).In(loc).Zone()
	early := wall.Add(-time.Duration(before) * time.Second).In(loc)
	if early.Hour() == hour && early.Minute() == minute {
		return early
	}
	late := wall.Add(-time.Duration(after) * time.Second).In(loc)
	if late.Hour() == hour && late.Minute() == minute {
		return late
	}
	return early
}
