package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// sick is a model that ends every call as it is told.
type sick struct {
	err   error
	calls int
}

func (*sick) Name() string { return "sick" }

func (m *sick) Ask(context.Context, Request) (Response, error) {
	m.calls++
	return Response{}, m.err
}

// asked has the model asked so often, and fails the test unless want of the
// calls reach it and the others say that it rests.
func (m *sick) asked(t *testing.T, g Model, times, want int) {
	t.Helper()
	before := m.calls
	for range times {
		called := m.calls
		_, err := g.Ask(t.Context(), Request{})
		if reached := m.calls > called; reached != errors.Is(err, m.err) || !reached && !errors.Is(err, ErrResting) {
			t.Errorf("a call that reached the model: %v, ended with %v", reached, err)
		}
	}
	if got := m.calls - before; got != want {
		t.Errorf("%d of %d calls reached the model, want %d", got, times, want)
	}
}

var errDown = &StatusError{Code: 503}

func TestModelThatIsDownIsLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		m := &sick{err: fmt.Errorf("ask: %w", errDown)}
		g := Guarded(m, NewMetrics(reg))
		wantState(t, reg, "asked")
		m.asked(t, g, 10, mostFailures)
		wantState(t, reg, "left_out")
		if !LeftOut(g) || LeftOut(m) {
			t.Errorf("left out: %v, and without a guard %v; want true and false", LeftOut(g), LeftOut(m))
		}
		time.Sleep(restFor + time.Second)
		wantState(t, reg, "tried")
		m.asked(t, g, 10, 1)
		wantState(t, reg, "left_out")
		time.Sleep(restFor + time.Second)
		m.err = nil
		m.asked(t, g, 10, 10)
		wantState(t, reg, "asked")
	})
}

// A model that is tried again is tried by one call, however long it takes.
func TestModelIsTriedByOneCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := &sick{err: errDown}
		slow := &slowly{sick: down, wait: time.Minute}
		g := Guarded(slow, NewMetrics(prometheus.NewRegistry()))
		down.asked(t, g, mostFailures, mostFailures)
		time.Sleep(restFor + time.Second)
		before := down.calls
		for range 5 {
			go g.Ask(t.Context(), Request{}) //nolint:errcheck // the model counts
		}
		synctest.Wait()
		if got := down.calls - before; got != 1 {
			t.Errorf("%d calls try the model at a time, want 1", got)
		}
		time.Sleep(2 * time.Minute)
	})
}

type slowly struct {
	*sick
	wait time.Duration
}

func (m *slowly) Ask(ctx context.Context, r Request) (Response, error) {
	resp, err := m.sick.Ask(ctx, r)
	time.Sleep(m.wait)
	return resp, err
}

func TestRateLimitIsObeyed(t *testing.T) {
	t.Parallel()
	for _, rest := range []time.Duration{5 * time.Second, 10 * time.Minute} {
		t.Run(rest.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				reg := prometheus.NewRegistry()
				m := &sick{err: fmt.Errorf("ask: %w", &RateLimitError{RetryAfter: rest})}
				g := Guarded(m, NewMetrics(reg))
				m.asked(t, g, 10, 1)
				time.Sleep(rest - time.Second)
				wantState(t, reg, "left_out")
				m.asked(t, g, 10, 0)
				time.Sleep(max(rest, restFor) - rest + 2*time.Second)
				wantState(t, reg, "tried")
				m.asked(t, g, 10, 1)
				m.err = nil
				time.Sleep(max(rest, restFor) + time.Second)
				m.asked(t, g, 10, 10)
			})
		})
	}
}

// What a call ends with that the provider is not to blame for leaves nobody out.
func TestWhatLeavesAModelOut(t *testing.T) {
	t.Parallel()
	const times = 2 * mostFailures
	for _, test := range []struct {
		err  error
		want int // of the calls reach the model
	}{
		{nil, times},
		{context.Canceled, times},
		{ErrTooLarge, times},
		{ErrFormat, times},
		{ErrNonsense, times},
		{ErrDeclined, times},
		{&StatusError{Code: 400}, times},
		{&StatusError{Code: 404}, mostFailures},
		{&StatusError{Code: 500}, mostFailures},
		{&RateLimitError{}, mostFailures},
		{ErrKeyRefused, mostFailures},
		{context.DeadlineExceeded, mostFailures},
		{io.ErrUnexpectedEOF, mostFailures},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, mostFailures},
	} {
		t.Run(fmt.Sprint(test.err), func(t *testing.T) {
			t.Parallel()
			m := &sick{err: test.err}
			m.asked(t, Guarded(m, NewMetrics(prometheus.NewRegistry())), times, test.want)
		})
	}
}

func TestFailuresThatAreNotInARow(t *testing.T) {
	t.Parallel()
	m := &sick{}
	g := Guarded(m, NewMetrics(prometheus.NewRegistry()))
	for range 5 {
		m.err = errDown
		m.asked(t, g, mostFailures-1, mostFailures-1)
		m.err = nil
		m.asked(t, g, 1, 1)
	}
}

// wantState fails the test unless the metrics show the model in that state alone.
func wantState(t *testing.T, reg prometheus.Gatherer, want string) {
	t.Helper()
	text := strings.Builder{}
	text.WriteString("# HELP kith_ai_engine_state Whether a language model is asked, left out after failed calls, or tried again by one call: 1 for what it is.\n# TYPE kith_ai_engine_state gauge\n")
	for _, state := range []string{"asked", "left_out", "tried"} {
		value := 0
		if state == want {
			value = 1
		}
		fmt.Fprintf(&text, "kith_ai_engine_state{engine=\"sick\",state=%q} %d\n", state, value)
	}
	if err := testutil.GatherAndCompare(reg, strings.NewReader(text.String()), "kith_ai_engine_state"); err != nil {
		t.Error(err)
	}
}
