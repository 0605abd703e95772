package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// A diary is what a program notes by the API without a break, and how each note
// was answered.
type diary struct {
	p       *program
	contact int64

	mu   sync.Mutex
	said map[string]int // the status by the note
}

// diary begins one. Stop ends it.
func (p *program) diary() (d *diary, stop func()) {
	p.r.t.Helper()
	var who struct {
		ID int64 `json:"contact_id"`
	}
	p.must(http.MethodPost, "/api/contacts", map[string]any{"full_name": "Dear Diary"}, &who)
	d = &diary{p: p, contact: who.ID, said: map[string]int{}}
	return d, background(p.r.t, d.run)
}

// run notes something ten times a second, which the API takes from one user.
func (d *diary) run(ctx context.Context) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		text := fmt.Sprintf("Today is day %d", n)
		got, err := d.p.ask(http.MethodPost, pathNote, map[string]any{"contact_id": d.contact, "content": text, "async": true})
		if d.p.r.ctx.Err() != nil {
			return nil
		}
		if err != nil || got.status != http.StatusOK && got.status != http.StatusServiceUnavailable {
			d.p.r.t.Errorf("a note is answered %d %s (%v), want success or a refusal", got.status, got.body, err)
		}
		if got.status == http.StatusServiceUnavailable {
			d.p.r.wantRefused(got, nil)
		}
		d.mu.Lock()
		d.said[text] = got.status
		d.mu.Unlock()
	}
}

// count returns how many notes were answered by a status.
func (d *diary) count(status int) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.said {
		if s == status {
			n++
		}
	}
	return n
}

// until waits for so many more notes to be answered by a status, and has
// something done meanwhile.
func (d *diary) until(within time.Duration, status, more int, meanwhile ...func()) {
	d.p.r.t.Helper()
	want := d.count(status) + more
	for deadline := time.Now().Add(within); d.count(status) < want; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.p.r.t.Fatalf("%d notes were answered %d within %v, want %d", d.count(status), status, within, want)
		}
		for _, do := range meanwhile {
			do()
		}
	}
}

// wantKept fails the test unless every note that was accepted is there, and
// none twice. One that was refused may be there: the database can go away
// after it kept it and before it says so.
func (d *diary) wantKept() {
	r := d.p.r
	r.t.Helper()
	rows, err := r.rows.Query(r.ctx, `SELECT text, count(*) FROM notes WHERE chat_id IS NULL GROUP BY text`)
	r.must(err)
	kept := map[string]int{}
	var text string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&text, &n}, func() error { kept[text] = n; return nil })
	r.must(err)
	d.mu.Lock()
	said := maps.Clone(d.said)
	d.mu.Unlock()
	for text, status := range said {
		if n := kept[text]; n > 1 || status == http.StatusOK && n == 0 {
			r.t.Errorf("%q was answered %d and is there %d times", text, status, n)
		}
	}
}
