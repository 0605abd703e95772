// Package rules reads notes without a model and without the network: who is
// mentioned, and what the note says about them.
package rules

import (
	"time"

	"github.com/kith-platform/kith/core"
)

// Read returns the facts and meetings that text tells of, said at, about the
// people in mentions.
func Read(text string, at time.Time, mentions []Mention) core.Reading {
	return core.Reading{}
}
