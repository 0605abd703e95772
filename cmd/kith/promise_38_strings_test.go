package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core"
)

// naughty are texts that programs trip over. Each goes around a word of its own,
// to be searched for.
var naughty = map[string]string{
	"control characters":  "a\x01b\x02c\x1b[31m\x7f",
	"line ends":           "one\r\ntwo\nthree\rfour\u2028five\u2029six\u0085",
	"emoji":               "👩‍👩‍👧‍👦 🏳️‍🌈 🇵🇹 ✊🏿 1️⃣",
	"right to left":       "שלום \u202eabc\u202c \u2067ab\u2069 مرحبا",
	"four bytes":          "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎𠜱 𐍈",
	"combining":           "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮ e\u0301",
	"zero width":          "a\u200bb\u200cc\u200dd\ufeffe\u2060f",
	"not characters":      "\ufffe \uffff \U0010ffff \ufffd",
	"SQL":                 `'; DROP TABLE notes; -- \' " $1 %s %`,
	"HTML":                `<script>alert(1)</script> <b>&amp; &lt; </i>`,
	"paths and templates": `../../etc/passwd {{.}} ${7*7} \u0000 %00 C:\nul`,
	"numbers":             "1e1000 NaN -0 0x7fffffff 9223372036854775808 १२३",
	"upper and lower":     "İstanbul ﬁn ß ſ K Å",
	"spaces":              "\u00a0\u2003\u3000\t a \v\f",
}

// TestPromise38NaughtyStrings sends them through the API and the chat, and gets
// them back byte for byte.
func TestPromise38NaughtyStrings(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	base := r.listens()
	users := r.people(1)
	p := r.program(base, users[0], core.ScopeWrite)
	stop := r.open()
	r.becomes(base, "it can serve", func(status int, _ api.Detailed) bool { return status == http.StatusOK })
	n := 0
	for name, text := range naughty {
		n++
		word := fmt.Sprintf("figtree%d", n)
		p.aroundTrip(r, name, word, "Met at the "+word+" "+text+" and so on")
		p.names(r, name, text)
		m := r.write(users[0], "In the chat: "+text+" chat"+word)
		r.answered(users[0], m, 20*time.Second)
		r.wantKept(users[0], m)
	}
	var list struct {
		Contacts []struct {
			ID int64
		}
	}
	p.must(http.MethodGet, "/api/contacts", nil, &list)
	got, err := p.ask(http.MethodPost, "/api/notes/process", map[string]any{"contact_id": list.Contacts[0].ID, "content": "No room for \x00 here"})
	r.must(err)
	if got.status != http.StatusBadRequest || !strings.Contains(string(got.body), "content") {
		t.Errorf("U+0000: %d %s, want 400 and the field", got.status, got.body)
	}
	m := r.write(users[0], "Ana likes \x00figs")
	r.answered(users[0], m, 20*time.Second)
	if kept := value[string](r, `SELECT text FROM notes WHERE message_id = $1`, m.ID); kept != "Ana likes  figs" {
		t.Errorf("the chat keeps %q, want a space for U+0000", kept)
	}
	r.settled(time.Minute)
	stop()
}

// aroundTrip keeps a note about somebody and reads and finds it again.
func (p *program) aroundTrip(r *rig, name, word, text string) {
	r.t.Helper()
	var who struct {
		ID int64 `json:"contact_id"`
	}
	p.must(http.MethodPost, "/api/contacts", map[string]any{"full_name": "Somebody " + word}, &who)
	p.must(http.MethodPost, "/api/notes/process", map[string]any{"contact_id": who.ID, "content": text}, nil)
	var raw struct{ Notes []struct{ Content string } }
	p.must(http.MethodGet, fmt.Sprintf("/api/notes/%d/raw", who.ID), nil, &raw)
	if len(raw.Notes) != 1 || raw.Notes[0].Content != text {
		r.t.Errorf("%s: the note is %q, want %q", name, raw.Notes, text)
	}
	var found struct {
		Results []struct{ Kind, Snippet string }
	}
	p.must(http.MethodGet, "/api/search?q="+word, nil, &found)
	if len(found.Results) == 0 {
		r.t.Errorf("%s: the note is not found", name)
	}
	p.must(http.MethodGet, "/api/search?q="+url.QueryEscape(text), nil, nil)
}

// names keeps a text in a custom field and reads it again.
func (p *program) names(r *rig, name, text string) {
	r.t.Helper()
	var who struct {
		ID int64 `json:"contact_id"`
	}
	p.must(http.MethodPost, "/api/contacts", map[string]any{"full_name": "Named " + name, "custom_fields": map[string]string{"said": text}}, &who)
	var card struct {
		Contact struct {
			CustomFields map[string]string `json:"custom_fields"`
		}
	}
	p.must(http.MethodGet, fmt.Sprintf("/api/contacts/%d", who.ID), nil, &card)
	if got := card.Contact.CustomFields["said"]; got != text {
		r.t.Errorf("%s: the custom field is %q, want %q", name, got, text)
	}
}

// wantKept checks that the note of a message is the message, byte for byte.
func (r *rig) wantKept(u *sandbox.User, m sandbox.Message) {
	r.t.Helper()
	kept := value[string](r, `SELECT text FROM notes WHERE chat_id = $1 AND message_id = $2`, u.ID, m.ID)
	if kept != m.Text {
		r.t.Errorf("the note is %q, want %q", kept, m.Text)
	}
}
