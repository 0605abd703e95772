package llm

import (
	"errors"
	"strings"
	"testing"
	"unicode"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       string // "" for an error
	}{
		{"plain", `{"a":"x"}`, "x"},
		{"white space and mark", "\uFEFF \n{\"a\":\"x\"}\n", "x"},
		{"fence", "```\n{\"a\":\"x\"}\n```", "x"},
		{"named fence", "```json\n{\"a\":\"x\"}\n```\n", "x"},
		{"open fence", "```json\n{\"a\":\"x\"}", ""},
		{"fence on one line", "```{\"a\":\"x\"}```", ""},
		{"fence in a fence", "```\n```\n{\"a\":\"x\"}\n```\n```", ""},
		{"words around", `Sure! {"a":"x"}`, ""},
		{"words after", `{"a":"x"} Anything else?`, ""},
		{"list", `["x"]`, ""},
		{"string", `"x"`, ""},
		{"null", "null", ""},
		{"empty", "", ""},
		{"cut off", `{"a":"x`, ""},
		{"wrong type", `{"a":1}`, ""},
		{"deep", `{"b":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `,"a":"x"}`, ""},
		{"huge", `{"a":"` + strings.Repeat("x", MaxAnswer) + `"}`, ""},
		{"HTML", "<html>", ""},
	} {
		var got struct {
			A string `json:"a"`
		}
		err := Response{Text: test.text}.Decode(&got)
		if test.want == "" && !errors.Is(err, ErrNonsense) || test.want != "" && (err != nil || got.A != test.want) {
			t.Errorf("%s: %q, error %v, want %q", test.name, got.A, err, test.want)
		}
	}
}

func TestMaterial(t *testing.T) {
	t.Parallel()
	got, err := Material(map[string]string{"note": "<b> & \"},\n"})
	if want := "{\n  \"note\": \"<b> & \\\"},\\n\"\n}\n"; got != want || err != nil {
		t.Errorf("%q, error %v, want %q", got, err, want)
	}
	if _, err := Material(func() {}); err == nil {
		t.Error("a function passes")
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"  Ana\r\n\tTorres ":      "Ana Torres",
		"evil\u202Etxt.exe":       "eviltxt.exe",
		"\u2066isolate\u2069":     "isolate",
		"bell\a null\x00 \x1b[2J": "bell null [2J",
		"cut \xff":                "cut \uFFFD",
		"שלום \u200fAna 👩‍👧":      "שלום \u200fAna 👩‍👧",
		"line\u2028separator":     "line separator",
		"<b>bold</b> & co":        "<b>bold</b> & co",
	} {
		if got := Line(text); got != want {
			t.Errorf("Line(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("```json\n{\"a\":\"x\"}\n```")
	f.Add(`{"a":"\u202e"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var got struct {
			A string `json:"a"`
		}
		if err := (Response{Text: text}).Decode(&got); err != nil && err != ErrNonsense {
			t.Errorf("error %v", err)
		}
		for _, r := range Line(got.A) {
			if unicode.IsControl(r) || r == '\u202E' {
				t.Errorf("%U in a line", r)
			}
		}
	})
}
