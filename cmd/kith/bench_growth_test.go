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

// few is what the database holds that the full one is compared with.
var few = size{contacts: 100, notes: 1000}

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

// benchGrowth measures how much longer things take with all the notes than with
// a thousand: the slope of the line between the two, where both axes are
// logarithms. 0 is no longer, 1 is as many times longer as there are more notes.
func benchGrowth(b *testing.B, w *workbench) []result {
	small := workbench{url: besides(b, w.url, "few")}
	if err := store.Migrate(b.Context(), small.url); err != nil {
		b.Fatal(err)
	}
	seed(b, small.url, few)
	took := func(w *workbench, s size) func(shape int) float64 {
		base, tokenOf := w.api(b, endless)
		token, client, sent := tokenOf(1), &http.Client{}, int64(0)
		shapes := growths(s.contacts / 2)
		return func(shape int) float64 {
			each, _ := hammer(b, 100, 1, func() error { sent++; return shapes[shape].send(client, base, token, sent) })
			return milliseconds(percentile(each, 50))
		}
	}
	withFew, withMany := took(&small, few), took(w, many)
	var results []result
	for i, shape := range growths(many.contacts / 2) {
		r := result{what: "growth from 1,000 to 1 M notes: " + shape.name, beside: "slope; 0 is none", aim: 0.1, less: true}
		if shape.name == "search" {
			r.aim = 0.35
		}
		for range runs {
			least := withFew(i)
			r.own = append(r.own, math.Log(withMany(i)/least)/math.Log(float64(many.notes)/float64(few.notes)))
		}
		results = append(results, r)
	}
	return results
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
