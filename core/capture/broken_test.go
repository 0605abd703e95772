package capture_test

import (
	"context"
	"slices"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// rows counts what there is in the tables that an act may change.
func (d *diary) rows() (counts []int64) {
	d.t.Helper()
	check(d.t, d.sql.QueryRow(d.t.Context(), `SELECT ARRAY[
		(SELECT count(*) FROM notes), (SELECT count(*) FROM notes WHERE deleted_at IS NULL), (SELECT sum(revision) FROM notes),
		(SELECT count(*) FROM mentions), (SELECT count(*) FROM mentions WHERE state = 'resolved'), (SELECT count(*) FROM aliases),
		(SELECT count(*) FROM contacts WHERE deleted_at IS NULL), (SELECT count(*) FROM tasks WHERE state = 'queued'),
		(SELECT sum(wanted) FROM messages), (SELECT count(*) FROM facts WHERE touched_at IS NULL), (SELECT count(*) FROM audit_events)
	]::bigint[]`).Scan(&counts))
	return counts
}

// An act that breaks off half-way, here for want of a table, says so and
// leaves everything as it was.
func TestHalfAnActIsNone(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana Torres")
	note := d.take("Coffee with Maya Okafor, then with Nita")
	d.read(note)
	mentions, err := d.db.Mentions(t.Context(), d.user.ID, note.ID)
	check(t, err)
	i := slices.IndexFunc(mentions, func(m core.Mention) bool { return m.Name == "Maya Okafor" })
	nita := slices.IndexFunc(mentions, func(m core.Mention) bool { return m.State == core.MentionAsked })
	if i < 0 || nita < 0 {
		t.Fatalf("the note mentions %v, want Maya Okafor and somebody to be asked about", mentions)
	}
	fact := storetest.Fact(t, d.db, note, "Drinks coffee")
	for _, act := range []struct {
		name   string
		do     func(ctx context.Context, tx *store.Store) error
		tables []string // that it cannot do without
	}{
		{"take", func(ctx context.Context, tx *store.Store) error {
			_, _, err := capture.Take(ctx, tx, capture.Message{User: d.user, Text: "Tea with Zoe Quinn", SaidAt: d.now})
			return err
		}, []string{"notes", "mentions", "contacts", "aliases", "tasks", "audit_events"}},
		{"take from somebody", func(ctx context.Context, tx *store.Store) error {
			_, _, err := capture.Take(ctx, tx, capture.Message{User: d.user, Text: "I like tea", Author: "Zed", SaidAt: d.now})
			return err
		}, []string{"notes", "mentions", "contacts", "tasks"}},
		{"take about who was spoken of before", func(ctx context.Context, tx *store.Store) error {
			_, _, err := capture.Take(ctx, tx, capture.Message{User: d.user, Text: "moved to Porto", SaidAt: d.now})
			return err
		}, []string{"notes", "mentions", "messages", "tasks"}},
		{"revise", func(ctx context.Context, tx *store.Store) error {
			_, err := capture.Revise(ctx, tx, note, "Coffee with Zoe Quinn")
			return err
		}, []string{"notes", "mentions", "contacts", "facts", "tasks", "messages", "audit_events"}},
		{"retry", func(ctx context.Context, tx *store.Store) error {
			_, err := capture.Retry(ctx, tx, note)
			return err
		}, []string{"notes", "tasks", "messages"}},
		{"assign", func(ctx context.Context, tx *store.Store) error {
			return capture.Assign(ctx, tx, d.user.ID, mentions[i].ID, ana.ID)
		}, []string{"notes", "mentions", "contacts", "aliases", "facts", "interactions", "messages", "reaches"}},
		{"assign new", func(ctx context.Context, tx *store.Store) error {
			return capture.AssignNew(ctx, tx, d.user.ID, mentions[nita].ID)
		}, []string{"notes", "mentions", "contacts", "messages"}},
		{"assign named", func(ctx context.Context, tx *store.Store) error {
			return capture.AssignNamed(ctx, tx, d.user.ID, mentions[nita].ID, "Nita Moss")
		}, []string{"notes", "mentions", "contacts", "messages"}},
		{"decide", func(ctx context.Context, tx *store.Store) error {
			return capture.DecideFact(ctx, tx, d.user.ID, fact.ID, core.FactDiscarded)
		}, []string{"notes", "facts", "messages"}},
		{"undo", func(ctx context.Context, tx *store.Store) error {
			_, err := capture.Undo(ctx, tx, d.user.ID, note.ID)
			return err
		}, []string{"notes", "mentions", "contacts", "tasks", "messages", "audit_events"}},
		{"undo last", func(ctx context.Context, tx *store.Store) error {
			_, _, err := capture.UndoLast(ctx, tx, d.user.ID)
			return err
		}, []string{"notes"}},
		{"confirm", func(ctx context.Context, _ *store.Store) error {
			_, err := capture.Confirm(ctx, d.db, d.user.ID, note.ID)
			return err
		}, []string{"users", "notes", "mentions", "facts", "contacts"}},
	} {
		before := d.rows()
		for _, table := range act.tables {
			d.rename(table, "away")
			if err := d.tx(act.do); err == nil {
				t.Errorf("%s: done without the table %s", act.name, table)
			}
			d.rename("away", table)
			if after := d.rows(); !slices.Equal(before, after) {
				t.Fatalf("%s: without the table %s half is done: %v, before %v", act.name, table, after, before)
			}
		}
	}
}

func (d *diary) rename(from, to string) {
	d.t.Helper()
	_, err := d.sql.Exec(d.t.Context(), `ALTER TABLE `+from+` RENAME TO `+to)
	check(d.t, err)
}
