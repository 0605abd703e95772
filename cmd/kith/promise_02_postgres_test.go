package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/store"
)

// TestPromise02PostgresKilledUnderLoad kills Postgres, its children too, while
// Kith works: what was confirmed is on disk, and Kith goes on by itself.
func TestPromise02PostgresKilledUnderLoad(t *testing.T) {
	t.Parallel()
	kills := load(2, 10)
	p := newPostgres(t)
	r := newRigOn(t, p.server.URL(), cachetest.Redis(t))
	r.must(store.Migrate(r.ctx, p.server.URL()))
	users := r.people(8)
	stop := r.open()
	for round := range kills {
		moment := r.moment(6 * len(users))
		r.await(moment, r.writing(users, 4, fmt.Sprintf("in round %d", round)))
		r.kill(p)
		p.start()
		r.rows.Reset()
		r.wantConfirmedStored()
	}
	r.settled(time.Minute)
	r.wantConfirmedStored()
	r.wantNotes()
	r.wantReplies(users, kills)
	stop()
}
