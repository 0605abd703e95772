package main

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// searches are the shapes of what people look for, as the first user types them.
var searches = []struct{ shape, query string }{
	{"name", "Ana Alari"},
	{"typo", "Belina Barbret"},
	{"word", "alariana"},
	{"phrase", `"spoke about alariana"`},
	{"date", "march 2026"},
	{"Cyrillic", "Мария"},
	{"prefix", "alari"},
	{"common word", "spoke"},
	{"no hit", "zzyzx"},
}

// benchSearch measures what the first user finds among their half of the notes,
// and how much sooner than by reading all of them.
func benchSearch(b *testing.B, w *workbench) []result {
	const times = 100
	base, tokenOf := w.api(b, endless)
	token, pool := tokenOf(1), barePool(b, w.url)
	client := &http.Client{}
	settle(b, pool) // what was written before is not to be read meanwhile
	find := func(query string) func() error {
		s := apiShape{ask: func(int64) (string, string, string) {
			return http.MethodGet, "/api/search?q=" + url.QueryEscape(query), ""
		}}
		return func() error { return s.send(client, base, token, 0) }
	}
	var results []result
	for _, s := range searches {
		var slow, usual, plain []float64
		for range repeats("search: " + s.shape) {
			each, _ := hammer(b, times, 1, find(s.query))
			slow, usual = append(slow, milliseconds(percentile(each, 99))), append(usual, milliseconds(percentile(each, 50)))
			if s.shape == "common word" {
				each, _ = hammer(b, 3, 1, func() error { return ilike(b, pool, s.query) })
				plain = append(plain, milliseconds(percentile(each, 50)))
			}
		}
		results = append(results, result{what: "search: " + s.shape + ", p99", unit: "ms", own: slow, aim: 15, less: true})
		if plain != nil {
			results = append(results, result{what: "search: " + s.shape + ", p50", beside: "ILIKE and ts_rank over all", unit: "ms", own: usual, limit: plain, aim: 0.2, less: true})
		}
	}
	return results
}

// ilike finds a word as Postgres does without an index.
func ilike(b *testing.B, pool *pgxpool.Pool, word string) error {
	return query(b.Context(), pool, `SELECT id, text FROM notes WHERE user_id = 1 AND text ILIKE '%' || $1 || '%'
		ORDER BY ts_rank(tsv, plainto_tsquery('english', $1)) DESC, said_at DESC LIMIT 50`, word)
}
