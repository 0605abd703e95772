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
func (s *Store) ShownNote(ctx context.Context, userID, id int64) (n ShownNote, err error) {
	defer wrap(&err, "shown note %d", id)
	b := &pgx.Batch{}
	b.Queue(`-- shown note
		SELECT `+noteColumns+`, u.timezone FROM notes n JOIN users u ON u.id = n.user_id
		WHERE n.user_id = $1 AND n.id = $2`, userID, id).Query(func(rows pgx.Rows) (err error) {
		n, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[ShownNote])
		return known(err)
	})
	b.Queue(`-- shown mentions
		SELECT `+mentionColumns+`, COALESCE(c.full_name, '') AS full_name
		FROM mentions m LEFT JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
		WHERE m.user_id = $1 AND m.note_id = $2 ORDER BY `+inOrder, userID, id).Query(func(rows pgx.Rows) (err error) {
		n.Mentions, err = pgx.CollectRows(rows, pgx.RowToStructByName[NamedMention])
		return err
	})
	b.Queue(`-- shown facts
		SELECT `+factColumns+` FROM facts f
		WHERE f.user_id = $1 AND f.note_id = $2 AND f.state <> 'discarded'
		ORDER BY f.quote_start, f.id`, userID, id).Query(func(rows pgx.Rows) (err error) {
		n.Facts, err = pgx.CollectRows(rows, pgx.RowToStructByName[core.Fact])
		return err
	})
	return n, s.db.SendBatch(ctx, b).Close()
}
