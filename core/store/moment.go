package store

import (
	"math"
	"time"
)

// A Moment is a place in a list of which the latest come first: when a row is
// from, and its id. The zero value is the beginning.
type Moment struct {
	At time.Time `json:"t"`
	ID int64     `json:"i"`
}

// orEnd returns the end of time for the zero value, for everything is before it.
func (m Moment) orEnd() Moment {
	if m == (Moment{}) {
		return Moment{At: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), ID: math.MaxInt64}
	}
	return m
}
