package llm

import (
	"encoding/json"
	"strings"
	"unicode"
)

// Material returns v as JSON for a prompt. No text in it can pass for anything
// else, and every letter stays as it is, so that it can be quoted.
func Material(v any) (string, error) {
	var prompt strings.Builder
	encode := json.NewEncoder(&prompt)
	encode.SetEscapeHTML(false)
	encode.SetIndent("", "  ")
	err := encode.Encode(v)
	return prompt.String(), err
}

// Decode reads the JSON object that a model answered into v, whether or not it
// stands in a code fence. Its only error is ErrNonsense, without the answer's
// words.
func (r Response) Decode(v any) error {
	text := unfenced(strings.TrimSpace(strings.TrimPrefix(r.Text, "\uFEFF")))
	if len(text) > MaxAnswer || !strings.HasPrefix(text, "{") {
		return ErrNonsense
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return ErrNonsense
	}
	return nil
}

// unfenced returns the inside of a Markdown code fence that is all of text,
// and any other text unchanged.
func unfenced(text string) string {
	inside, ok := strings.CutPrefix(text, "```")
	if !ok {
		return text
	}
	language, inside, ok := strings.Cut(inside, "\n")
	if !ok || strings.ContainsAny(language, "{}") {
		return text
	}
	inside, ok = strings.CutSuffix(inside, "```")
	if !ok {
		return text
	}
	return strings.TrimSpace(inside)
}

// Line returns words of a model as one line that is safe to show: without
// control characters, and without the marks that turn the direction of
// writing.
func Line(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	return strings.Join(strings.Fields(strings.Map(shown, text)), " ")
}

func shown(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), r == '\uFEFF':
		return -1
	case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}
