// Package when reads dates and times as people write them in a short English
// note: "tomorrow at 3pm", "in half an hour", "on the 15th", "Fri 3pm".
//
// It would rather find nothing than a date that was not meant: numbers on
// their own, prices, versions, telephone numbers and the verb "may" are none.
// Its rules are its own: the libraries for many languages take 0.2 s to load
// and 20 ms a sentence, and read "she may come" as May.
package when

import (
	"time"

	"github.com/kith-platform/kith/core"
)

// A Precision says how exactly a moment was said.
type Precision int

// The precisions, from fine to coarse.
const (
	Minute Precision = iota // "tomorrow at 3pm", "in half an hour"
	Day                     // "on Friday"
	Week                    // "next week": its Monday
	Month                   // "in March": its first day
	Year                    // "in 2027": its first day
)

// A Found is a moment that a text speaks of.
type Found struct {
	core.Moment
	Start, End int       // byte offsets of its words, with their preposition: "by Friday"
	Precision  Precision // how exactly it was said
	HasYear    bool      // reports whether the year was said: "3 May 1990"
}

// Find returns the moments that text speaks of, in order, in the location of
// now. What could lie on either side of now lies ahead: "Friday" is the next
// one. A time that a change of the clocks skips moves on by as much as they
// do; of a time that comes twice the first is meant.
func Find(text string, now time.Time) []Found { return find(text, now, false) }

// FindPast is Find for what has happened: "on Friday" is the last one.
func FindPast(text string, now time.Time) []Found { return find(text, now, true) }

// First returns the first moment that Find finds, and reports whether there is one.
func First(text string, now time.Time) (Found, bool) { return first(Find(text, now)) }

// FirstPast is First for what has happened.
func FirstPast(text string, now time.Time) (Found, bool) { return first(FindPast(text, now)) }

func first(all []Found) (Found, bool) {
	if len(all) == 0 {
		return Found{}, false
	}
	return all[0], true
}

func find(text string, now time.Time, past bool) []Found {
	r := reader{toks: tokens(text), now: now, past: past}
	var all []Found
	for i := 0; i < len(r.toks); {
		s, next, ok := r.expression(i)
		if !ok {
			i++
			continue
		}
		if f, ok := s.resolve(now, past); ok {
			f.Start, f.End = r.toks[i].start, r.toks[next-1].end
			all = append(all, f)
		}
		i = next
	}
	return all
}
