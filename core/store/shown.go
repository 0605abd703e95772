package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core"
)

// A ShownNote is a note, live or in the trash, with all that is shown of it.
type ShownNote struct {
	core.Note
	Timezone string         // the user's
	Mentions []NamedMention `db:"-"` // in the order of Mentions
	Facts    []core.Fact    `db:"-"` // not discarded, in the order of their evidence
}

// A NamedMention is a mention with whom it is.
type NamedMention struct {
	core.Mention
	FullName string // of the contact; "" while not known
}

// What is shown of notes, but for which: apart, a single one is found by a plan
// that Postgres makes once, while it makes a new one for every list.
const (
	shownNotes = `SELECT ` + noteColumns + `, u.timezone FROM notes n JOIN users u ON u.id = n.user_id
		WHERE n.user_id = $1 AND n.id `
	shownMentions = `SELECT ` + mentionColumns + `, COALESCE(c.full_name, '') AS full_name
		FROM mentions m LEFT JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
		WHERE m.user_id = $1 AND m.note_id `
	shownFacts = `SELECT ` + factColumns + ` FROM facts f
		WHERE f.user_id = $1 AND f.state <> 'discarded' AND f.note_id `
	factsInOrder = ` ORDER BY f.quote_start, f.id`
)

// ShownNote returns a note as it is shown, in one round trip, or an error of
// kind core.ErrNotFound.
func (s *Store) ShownNote(ctx context.Context, userID, id int64) (_ ShownNote, err error) {
	defer wrap(&err, "shown note %d", id)
	list, err := s.shown(ctx, userID, id,
		`-- shown note
		`+shownNotes+`= $2`,
		`-- mentions of shown note
		`+shownMentions+`= $2 ORDER BY `+inOrder,
		`-- facts of shown note
		`+shownFacts+`= $2`+factsInOrder)
	switch {
	case err != nil:
		return ShownNote{}, err
	case len(list) == 0:
		return ShownNote{}, core.ErrNotFound
	}
	return list[0], nil
}

// ShownNotes returns notes as they are shown, by id, in one round trip. Those
// that are not there are left out.
func (s *Store) ShownNotes(ctx context.Context, userID int64, ids []int64) (_ []ShownNote, err error) {
	defer wrap(&err, "shown notes")
	return s.shown(ctx, userID, ids,
		`-- shown notes
		`+shownNotes+`= ANY ($2::bigint[]) ORDER BY n.id`,
		`-- mentions of shown notes
		`+shownMentions+`= ANY ($2::bigint[]) ORDER BY `+inOrder,
		`-- facts of shown notes
		`+shownFacts+`= ANY ($2::bigint[])`+factsInOrder)
}

// shown runs the three statements that return what is shown of notes.
func (s *Store) shown(ctx context.Context, userID int64, which any, notes, mentions, facts string) (list []ShownNote, err error) {
	at := map[int64]int{} // where in the list a note is that was there at first
	b := &pgx.Batch{}
	b.Queue(notes, userID, which).Query(func(rows pgx.Rows) (err error) {
		list, err = pgx.CollectRows(rows, pgx.RowToStructByName[ShownNote])
		for i, n := range list {
			at[n.ID] = i
		}
		return err
	})
	b.Queue(mentions, userID, which).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByName[NamedMention])
		for _, m := range found {
			if i, ok := at[m.NoteID]; ok {
				list[i].Mentions = append(list[i].Mentions, m)
			}
		}
		return err
	})
	b.Queue(facts, userID, which).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByName[core.Fact])
		for _, f := range found {
			if i, ok := at[f.NoteID]; ok {
				list[i].Facts = append(list[i].Facts, f)
			}
		}
		return err
	})
	err = s.db.SendBatch(ctx, b).Close()
	return list, err
}
