package recall

import (
	"fmt"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
)

// A Style is how an edge writes words. Where a func is nil they stay as they are.
type Style struct {
	Plain   func(string) string // words from outside
	Strong  func(string) string // the same, standing out
	Example func(string) string // what the user could write
}

func styled(text string, as func(string) string) string {
	if as == nil {
		return text
	}
	return as(text)
}

// Nothing says that nothing is known, and never makes anything up.
func (f Finding) Nothing(s Style) string {
	switch {
	case f.Unknown != "":
		return "I don't know. I have nothing about " + styled(f.Unknown, s.Strong) + "."
	case f.Question.Kind == KindToDo:
		return strings.TrimSpace("I know of nothing that you have to do "+f.Question.Period) + "."
	case f.Question.Kind == KindToday:
		return "Nothing is to be done today, and I know of no birthday."
	case f.Question.Kind == KindTalked:
		return "I know of nobody whom you were in touch with " + f.Question.Period + "."
	case f.Question.Period != "":
		return "I know of no birthday " + f.Question.Period + "."
	case f.Question.Kind == KindNextBirthday:
		return "I don't know anybody's birthday yet. Tell me one: " + styled("Ana's birthday is 3 May", s.Example)
	case f.Question.Kind == KindSearch:
		return "Nothing found for " + styled(f.Question.Words, s.Strong) + "."
	}
	return "I don't know. Nothing you told me answers that."
}

// Say puts one of the lines into words. Now is in the user's location.
func (f Finding) Say(l Line, now time.Time, s Style) string {
	text := styled(strings.Join(strings.Fields(l.Text), " "), s.Plain)
	if (f.Question.Kind == KindToDo || f.Question.Kind == KindToday) && !l.Due.IsZero() {
		text += ", " + DueText(l.Due, now)
	}
	switch {
	case (f.Question.Kind == KindLastTalk || f.Question.Kind == KindTalked) && l.Text == "":
		text = Ago(l.At.In(now.Location()), now)
	case f.Question.Kind == KindAge && l.Birthday.Year != 0:
		text = fmt.Sprintf("%d, born %s", age(l.Birthday, now), BirthdayText(l.Birthday))
	case l.Birthday.Known():
		text = BirthdayText(l.Birthday) + turns(l, now)
	case l.Name == "":
		return text
	}
	return styled(l.Name, s.Strong) + ": " + text
}

// turns says in how many days a birthday is, and how old they will be.
func turns(l Line, now time.Time) string {
	y, m, d := now.Date()
	days := int(l.At.Sub(time.Date(y, m, d, 0, 0, 0, 0, now.Location())).Hours()+12) / 24
	text := fmt.Sprintf(", in %d days", days)
	switch days {
	case 0:
		text = ", today"
	case 1:
		text = ", tomorrow"
	}
	if l.Birthday.Year != 0 {
		text += fmt.Sprintf(" (turns %d)", l.At.Year()-l.Birthday.Year)
	}
	return text
}

// age returns how old who was born on b is, in years.
func age(b core.Birthday, now time.Time) int {
	years := b.Next(now).Year() - b.Year
	if y, m, d := now.Date(); b.Next(now).After(time.Date(y, m, d, 0, 0, 0, 0, now.Location())) {
		years--
	}
	return years
}

// BirthdayText writes a birthday: "24 November 1990".
func BirthdayText(b core.Birthday) string {
	if b.Year == 0 {
		return fmt.Sprintf("%d %s", b.Day, b.Month)
	}
	return fmt.Sprintf("%d %s %d", b.Day, b.Month, b.Year)
}

// DueText writes when something is due, in the location of now: "Fri 27 Nov
// 09:00", with the year if it is another.
func DueText(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Year() != now.Year() {
		return at.Format("Mon 2 Jan 2006 15:04")
	}
	return at.Format("Mon 2 Jan 15:04")
}

// Ago says when something was, as people do. Both times are in one location.
func Ago(at, now time.Time) string {
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	days := int(day(now).Sub(day(at)).Hours() / 24)
	date := at.Format("Mon 2 Jan")
	if at.Year() != now.Year() {
		date = at.Format("2 Jan 2006")
	}
	switch {
	case days <= 0:
		return "today"
	case days == 1:
		return "yesterday"
	case days < 60:
		return fmt.Sprintf("%s, %d days ago", date, days)
	default:
		return fmt.Sprintf("%s, %d months ago", date, days/30)
	}
}
