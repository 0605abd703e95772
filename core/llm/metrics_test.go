package llm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// fixed answers every request alike.
type fixed struct {
	resp Response
	err  error
}

func (fixed) Name() string                                      { return "fixed" }
func (m *fixed) Ask(context.Context, Request) (Response, error) { return m.resp, m.err }

func TestMeasured(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	model := &fixed{resp: Response{Text: "{}", TokensIn: 10, TokensOut: 2}}
	m := Measured(model, NewMetrics(reg))
	for _, err := range []error{
		nil, nil,
		fmt.Errorf("ask: %w", &RateLimitError{}),
		fmt.Errorf("ask: %w", ErrKeyRefused),
		ErrTooLarge, ErrNonsense, &StatusError{Code: 500},
		context.DeadlineExceeded, os.ErrDeadlineExceeded, context.Canceled,
	} {
		model.err = err
		resp, got := m.Ask(t.Context(), Request{Operation: "extract"})
		if !errors.Is(got, err) || resp != model.resp {
			t.Errorf("answer %+v, %v; want what the model said", resp, got)
		}
		// No provider may stop the counting.
		model.resp.TokensOut = -1
	}
	want := `
# HELP kith_ai_calls_total Calls to language models, by how they ended.
# TYPE kith_ai_calls_total counter
kith_ai_calls_total{engine="fixed",operation="extract",outcome="error"} 3
kith_ai_calls_total{engine="fixed",operation="extract",outcome="ok"} 2
kith_ai_calls_total{engine="fixed",operation="extract",outcome="rate_limited"} 1
kith_ai_calls_total{engine="fixed",operation="extract",outcome="refused_key"} 1
kith_ai_calls_total{engine="fixed",operation="extract",outcome="timeout"} 2
kith_ai_calls_total{engine="fixed",operation="extract",outcome="too_large"} 1
# HELP kith_ai_tokens_total Tokens sent to and received from language models, as the providers count them.
# TYPE kith_ai_tokens_total counter
kith_ai_tokens_total{direction="in",engine="fixed",operation="extract"} 100
kith_ai_tokens_total{direction="out",engine="fixed",operation="extract"} 2
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "kith_ai_calls_total", "kith_ai_tokens_total"); err != nil {
		t.Error(err)
	}
	if n := testutil.CollectAndCount(reg, "kith_ai_call_duration_seconds"); n != 1 {
		t.Errorf("%d histograms, want 1", n)
	}
}
