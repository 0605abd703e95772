package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
)

// Whatever is sent to whichever operation of the document, Kith answers with
// what the document says and is never at fault itself.
func TestAnythingSentKeepsTheContract(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *api.Server) { s.Patience = 50 * time.Millisecond })
	operations := operationsOf(t, h.url)
	seedPeople(t, h.somebody(t, core.RoleUser))
	var m maker
	own, admin := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleAdmin)
	seedPeople(t, own)
	rapid.Check(t, func(rt *rapid.T) {
		m.T = rt
		for range 10 {
			c := own
			if rapid.IntRange(0, 3).Draw(rt, "admin") == 0 {
				c = admin
			}
			o := operations[rapid.IntRange(0, len(operations)-1).Draw(rt, "operation")]
			path, body := m.request(o)
			g := c.send(rt, o.method, path, body)
			switch {
			case g.status >= 500:
				rt.Fatalf("%s %s with %.500s: %d %s", o.method, path, body, g.status, g.body)
			case g.status == http.StatusTooManyRequests:
				check(t, h.redis.FlushAll(t.Context()).Err())
			}
			m.learn(g.body)
		}
		if t.Failed() {
			rt.FailNow()
		}
	})
}

// Whoever is not signed in is refused wherever somebody has to be.
func TestStrangersAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stranger, n := h.stranger(t), 0
	for _, o := range operationsOf(t, h.url) {
		if o.Security == nil || len(*o.Security) == 0 {
			continue
		}
		n++
		path := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(o.path, "1")
		stranger.do(o.method, path, "{}").says(http.StatusUnauthorized, "You are not signed in.")
	}
	if n < 50 {
		t.Errorf("only %d operations want somebody signed in", n)
	}
}

// seedPeople gives the client somebody to ask about.
func seedPeople(t *testing.T, c *client) {
	t.Helper()
	for _, name := range []string{"Ana Torres", "Bob Hall", "Zoë 🦊"} {
		c.post("/api/contacts", map[string]any{"full_name": name}).want(200)
	}
}

// send sends a request that rapid made up.
func (c *client) send(rt *rapid.T, method, path string, body []byte) *got {
	if body == nil {
		return c.do(method, path, nil)
	}
	rt.Logf("%s %s %.300s", method, path, body)
	return c.do(method, path, string(body))
}

// An operation is one that the document describes.
type operation struct {
	method, path string
	*openapi3.Operation
}

// operationsOf returns the operations of the document, but for those that would
// end the run for all others.
func operationsOf(t *testing.T, base string) []operation {
	t.Helper()
	var list []operation
	for path, item := range loadDocument(t, base).Paths.Map() {
		for method, o := range item.Operations() {
			list = append(list, operation{method: method, path: path, Operation: o})
		}
	}
	if len(list) < 40 {
		t.Errorf("the document has only %d operations", len(list))
	}
	return list
}

// A maker makes up requests. It knows what strings answers had that may be sent
// back: the ids of tasks, cursors.
type maker struct {
	*rapid.T
	seen []string
}

// learn remembers the strings of an answer that may be sent back.
func (m *maker) learn(body []byte) {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	for _, key := range []string{"task_id", "next_cursor"} {
		if s, ok := answer[key].(string); ok && len(m.seen) < 50 {
			m.seen = append(m.seen, s)
		}
	}
}

// request makes up a path with its query, and a body.
func (m *maker) request(o operation) (path string, body []byte) {
	path, query := o.path, url.Values{}
	for _, p := range o.Parameters {
		value := text(m.value(p.Value.Name, p.Value.Schema.Value, 0))
		switch {
		case p.Value.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", url.PathEscape(value))
		case p.Value.In == "query" && rapid.IntRange(0, 2).Draw(m.T, "given") == 0:
			query.Set(p.Value.Name, value)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if o.RequestBody == nil || rapid.IntRange(0, 30).Draw(m.T, "no body") == 0 {
		return path, nil
	}
	content := o.RequestBody.Value.Content.Get("application/json")
	body, err := json.Marshal(m.value("body", content.Schema.Value, 0))
	if err != nil {
		m.Fatal(err)
	}
	if rapid.IntRange(0, 40).Draw(m.T, "cut") == 0 {
		body = body[:len(body)/2]
	}
	return path, body
}

// text writes a value as it stands in a path or query.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v) // it was made up of what JSON can have
	return string(b)
}

// value makes up a value: mostly one that the schema allows, sometimes anything.
func (m *maker) value(name string, s *openapi3.Schema, depth int) any {
	if rapid.IntRange(0, 25).Draw(m.T, "wrong") == 0 {
		return rapid.SampledFrom([]any{nil, true, -1, 0, 1e300, 1 << 62, "", "x", "\x00", []any{}, map[string]any{"a": nil}}).Draw(m.T, name)
	}
	switch {
	case len(s.Enum) > 0:
		return rapid.SampledFrom(s.Enum).Draw(m.T, name)
	case s.Type.Includes("object"):
		return m.object(s, depth)
	case s.Type.Includes("array"):
		list := make([]any, rapid.IntRange(0, 4).Draw(m.T, name+" items"))
		for i := range list {
			list[i] = m.value(name, s.Items.Value, depth+1)
		}
		return list
	case s.Type.Includes("integer"):
		return m.integer(name, s)
	case s.Type.Includes("number"):
		return rapid.Float64Range(-2, 2).Draw(m.T, name)
	case s.Type.Includes("boolean"):
		return rapid.Bool().Draw(m.T, name)
	case s.Type.Includes("string"):
		return m.words(name, s)
	}
	return nil
}

func (m *maker) object(s *openapi3.Schema, depth int) map[string]any {
	object := map[string]any{}
	for name, property := range s.Properties {
		required := strings.Contains(" "+strings.Join(s.Required, " ")+" ", " "+name+" ")
		if required && rapid.IntRange(0, 20).Draw(m.T, "left out") > 0 || !required && rapid.Bool().Draw(m.T, name+" given") {
			object[name] = m.value(name, property.Value, depth+1)
		}
	}
	if more := s.AdditionalProperties.Schema; more != nil && depth < 4 {
		for range rapid.IntRange(0, 3).Draw(m.T, "more") {
			key := rapid.SampledFrom([]string{"Social", "Goals", "Others", "x", "é", ""}).Draw(m.T, "key")
			object[key] = m.value(key, more.Value, depth+1)
		}
	}
	if rapid.IntRange(0, 40).Draw(m.T, "unknown field") == 0 {
		object["no_such_field"] = 1
	}
	return object
}

// integer makes up a number near the bounds, or an id that there may be.
func (m *maker) integer(name string, s *openapi3.Schema) int64 {
	low, high := int64(-3), int64(40)
	if s.Min != nil {
		low = int64(*s.Min)
	}
	if s.Max != nil {
		high = int64(*s.Max)
	}
	if rapid.IntRange(0, 15).Draw(m.T, name+" beyond") == 0 {
		return rapid.SampledFrom([]int64{low - 1, high + 1, -1 << 63, 1<<63 - 1}).Draw(m.T, name)
	}
	return rapid.Int64Range(low, high).Draw(m.T, name)
}

// words makes up words, those that an answer had, and what breaks parsers.
func (m *maker) words(name string, s *openapi3.Schema) string {
	choices := []string{
		"Ana", "Ana Torres", "met Ana in Porto yesterday, she likes tea", "1990-03-14", "--02-29", "ana@example.org",
		"+351912345678", "#a0b1c2", "parent of", "child of", "2026-01-01T00:00:00Z", "' OR 1=1 --", "%_\\", "\u202eabc", "🦊🦊", "\u0001\u007f",
		"\"unbalanced & | ! ( <->", "a:*", strings.Repeat("w ", 300),
	}
	choices = append(choices, m.seen...)
	text := rapid.SampledFrom(choices).Draw(m.T, name)
	if rapid.IntRange(0, 5).Draw(m.T, name+" any") == 0 {
		text = rapid.String().Draw(m.T, name)
	}
	if n := int(s.MinLength) - len(text); n > 0 && n < 1000 {
		text += strings.Repeat("x", n)
	}
	return text
}
