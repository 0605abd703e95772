package openai

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kith-platform/kith/core/llm"
	"github.com/kith-platform/kith/core/llm/llmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestModel(t *testing.T) {
	llmtest.TestModel(t, func(t *testing.T, s *llmtest.Server) llmtest.Closer {
		m, err := New(Options{Key: llmtest.Key, BaseURL: s.OpenAI()})
		if err != nil {
			t.Fatal(err)
		}
		return m
	})
}

// redirected sends every call to another host.
type redirected string

func (host redirected) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", string(host)
	return http.DefaultTransport.RoundTrip(r)
}

func TestOwnServer(t *testing.T) {
	s := llmtest.New(llmtest.Text("{}"))
	defer s.Close()
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	host := strings.TrimSuffix(strings.TrimPrefix(s.OpenAI(), "http://"), "/v1")
	m, err := New(Options{Key: llmtest.Key, Model: "o4-mini", HTTP: redirected(host)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Ask(t.Context(), llm.Request{Operation: "answer", Schema: []byte("{}"), MaxTokens: 10}); err != nil {
		t.Fatal(err)
	}
	if got := s.Calls()[0]; got.Model != "o4-mini" || got.Key != llmtest.Key {
		t.Errorf("asked %+v", got)
	}
}

func TestServerWithoutSchemas(t *testing.T) {
	s := llmtest.New(llmtest.RefuseSchema(llmtest.Text("{}")))
	defer s.Close()
	m, err := New(Options{BaseURL: s.OpenAI(), Model: "small"})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	r := llm.Request{Operation: "answer", System: "Be brief.", Schema: []byte(`{"type":"object"}`), MaxTokens: 10}
	for range 2 {
		if _, err := m.Ask(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	calls := s.Calls()
	if len(calls) != 3 {
		t.Fatalf("%d calls, want the schema tried once: 3", len(calls))
	}
	for _, c := range calls[1:] {
		if !strings.HasPrefix(c.System, "Be brief.") || !strings.HasSuffix(c.System, `{"type":"object"}`) {
			t.Errorf("instructions %q lack the schema", c.System)
		}
	}
	if calls[0].Key != "" {
		t.Errorf("key %q, want none", calls[0].Key)
	}
}

func TestOptionsRefused(t *testing.T) {
	for name, o := range map[string]Options{
		"no key":      {},
		"no address":  {Key: llmtest.Key, BaseURL: "localhost/" + llmtest.Key},
		"bad address": {Key: llmtest.Key, BaseURL: "http://" + llmtest.Key + ":x"},
	} {
		_, err := New(o)
		if err == nil || strings.Contains(err.Error(), llmtest.Key) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
