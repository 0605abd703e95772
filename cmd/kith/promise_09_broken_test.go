package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core/store"
)

// unspeakable is the word that no handler survives.
const unspeakable = "unspeakable"

// TestPromise09HandlerBreaks has one update fail in the database and another
// make its handler panic: each is set aside with an apology, and the next ten
// in its chat are answered within a second, or on a machine that takes that for any
// ten, as fast as those. The test has its package to itself.
func TestPromise09HandlerBreaks(t *testing.T) {
	t.Run("fails", func(t *testing.T) {
		r := newRig(t)
		r.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`)
		r.exec(`CREATE TRIGGER refuse BEFORE INSERT ON notes FOR EACH ROW WHEN (NEW.text LIKE '%` + unspeakable + `%') EXECUTE FUNCTION refuse()`)
		users := r.people(1)
		r.open()
		r.brokenUpdate(users[0])
	})
	t.Run("panics", func(t *testing.T) {
		r := newRig(t)
		users := r.people(1)
		r.openPanicking()
		r.brokenUpdate(users[0])
	})
}

func (r *rig) brokenUpdate(u *sandbox.User) {
	r.t.Helper()
	calm := r.tenNotes(u, 20*time.Second)
	r.settled(20 * time.Second)
	if _, err := u.Send(r.ctx, "Ana likes what is "+unspeakable); err != nil {
		r.t.Fatal(err)
	}
	r.tenNotes(u, max(time.Second, 2*calm))
	r.settled(20 * time.Second)
	r.wantNotes()
	r.wantReplies([]*sandbox.User{u}, 0)
	if n := value[int](r, `SELECT count(*) FROM updates_aside WHERE position($1::bytea IN sealed) = 0`, []byte(unspeakable)); n != 1 {
		r.t.Errorf("%d updates are set aside and sealed, want 1", n)
	}
	if n := value[int](r, `SELECT count(*) FROM messages WHERE args->>'phrase' = 'sorry' AND shown = 1`); n != 1 {
		r.t.Errorf("%d apologies, want 1", n)
	}
}

// tenNotes has a user send ten notes, which are to be answered within a time, and
// returns how long that took.
func (r *rig) tenNotes(u *sandbox.User, within time.Duration) time.Duration {
	r.t.Helper()
	begun := time.Now()
	var notes []int
	for n := range 10 {
		notes = append(notes, r.write(u, fmt.Sprintf("Ana likes figs, said for the %dth time", n)).ID)
	}
	if err := r.answers(u, within, notes...); err != nil {
		r.t.Error(err)
	}
	return time.Since(begun)
}

// openPanicking runs a Kith that panics in the middle of a statement about
// what is unspeakable.
func (r *rig) openPanicking() {
	r.t.Helper()
	h := r.house()
	h.reg, h.owner = prometheus.NewRegistry(), owner()
	r.must(h.open(r.ctx))
	r.t.Cleanup(func() {
		h.db.Close()
		r.must(h.rdb.Close())
	})
	r.must(h.build())
	db, err := store.Open(r.ctx, r.settings["DATABASE_URL"], store.Options{Tracer: panicker{}})
	r.must(err)
	r.t.Cleanup(db.Close)
	h.bot.Store = db
	background(r.t, func(ctx context.Context) error {
		parts, ctx := errgroup.WithContext(ctx)
		h.start(ctx, parts)
		return parts.Wait()
	})
}

// A panicker watches statements, as metrics do.
type panicker struct{}

// see panics when a note of what is unspeakable is about to be kept.
func (panicker) see(sql string, args []any) {
	if strings.Contains(sql, "add note") && strings.Contains(fmt.Sprint(args...), unspeakable) {
		panic("a handler broke")
	}
}

func (p panicker) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	p.see(q.SQL, q.Args)
	return ctx
}

func (panicker) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (p panicker) TraceBatchStart(ctx context.Context, _ *pgx.Conn, b pgx.TraceBatchStartData) context.Context {
	for _, q := range b.Batch.QueuedQueries {
		p.see(q.SQL, q.Arguments)
	}
	return ctx
}

func (panicker) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (panicker) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
