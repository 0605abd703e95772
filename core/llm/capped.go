package llm

import (
	"context"
	"errors"
)

// ErrSpent says that a model was not asked, because the day's tokens are spent.
var ErrSpent = errors.New("the day's tokens are spent")

// A Purse is what models may spend. It takes tokens out, or with a negative
// number puts some back, and reports whether there were as many.
type Purse func(ctx context.Context, tokens int) (bool, error)

// Capped returns a model that asks m for as long as the purse lasts.
func Capped(m Model, purse Purse) Model { return &capped{Model: m, purse: purse} }

type capped struct {
	Model
	purse Purse
}

// Ask asks the model, or returns ErrSpent at once. What the call may take most
// is taken before, and what it did not take is put back, so that calls that go
// on at the same time stay within the cap together.
func (c *capped) Ask(ctx context.Context, r Request) (Response, error) {
	most := mostTokens(r)
	switch enough, err := c.purse(ctx, most); {
	case err != nil:
		return Response{}, err
	case !enough:
		return Response{}, ErrSpent
	}
	resp, err := c.Model.Ask(ctx, r)
	if back := most - took(resp, err, most); back != 0 {
		// Tokens that cannot be put back are spent.
		_, _ = c.purse(context.WithoutCancel(ctx), -back)
	}
	return resp, err
}

// mostTokens bounds what a request takes: a token of any language is a byte at
// least, and two bytes in all but the rarest texts.
func mostTokens(r Request) int {
	return (len(r.System)+len(r.Prompt)+len(r.Schema))/2 + r.MaxTokens
}

// took returns how many tokens a call took. One that broke off may have been
// paid for; one that was turned away was not.
func took(resp Response, err error, most int) int {
	_, refused := errors.AsType[*StatusError](err)
	switch {
	case refused, errors.Is(err, ErrRateLimited), errors.Is(err, ErrKeyRefused):
		return 0
	case resp.TokensIn+resp.TokensOut == 0:
		return most
	}
	return resp.TokensIn + resp.TokensOut
}
