package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core/llm/llmtest"
)

// withModels has a Kith read notes by the models of an endpoint, and then by
// the rules.
func withModels(s *llmtest.Server) func(*Config) {
	return func(c *Config) {
		c.AIOrder = engines{engineGemini, engineOpenAI, engineRules}
		c.from = map[string]string{"OPENAI_BASE_URL": "environment"}
		c.GeminiAPIKey, c.GeminiBaseURL = secretOf("gemini-key"), httpURL{secretURL(s.Gemini())}
		c.OpenAIAPIKey, c.OpenAIBaseURL = secretOf("openai-key"), httpURL{secretURL(s.OpenAI())}
	}
}

func secretOf(text string) (s secret) {
	if err := s.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return s
}

// modelled starts an endpoint that answers by f.
func modelled(t *testing.T, f func(llmtest.Call) string) *llmtest.Server {
	s := llmtest.New(llmtest.Answer(f))
	t.Cleanup(s.Close)
	return s
}

func TestModelReadsAndAnswers(t *testing.T) {
	t.Parallel()
	s := modelled(t, func(c llmtest.Call) string {
		if strings.Contains(c.Prompt, "What should I cook") {
			return `{"unknown": false, "answer": "Something without dill: Ana cannot stand it.", "sources": [1]}`
		}
		return `{"facts": [{"about": "Ana Torres", "category": "Avocation", "text": "Cannot stand dill", "quote": "dill makes her run",
			"confidence": 0.9, "slot": "dislike", "value": "dill", "due": "", "birthday": ""},
			{"about": "Ana Torres", "category": "Wellbeing", "text": "Is a spy", "quote": "works for the secret service",
			"confidence": 1, "slot": "", "value": "", "due": "", "birthday": ""}], "met": []}`
	})
	play(t, parseDialogue(t, `
You: Dinner with Ana Torres, dill makes her run
Kith: New: Ana Torres
| • Cannot stand dill · Avocation
| [Undo] [Edit] [Someone else…]
You: What should I cook for Ana with dill?
Kith: Something without dill: Ana cannot stand it. ①
| [①]
Press: ①
Kith: ***
| Read by gemini
`), withModels(s))
}

func TestModelThatFailsHandsOver(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]llmtest.Behavior{
		"down":     llmtest.Fail(http.StatusServiceUnavailable),
		"key":      llmtest.RefuseKey(),
		"nonsense": llmtest.Text("I'd rather not."),
		"huge":     llmtest.Huge(),
		"deep":     llmtest.Text(llmtest.Deep(10_000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := llmtest.New(behavior)
			t.Cleanup(s.Close)
			play(t, parseDialogue(t, `
You: Ana Torres moved to Berlin
Kith: New: Ana Torres
| • Moved to Berlin · Environment and lifestyle
| [Undo] [Edit] [Someone else…]
You: Who do I know in Berlin?
Kith: Berlin
| • Ana Torres: Moved to Berlin ①
| [① ***]
Press: ①…
Kith: ***
| Read by rules
`), withModels(s))
		})
	}
}

func TestHostileModelIsShownHarmless(t *testing.T) {
	t.Parallel()
	s := modelled(t, func(llmtest.Call) string {
		return `{"facts": [{"about": "Ana Torres", "category": "Avocation", "text": "Likes <a href=\"tg://x\">\u202edill</a>", "quote": "likes dill",
			"confidence": 0.9, "slot": "like", "value": "dill", "due": "", "birthday": ""}], "met": []}`
	})
	play(t, parseDialogue(t, `
You: Ana Torres likes dill
Kith: New: Ana Torres
| • Likes <a href="tg://x">dill</a> · Avocation
| [Undo] [Edit] [Someone else…]
`), withModels(s))
}
