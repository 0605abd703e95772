package sandbox

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseHTML(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, text, entities string }{
		{"plain & simple", "plain & simple", "null"},
		{"&lt;b&gt; &amp &quot;x&quot; &#39;&#x1F600; &nbsp; &#0;", "<b> & \"x\" '😀 &nbsp; &#0;", "null"},
		{"<b>a</b>", "a", `[{"type":"bold","offset":0,"length":1}]`},
		{"<B >a</b >", "a", `[{"type":"bold","offset":0,"length":1}]`},
		{"<b>a</>", "a", `[{"type":"bold","offset":0,"length":1}]`},
		{"<b></b>a", "a", "null"},
		{"😀<i>é</i>", "😀é", `[{"type":"italic","offset":2,"length":1}]`},
		{
			"<strong>a<em>b</em></strong><ins>c</ins><del>d</del>", "abcd",
			`[{"type":"bold","offset":0,"length":2},{"type":"italic","offset":1,"length":1},` +
				`{"type":"underline","offset":2,"length":1},{"type":"strikethrough","offset":3,"length":1}]`,
		},
		{
			`<a href="https://example.com?a=1&amp;b=2">x</a><a href='tg://resolve?domain=x'>y</a>`, "xy",
			`[{"type":"text_link","offset":0,"length":1,"url":"https://example.com/?a=1\u0026b=2"},` +
				`{"type":"text_link","offset":1,"length":1,"url":"tg://resolve?domain=x"}]`,
		},
		{"<a>example.com</a>", "example.com", `[{"type":"text_link","offset":0,"length":11,"url":"http://example.com/"}]`},
		{`<a href="http://localhost/">x</a><a href="javascript://x">y</a>`, "xy", "null"},
		{`<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>`, "ab", `[{"type":"spoiler","offset":0,"length":1},{"type":"spoiler","offset":1,"length":1}]`},
		{`<tg-emoji emoji-id="5">👍</tg-emoji>`, "👍", `[{"type":"custom_emoji","offset":0,"length":2,"custom_emoji_id":"5"}]`},
		{`<pre><code class="language-go">x</code></pre>`, "x", `[{"type":"pre","offset":0,"length":1,"language":"go"}]`},
		{`<pre>a<code>x</code></pre>`, "ax", `[{"type":"pre","offset":0,"length":2}]`},
		{`<code class=language-go>x</code>`, "x", `[{"type":"code","offset":0,"length":1}]`},
		{`<b>a<code>b</code></b>`, "ab", `[{"type":"bold","offset":0,"length":2},{"type":"code","offset":1,"length":1}]`},
		{`<code>a<b>b</b></code>`, "ab", `[{"type":"code","offset":0,"length":2}]`},
		{"<blockquote>a</blockquote>", "a", `[{"type":"blockquote","offset":0,"length":1}]`},
		{"<blockquote expandable>a</blockquote>", "a", `[{"type":"expandable_blockquote","offset":0,"length":1}]`},
		{" \n<b> a</b>\n ", " a", `[{"type":"bold","offset":0,"length":2}]`},
		{"\r\n<u>a\tb</u>", "a b", `[{"type":"underline","offset":0,"length":3}]`},
	}
	for _, test := range tests {
		text, entities, err := parseHTML(test.in)
		b := body{text, entities}.tidy()
		got, jsonErr := json.Marshal(b.entities)
		if err != nil || jsonErr != nil || b.text != test.text || string(got) != test.entities {
			t.Errorf("%s\n got %q %s %v\nwant %q %s", test.in, b.text, got, err, test.text, test.entities)
		}
	}
}

func TestBadHTML(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"<br>":             `Unsupported start tag "br" at byte offset 0`,
		"a < b>":           `Unsupported start tag "" at byte offset 2`,
		"a <3 b>":          `Unsupported start tag "3" at byte offset 2`,
		"<b":               "Unclosed start tag at byte offset 0",
		"<b>":              `Can't find end tag corresponding to start tag "b"`,
		"</b>":             "Unexpected end tag at byte offset 0",
		"<b>a</i>":         `Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`,
		"<b><i>a</b></i>":  `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`,
		"<b>a</b":          "Unclosed end tag at byte offset 4",
		"<b>a</b x>":       "Unclosed end tag at byte offset 4",
		"<b />":            `Empty attribute name in the tag "b" at byte offset 0`,
		`<a ="x">`:         `Empty attribute name in the tag "a" at byte offset 0`,
		"<a href":          `Unclosed start tag "a" at byte offset 0`,
		"<a href=":         "Unclosed start tag at byte offset 0",
		`<a href="x`:       "Unclosed start tag at byte offset 0",
		"<a href=x!y>":     "Unexpected end of name token at byte offset 8",
		"<span>a</span>":   `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		`<span class="x">`: `Tag "span" must have class "tg-spoiler" at byte offset 0`,
	}
	for in, want := range tests {
		if _, _, err := parseHTML(in); err == nil || err.Error() != "Bad Request: can't parse entities: "+want {
			t.Errorf("%s: got %v, want %s", in, err, want)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"", "<b>a</b>", "<a href=\"https://example.com\">x</a>", "&lt;&#x1F600;&", "<", "</", "<b", "<b x", "<b x=", "<b x='",
		"<pre><code class=\"language-go\">x</code></pre>", " <i>😀</i>\n", "/start@bot +351 912 345 678", "\x00<b\x00=\x00>", "<b>\xff</b>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text, entities, err := parseHTML(source)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "Bad Request: can't parse entities: ") {
				t.Errorf("refused with %v", err)
			}
			return
		}
		b := body{text, entities}.tidy()
		if !utf8.ValidString(b.text) {
			t.Errorf("text %q", b.text)
		}
		for _, e := range b.entities {
			if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > utf16Len(b.text) {
				t.Errorf("entity %+v lies outside of %q", e, b.text)
			}
		}
		again := b.tidy()
		if again.text != b.text {
			t.Errorf("tidy again: %q, want %q", again.text, b.text)
		}
	})
}
