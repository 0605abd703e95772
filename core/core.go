// Package core has the words of Kith, their rules and its errors. It imports
// nothing but the standard library, and everything else imports it.
package core

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Clean returns text as Kith can keep it: valid UTF-8 without U+0000, which
// Postgres text cannot hold. Everything else stays byte for byte.
func Clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	return strings.ReplaceAll(text, "\x00", "")
}

// Blank reports whether text has nothing a person could read: only white
// space, control and format characters.
func Blank(text string) bool {
	return strings.IndexFunc(text, readable) < 0
}

// Moment is a date, with a time of day or without one.
type Moment struct {
	At      time.Time // in the location it was said in; midnight without a time
	HasTime bool      // reports whether a time of day was said
}

// The local hours at which something falls due when only its date was said: the
// first that is to come.
var dueHours = []int{9, 18}

// Due returns when m, said at a time, falls due: At, or when no time of day was
// said 09:00 of its day. Of the day on which it is said, that is 18:00 when 09:00
// is over, and an hour later when that is over, too.
func (m Moment) Due(said time.Time) time.Time {
	if m.HasTime {
		return m.At
	}
	y, month, d := m.At.Date()
	said = said.In(m.At.Location())
	today := said.Year() == y && said.YearDay() == m.At.YearDay()
	for _, hour := range dueHours {
		if at := time.Date(y, month, d, hour, 0, 0, 0, m.At.Location()); !today || at.After(said) {
			return at
		}
	}
	return said.Add(time.Hour).Truncate(time.Minute)
}

// within reports whether text has at most limit characters (Unicode code points).
func within(text string, limit int) bool {
	return len(text) <= limit || utf8.RuneCountInString(text) <= limit
}
