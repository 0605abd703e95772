package gemini

import (
	"encoding/json"
	"fmt"

	"github.com/google/generative-ai-go/genai"
)

// jsonSchema is the part of JSON Schema that Kith's requests use and Gemini
// understands.
type jsonSchema struct {
	Type        string                `json:"type"`
	Description string                `json:"description"`
	Enum        []string              `json:"enum"`
	Items       *jsonSchema           `json:"items"`
	Properties  map[string]jsonSchema `json:"properties"`
	Required    []string              `json:"required"`
}

// schema translates JSON Schema into the SDK's own kind; nothing stays nothing.
func schema(text json.RawMessage) (*genai.Schema, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var s jsonSchema
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return s.translate()
}

func (s jsonSchema) translate() (_ *genai.Schema, err error) {
	t := &genai.Schema{Description: s.Description, Enum: s.Enum, Required: s.Required}
	if t.Type, err = typeOf(s.Type); err != nil {
		return nil, err
	}
	if s.Items != nil {
		if t.Items, err = s.Items.translate(); err != nil {
			return nil, err
		}
	}
	for name, property := range s.Properties {
		if t.Properties == nil {
			t.Properties = map[string]*genai.Schema{}
		}
		if t.Properties[name], err = property.translate(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func typeOf(name string) (genai.Type, error) {
	types := map[string]genai.Type{
		"object": genai.TypeObject, "array": genai.TypeArray, "string": genai.TypeString,
		"number": genai.TypeNumber, "integer": genai.TypeInteger, "boolean": genai.TypeBoolean,
	}
	if t, ok := types[name]; ok {
		return t, nil
	}
	return 0, fmt.Errorf("schema: type %q is not known", name)
}
