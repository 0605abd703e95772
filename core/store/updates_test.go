package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestOnce(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	runs := 0
	run := func(bot, update int64, result error) (bool, error) {
		return m.Once(t.Context(), bot, update, func(tx *store.Store) error {
			runs++
			if err := tx.OpenChat(t.Context(), m.user, update); err != nil {
				return err
			}
			return result
		})
	}
	failure := errors.New("no")
	for _, test := range []struct {
		name        string
		bot, update int64
		result      error
		fresh       bool
		runs        int
	}{
		{"fails", 1, 7, failure, false, 1},
		{"comes again", 1, 7, nil, true, 2},
		{"is repeated", 1, 7, nil, false, 2},
		{"another bot's", 2, 7, nil, true, 3},
		{"the next", 1, 8, nil, true, 4},
	} {
		fresh, err := run(test.bot, test.update, test.result)
		if fresh != test.fresh || !errors.Is(err, test.result) || runs != test.runs {
			t.Errorf("%s: fresh %v, %v, ran %d times; want %v, %v, %d", test.name, fresh, err, runs, test.fresh, test.result, test.runs)
		}
		if test.result != nil {
			_, err := m.ChatOf(t.Context(), m.user)
			notFound(t, "what a failed update did", err)
		}
	}
}

func TestOnceAtOnce(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	var runs, fresh atomic.Int32
	var handling sync.WaitGroup
	for range 6 {
		handling.Go(func() {
			new, err := m.Once(t.Context(), 1, 7, func(*store.Store) error {
				runs.Add(1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if new {
				fresh.Add(1)
			}
		})
	}
	handling.Wait()
	if runs.Load() != 1 || fresh.Load() != 1 {
		t.Errorf("one update ran %d times and was new %d times, want once", runs.Load(), fresh.Load())
	}
}

func TestForgetUpdates(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	for id := range int64(2) {
		_, err := m.Once(t.Context(), 1, id, func(*store.Store) error { return nil })
		check(t, err)
		for range 2 {
			check(t, m.SetAside(t.Context(), 1, id, m.user, "REF", []byte("sealed")))
		}
	}
	m.exec(`UPDATE updates SET seen_at = now() - interval '73 hours' WHERE update_id = 0`)
	m.exec(`UPDATE updates_aside SET at = now() - interval '169 hours' WHERE update_id = 0`)
	check(t, m.ForgetUpdates(t.Context(), 72*time.Hour))
	for _, table := range []string{"updates", "updates_aside"} {
		if got := value[[]int64](m, `SELECT array_agg(update_id) FROM `+table); !slices.Equal(got, []int64{1}) {
			t.Errorf("%s has %v, want the recent one", table, got)
		}
	}
	check(t, m.SetAside(t.Context(), 1, 1, m.user, "OTHER", []byte("again")))
	if got := value[string](m, `SELECT ref FROM updates_aside`); got != "REF" {
		t.Errorf("the update set aside again has reference %s, want the first", got)
	}
}

// An event is one row of the audit, but for its id and time.
type event struct {
	Step          int64
	Actor, Entity string
	Before, After map[string]any
}

func (m *memory) events() []event {
	m.t.Helper()
	rows, err := m.sql.Query(m.t.Context(), `SELECT step, actor, entity, before, after FROM audit_events WHERE user_id = $1 ORDER BY id`, m.user)
	check(m.t, err)
	return must(pgx.CollectRows(rows, func(row pgx.CollectableRow) (e event, err error) {
		var before, after []byte
		if err := row.Scan(&e.Step, &e.Actor, &e.Entity, &before, &after); err != nil {
			return e, err
		}
		for _, side := range []struct {
			raw []byte
			to  *map[string]any
		}{{before, &e.Before}, {after, &e.After}} {
			if side.raw != nil {
				if err := json.Unmarshal(side.raw, side.to); err != nil {
					return e, err
				}
			}
		}
		return e, nil
	}))(m.t)
}

// Everything one act causes carries one step, with what was before and after.
func TestAudit(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	var note core.Note
	var ana core.Contact
	var fact core.Fact
	step := m.step(func(ctx context.Context, tx *store.Store) (err error) {
		if ana, err = tx.EnsureContact(ctx, core.Contact{UserID: m.user, FullName: "Ana", Tier: core.TierRegular}); err != nil {
			return err
		}
		if err := tx.AddAlias(ctx, m.user, ana.ID, "Nita", "correction"); err != nil {
			return err
		}
		note, err = tx.AddNote(ctx, store.NewNote{UserID: m.user, Text: "Ana likes tea", Lang: "english"})
		if err != nil {
			return err
		}
		_, err = tx.AddMention(ctx, core.Mention{
			UserID: m.user, NoteID: note.ID, ContactID: ana.ID, State: core.MentionResolved, Source: core.MentionNamed,
		})
		return err
	})
	check(t, m.InTx(t.Context(), func(tx *store.Store) error {
		if err := tx.ResumeStep(t.Context(), step, core.ActorEngine); err != nil {
			return err
		}
		fact = storetest.Fact(t, tx, note, "Likes tea")
		return nil
	}))
	later := m.step(func(ctx context.Context, tx *store.Store) error {
		if err := tx.RewriteFact(ctx, m.user, fact.ID, "Likes coffee", nil); err != nil {
			return err
		}
		if _, err := tx.ReviseNote(ctx, m.user, note.ID, "Ana likes coffee", "english"); err != nil {
			return err
		}
		if err := tx.AssignMention(ctx, m.user, fact.MentionID, 0); err != nil {
			return err
		}
		if _, err := tx.TrashNote(ctx, m.user, note.ID); err != nil {
			return err
		}
		_, err := tx.TrashContact(ctx, m.user, ana.ID)
		return err
	})
	if later <= step {
		t.Errorf("the second step is %d, want one after %d", later, step)
	}
	type change struct {
		step   int64
		actor  string
		entity string
		field  string // nil on both sides where it is left out
		before any
		after  any
	}
	want := []change{
		{step, "user", "contact", "full_name", nil, "Ana"},
		{step, "user", "alias", "name", nil, "Nita"},
		{step, "user", "note", "text", nil, nil}, // the note itself has its words
		{step, "engine", "fact", "text", nil, "Likes tea"},
		{later, "user", "fact", "text", "Likes tea", "Likes coffee"},
		{later, "user", "note", "text", "Ana likes tea", nil},
		{later, "user", "mention", "state", "resolved", "dismissed"},
		{later, "user", "fact", "contact_id", float64(ana.ID), nil},
		{later, "user", "note", "text", nil, nil},
		{later, "user", "contact", "full_name", "Ana", "Ana"},
	}
	got := m.events()
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d: %v", len(got), len(want), got)
	}
	for i, w := range want {
		e := got[i]
		if is := (change{e.Step, e.Actor, e.Entity, w.field, e.Before[w.field], e.After[w.field]}); is != w {
			t.Errorf("event %d is %v, want %v", i, is, w)
		}
		for _, side := range []map[string]any{e.Before, e.After} {
			for _, computed := range []string{"tsv", "name_key", "first_key", "value_key", "lang"} {
				if _, has := side[computed]; has {
					t.Errorf("event %d keeps the computed %s", i, computed)
				}
			}
		}
	}
	if last := got[len(got)-1]; last.Before["deleted_at"] != nil || last.After["deleted_at"] == nil {
		t.Errorf("the last event is %v, want Ana moved to the trash", last)
	}
	made := must(m.MadeBy(t.Context(), m.user, step))(t)
	var entities []string
	for _, row := range made {
		entities = append(entities, row.Entity)
	}
	if want := []string{"fact", "note", "alias", "contact"}; !slices.Equal(entities, want) {
		t.Errorf("the step made %q, want %q, the newest first", entities, want)
	}
	if made := must(m.MadeBy(t.Context(), m.stranger, step))(t); len(made) > 0 {
		t.Errorf("somebody else reads what the step made: %v", made)
	}
}

func TestWhatIsDoneOutsideAnActIsAuditedToo(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.contact("Ana")
	m.contact("Bob")
	got := m.events()
	if len(got) != 2 || got[0].Step == got[1].Step || got[0].Actor != "user" {
		t.Errorf("two statements have events %v, want one each, of steps of their own", got)
	}
}

// The step of one transaction must not stay on its connection.
func TestStepsEndWithTheirTransaction(t *testing.T) {
	t.Parallel()
	db := must(store.Open(t.Context(), storetest.URL(t), store.Options{MaxConns: 1}))(t)
	t.Cleanup(db.Close)
	user := storetest.User(t, db).ID
	var step int64
	check(t, db.InTx(t.Context(), func(tx *store.Store) (err error) {
		step, err = tx.NewStep(t.Context())
		return err
	}))
	storetest.Contact(t, db, user, "Ana")
	if made := must(db.MadeBy(t.Context(), user, step))(t); len(made) > 0 {
		t.Errorf("a step that is over made %v", made)
	}
}
