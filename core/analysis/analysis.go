// Package analysis turns a note into facts: an engine reads it, and what the
// engine says is checked against the note before anybody believes it.
package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm"
)

// A Note is what an engine gets to read.
type Note struct {
	Text   string
	At     time.Time // when it was said, in the user's location
	Known  []string  // names of people the user knows; those not in the text may be left out
	Author string    // who wrote it; "" for the user. What others write is never kept unasked
	Chat   bool      // it is what Author and the user said to each other, in lines of core.ChatLine
}

// An Engine reads notes. Read is safe for concurrent use and ends when ctx does.
// What it returns is not checked, and its errors hold no words of the note.
type Engine interface {
	Name() string
	Read(ctx context.Context, n Note) (core.Reading, error)
}

// defaultTimeout is how long an Analyst waits for each engine.
const defaultTimeout = 20 * time.Second

// An Analyst reads notes with the first of its engines that can.
type Analyst struct {
	Engines []Engine      // in the order to be tried
	Timeout time.Duration // for each; 0 means 20 s
}

// A Result is what an Analyst made of a note.
type Result struct {
	core.Reading           // checked: see Ground
	Engine       string    // which engine read the note
	Failures     []Failure // of the engines before it
}

// A Failure says why an engine handed a note over to the next.
type Failure struct {
	Engine string
	Err    error
}

var (
	errUngrounded = fmt.Errorf("%w: nothing it says stands in the note", llm.ErrNonsense)
	errNoEngine   = errors.New("no engine could read the note")
)

// Wanting reports whether the rules read the note because no model could.
func (r Result) Wanting() bool { return len(r.Failures) > 0 && r.Engine == ByRules{}.Name() }

// Models returns an Analyst with those of a's engines that are models.
func (a *Analyst) Models() *Analyst {
	return &Analyst{Engines: slices.DeleteFunc(slices.Clone(a.Engines), isRules), Timeout: a.Timeout}
}

// Unreached reports whether a model failed without having answered, so that the
// note may fare better another time.
func (r Result) Unreached() bool {
	return slices.ContainsFunc(r.Failures, func(f Failure) bool { return !llm.Answered(f.Err) })
}

// Slow reports whether reading a note may take seconds, because a model comes
// first.
func (a *Analyst) Slow() bool {
	return len(a.Engines) > 0 && !isRules(a.Engines[0])
}

func isRules(e Engine) bool {
	_, ok := e.(ByRules)
	return ok
}

// Read reads a note. When all engines fail, the error wraps the reasons, and
// the result has them too.
func (a *Analyst) Read(ctx context.Context, n Note) (Result, error) {
	var result Result
	all := []error{errNoEngine}
	for _, e := range a.Engines {
		reading, err := a.ask(ctx, e, n)
		if err == nil {
			result.Reading, result.Engine = reading, e.Name()
			return result, nil
		}
		if ctx.Err() != nil {
			return result, ctx.Err()
		}
		result.Failures = append(result.Failures, Failure{Engine: e.Name(), Err: err})
		all = append(all, fmt.Errorf("%s: %w", e.Name(), err))
	}
	return result, errors.Join(all...)
}

// ask has one engine read a note within its time, and checks what it says.
func (a *Analyst) ask(ctx context.Context, e Engine, n Note) (core.Reading, error) {
	timeout := a.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	said, err := e.Read(ctx, n)
	if err != nil {
		return core.Reading{}, err
	}
	grounded := Ground(n, said)
	// A model that made everything up has not read the note.
	if len(said.Drafts) > 0 && len(grounded.Drafts) == 0 && !isRules(e) {
		return core.Reading{}, errUngrounded
	}
	return grounded, nil
}
