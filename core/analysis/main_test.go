package analysis

import (
	"flag"
	"log"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm"
	"github.com/kith-platform/kith/core/llm/gemini"
	"github.com/kith-platform/kith/core/llm/llmtest"
	"github.com/kith-platform/kith/core/llm/openai"
	"github.com/kith-platform/kith/core/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(tests{m}) }

// tests are those of the package. The server they used ends with them.
type tests struct{ *testing.M }

func (t tests) Run() int {
	code := t.M.Run()
	if err := storetest.Stop(); err != nil {
		log.Fatal(err)
	}
	return code
}

// aNote is a note of a Saturday in Lisbon.
func aNote(t testing.TB, text string) Note {
	t.Helper()
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	return Note{Text: text, At: time.Date(2026, 3, 14, 18, 5, 0, 0, lisbon), Known: []string{"Ana Torres"}}
}

// aDraft is a fact that stands in "Ana is moving to Porto".
func aDraft() core.Draft {
	return core.Draft{
		About: "Ana", Category: core.Environment, Text: "Moving to Porto", Quote: "moving to Porto", Confidence: 0.9,
	}
}

// endpoint starts a model endpoint, and opens one engine of each provider there.
func endpoint(t *testing.T, b llmtest.Behavior) (s *llmtest.Server, engines []Engine) {
	t.Helper()
	s = llmtest.New(b)
	t.Cleanup(s.Close)
	g, err := gemini.New(gemini.Options{Key: llmtest.Key, BaseURL: s.Gemini()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	o, err := openai.New(openai.Options{Key: llmtest.Key, BaseURL: s.OpenAI()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	for _, m := range []llm.Model{g, o} {
		engines = append(engines, ByModel{m})
	}
	return s, engines
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (run with -update to accept):\n%s", name, diff)
	}
}
