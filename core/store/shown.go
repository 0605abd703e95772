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

// ShownNote returns a note as it is shown, in one round trip, or an error of
// kind core.ErrNotFound.
func (s *Store) ShownNote(ctx context.Context, userID, id int64) (ShownNote, error) {
	list, err := s.ShownNotes(ctx, userID, []int64{id})
	if err == nil && len(list) == 0 {
		err = core.ErrNotFound
		wrap(&err, "shown note %d", id)
	}
	if err != nil {
		return ShownNote{}, err
	}
	return list[0], nil
}

// ShownNotes returns notes as they are shown, by id, in one round trip. Those
// that are not there are left out.
func (s *Store) ShownNotes(ctx context.Context, userID int64, ids []int64) (list []ShownNote, err error) {
	defer wrap(&err, "shown notes")
	at := map[int64]int{} // where in the list a note is that was there at first
	b := &pgx.Batch{}
	b.Queue(`-- shown notes
		SELECT `+noteColumns+`, u.timezone FROM notes n JOIN users u ON u.id = n.user_id
		WHERE n.user_id = $1 AND n.id = ANY ($2::bigint[]) ORDER BY n.id`, userID, ids).Query(func(rows pgx.Rows) (err error) {
		list, err = pgx.CollectRows(rows, pgx.RowToStructByName[ShownNote])
		for i, n := range list {
			at[n.ID] = i
		}
		return err
	})
	b.Queue(`-- shown mentions
		SELECT `+mentionColumns+`, COALESCE(c.full_name, '') AS full_name
		FROM mentions m LEFT JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
		WHERE m.user_id = $1 AND m.note_id = ANY ($2::bigint[]) ORDER BY `+inOrder, userID, ids).Query(func(rows pgx.Rows) error {
		mentions, err := pgx.CollectRows(rows, pgx.RowToStructByName[NamedMention])
		for _, m := range mentions {
			if i, ok := at[m.NoteID]; ok {
				list[i].Mentions = append(list[i].Mentions, m)
			}
		}
		return err
	})
	b.Queue(`-- shown facts
		SELECT `+factColumns+` FROM facts f
		WHERE f.user_id = $1 AND f.note_id = ANY ($2::bigint[]) AND f.state <> 'discarded'
		ORDER BY f.quote_start, f.id`, userID, ids).Query(func(rows pgx.Rows) error {
		facts, err := pgx.CollectRows(rows, pgx.RowToStructByName[core.Fact])
		for _, f := range facts {
			if i, ok := at[f.NoteID]; ok {
				list[i].Facts = append(list[i].Facts, f)
			}
		}
		return err
	})
	return list, s.db.SendBatch(ctx, b).Close()
}
