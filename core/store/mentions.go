package store

import (
	"context"

	"github.com/kith-platform/kith/core"
)

const mentionColumns = `m.user_id, m.id, m.note_id, m.name, COALESCE(m.contact_id, 0) AS contact_id, m.state, m.source`

const insertMention = `INSERT INTO mentions AS m (user_id, note_id, name, contact_id, state, source)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id, note_id, name)`

// KeepMention keeps who is spoken of in a note. The same name in the same note
// is kept once.
func (s *Store) KeepMention(ctx context.Context, m core.Mention) (err error) {
	defer wrap(&err, "keep mention in note %d", m.NoteID)
	return s.run(ctx, `-- keep mention
		`+insertMention+` DO NOTHING`,
		m.UserID, m.NoteID, m.Name, orNull(m.ContactID), m.State, m.Source)
}

// AddMention is KeepMention, and returns the mention with its id, or the one
// that is there.
func (s *Store) AddMention(ctx context.Context, m core.Mention) (_ core.Mention, err error) {
	defer wrap(&err, "add mention in note %d", m.NoteID)
	return one[core.Mention](ctx, s, `-- add mention
		`+insertMention+` DO UPDATE SET name = m.name
		RETURNING `+mentionColumns,
		m.UserID, m.NoteID, m.Name, orNull(m.ContactID), m.State, m.Source)
}

// Mention returns a mention in a live note, or an error of kind core.ErrNotFound.
func (s *Store) Mention(ctx context.Context, userID, id int64) (_ core.Mention, err error) {
	defer wrap(&err, "mention %d", id)
	return one[core.Mention](ctx, s, `-- mention
		SELECT `+mentionColumns+` FROM mentions m JOIN notes n ON n.user_id = m.user_id AND n.id = m.note_id
		WHERE m.user_id = $1 AND m.id = $2 AND n.deleted_at IS NULL`, userID, id)
}

// inOrder has whom a note is said to be about before the others that it mentions.
const inOrder = `m.source = 'reply' DESC, m.id`

// Mentions returns who is spoken of in a note: whom it is said to be about, then
// the others in the order they were found.
func (s *Store) Mentions(ctx context.Context, userID, noteID int64) (_ []core.Mention, err error) {
	defer wrap(&err, "mentions in note %d", noteID)
	return all[core.Mention](ctx, s, `-- mentions
		SELECT `+mentionColumns+` FROM mentions m
		WHERE m.user_id = $1 AND m.note_id = $2 ORDER BY `+inOrder, userID, noteID)
}

// MentionTeaching returns the latest mention in a live note of which the user
// has said what an alias says, or an error of kind core.ErrNotFound.
func (s *Store) MentionTeaching(ctx context.Context, userID, aliasID int64) (_ core.Mention, err error) {
	defer wrap(&err, "mention teaching alias %d", aliasID)
	return one[core.Mention](ctx, s, `-- mention teaching
		SELECT `+mentionColumns+` FROM aliases a JOIN mentions m ON m.user_id = a.user_id AND m.contact_id = a.contact_id
			JOIN notes n ON n.user_id = m.user_id AND n.id = m.note_id
		WHERE a.user_id = $1 AND a.id = $2 AND m.source = 'chosen' AND kith_fold(m.name) = a.name_key
			AND n.deleted_at IS NULL
		ORDER BY m.id DESC LIMIT 1`, userID, aliasID)
}

// AssignMention says who a mention is: a contact, or with 0 nobody. Its facts
// and its evidence of a meeting go with it.
func (s *Store) AssignMention(ctx context.Context, userID, id, contactID int64) (err error) {
	defer wrap(&err, "assign mention %d", id)
	return s.InTx(ctx, func(tx *Store) error {
		state := core.MentionResolved
		if contactID == 0 {
			state = core.MentionDismissed
		}
		if err := tx.run(ctx, `-- assign mention
			UPDATE mentions SET contact_id = $3, state = $4, source = 'chosen'
			WHERE user_id = $1 AND id = $2`, userID, id, orNull(contactID), state); err != nil {
			return err
		}
		if err := tx.run(ctx, `-- assign facts
			UPDATE facts SET contact_id = $3
			WHERE user_id = $1 AND mention_id = $2 AND contact_id IS DISTINCT FROM $3`,
			userID, id, orNull(contactID)); err != nil {
			return err
		}
		return tx.moveMeeting(ctx, userID, id, contactID)
	})
}

// DropMentionsExcept removes the mentions of a note whose names it no longer
// has, with their facts, unless the user has touched one of these.
func (s *Store) DropMentionsExcept(ctx context.Context, userID, noteID int64, names []string) (err error) {
	defer wrap(&err, "drop mentions of note %d", noteID)
	return s.run(ctx, `-- drop mentions
		DELETE FROM mentions m
		WHERE m.user_id = $1 AND m.note_id = $2 AND m.name <> ALL ($3::text[]) AND NOT EXISTS (
			SELECT FROM facts f WHERE f.user_id = $1 AND f.mention_id = m.id AND (`+touched+`))`,
		userID, noteID, names)
}
