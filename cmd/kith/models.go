package main

import (
	"context"

	"github.com/kith-platform/kith/core/llm"
	"github.com/kith-platform/kith/core/llm/gemini"
	"github.com/kith-platform/kith/core/llm/openai"
	"github.com/kith-platform/kith/core/store"
)

// buildModels returns the language models that are configured, in the order to
// be tried. They spend what the database says is left.
func buildModels(c Config, db *store.Store, metrics *llm.Metrics) ([]llm.Model, error) {
	var models []llm.Model
	for _, name := range c.AIOrder {
		m, err := buildModel(c, name)
		if err != nil {
			return nil, err
		}
		if m != nil {
			models = append(models, llm.Guarded(llm.Measured(capped(c, db, m), metrics), metrics))
		}
	}
	return models, nil
}

// capped returns m with the cap that is configured, if there is one.
func capped(c Config, db *store.Store, m llm.Model) llm.Model {
	most := int(c.AITokensPerDay)
	if most == 0 {
		return m
	}
	return llm.Capped(m, func(ctx context.Context, tokens int) (bool, error) { return db.SpendTokens(ctx, tokens, most) })
}

// buildModel returns the model of an engine, or nil when it has none or is not
// configured.
func buildModel(c Config, name engine) (llm.Model, error) {
	switch {
	case name == engineGemini && c.GeminiAPIKey.isSet():
		return gemini.New(gemini.Options{Key: c.GeminiAPIKey.reveal(), BaseURL: c.GeminiBaseURL.reveal(), Model: c.GeminiModel})
	case name == engineOpenAI && (c.OpenAIAPIKey.isSet() || c.given("OPENAI_BASE_URL")):
		return openai.New(openai.Options{Key: c.OpenAIAPIKey.reveal(), BaseURL: c.OpenAIBaseURL.reveal(), Model: c.OpenAIModel})
	}
	return nil, nil
}

// model returns the model of an engine, or nil when it has none here.
func (h *house) model(name engine) llm.Model {
	for _, m := range h.models {
		if m.Name() == string(name) {
			return m
		}
	}
	return nil
}
