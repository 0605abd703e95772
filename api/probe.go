package api

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/singleflight"
)

// A probe asks one of the things that Kith stands on how it is. However often it
// is looked at, it asks once at a time, so that something that hangs holds up no
// more than that one question; and what it heard is good for a while.
type probe[T any] struct {
	ask    func(context.Context) (T, error)
	within time.Duration // what takes longer does not answer
	keep   time.Duration

	asking singleflight.Group
	last   heard[T] // while asking
}

// heard is what a probe was told, and when.
type heard[T any] struct {
	value T
	err   error
	took  time.Duration
	at    time.Time
}

// errSilent says that there was no answer in time.
var errSilent = errors.New("no answer in time")

// look returns what the probe hears, or heard a moment ago.
func (p *probe[T]) look(ctx context.Context) heard[T] {
	ctx, done := context.WithTimeout(ctx, p.within)
	defer done()
	answer := p.asking.DoChan("", func() (any, error) { return p.listen(context.WithoutCancel(ctx)), nil })
	select {
	case <-ctx.Done():
		return heard[T]{err: errSilent, took: p.within}
	case r := <-answer:
		return r.Val.(heard[T])
	}
}

func (p *probe[T]) listen(ctx context.Context) heard[T] {
	if p.last.err == nil && time.Since(p.last.at) < p.keep {
		return p.last
	}
	ctx, done := context.WithTimeout(ctx, p.within)
	defer done()
	begun := time.Now()
	value, err := p.ask(ctx)
	if err != nil && ctx.Err() != nil {
		err = errSilent
	}
	p.last = heard[T]{value: value, err: err, took: time.Since(begun), at: time.Now()}
	return p.last
}
