package main

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core/store"
)

// growing is what databases hold that are compared with each other.
var growing = []size{{contacts: 100, notes: 1000}, {contacts: 1000, notes: 10_000}, {contacts: 10_000, notes: 100_000}, many}

// growths are what should take as long with many notes as with few. People is
// how many contacts the first user has.
func growths(people int64) []apiShape {
	contact := func(n int64) int64 { return 2 + 2*(n*7919%(people-1)) }
	return []apiShape{
		{name: "note kept", ask: func(n int64) (string, string, string) {
			return http.MethodPost, "/api/notes/process", fmt.Sprintf(`{"contact_id":%d,"content":"Had coffee, and moves to Lisbon in May.","async":true}`, contact(n))
		}},
		{name: "contact card", ask: func(n int64) (string, string, string) {
			return http.MethodGet, fmt.Sprintf("/api/contacts/%d", contact(n)), ""
		}},
		{name: "contact list", ask: func(int64) (string, string, string) { return http.MethodGet, "/api/contacts", "" }},
		{name: "search", ask: func(n int64) (string, string, string) {
			return http.MethodGet, "/api/search?q=" + url.QueryEscape(benchWord(n)), ""
		}},
	}
}

// benchGrowth measures how much longer things take the more notes there are: the
// slope of the line through what they take, where both axes are logarithms. 0 is
// no longer, 1 is as many times longer as there are more notes.
func benchGrowth(b *testing.B, w *workbench) []result {
	var notes []float64
	var took []func(shape int) float64
	for _, s := range growing {
		notes = append(notes, float64(s.notes))
		took = append(took, w.holding(b, s).growthTook(b, s))
	}
	var results []result
	for i, shape := range growths(many.contacts / 2) {
		r := result{what: "growth from 1,000 to 1 M notes: " + shape.name, aim: 0.1, less: true}
		if shape.name == "search" {
			r.aim = 0.35
		}
		points := make([][]float64, len(growing)) // of all runs
		for range repeats("growth: " + shape.name) {
			now := make([]float64, len(growing))
			for s := range growing {
				now[s] = took[s](i)
				points[s] = append(points[s], now[s])
			}
			r.own = append(r.own, slope(notes, now))
		}
		r.beside = "slope, 0 is none; at 1,000, 10,000, 100,000 and 1 M"
		for _, p := range points {
			r.beside += fmt.Sprintf(" %.1f", median(p))
		}
		r.beside += " ms"
		results = append(results, r)
	}
	return results
}

// holding returns a workbench whose database holds so much, on the same server.
func (w *workbench) holding(b *testing.B, s size) *workbench {
	if s == many {
		return w
	}
	other := &workbench{url: besides(b, w.url, fmt.Sprintf("notes_%d", s.notes))}
	if err := store.Migrate(b.Context(), other.url); err != nil {
		b.Fatal(err)
	}
	seed(b, other.url, s)
	return other
}

// growthTook returns what measures how many milliseconds a shape usually takes.
func (w *workbench) growthTook(b *testing.B, s size) func(shape int) float64 {
	base, tokenOf := w.api(b, endless)
	token, client, sent := tokenOf(1), &http.Client{}, int64(0)
	shapes := growths(s.contacts / 2)
	return func(shape int) float64 {
		each, _ := hammer(b, 100, 1, func() error { sent++; return shapes[shape].send(client, base, token, sent) })
		return milliseconds(percentile(each, 50))
	}
}

// slope returns that of the straight line through the logarithms of points by
// least squares, Σ(x−x̄)(y−ȳ) ÷ Σ(x−x̄)², as in the NIST/SEMATECH e-Handbook of
// Statistical Methods, 4.4.3.1.
func slope(xs, ys []float64) float64 {
	var meanX, meanY float64
	for i := range xs {
		meanX += math.Log(xs[i]) / float64(len(xs))
		meanY += math.Log(ys[i]) / float64(len(ys))
	}
	var both, square float64
	for i := range xs {
		x := math.Log(xs[i]) - meanX
		both += x * (math.Log(ys[i]) - meanY)
		square += x * x
	}
	return both / square
}

// besides makes another database on the server of one, and returns its address.
func besides(b *testing.B, of, name string) string {
	conn, err := pgx.Connect(b.Context(), of)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	execute(b, conn, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	address, err := url.Parse(of)
	if err != nil {
		b.Fatal(err)
	}
	address.Path = "/" + name
	return address.String()
}
