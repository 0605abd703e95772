// Package openai asks OpenAI's models, or any server that speaks OpenAI's chat
// completions, such as Ollama.
package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/sashabaranov/go-openai"

	"github.com/kith-platform/kith/core/llm"
)

// DefaultModel is asked when Options names none.
const DefaultModel = "gpt-4o-mini"

// Options say which model to ask, and where.
type Options struct {
	Key     string            // may be "" with a BaseURL
	BaseURL string            // with the version, as in "http://localhost:11434/v1"; "" for OpenAI's own
	Model   string            // "" for DefaultModel
	HTTP    http.RoundTripper // nil for one of its own
}

// A Model is a llm.Model behind OpenAI's API. Its owner closes it.
type Model struct {
	client *openai.Client
	name   string
	own    bool        // reports whether it is OpenAI's own server
	loose  atomic.Bool // reports whether the server takes no schema
	idle   func()      // closes connections of its own
}

// New returns the model that o describes. It asks nothing of the network.
func New(o Options) (*Model, error) {
	config := openai.DefaultConfig("")
	switch base, err := url.Parse(o.BaseURL); {
	case o.BaseURL == "" && o.Key == "":
		return nil, errors.New("openai: a key is needed")
	case err != nil, o.BaseURL != "" && base.Host == "":
		return nil, errors.New("openai: the base URL is no web address")
	case o.BaseURL != "":
		config.BaseURL = o.BaseURL
	}
	m := &Model{name: o.Model, own: o.BaseURL == "", idle: func() {}}
	if m.name == "" {
		m.name = DefaultModel
	}
	if o.HTTP == nil {
		base := llm.NewBase()
		o.HTTP, m.idle = base, base.CloseIdleConnections
	}
	transport := &llm.Transport{Base: o.HTTP, Header: "Authorization"}
	if o.Key != "" {
		transport.Key = "Bearer " + o.Key
	}
	config.HTTPClient = transport.Client()
	m.client = openai.NewClientWithConfig(config)
	return m, nil
}

// Name returns "openai".
func (m *Model) Name() string { return "openai" }

// Close closes idle connections. Calls that run go on to their end.
func (m *Model) Close() error {
	m.idle()
	return nil
}

// Ask asks the model once, and a server that turns the schema down a second
// time without it. From then on that server is never sent one.
func (m *Model) Ask(ctx context.Context, r llm.Request) (llm.Response, error) {
	loose := m.loose.Load()
	resp, err := m.ask(ctx, r, loose)
	if errors.Is(err, llm.ErrFormat) && !loose {
		m.loose.Store(true)
		resp, err = m.ask(ctx, r, true)
	}
	if err != nil {
		return resp, fmt.Errorf("ask %s: %w", m.name, err)
	}
	return resp, nil
}

func (m *Model) ask(ctx context.Context, r llm.Request, loose bool) (llm.Response, error) {
	answer, err := m.client.CreateChatCompletion(ctx, m.request(r, loose))
	if err != nil {
		return llm.Response{}, llm.Safe(err)
	}
	return response(answer)
}

// request returns r as the API takes it: with the schema enforced, or, loose,
// with the schema as a part of the instructions.
func (m *Model) request(r llm.Request, loose bool) openai.ChatCompletionRequest {
	c := openai.ChatCompletionRequest{Model: m.name}
	if loose {
		r.System += "\n\nAnswer with one JSON object of this JSON Schema:\n" + string(r.Schema)
		c.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	} else {
		c.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{
				Name: r.Operation, Schema: r.Schema, Strict: true,
			},
		}
	}
	c.Messages = []openai.ChatCompletionMessage{
		{Role: openai.ChatMessageRoleSystem, Content: r.System},
		{Role: openai.ChatMessageRoleUser, Content: r.Prompt},
	}
	if m.own {
		c.MaxCompletionTokens = r.MaxTokens
	} else {
		c.MaxTokens = r.MaxTokens //nolint:staticcheck // the servers that imitate OpenAI know the old name only
	}
	return c
}

func response(answer openai.ChatCompletionResponse) (llm.Response, error) {
	r := llm.Response{TokensIn: answer.Usage.PromptTokens, TokensOut: answer.Usage.CompletionTokens}
	if len(answer.Choices) == 0 {
		return r, fmt.Errorf("%w (no choice)", llm.ErrNonsense)
	}
	choice := answer.Choices[0]
	switch {
	case choice.FinishReason == openai.FinishReasonLength:
		return r, llm.ErrTooLarge
	case choice.FinishReason == openai.FinishReasonContentFilter, choice.Message.Refusal != "":
		return r, llm.ErrDeclined
	}
	r.Text = choice.Message.Content
	return r, nil
}
