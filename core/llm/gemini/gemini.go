// Package gemini asks Google's Gemini models, through its REST API.
package gemini

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/generative-ai-go/genai"
	"google.golang.org/api/option"
	"google.golang.org/api/option/internaloption"
	gtransport "google.golang.org/api/transport/grpc"

	"github.com/kith-platform/kith/core/llm"
)

// DefaultModel is asked when Options names none.
const DefaultModel = "gemini-2.5-flash"

// thinkingRoom is how many tokens a model may think before it answers. They
// count towards the API's limit, and this SDK cannot turn thinking off.
const thinkingRoom = 8192

// Options say which model to ask, and where.
type Options struct {
	Key     string
	BaseURL string            // "" for Google's own
	Model   string            // "" for DefaultModel
	HTTP    http.RoundTripper // nil for one of its own
}

// A Model is a llm.Model of Gemini. Its owner closes it.
type Model struct {
	client *genai.Client
	name   string
	idle   func() // closes connections of its own
}

// New returns the model that o describes. It asks nothing of the network.
func New(o Options) (*Model, error) {
	if o.Key == "" {
		return nil, errors.New("gemini: a key is needed")
	}
	if o.BaseURL != "" {
		if base, err := url.Parse(o.BaseURL); err != nil || base.Host == "" {
			return nil, errors.New("gemini: the base URL is no web address")
		}
	}
	m := &Model{name: o.Model, idle: func() {}}
	if m.name == "" {
		m.name = DefaultModel
	}
	if o.HTTP == nil {
		base := llm.NewBase()
		o.HTTP, m.idle = base, base.CloseIdleConnections
	}
	client, err := newClient(o)
	if err != nil {
		return nil, fmt.Errorf("gemini: %w", err)
	}
	m.client = client
	return m, nil
}

// noPool stands in for the gRPC connections that the SDK would dial for a cache
// that Kith has no use for, and never close.
type noPool struct{ gtransport.ConnPool }

func newClient(o Options) (*genai.Client, error) {
	transport := &llm.Transport{Base: o.HTTP, Header: "X-Goog-Api-Key", Key: o.Key}
	options := []option.ClientOption{
		option.WithHTTPClient(transport.Client()),
		gtransport.WithConnPool(noPool{}),
		// The two above are refused together otherwise.
		internaloption.SkipDialSettingsValidation(),
	}
	if o.BaseURL != "" {
		options = append(options, option.WithEndpoint(strings.TrimRight(o.BaseURL, "/")))
	}
	return genai.NewClient(context.Background(), options...)
}

// Name returns "gemini".
func (m *Model) Name() string { return "gemini" }

// Close closes idle connections. Calls that run go on to their end.
func (m *Model) Close() error {
	m.idle()
	return m.client.Close()
}

// Ask asks the model once.
func (m *Model) Ask(ctx context.Context, r llm.Request) (_ llm.Response, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("ask %s: %w", m.name, err)
		}
	}()
	model := m.client.GenerativeModel(m.name)
	model.SystemInstruction = &genai.Content{Parts: []genai.Part{genai.Text(r.System)}}
	model.ResponseMIMEType = "application/json"
	model.SetTemperature(0)
	model.SetMaxOutputTokens(int32(r.MaxTokens + thinkingRoom))
	if model.ResponseSchema, err = schema(r.Schema); err != nil {
		return llm.Response{}, err
	}
	answer, err := model.GenerateContent(ctx, genai.Text(r.Prompt))
	if blocked, ok := errors.AsType[*genai.BlockedError](err); ok {
		return llm.Response{}, fmt.Errorf("%w (%w)", llm.ErrDeclined, blocked)
	}
	if err != nil {
		return llm.Response{}, llm.Safe(err)
	}
	return response(answer)
}

// response returns the last text of an answer: earlier ones are the model's
// thoughts. The tokens it thought with are part of the total alone.
func response(answer *genai.GenerateContentResponse) (llm.Response, error) {
	var r llm.Response
	if use := answer.UsageMetadata; use != nil {
		r.TokensIn = int(use.PromptTokenCount)
		r.TokensOut = int(max(use.CandidatesTokenCount, use.TotalTokenCount-use.PromptTokenCount))
	}
	if len(answer.Candidates) == 0 {
		return r, fmt.Errorf("%w (no candidate)", llm.ErrNonsense)
	}
	candidate := answer.Candidates[0]
	switch {
	case candidate.FinishReason == genai.FinishReasonMaxTokens:
		return r, llm.ErrTooLarge
	case candidate.Content == nil:
		return r, fmt.Errorf("%w (%s)", llm.ErrNonsense, candidate.FinishReason)
	}
	for _, part := range candidate.Content.Parts {
		if text, ok := part.(genai.Text); ok {
			r.Text = string(text)
		}
	}
	return r, nil
}
