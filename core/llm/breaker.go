package llm

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

// How many failed calls in a row have a model left out, and for how long.
const (
	mostFailures = 3
	restFor      = 30 * time.Second
)

// ErrResting says that a model was not asked, because it is left out for a
// while.
var ErrResting = errors.New("left out for a while after failed calls")

// Guarded returns a model that asks m, but leaves it out for half a minute when
// calls keep failing, and for as long as the provider says when it wants fewer.
// After that one call tries it: only when that succeeds do others follow.
// Metrics show whether m is left out.
func Guarded(m Model, metrics *Metrics) Model {
	g := &guarded{Model: m}
	g.breaker = gobreaker.NewCircuitBreaker[Response](gobreaker.Settings{
		Timeout:      restFor,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= mostFailures || g.limited() },
		IsSuccessful: Answered,
		IsExcluded:   func(err error) bool { return errors.Is(err, context.Canceled) || errors.Is(err, ErrSpent) },
	})
	metrics.watch(g)
	return g
}

type guarded struct {
	Model
	breaker *gobreaker.CircuitBreaker[Response]
	until   atomic.Pointer[time.Time] // the provider wants no calls before
}

// Ask asks the model, or returns ErrResting at once.
func (g *guarded) Ask(ctx context.Context, r Request) (Response, error) {
	if g.limited() {
		return Response{}, ErrResting
	}
	resp, err := g.breaker.Execute(func() (Response, error) {
		resp, err := g.Model.Ask(ctx, r)
		if limit, ok := errors.AsType[*RateLimitError](err); ok && limit.RetryAfter > 0 {
			until := time.Now().Add(limit.RetryAfter)
			g.until.Store(&until)
		}
		return resp, err
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return Response{}, ErrResting
	}
	return resp, err
}

func (g *guarded) limited() bool {
	until := g.until.Load()
	return until != nil && time.Now().Before(*until)
}

// state returns how the model is dealt with now.
func (g *guarded) state() gobreaker.State {
	if g.limited() {
		return gobreaker.StateOpen
	}
	return g.breaker.State()
}

// Answered reports whether a call that ended with err reached a provider that
// answers, be it to turn down this one request.
func Answered(err error) bool {
	if refused, ok := errors.AsType[*StatusError](err); ok {
		switch refused.Code {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			return true
		}
		return false
	}
	for _, kind := range []error{ErrTooLarge, ErrFormat, ErrNonsense, ErrDeclined} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return err == nil
}

// LeftOut reports whether m is a guarded model that is not asked just now.
func LeftOut(m Model) bool {
	g, ok := m.(*guarded)
	return ok && g.state() == gobreaker.StateOpen
}
