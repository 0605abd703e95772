package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/store"
)

// An apiShape is one kind of request, as the first user sends it, and the SQL
// that its answer cannot do without.
type apiShape struct {
	name string
	ask  func(n int64) (method, path, body string)
	sql  func(ctx context.Context, pool *pgxpool.Pool, n int64) error
}

var apiShapes = []apiShape{
	{
		name: "contact list",
		ask:  func(int64) (string, string, string) { return http.MethodGet, "/api/contacts", "" },
		sql: func(ctx context.Context, pool *pgxpool.Pool, _ int64) error {
			return query(ctx, pool, `SELECT id, full_name, tier, created_at FROM contacts
				WHERE user_id = 1 AND deleted_at IS NULL ORDER BY name_key, id LIMIT 50`)
		},
	},
	{
		name: "contact card",
		ask: func(n int64) (string, string, string) {
			return http.MethodGet, fmt.Sprintf("/api/contacts/%d", benchContact(n)), ""
		},
		sql: func(ctx context.Context, pool *pgxpool.Pool, n int64) error {
			if err := query(ctx, pool, `SELECT * FROM contacts WHERE user_id = 1 AND id = $1`, benchContact(n)); err != nil {
				return err
			}
			return query(ctx, pool, `SELECT * FROM facts WHERE user_id = 1 AND contact_id = $1`, benchContact(n))
		},
	},
	{
		name: "search",
		ask: func(n int64) (string, string, string) {
			return http.MethodGet, "/api/search?q=" + url.QueryEscape(benchWord(n)), ""
		},
		sql: func(ctx context.Context, pool *pgxpool.Pool, n int64) error {
			// Of the newest shelf only: no index holds all of a user's notes.
			return query(ctx, pool, `SELECT id, text FROM notes WHERE (user_id = 1) IS TRUE
				AND kith_shelved(kith_month(user_id, said_at), tsv) @@ kith_shelved(kith_month(1, now()), plainto_tsquery('english', $1)) LIMIT 50`, benchWord(n))
		},
	},
	{
		name: "note kept",
		ask: func(n int64) (string, string, string) {
			return http.MethodPost, "/api/notes/process", fmt.Sprintf(`{"contact_id":%d,"content":"Had coffee, and moves to Lisbon in May.","async":true}`, benchContact(n))
		},
		sql: func(ctx context.Context, pool *pgxpool.Pool, n int64) error {
			_, err := pool.Exec(ctx, `INSERT INTO notes (user_id, text, step) VALUES (1, 'Had coffee, and moves to Lisbon in May.', $1)`, n)
			return err
		},
	},
}

// benchContact returns the id of one of the first user's contacts.
func benchContact(n int64) int64 { return 2 + 2*(n*7919%49_000) }

// benchWord returns a word that some of the notes have.
func benchWord(n int64) string {
	return strings.ToLower(lastNames[n*31%20] + firstNames[n*17%20])
}

func query(ctx context.Context, pool *pgxpool.Pool, sql string, args ...any) error {
	found, err := pool.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	for found.Next() {
		if _, err := found.Values(); err != nil {
			return err
		}
	}
	return found.Err()
}

// benchAPI measures the API as the user with half of everything asks it, beside
// a handler that answers at once, and beside the bare SQL by pgx over as many
// connections.
func benchAPI(b *testing.B, w *workbench) []result {
	const requests, clients = 1000, 16
	base, tokenOf := w.api(b, endless)
	token := tokenOf(1)
	bare := bareHandler(b)
	pool := barePool(b, w.url)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	var results []result
	for _, shape := range apiShapes {
		var rate, bareRate, sqlRate, took, sqlTook []float64
		var sent atomic.Int64
		over := func(base string) func() error {
			return func() error { return shape.send(client, base, token, sent.Add(1)) }
		}
		for range repeats(shape.name) {
			each, all := hammer(b, requests, clients, over(base))
			settle(b, pool)
			rate, took = append(rate, requests/all.Seconds()), append(took, milliseconds(percentile(each, 50)))
			_, all = hammer(b, requests, clients, over(bare))
			bareRate = append(bareRate, requests/all.Seconds())
			each, all = hammer(b, requests, clients, func() error { return shape.sql(b.Context(), pool, sent.Add(1)) })
			sqlRate, sqlTook = append(sqlRate, requests/all.Seconds()), append(sqlTook, milliseconds(percentile(each, 50)))
		}
		results = append(results,
			result{what: shape.name + ", 16 connections", beside: "bare chi handler", unit: "/s", own: rate, limit: bareRate},
			result{what: shape.name + ", 16 connections", beside: "bare pgx", unit: "/s", own: rate, limit: sqlRate},
			result{what: shape.name + ", 16 connections, p50", beside: "bare pgx", unit: "ms", own: took, limit: sqlTook, less: true})
	}
	return results
}

// send sends the nth request of a shape.
func (s apiShape) send(client *http.Client, base, token string, n int64) error {
	method, path, body := s.ask(n)
	req, err := http.NewRequest(method, base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s %.200s", path, resp.Status, text)
	}
	return err
}

// hammer does something so many times, clients at once, and returns how long
// each took and how long all did.
func hammer(b *testing.B, times, clients int, do func() error) (each []time.Duration, all time.Duration) {
	each = make([]time.Duration, times)
	var next atomic.Int64
	var parts sync.WaitGroup
	begun := time.Now()
	for range clients {
		parts.Go(func() {
			for i := next.Add(1) - 1; i < int64(times); i = next.Add(1) - 1 {
				start := time.Now()
				if err := do(); err != nil {
					b.Error(err)
					return
				}
				each[i] = time.Since(start)
			}
		})
	}
	parts.Wait()
	return each, time.Since(begun)
}

// benchFlood measures how one user's list comes while another writes 10,000 notes
// a minute, of which most are refused, beside how it comes without.
func benchFlood(b *testing.B, w *workbench) []result {
	base, tokenOf := w.api(b, cache.Limit{Rate: 25, Per: time.Second, Burst: 100})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	list, note, flooder := apiShapes[0], apiShapes[3], tokenOf(1)
	slowest := func(users int64) float64 { // of four, as each may ask 100 times
		tokens := [4]string{}
		for i := range tokens {
			tokens[i] = tokenOf(users + int64(i))
		}
		n := 0
		each, _ := hammer(b, 300, 1, func() error { n++; return list.send(client, base, tokens[n%len(tokens)], 0) })
		return milliseconds(percentile(each, 99))
	}
	var own, limit []float64
	for n := range repeats("contact list beside a flood") {
		limit = append(limit, slowest(2+8*n))
		ctx, stop := context.WithCancel(b.Context())
		var flood sync.WaitGroup
		for range 4 {
			flood.Go(func() {
				for tick := time.NewTicker(4 * time.Minute / 10_000); ctx.Err() == nil; <-tick.C {
					_ = note.send(client, base, flooder, n) // refused
				}
			})
		}
		own = append(own, slowest(6+8*n))
		stop()
		flood.Wait()
	}
	return []result{{what: "contact list beside a flood, p99", beside: "without the flood", unit: "ms", own: own, limit: limit, aim: 2, less: true}}
}

// endless is no limit.
var endless = cache.Limit{Rate: 1_000_000, Per: time.Second, Burst: 1_000_000}

// api serves the API on the full database, and returns its address and what makes
// tokens.
func (w *workbench) api(b *testing.B, perUser cache.Limit) (base string, tokenOf func(userID int64) string) {
	db, err := store.Open(b.Context(), w.url, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	rdb, reg := benchRedis(b), prometheus.NewRegistry()
	a := api.Server{
		Store: db, Nudge: func(core.Task) {}, Limits: cache.NewLimits(rdb), PerAddress: endless, PerUser: perUser,
		Ready: func() bool { return true }, Monitor: newMonitor(rdb), Metrics: api.NewMetrics(reg), Gatherer: reg, Log: slog.New(slog.DiscardHandler),
	}
	server := httptest.NewServer(a.Handler())
	b.Cleanup(server.Close)
	return server.URL, func(userID int64) string {
		_, token, err := account.AddToken(b.Context(), db, core.Token{UserID: userID, Name: "bench", Scope: core.ScopeWrite, ExpiresAt: time.Now().Add(time.Hour)})
		if err != nil {
			b.Fatal(err)
		}
		return token
	}
}

// bareHandler serves an answer of the size of a list, and does nothing for it.
func bareHandler(b *testing.B) string {
	list := make([]map[string]any, 50)
	for i := range list {
		list[i] = map[string]any{"id": i, "full_name": "Ana Torres", "tier": 2, "created_at": time.Now()}
	}
	r := chi.NewRouter()
	r.HandleFunc("/*", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(map[string]any{"contacts": list}); err != nil {
			b.Error(err)
		}
	})
	server := httptest.NewServer(r)
	b.Cleanup(server.Close)
	return server.URL
}
