package llm

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// purse has a number of tokens.
type purse struct {
	left int
	err  error
}

func (p *purse) take(_ context.Context, tokens int) (bool, error) {
	if p.err != nil || tokens > p.left {
		return false, p.err
	}
	p.left -= tokens
	return true, nil
}

// scripted answers every call alike.
type scripted struct {
	resp Response
	err  error
}

func (scripted) Name() string { return "scripted" }

func (s scripted) Ask(context.Context, Request) (Response, error) { return s.resp, s.err }

// aRequest takes 150 tokens at most.
var aRequest = Request{System: strings.Repeat("s", 40), Prompt: strings.Repeat("p", 60), MaxTokens: 100}

func TestCapped(t *testing.T) {
	t.Parallel()
	errPurse := errors.New("no purse")
	for _, tt := range []struct {
		name  string
		model scripted
		purse purse
		want  error
		left  int
	}{
		{"pays what the answer took", scripted{resp: Response{TokensIn: 30, TokensOut: 10}}, purse{left: 200}, nil, 160},
		{"pays all when the provider does not say", scripted{}, purse{left: 200}, nil, 50},
		{"pays all when the call broke off", scripted{err: context.DeadlineExceeded}, purse{left: 200}, context.DeadlineExceeded, 50},
		{"pays nothing when turned away", scripted{err: errDown}, purse{left: 200}, errDown, 200},
		{"pays nothing when told to slow down", scripted{err: &RateLimitError{}}, purse{left: 200}, ErrRateLimited, 200},
		{"asks with the last tokens", scripted{resp: Response{TokensIn: 150}}, purse{left: 150}, nil, 0},
		{"asks nothing with too few", scripted{}, purse{left: 149}, ErrSpent, 149},
		{"asks nothing without a purse", scripted{}, purse{err: errPurse}, errPurse, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Capped(tt.model, tt.purse.take).Ask(t.Context(), aRequest)
			if !errors.Is(err, tt.want) || tt.want == nil && err != nil || tt.purse.left != tt.left {
				t.Errorf("ended with %v and %d tokens left, want %v and %d", err, tt.purse.left, tt.want, tt.left)
			}
		})
	}
}

// A model is not down because the day's tokens are spent: it is asked again as
// soon as there are some.
func TestASpentPurseIsNoFailure(t *testing.T) {
	t.Parallel()
	p := &purse{}
	m := Guarded(Capped(scripted{}, p.take), NewMetrics(prometheus.NewRegistry()))
	for range 2 * mostFailures {
		if _, err := m.Ask(t.Context(), aRequest); !errors.Is(err, ErrSpent) {
			t.Errorf("ended with %v, want %v", err, ErrSpent)
		}
	}
	p.left = 1000
	if _, err := m.Ask(t.Context(), aRequest); err != nil {
		t.Errorf("with new tokens it ended with %v", err)
	}
}
