package recall

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm/llmtest"
	"github.com/kith-platform/kith/core/store"
)

func TestReplyWithoutAModel(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	for question, want := range map[string]struct{ text, quotes string }{
		"Who do I know in Porto?": {
			"Ana Torres: Lives in Porto.\nZoë: May move to Porto.",
			"Coffee with Ana. She lives in Porto and likes tea. Send her the architect's number.|Zoë may move to Porto",
		},
		"Where does Ana live?":          {"Ana Torres: Lives in Porto.", "Coffee with Ana. She lives in Porto and likes tea. Send her the architect's number."},
		"Who talked about sailing?":     {"Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores.", "Ana and Mike talked about sailing round the Azores"},
		"When is Mike Chen's birthday?": {"Mike Chen: 24 November 1990, ", ""},
		"When did I last talk to Ana?":  {"Ana Torres: ", "Coffee with Ana. She lives in Porto and likes tea. Send her the architect's number."},
		"Who is Zarathustra?":           {"I don't know. I have nothing about Zarathustra.", ""},
		"Did it rain in May?":           {"I don't know. Nothing you told me answers that.", ""},
		"???":                           {"I don't know. Nothing you told me answers that.", ""},
	} {
		got, err := new(Answerer).Reply(t.Context(), db, user, question)
		check(t, err)
		if !strings.HasPrefix(got.Text, want.text) || quotes(got) != want.quotes || got.Engine != "rules" || got.Trouble != nil {
			t.Errorf("%s %q from %s by %s (%v), want %q from %s", question, got.Text, quotes(got), got.Engine, got.Trouble, want.text, want.quotes)
		}
	}
}

// quotes returns what the sources of a reply say.
func quotes(r Reply) string {
	var list []string
	for _, s := range r.Sources {
		list = append(list, s.Quote)
	}
	return strings.Join(list, "|")
}

func TestReplyWithAModel(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	for _, test := range []struct {
		name     string
		behavior llmtest.Behavior
		question string
		text     string
		engine   string
		sources  int
		trouble  bool
	}{
		{"one source", llmtest.Text(`{"unknown":false,"answer":"Zoë may move there.","sources":[2]}`), "Who do I know in Porto?", "Zoë may move there.", "openai", 1, false},
		{"it does not tell", llmtest.Text(`{"unknown":true,"answer":"","sources":[]}`), "Where does Ana live?", "Ana Torres: Lives in Porto.", "rules", 1, false},
		{"it is down", llmtest.Fail(http.StatusInternalServerError), "Where does Ana live?", "Ana Torres: Lives in Porto.", "rules", 1, true},
		{"nonsense", llmtest.Raw("<html>"), "Where does Ana live?", "Ana Torres: Lives in Porto.", "rules", 1, true},
		{"nothing to ask about", llmtest.Text(`{"unknown":false,"answer":"Yes, it poured.","sources":[1]}`), "Did it rain in May?", "I don't know. Nothing you told me answers that.", "rules", 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, a := endpoint(t, test.behavior)
			got := reply(t, a, db, user, test.question)
			if got.Text != test.text || got.Engine != test.engine || len(got.Sources) != test.sources || (got.Trouble != nil) != test.trouble {
				t.Errorf("answered %+v, want %q by %s from %d notes", got, test.text, test.engine, test.sources)
			}
		})
	}
}

func reply(t *testing.T, a *Answerer, db *store.Store, user core.User, question string) Reply {
	t.Helper()
	r, err := a.Reply(t.Context(), db, user, question)
	check(t, err)
	return r
}
