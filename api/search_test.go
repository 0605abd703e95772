package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm"
	"github.com/kith-platform/kith/core/llm/llmtest"
	"github.com/kith-platform/kith/core/llm/openai"
	"github.com/kith-platform/kith/core/recall"
	"github.com/kith-platform/kith/core/store/storetest"
)

// A hit is what a search found, as clients get it.
type hit struct {
	Kind        string
	ID          int64
	ContactID   int64  `json:"contact_id"`
	ContactName string `json:"contact_name"`
	Snippet     string
	Score       float64
}

func (c *client) search(q string) []hit {
	c.t.Helper()
	var r struct{ Results []hit }
	c.get("/api/search?q=" + url.QueryEscape(q)).want(200).into(&r)
	return r.Results
}

func TestSearch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	mike := ana.know("Mike Chen")[0]
	noteID := ana.process(mike, "Mike works at Stripe & likes <b>figs</b>").RawNoteID
	bob.process(bob.know("Mike Other")[0], "Mike works at Stripe, too")
	kinds := map[string]hit{}
	for _, got := range append(ana.search("stripe"), ana.search("mkie")...) {
		kinds[got.Kind] = got
		if got.ContactID != mike.ID || got.ContactName != "Mike Chen" || got.Score <= 0 || got.Score > 1 {
			t.Errorf("found %+v, want it about Mike Chen", got)
		}
	}
	if got := kinds["note"]; got.ID != noteID || got.Snippet != "Mike works at Stripe & likes <b>figs</b>" {
		t.Errorf("the note is found as %+v, want its own words", got)
	}
	if got := kinds["fact"]; !strings.Contains(got.Snippet, "Stripe") || got.ID == 0 {
		t.Errorf("the fact is found as %+v", got)
	}
	if got := kinds["contact"]; got.ID != mike.ID || got.Snippet != "Mike Chen" {
		t.Errorf("by a slip is found %+v, want the contact", got)
	}
	for _, q := range []string{"xyzzy", "?!", "%", "the", "\u202e"} {
		if got := string(ana.get("/api/search?q=" + url.QueryEscape(q)).want(200).body); strings.TrimSpace(got) != `{"results":[]}` {
			t.Errorf("%q finds %s, want an empty list", q, got)
		}
	}
	var one struct{ Results []hit }
	if ana.get("/api/search?q=stripe&limit=1").want(200).into(&one); len(one.Results) != 1 || one.Results[0].Kind != "fact" {
		t.Errorf("the best one is %+v, want the fact", one.Results)
	}
	ana.get("/api/search").says(400, "q: ")
	ana.get("/api/search?q=").says(400, "q: ")
	ana.get("/api/search?q="+strings.Repeat("a", 10_000)).says(400, "q: expected length <= 400")
	ana.get("/api/search?q=a%00b").says(400, "q: ")
	ana.get("/api/search?q=caf%E9").says(400, "q: ")
	ana.get("/api/search?q=a&limit=0").says(400, "limit: ")
	ana.get("/api/search?q=a&limit=201").says(400, "limit: ")
	ana.get("/api/search?q=a&limit=x").says(400, "limit: ")
	ana.get("/api/search?q=a&user_id=1").says(400, "user_id")
	h.stranger(t).get("/api/search?q=a").says(401, "not signed in")
}

func TestNaughtySearches(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.somebody(t, core.RoleUser)
	zoe := ana.know("Zoë Quinn")[0]
	for i, text := range naughty {
		text = fmt.Sprintf("needle%d %s", i, text)
		storetest.Note(t, h.Store, ana.user.ID, text, zoe)
		got := ana.search(fmt.Sprint("needle", i))
		if len(got) != 1 || got[0].Snippet != text {
			t.Errorf("found %+v, want %q letter for letter", got, text)
		}
		ana.search(string([]rune(text)[:min(200, len([]rune(text)))]))
	}
	if got, want := len(ana.pages(id("/api/notes/%d/raw?limit=5", zoe.ID))), len(naughty); got != want {
		t.Errorf("%d notes are listed, want %d", got, want)
	}
	for i, text := range ana.pages("/api/notes?limit=2") {
		if n := len(naughty) - 1 - i; text != fmt.Sprintf("needle%d %s", n, naughty[n]) {
			t.Errorf("listed is %q, want it letter for letter", text)
		}
	}
}

// An answered question, as clients get it.
type answered struct {
	Answer, Engine string
	Sources        []struct {
		NoteID int64 `json:"note_id"`
		Quote  string
	}
}

func (c *client) ask(question string) (a answered) {
	c.t.Helper()
	c.post("/api/ask", map[string]any{"question": question}).want(200).into(&a)
	return a
}

func TestAsk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bob := h.somebody(t, core.RoleUser), h.somebody(t, core.RoleUser)
	text := "Mike works at Stripe, I think"
	noteID := ana.process(ana.know("Mike Chen")[0], text).RawNoteID
	a := ana.ask("Who works at Stripe?")
	if a.Answer != "Mike Chen: Works at Stripe." || a.Engine != "rules" || len(a.Sources) != 1 || a.Sources[0].NoteID != noteID || !strings.Contains(text, a.Sources[0].Quote) || a.Sources[0].Quote == "" {
		t.Errorf("answered %+v, want Mike, by his note", a)
	}
	for _, question := range []string{"Who works at Stripe?", "Where does Mike work?", "mike"} {
		if a := bob.ask(question); !strings.Contains(a.Answer, "don't know") || a.Sources == nil || len(a.Sources) != 0 {
			t.Errorf("somebody else asks %s and learns %+v", question, a)
		}
	}
	for _, question := range append([]string{" ", "?", "Who is <b>Zed</b>?", strings.Repeat("who ", 500)}, naughty...) {
		if a := ana.ask(question); a.Answer == "" {
			t.Errorf("%.40q is not answered", question)
		}
	}
	ana.post("/api/ask", map[string]any{}).says(400, "question")
	ana.post("/api/ask", map[string]any{"question": ""}).says(400, "question: expected length >= 1")
	ana.post("/api/ask", map[string]any{"question": strings.Repeat("a", 2001)}).says(400, "question: expected length <= 2000")
	ana.post("/api/ask", map[string]any{"question": "a\x00b"}).says(400, "question: ")
	ana.post("/api/ask", map[string]any{"question": 1}).says(400, "question: expected string")
	ana.post("/api/ask", map[string]any{"question": "a", "model": "x"}).says(400, "model: unexpected property")
	h.stranger(t).post("/api/ask", map[string]any{"question": "a"}).says(401, "not signed in")
	ana.exec(`UPDATE tokens SET scope = 'read'`)
	ana.ask("Who works at Stripe?")
}

func TestAskWithAModel(t *testing.T) {
	t.Parallel()
	release, stopping := make(chan struct{}), make(chan struct{})
	defer close(release)
	endpoint := llmtest.New(llmtest.Text(`{"unknown":false,"answer":"Mike does.","sources":[1]}`))
	t.Cleanup(endpoint.Close)
	model, err := openai.New(openai.Options{Key: llmtest.Key, BaseURL: endpoint.OpenAI()})
	check(t, err)
	t.Cleanup(func() { _ = model.Close() })
	h := newHouse(t, func(s *api.Server) {
		s.Answerer, s.Stopping = recall.Answerer{Models: []llm.Model{model}, Timeout: 10 * time.Second}, stopping
	})
	ana := h.somebody(t, core.RoleUser)
	ana.process(ana.know("Mike Chen")[0], "Mike works at Stripe, I think")
	if a := ana.ask("Who works at Stripe?"); a.Answer != "Mike does." || a.Engine != "openai" || len(a.Sources) != 1 {
		t.Errorf("answered %+v, want the model's sentence with its source", a)
	}
	endpoint.Behave(llmtest.Fail(http.StatusInternalServerError))
	if a := ana.ask("Who works at Stripe?"); a.Answer != "Mike Chen: Works at Stripe." || a.Engine != "rules" {
		t.Errorf("without the model answered %+v, want what was found", a)
	}
	endpoint.Behave(llmtest.Slow(release, llmtest.Text(`{}`)))
	go func() {
		for len(endpoint.Calls()) < 3 {
			time.Sleep(5 * time.Millisecond)
		}
		close(stopping)
	}()
	if a := ana.ask("Who works at Stripe?"); a.Answer != "Mike Chen: Works at Stripe." || a.Engine != "rules" {
		t.Errorf("while Kith stops answered %+v, want what was found", a)
	}
}
