// Package botapitest checks that the calls a bot makes are calls that the Bot API has.
package botapitest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Made from @gramio/types 10.3.1 (MIT); see testdata/README.md.
//
//go:embed testdata/botapi.schema.json
var source []byte

const schemaURL = "botapi.schema.json"

// bare are the methods without parameters, which the schema leaves out.
var bare = map[string]bool{
	"close": true, "getMe": true, "getWebhookInfo": true, "logOut": true, "getForumTopicIconStickers": true,
	"getMyStarBalance": true, "getAvailableGifts": true,
}

// A book knows the schema of each method.
type book struct {
	definitions map[string]json.RawMessage
	methods     map[string]string
	compiler    *jsonschema.Compiler

	mu       sync.Mutex
	compiled map[string]*form
}

// A form is what a call of a method has to look like.
type form struct {
	schema *jsonschema.Schema
	text   map[string]bool // the parameters that may be plain text
}

var readBook = sync.OnceValues(func() (*book, error) {
	var content struct {
		Definitions map[string]json.RawMessage `json:"definitions"`
		Methods     map[string]string          `json:"methods"`
	}
	if err := json.Unmarshal(source, &content); err != nil {
		return nil, fmt.Errorf("read bot api schema: %w", err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(source))
	if err != nil {
		return nil, fmt.Errorf("read bot api schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaURL, document); err != nil {
		return nil, fmt.Errorf("read bot api schema: %w", err)
	}
	return &book{
		definitions: content.Definitions,
		methods:     content.Methods,
		compiler:    compiler,
		compiled:    map[string]*form{},
	}, nil
})

// Checker returns a function for sandbox.Options.OnCall that fails the test for every
// call of a method that the Bot API does not have, without a parameter that it
// requires, with one that it does not know, or with a value of another type.
func Checker(t testing.TB) func(method string, params map[string]any) {
	t.Helper()
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	return func(method string, params map[string]any) {
		if err := b.check(method, params); err != nil {
			t.Errorf("call of %s: %v", method, err)
		}
	}
}

func (b *book) check(method string, params map[string]any) error {
	ref, ok := b.methods[method]
	switch {
	case !ok && !bare[method]:
		return fmt.Errorf("the bot api has no such method")
	case !ok && len(params) > 0:
		return fmt.Errorf("the method has no parameters")
	case !ok:
		return nil
	}
	f, err := b.form(ref)
	if err != nil {
		return err
	}
	typed, err := f.decode(params)
	if err != nil {
		return err
	}
	return f.schema.Validate(typed)
}

func (b *book) form(ref string) (*form, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f := b.compiled[ref]; f != nil {
		return f, nil
	}
	schema, err := b.compiler.Compile(schemaURL + ref)
	if err != nil {
		return nil, fmt.Errorf("compile bot api schema: %w", err)
	}
	fields, err := b.fields(ref)
	if err != nil {
		return nil, fmt.Errorf("read bot api schema: %w", err)
	}
	f := &form{schema: schema, text: map[string]bool{}}
	for name, field := range fields {
		f.text[name] = field.text(b)
	}
	b.compiled[ref] = f
	return f, nil
}

// decode turns the strings of a form into the values that the schema asks for.
func (f *form) decode(params map[string]any) (map[string]any, error) {
	typed := map[string]any{}
	for name, value := range params {
		text, isText := value.(string)
		if !isText || f.text[name] {
			typed[name] = value
			continue
		}
		decoded, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("parameter %s is not JSON: %w", name, err)
		}
		typed[name] = decoded
	}
	return typed, nil
}

// A field is as much of a parameter's schema as says how a form writes it.
type field struct {
	Type any     `json:"type"`
	Ref  string  `json:"$ref"`
	Any  []field `json:"anyOf"`
}

func (b *book) fields(ref string) (map[string]field, error) {
	var object struct {
		Properties map[string]field `json:"properties"`
	}
	err := json.Unmarshal(b.definition(ref), &object)
	return object.Properties, err
}

func (b *book) definition(ref string) json.RawMessage {
	name, err := url.PathUnescape(strings.TrimPrefix(ref, "#/definitions/"))
	if err != nil {
		return nil
	}
	return b.definitions[name]
}

// text reports whether the parameter may be plain text, which a form writes as it is.
func (f field) text(b *book) bool {
	switch kind := f.Type.(type) {
	case string:
		return kind == "string"
	case []any:
		for _, k := range kind {
			if k == "string" {
				return true
			}
		}
	}
	for _, option := range f.Any {
		if option.text(b) {
			return true
		}
	}
	if f.Ref == "" {
		return false
	}
	var target field
	return json.Unmarshal(b.definition(f.Ref), &target) == nil && target.text(b)
}
