package analysis

import (
	"encoding/json"

	"github.com/kith-platform/kith/core"
)

// property is a piece of JSON Schema, of the part that all providers enforce:
// everything required, nothing added, empty strings for what is missing.
type property struct {
	Type       string              `json:"type"`
	Enum       []string            `json:"enum,omitempty"`
	Items      *property           `json:"items,omitempty"`
	Properties map[string]property `json:"properties,omitempty"`
	Required   []string            `json:"required,omitempty"`
	Additional *bool               `json:"additionalProperties,omitempty"`
}

// answerSchema returns the schema of what parse reads.
func answerSchema() json.RawMessage {
	text := property{Type: "string"}
	categories, slots := property{Type: "string"}, property{Type: "string"}
	for _, c := range core.Categories() {
		categories.Enum = append(categories.Enum, c.Name())
	}
	for _, s := range slotMeanings {
		slots.Enum = append(slots.Enum, string(s.slot))
	}
	fact := object(map[string]property{
		"about": text, "category": categories, "text": text, "quote": text, "confidence": {Type: "number"},
		"slot": slots, "value": text, "due": text, "birthday": text,
	}, "about", "category", "text", "quote", "confidence", "slot", "value", "due", "birthday")
	meeting := object(map[string]property{"about": text, "on": text}, "about", "on")
	answer := object(map[string]property{
		"facts": {Type: "array", Items: &fact},
		"met":   {Type: "array", Items: &meeting},
	}, "facts", "met")
	// Strings, maps and slices always encode.
	schema, _ := json.Marshal(answer)
	return schema
}

func object(properties map[string]property, required ...string) property {
	return property{Type: "object", Properties: properties, Required: required, Additional: new(false)}
}
