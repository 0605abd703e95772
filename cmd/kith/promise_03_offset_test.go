package main

import (
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
)

// TestPromise03OffsetNeverPassesWhatIsCommitted looks at every poll whether the
// updates before its offset are committed, also while those of one chat cannot be.
func TestPromise03OffsetNeverPassesWhatIsCommitted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.onCall(r.lookAtOffset)
	users := r.people(5)
	r.writeAll(users, 4, "before Kith runs")
	release := r.hold(users[0])
	stop := r.open()
	r.until(10*time.Second, "the others' notes are kept", `SELECT count(*) = $1 FROM notes`, 4*(len(users)-1))
	if n, err := r.tg.Pending(r.ctx); err != nil || n != r.total() {
		t.Errorf("%d updates are unconfirmed (%v), want all %d, for the first is not committed", n, err, r.total())
	}
	release()
	for range 5 {
		r.writeAll(users, 10, "while Kith runs")
	}
	r.settled(time.Minute)
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
}

// lookAtOffset fails the test when a poll confirms what is not committed.
func (r *rig) lookAtOffset(method string, params map[string]any) {
	offset := integer(params["offset"])
	if method != "getUpdates" || offset == 0 {
		return
	}
	var stored int64
	err := r.rows.QueryRow(r.ctx, `SELECT count(*) FROM updates WHERE update_id < $1`, offset).Scan(&stored)
	if want := offset - 1; err != nil || stored != want {
		r.t.Errorf("a poll confirms %d updates, of which %d are committed (%v)", want, stored, err)
	}
}

// hold keeps whatever a user says from being committed, until it is released.
func (r *rig) hold(u *sandbox.User) (release func()) {
	r.t.Helper()
	tx, err := r.rows.Begin(r.ctx)
	r.must(err)
	_, err = tx.Exec(r.ctx, `SELECT FROM users WHERE telegram_id = $1 FOR UPDATE`, u.ID)
	r.must(err)
	return func() { r.must(tx.Rollback(r.ctx)) }
}
