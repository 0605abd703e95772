package analysis

import (
	"context"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/llm"
)

// ByRules is the built-in engine. It needs no network and never fails.
type ByRules struct{}

// Name returns "rules".
func (ByRules) Name() string { return "rules" }

// Read returns what the rules find in n.
func (ByRules) Read(_ context.Context, n Note) (core.Reading, error) {
	if n.Chat {
		return readChat(n), nil
	}
	return rules.Read(n.Text, n.At, rules.Mentions(n.Text, n.Known)), nil
}

// ByModel is an engine that asks a language model.
type ByModel struct{ Model llm.Model }

// Name returns the model's name.
func (e ByModel) Name() string { return e.Model.Name() }

// Read returns what the model makes of n.
func (e ByModel) Read(ctx context.Context, n Note) (core.Reading, error) {
	ask, err := request(n)
	if err != nil {
		return core.Reading{}, err
	}
	said, err := e.Model.Ask(ctx, ask)
	if err != nil {
		return core.Reading{}, err
	}
	return parse(said, n.At)
}
