package llmtest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kith-platform/kith/core/llm"
)

// Key is what the models under test are to be opened with.
const Key = "sk-test-1234567890abcdef"

// A Closer is a model that its owner closes.
type Closer interface {
	llm.Model
	Close() error
}

var request = llm.Request{
	Operation: "extract",
	System:    "Read the note.",
	Prompt:    "Ana's PIN is 4711.",
	Schema: []byte(`{"type":"object","additionalProperties":false,"required":["facts"],"properties":{
		"facts":{"type":"array","items":{"type":"string","enum":["a","b"]}}}}`),
	MaxTokens: 100,
}

// TestModel tests what every llm.Model promises, on the one that open opens
// with Key at the server.
func TestModel(t *testing.T, open func(t *testing.T, s *Server) Closer) {
	start := func(t *testing.T, b Behavior) (*Server, Closer) {
		leaks := goleak.IgnoreCurrent()
		s := New(b)
		m := open(t, s)
		t.Cleanup(func() {
			if err := m.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			s.Close()
			goleak.VerifyNone(t, leaks)
		})
		return s, m
	}
	t.Run("answers", func(t *testing.T) { s, m := start(t, Text(`{"facts":["a"]}`)); testAnswers(t, s, m) })
	t.Run("in parallel", func(t *testing.T) { s, m := start(t, Text(`{}`)); testParallel(t, s, m) })
	t.Run("timeout", func(t *testing.T) { _, m := start(t, Slow(nil, nil)); testTimeout(t, m) })
	t.Run("gone", func(t *testing.T) { s, m := start(t, Text(`{}`)); testGone(t, s, m) })
	t.Run("redirect", func(t *testing.T) { testRedirect(t, start) })
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) { s, m := start(t, test.behavior); testRefusal(t, s, m, test.want) })
	}
}

func testAnswers(t *testing.T, s *Server, m llm.Model) {
	got, err := m.Ask(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if want := (llm.Response{Text: `{"facts":["a"]}`, TokensIn: TokensIn, TokensOut: TokensOut}); got != want {
		t.Errorf("answer %+v, want %+v", got, want)
	}
	calls := s.Calls()
	if len(calls) != 1 {
		t.Fatalf("%d calls, want 1", len(calls))
	}
	c := calls[0]
	if c.Key != Key || c.System != request.System || c.Prompt != request.Prompt || c.Provider != m.Name() {
		t.Errorf("asked %+v", c)
	}
	if !strings.Contains(string(c.Schema), `"facts"`) || !strings.Contains(string(c.Schema), `"enum"`) {
		t.Errorf("schema %s", c.Schema)
	}
}

func testParallel(t *testing.T, s *Server, m llm.Model) {
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := m.Ask(t.Context(), request); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(s.Calls()); got != 20 {
		t.Errorf("%d calls, want 20", got)
	}
}

func testTimeout(t *testing.T, m llm.Model) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := m.Ask(ctx, request)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want a timeout", err)
	}
	checkSecrets(t, err)
}

func testGone(t *testing.T, s *Server, m llm.Model) {
	s.Close()
	_, err := m.Ask(t.Context(), request)
	if err == nil {
		t.Fatal("answered by nobody")
	}
	checkSecrets(t, err)
	if strings.Contains(err.Error(), "http://") {
		t.Errorf("error %q holds the address asked", err)
	}
}

func testRedirect(t *testing.T, start func(*testing.T, Behavior) (*Server, Closer)) {
	other := New(Text(`{}`))
	defer other.Close()
	_, m := start(t, func(w http.ResponseWriter, r *http.Request, _ Call) {
		http.Redirect(w, r, other.http.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	if _, err := m.Ask(t.Context(), request); err == nil {
		t.Error("followed a redirect")
	}
	if got := len(other.Calls()); got != 0 {
		t.Errorf("%d calls reached the other host", got)
	}
}

// refusals are answers that must end in an error after one call: of this kind,
// or of any where want is nil.
var refusals = []struct {
	name     string
	behavior Behavior
	want     error
}{
	{"rate limit", RateLimit(17 * time.Second), llm.ErrRateLimited},
	{"key", RefuseKey(), llm.ErrKeyRefused},
	{"forbidden", Fail(http.StatusForbidden), llm.ErrKeyRefused},
	{"unavailable", Fail(http.StatusServiceUnavailable), nil},
	{"broken", Fail(http.StatusInternalServerError), nil},
	{"no such model", Fail(http.StatusNotFound), nil},
	{"cut off", CutOff(), llm.ErrTooLarge},
	{"huge", Huge(), llm.ErrTooLarge},
	{"huge refusal", hugeRefusal, nil},
	{"HTML", Raw("<html><b>" + Key + "</b></html>"), llm.ErrNonsense},
	{"empty", Raw(""), nil},
	{"empty object", Raw("{}"), llm.ErrNonsense},
	{"deep", Raw(Deep(200_000)), llm.ErrNonsense},
	{"null", Raw("null"), nil},
	{"wrong types", Raw(`{"choices":"` + Key + `","candidates":"` + Key + `"}`), llm.ErrNonsense},
	{"no content", Raw(`{"choices":[],"candidates":[{"finishReason":"OTHER"}]}`), llm.ErrNonsense},
	{"blocked", Raw(`{"choices":[{"finish_reason":"content_filter"}],"promptFeedback":{"blockReason":"SAFETY"}}`), llm.ErrDeclined},
	{"cut in the middle", cutBody, nil},
}

func hugeRefusal(w http.ResponseWriter, _ *http.Request, _ Call) {
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(make([]byte, 10<<20))
}

func cutBody(w http.ResponseWriter, _ *http.Request, _ Call) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"choices":[`))
}

func testRefusal(t *testing.T, s *Server, m llm.Model, want error) {
	_, err := m.Ask(t.Context(), request)
	if err == nil || want != nil && !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
	if limit, ok := errors.AsType[*llm.RateLimitError](err); ok && limit.RetryAfter != 17*time.Second {
		t.Errorf("retry after %v, want 17s", limit.RetryAfter)
	}
	checkSecrets(t, err)
	if got := len(s.Calls()); got != 1 {
		t.Errorf("%d calls, want 1: no retries", got)
	}
}

// checkSecrets fails the test where an error holds the key or words of the
// prompt.
func checkSecrets(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, secret := range []string{Key, "4711"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error %q holds %q", err, secret)
		}
	}
}
