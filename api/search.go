package api

import (
	"context"
	"math"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/recall"
)

// recallRoutes registers what asks the memory.
func (s *Server) recallRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/search", "Search people, facts and notes"), s.search)
	route(s, api, reads, op(http.MethodPost, "/api/ask", "Ask a question"), s.ask)
}

type searchIn struct {
	Q     string `query:"q" required:"true" minLength:"1" maxLength:"400" example:"architect" doc:"Names, also with a slip, and words, all of which must be there. In quotes they are a phrase; - leaves a word out; OR has either"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
}

// A SearchResult is something that a search found.
type SearchResult struct {
	Kind        string  `json:"kind" enum:"contact,note,fact"`
	ID          int64   `json:"id"`
	ContactID   int64   `json:"contact_id,omitempty" doc:"Whom it is about, first of all"`
	ContactName string  `json:"contact_name,omitempty" doc:"Theirs; of a note about several, the names of all"`
	Snippet     string  `json:"snippet" doc:"Plain text from around the words found, or the name"`
	Score       float64 `json:"score" minimum:"0" maximum:"1"`
}

type searchReply struct {
	Results []SearchResult `json:"results" doc:"The best first"`
}

func (s *Server) search(ctx context.Context, u core.User, in *searchIn) (*reply[searchReply], error) {
	hits, err := recall.Hits(ctx, s.Store, u.ID, in.Q, in.Limit)
	return &reply[searchReply]{Body: searchReply{Results: each(hits, asSearchResult)}}, err
}

func asSearchResult(h recall.Hit) SearchResult {
	return SearchResult{
		Kind: string(h.Kind), ID: h.ID, ContactID: h.ContactID, ContactName: h.Name, Snippet: h.Snippet,
		Score: math.Round(h.Score*1000) / 1000,
	}
}
