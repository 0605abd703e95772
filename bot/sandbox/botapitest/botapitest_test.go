package botapitest

import (
	"fmt"
	"strings"
	"testing"
)

func TestEveryMethodCompiles(t *testing.T) {
	t.Parallel()
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	for name, ref := range b.methods {
		if _, err := b.form(ref); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		method string
		params map[string]any
		ok     bool
	}{
		{"form", "sendMessage", map[string]any{"chat_id": "7", "text": "5", "disable_notification": "true"}, true},
		{"json", "sendMessage", map[string]any{"chat_id": 7.0, "text": "hi"}, true},
		{"buttons", "sendMessage", map[string]any{
			"chat_id": "7", "text": "hi",
			"reply_markup": `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`,
		}, true},
		{"file", "sendDocument", map[string]any{"chat_id": "7", "document": "attach://document"}, true},
		{"updates", "getUpdates", map[string]any{"timeout": "5", "allowed_updates": `["message"]`}, true},
		{"no parameters", "getMe", nil, true},
		{"required", "sendMessage", map[string]any{"chat_id": "7"}, false},
		{"unknown parameter", "sendMessage", map[string]any{"chat_id": "7", "text": "hi", "loud": "true"}, false},
		{"unknown field", "sendMessage", map[string]any{"chat_id": "7", "text": "hi", "reply_parameters": `{"id":1}`}, false},
		{"no number", "editMessageText", map[string]any{"chat_id": "7", "message_id": "x", "text": "hi"}, false},
		{"no boolean", "sendMessage", map[string]any{"chat_id": "7", "text": "hi", "disable_notification": "1"}, false},
		{"unknown update", "getUpdates", map[string]any{"allowed_updates": `["massage"]`}, false},
		{"unknown method", "makeCoffee", nil, false},
		{"parameters where there are none", "getMe", map[string]any{"a": "b"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if err := b.check(test.method, test.params); (err == nil) != test.ok {
				t.Errorf("got %v, want ok: %t", err, test.ok)
			}
		})
	}
}

// failures is a test that only remembers why it failed.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func TestCheckerFailsTheTest(t *testing.T) {
	t.Parallel()
	f := &failures{TB: t}
	check := Checker(f)
	check("getMe", nil)
	check("sendMessage", map[string]any{"text": "hi"})
	if len(f.said) != 1 || !strings.Contains(f.said[0], "chat_id") {
		t.Errorf("the test heard %q", f.said)
	}
}
