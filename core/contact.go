package core

import (
	"fmt"
	"strings"
	"time"
)

// A Tier says how close a contact is.
type Tier int

// The tiers.
const (
	TierClose   Tier = 1 // family, best friends, partner
	TierRegular Tier = 2
	TierDistant Tier = 3
)

// Name returns the word for the tier: "close", "regular" or "distant".
func (t Tier) Name() string {
	switch t {
	case TierClose:
		return "close"
	case TierDistant:
		return "distant"
	}
	return "regular"
}

// A ReachKind says how a way to reach a contact is used.
type ReachKind string

// The ways to reach a contact.
const (
	ReachEmail   ReachKind = "email"
	ReachPhone   ReachKind = "phone"
	ReachURL     ReachKind = "url"
	ReachAddress ReachKind = "address"
)

// MaxNameLen is the most characters in a contact's name.
const MaxNameLen = 200

// A Contact is a person the user knows.
type Contact struct {
	UserID           int64
	ID               int64
	FullName         string
	Tier             Tier
	Birthday         Birthday
	TelegramID       int64  // 0 when not known
	TelegramUsername string // without @; "" when not known
	CreatedAt        time.Time
}

// ContactName returns name with its white space tidied, or an error of kind
// ErrInvalid when it cannot be a person's name.
func ContactName(name string) (string, error) {
	name = strings.Join(strings.Fields(Clean(name)), " ")
	switch {
	case Blank(name):
		return "", Tell(ErrInvalid, "A person needs a name.")
	case !within(name, MaxNameLen):
		return "", Tell(ErrInvalid, "A name may have at most %d characters.", MaxNameLen)
	}
	return name, nil
}

// A Birthday is a day of the year, with the year where it is known. The zero
// value means that no birthday is known.
type Birthday struct {
	Year  int // 0 when not known
	Month time.Month
	Day   int
}

// Known reports whether b is a birthday at all.
func (b Birthday) Known() bool { return b.Month != 0 }

// String returns the form of ISO 8601 "1990-03-14", or "--03-14" (vCard 4,
// RFC 6350 §4.3.1) when the year is not known, or "" for the zero value.
func (b Birthday) String() string {
	switch {
	case !b.Known():
		return ""
	case b.Year == 0:
		return fmt.Sprintf("--%02d-%02d", b.Month, b.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", b.Year, b.Month, b.Day)
}

// ParseBirthday reads what String writes. An error is of kind ErrInvalid.
func ParseBirthday(text string) (Birthday, error) {
	layout, full := "2006-01-02", text
	if rest, ok := strings.CutPrefix(text, "--"); ok {
		full = "2000-" + rest // a leap year, so that 29 February passes
	}
	day, err := time.Parse(layout, full)
	if err != nil || day.Year() < 1 {
		return Birthday{}, Tell(ErrInvalid, `birthday: %q is no date; write "1990-03-14", or "--03-14" without the year.`, text)
	}
	b := Birthday{Year: day.Year(), Month: day.Month(), Day: day.Day()}
	if full != text {
		b.Year = 0
	}
	return b, nil
}

// Next returns the first day on or after from, in from's location, on which b
// is celebrated: 29 February falls on 1 March in common years. It returns the
// zero time when no birthday is known.
func (b Birthday) Next(from time.Time) time.Time {
	if !b.Known() {
		return time.Time{}
	}
	y, m, d := from.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, from.Location())
	next := time.Date(y, b.Month, b.Day, 0, 0, 0, 0, from.Location())
	if next.Before(today) {
		next = time.Date(y+1, b.Month, b.Day, 0, 0, 0, 0, from.Location())
	}
	return next
}

// Scan reads what String writes, and NULL as the zero value, from a database.
func (b *Birthday) Scan(src any) error {
	switch text := src.(type) {
	case nil:
		*b = Birthday{}
		return nil
	case string:
		parsed, err := ParseBirthday(text)
		*b = parsed
		return err
	}
	return fmt.Errorf("scan birthday: unexpected %T", src)
}
