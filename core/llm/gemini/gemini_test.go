package gemini

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kith-platform/kith/core/llm"
	"github.com/kith-platform/kith/core/llm/llmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestModel(t *testing.T) {
	llmtest.TestModel(t, func(t *testing.T, s *llmtest.Server) llmtest.Closer {
		m, err := New(Options{Key: llmtest.Key, BaseURL: s.Gemini() + "/"})
		if err != nil {
			t.Fatal(err)
		}
		return m
	})
}

func TestDefaultModel(t *testing.T) {
	s := llmtest.New(llmtest.Text("{}"))
	defer s.Close()
	for _, name := range []string{"", "gemini-3-flash"} {
		m, err := New(Options{Key: llmtest.Key, BaseURL: s.Gemini(), Model: name})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if _, err := m.Ask(t.Context(), llm.Request{Prompt: "Hello"}); err != nil {
			t.Fatal(err)
		}
	}
	if calls := s.Calls(); calls[0].Model != DefaultModel || calls[1].Model != "gemini-3-flash" {
		t.Errorf("asked %q and %q", calls[0].Model, calls[1].Model)
	}
}

func TestOptionsRefused(t *testing.T) {
	for name, o := range map[string]Options{
		"no key":      {BaseURL: "http://localhost"},
		"no address":  {Key: llmtest.Key, BaseURL: "localhost/" + llmtest.Key},
		"bad address": {Key: llmtest.Key, BaseURL: "http://" + llmtest.Key + ":x"},
	} {
		_, err := New(o)
		if err == nil || strings.Contains(err.Error(), llmtest.Key) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestSchemaRefused(t *testing.T) {
	for _, text := range []string{
		`{`, `{"type":"tuple"}`, `{"type":"array","items":{"type":"tuple"}}`,
		`{"type":"object","properties":{"a":{"type":"tuple"}}}`,
	} {
		if _, err := schema([]byte(text)); err == nil {
			t.Errorf("%s passes", text)
		}
	}
}
