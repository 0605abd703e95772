package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// DeleteContacts moves live contacts to the trash and returns how many were.
func (s *Store) DeleteContacts(ctx context.Context, userID int64, ids []int64) (deleted int64, err error) {
	defer wrap(&err, "delete contacts")
	tag, err := s.db.Exec(ctx, `-- delete contacts
		UPDATE contacts SET deleted_at = now(), updated_at = now()
		WHERE user_id = $1 AND id = ANY ($2::bigint[]) AND deleted_at IS NULL`, userID, ids)
	return tag.RowsAffected(), err
}

// A TrashedContact is a contact in the trash.
type TrashedContact struct {
	ID         int64
	FullName   string
	DeletedAt  time.Time
	MergedInto int64 // the contact it was merged into; 0 for none
}

const trashedColumns = `c.id, c.full_name, c.deleted_at, COALESCE(m.into_id, 0) AS merged_into`

// TrashedContact returns a contact in the trash, held against change until the
// transaction ends, or an error of kind core.ErrNotFound.
func (s *Store) TrashedContact(ctx context.Context, userID, id int64) (_ TrashedContact, err error) {
	defer wrap(&err, "contact %d in the trash", id)
	return one[TrashedContact](ctx, s, `-- trashed contact
		SELECT `+trashedColumns+`
		FROM contacts c LEFT JOIN merges m ON m.user_id = c.user_id AND m.from_id = c.id AND m.undone_at IS NULL
		WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NOT NULL FOR UPDATE OF c`, userID, id)
}

// Trash returns contacts in the trash, the latest first, that went there
// before another did.
func (s *Store) Trash(ctx context.Context, userID int64, before Moment, limit int) (_ []TrashedContact, err error) {
	defer wrap(&err, "trash")
	before = before.orEnd()
	return all[TrashedContact](ctx, s, `-- trash
		SELECT `+trashedColumns+`
		FROM contacts c LEFT JOIN merges m ON m.user_id = c.user_id AND m.from_id = c.id AND m.undone_at IS NULL
		WHERE c.user_id = $1 AND c.deleted_at IS NOT NULL AND (c.deleted_at, c.id) < ($2, $3)
		ORDER BY c.deleted_at DESC, c.id DESC LIMIT $4`, userID, before.At, before.ID, limit)
}

// RestoreContact takes a contact out of the trash. A name or a Telegram
// identity that a live contact has is an error of kind core.ErrConflict. The days
// of their chat are noted that changed meanwhile.
func (s *Store) RestoreContact(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "restore contact %d", id)
	tag, err := s.db.Exec(ctx, `-- restore contact
		UPDATE contacts SET deleted_at = NULL, updated_at = now()
		WHERE user_id = $1 AND id = $2 AND deleted_at IS NOT NULL`, userID, id)
	if err == nil && tag.RowsAffected() == 0 {
		return core.ErrNotFound
	}
	if err != nil {
		return known(err)
	}
	return s.dueChatOf(ctx, userID, id)
}

// PurgeContacts erases up to limit contacts that have been in the trash for
// longer than kept, with all that belongs to them and what the audit events
// say of nobody else. It returns how many were erased.
func (s *Store) PurgeContacts(ctx context.Context, kept time.Duration, limit int) (purged int64, err error) {
	defer wrap(&err, "purge contacts")
	err = s.InTx(ctx, func(tx *Store) error {
		rows, err := all[purgedContact](ctx, tx, `-- purge contacts (every user)
			DELETE FROM contacts WHERE (user_id, id) IN (
				SELECT user_id, id FROM contacts
				WHERE deleted_at < now() - $1::interval LIMIT $2 FOR UPDATE SKIP LOCKED)
			RETURNING user_id, id, COALESCE(telegram_id, 0) AS telegram_id`, kept, limit)
		if err != nil {
			return err
		}
		purged = int64(len(rows))
		ofUser, accounts := map[int64][]int64{}, map[int64][]int64{}
		for _, row := range rows {
			ofUser[row.UserID] = append(ofUser[row.UserID], row.ID)
			accounts[row.UserID] = append(accounts[row.UserID], row.TelegramID)
		}
		for userID, ids := range ofUser {
			if err := tx.run(ctx, `-- purge audit events
				DELETE FROM audit_events
				WHERE user_id = $1 AND contact_ids && $2::bigint[] AND contact_ids <@ $2::bigint[]`, userID, ids); err != nil {
				return err
			}
			if err := tx.leaveOut(ctx, userID, accounts[userID]); err != nil {
				return err
			}
		}
		return nil
	})
	return purged, err
}

type purgedContact struct{ UserID, ID, TelegramID int64 }

// PurgeNotes erases up to limit notes that have been in the trash for longer
// than kept, with all that came of them: facts, tasks, messages of Kith's about
// them, audit events, and what a model made of them in answers. It returns how
// many were erased. A note of a Telegram chat that is read stays: without it the
// chat, whose messages are there, would bring back what the user took away.
func (s *Store) PurgeNotes(ctx context.Context, kept time.Duration, limit int) (purged int64, err error) {
	defer wrap(&err, "purge notes")
	err = s.InTx(ctx, func(tx *Store) error {
		rows, err := all[purgedNote](ctx, tx, `-- purge notes (every user)
			DELETE FROM notes WHERE (user_id, id) IN (
				SELECT n.user_id, n.id FROM notes n
				WHERE n.deleted_at < now() - $1::interval AND NOT EXISTS (
					SELECT FROM chat_notes c WHERE c.user_id = n.user_id AND c.note_id = n.id)
				LIMIT $2 FOR UPDATE SKIP LOCKED)
			RETURNING user_id, id, step`, kept, limit)
		if err != nil {
			return err
		}
		purged = int64(len(rows))
		notes, steps := map[int64][]int64{}, map[int64][]int64{}
		for _, row := range rows {
			notes[row.UserID] = append(notes[row.UserID], row.ID)
			steps[row.UserID] = append(steps[row.UserID], row.Step)
		}
		for userID, ids := range notes {
			if err := tx.purgeWords(ctx, userID, ids, steps[userID]); err != nil {
				return err
			}
		}
		return nil
	})
	return purged, err
}

type purgedNote struct{ UserID, ID, Step int64 }

// purgeWords erases what is said of notes elsewhere, and of the names that only
// they taught. That their facts went has just been written down, too.
func (s *Store) purgeWords(ctx context.Context, userID int64, notes, steps []int64) error {
	if err := s.run(ctx, `-- purge events of notes
		DELETE FROM audit_events e
		WHERE e.user_id = $1 AND (e.entity = 'note' AND e.entity_id = ANY ($2::bigint[])
			OR e.entity IN ('fact', 'mention') AND (COALESCE(e.after, e.before) ->> 'note_id')::bigint = ANY ($2::bigint[])
			OR e.entity = 'alias' AND e.entity_id IN (
				SELECT t.entity_id FROM audit_events t
				WHERE t.user_id = $1 AND t.step = ANY ($3::bigint[]) AND t.entity = 'alias' AND NOT EXISTS (
					SELECT FROM aliases a WHERE a.user_id = $1 AND a.id = t.entity_id)))`, userID, notes, steps); err != nil {
		return err
	}
	return s.run(ctx, `-- purge answers from notes
		UPDATE messages SET args = args - 'answer'
		WHERE user_id = $1 AND kind = 'answer' AND EXISTS (
			SELECT FROM unnest($2::bigint[]) id WHERE args #> '{answer,sources}' @> to_jsonb(id))`, userID, notes)
}
