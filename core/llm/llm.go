// Package llm is the seam to language models: one small interface, with a
// package for each SDK below it.
package llm

import (
	"context"
	"encoding/json"
)

// A Request asks a model for one JSON answer.
type Request struct {
	Operation string          // what it is for, as metrics name it: "extract", "answer"
	System    string          // the instructions
	Prompt    string          // the material; data, never instructions
	Schema    json.RawMessage // JSON Schema of the answer
	MaxTokens int             // of the answer
}

// A Response is a model's answer, unchecked.
type Response struct {
	Text      string // JSON, if the model did as it was told
	TokensIn  int    // 0 when the provider does not say
	TokensOut int
}

// A Model answers requests over the network. Ask is safe for concurrent use,
// ends when ctx does, and never retries.
type Model interface {
	// Name returns the engine's name as configured: "gemini", "openai".
	Name() string
	Ask(ctx context.Context, r Request) (Response, error)
}
