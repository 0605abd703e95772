package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestPurgeContacts(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	old, fresh, live := m.contact("Old"), m.contact("Fresh"), m.contact("Live")
	theirs := storetest.Contact(t, m.Store, m.stranger, "Theirs")
	note := m.note("Old and Live like tea", old, live)
	storetest.Fact(t, m.Store, note, "Likes tea")
	moved := storetest.Fact(t, m.Store, note, "Likes figs")
	m.exec(`UPDATE facts SET contact_id = $1 WHERE id = $2`, live.ID, moved.ID)
	m.step(func(ctx context.Context, tx *store.Store) error {
		if _, err := tx.DeleteContacts(ctx, m.user, []int64{old.ID, fresh.ID}); err != nil {
			return err
		}
		_, err := tx.DeleteContacts(ctx, m.stranger, []int64{theirs.ID, old.ID, live.ID})
		return err
	})
	m.exec(`UPDATE contacts SET deleted_at = deleted_at - interval '31 days' WHERE id IN ($1, $2)`, old.ID, theirs.ID)
	for _, want := range []int64{1, 1, 0} { // one at a time
		if got := must(m.PurgeContacts(t.Context(), 30*24*time.Hour, 1))(t); got != want {
			t.Errorf("erased %d, want %d", got, want)
		}
	}
	if n := value[int](m, `SELECT count(*) FROM contacts WHERE id IN ($1, $2)`, old.ID, theirs.ID); n != 0 {
		t.Errorf("%d of those who were long in the trash are left", n)
	}
	for _, c := range []core.Contact{fresh, live} {
		if n := value[int](m, `SELECT count(*) FROM contacts WHERE id = $1`, c.ID); n != 1 {
			t.Errorf("%s is gone", c.FullName)
		}
	}
	if n := value[int](m, `SELECT count(*) FROM audit_events WHERE contact_ids <@ ARRAY[$1::bigint] AND contact_ids <> '{}'`, old.ID); n != 0 {
		t.Errorf("%d audit events still tell of whom was erased", n)
	}
	if n := value[int](m, `SELECT count(*) FROM audit_events WHERE entity_id = $1 AND entity = 'fact' AND after IS NOT NULL`, moved.ID); n != 1 {
		t.Errorf("%d audit events tell that a fact became another's, want 1", n)
	}
	if got := must(m.Note(t.Context(), m.user, note.ID))(t); got.Text != note.Text {
		t.Error("the note went with the contact")
	}
}

func TestAUserGoesWithAllThatIsTheirs(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana, bob := m.contact("Ana"), m.contact("Bob")
	note := m.note("Met Ana", ana)
	storetest.Fact(t, m.Store, note, "Likes tea")
	check(t, m.AddMeeting(t.Context(), m.mention(note), time.Now()))
	check(t, m.AddReach(t.Context(), m.user, ana.ID, core.ReachPhone, "112"))
	check(t, m.AddAlias(t.Context(), m.user, ana.ID, "Nita", "user"))
	for _, fill := range []string{
		`INSERT INTO tags (user_id, name) SELECT $1, 'friends'`,
		`INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT c.user_id, c.id, t.id FROM contacts c JOIN tags t USING (user_id) WHERE c.user_id = $1`,
		`INSERT INTO groups (user_id, name) SELECT $1, 'band'`,
		`INSERT INTO group_members (user_id, group_id, contact_id) SELECT c.user_id, g.id, c.id FROM contacts c JOIN groups g USING (user_id) WHERE c.user_id = $1`,
	} {
		m.exec(fill, m.user)
	}
	m.exec(`INSERT INTO relationships (user_id, contact_id, other_id, label, inverse) VALUES ($1, $2, $3, 'parent', 'child')`, m.user, ana.ID, bob.ID)
	m.exec(`DELETE FROM users WHERE id = $1`, m.user)
	for _, table := range []string{"contacts", "last_contacts", "interactions", "relationships", "audit_events", "contact_tags"} {
		if n := value[int](m, `SELECT count(*) FROM `+table+` WHERE user_id = $1`, m.user); n != 0 {
			t.Errorf("%d rows of a deleted user are left in %s", n, table)
		}
	}
}

// tablesWith returns the tables that have a word in any row.
func (m *memory) tablesWith(word string) []string {
	m.t.Helper()
	rows, err := m.sql.Query(m.t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
	check(m.t, err)
	var with []string
	for _, table := range must(pgx.CollectRows(rows, pgx.RowTo[string]))(m.t) {
		if value[bool](m, `SELECT EXISTS (SELECT FROM `+pgx.Identifier{table}.Sanitize()+` r WHERE r::text ILIKE '%' || $1 || '%')`, word) {
			with = append(with, table)
		}
	}
	return with
}

func TestPurgeNotes(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	ana := m.contact("Ana")
	var old core.Note
	m.step(func(ctx context.Context, tx *store.Store) (err error) {
		old = storetest.Note(t, tx, m.user, "Ana hides a zeppelin", ana)
		return nil
	})
	storetest.Fact(t, m.Store, old, "Has a zeppelin")
	check(t, m.AddMeeting(t.Context(), m.mention(old), time.Now()))
	_, err := m.AddTask(t.Context(), core.Task{UserID: m.user, Kind: core.TaskAnalyzeNote, NoteID: old.ID, Revision: 1})
	check(t, err)
	must(m.ReviseNote(t.Context(), m.user, old.ID, "Ana hides two zeppelins", "english"))(t)
	fresh, live := m.note("Ana has a submarine", ana), m.note("Ana plays chess", ana)
	storetest.Fact(t, m.Store, live, "Plays chess")
	for _, of := range []struct {
		note   core.Note
		answer string
	}{{old, "A zeppelin."}, {live, "Chess."}} {
		must(m.OweMessage(t.Context(), core.Message{UserID: m.user, ChatID: 7, Kind: core.MessageNote, NoteID: of.note.ID}))(t)
		must(m.OweMessage(t.Context(), core.Message{
			UserID: m.user, ChatID: 7, Kind: core.MessageAnswer,
			Args: core.MessageArgs{Query: "What?", Answer: &core.Answer{Text: of.answer, Sources: []int64{of.note.ID}, Engine: "fake"}},
		}))(t)
	}
	must(m.OweMessage(t.Context(), core.Message{
		UserID: m.user, ChatID: 7, Kind: core.MessageAnswer, Args: core.MessageArgs{Query: "Who?", Answer: &core.Answer{Text: "Nobody."}},
	}))(t)
	ofChat := m.note("Ana wrote of an airship", ana)
	storetest.Chat(t, m.Store, m.user, 9)
	m.exec(`INSERT INTO chat_days (user_id, chat_id, day) VALUES ($1, 9, '2026-03-14')`, m.user)
	m.exec(`INSERT INTO chat_notes (user_id, chat_id, day, part, note_id, message_ids, starts) VALUES ($1, 9, '2026-03-14', 0, $2, '{1}', '{0}')`, m.user, ofChat.ID)
	for _, n := range []core.Note{old, fresh, ofChat} {
		must(m.TrashNote(t.Context(), m.user, n.ID))(t)
	}
	m.exec(`UPDATE notes SET deleted_at = deleted_at - interval '31 days' WHERE id IN ($1, $2)`, old.ID, ofChat.ID)
	if got := m.tablesWith("zeppelin"); len(got) < 4 {
		t.Fatalf("the word is in %q; has the test broken?", got)
	}
	for _, want := range []int64{1, 0} {
		if got := must(m.PurgeNotes(t.Context(), 30*24*time.Hour, 1))(t); got != want {
			t.Errorf("erased %d, want %d", got, want)
		}
	}
	if got := m.tablesWith("zeppelin"); len(got) > 0 {
		t.Errorf("words of the note are left in %q", got)
	}
	for _, word := range []string{"submarine", "chess", "airship"} {
		if got := m.tablesWith(word); !slices.Contains(got, "notes") {
			t.Errorf("%q is in %q, want that its note is left", word, got)
		}
	}
	if got := m.tablesWith("chess"); !slices.Equal(got, []string{"audit_events", "facts", "messages", "notes"}) {
		t.Errorf("what came of the live note is in %q", got)
	}
	if last := m.lastContact(ana); !last.IsZero() {
		t.Errorf("Ana was last met at %v, want never: the note that said so is gone", last)
	}
}
