package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// did holds for a fact that says what to do by when, and that the user has done.
const did = `f.due_at IS NOT NULL AND EXISTS (SELECT FROM reminders r WHERE r.user_id = f.user_id AND r.fact_id = f.id AND r.state = 'done')`

// Remind owes the chats what has fallen due: reminders, and facts without one,
// which get theirs. What fell due longer ago than within, or before it was said,
// is passed over. Each is owed once, whoever else does this at the same time.
func (s *Store) Remind(ctx context.Context, within time.Duration, limit int) (n int, err error) {
	defer wrap(&err, "remind")
	tag, err := s.db.Exec(ctx, `-- remind (every user)
		WITH new AS (
			INSERT INTO reminders (user_id, contact_id, fact_id, text, due_at, state)
			SELECT f.user_id, f.contact_id, f.id, f.text, f.due_at, 'sent'
			FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id JOIN chats h ON h.user_id = f.user_id
				LEFT JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
			WHERE f.due_at <= now() AND f.due_at > now() - $1::interval AND f.due_at > f.said_at AND f.state = 'kept'
				AND n.deleted_at IS NULL AND c.deleted_at IS NULL
				AND NOT EXISTS (SELECT FROM reminders r WHERE r.user_id = f.user_id AND r.fact_id = f.id)
			ORDER BY f.due_at LIMIT $2
			ON CONFLICT (user_id, fact_id) DO NOTHING
			RETURNING user_id, id, contact_id),
		again AS (
			UPDATE reminders r SET state = 'sent' FROM chats h
			WHERE h.user_id = r.user_id AND r.state = 'open' AND r.due_at <= now() AND r.due_at > now() - $1::interval
				AND NOT EXISTS (SELECT FROM contacts c WHERE c.user_id = r.user_id AND c.id = r.contact_id AND c.deleted_at IS NOT NULL)
				AND NOT EXISTS (SELECT FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
					WHERE f.user_id = r.user_id AND f.id = r.fact_id AND (f.state <> 'kept' OR n.deleted_at IS NOT NULL))
			RETURNING r.user_id, r.id, r.contact_id)
		INSERT INTO messages (user_id, chat_id, kind, contact_id, paced, args)
		SELECT d.user_id, h.chat_id, 'phrase', d.contact_id, true, jsonb_build_object('phrase', $3::text, 'subject', d.id)
		FROM (TABLE new UNION ALL TABLE again) d JOIN chats h ON h.user_id = d.user_id`, within, limit, core.PhraseReminder)
	return int(tag.RowsAffected()), err
}

// Reminder returns a reminder, with the words that its fact has now, or an
// error of kind core.ErrNotFound. One whose fact, note or contact is gone, or in
// the trash, is gone as well.
func (s *Store) Reminder(ctx context.Context, userID, id int64) (_ core.Reminder, err error) {
	defer wrap(&err, "reminder %d", id)
	return one[core.Reminder](ctx, s, `-- reminder
		SELECT r.user_id, r.id, COALESCE(r.fact_id, 0) AS fact_id, COALESCE(f.contact_id, r.contact_id, 0) AS contact_id,
			COALESCE(c.full_name, '') AS full_name, COALESCE(f.text, r.text) AS text, r.due_at, r.state
		FROM reminders r LEFT JOIN facts f ON f.user_id = r.user_id AND f.id = r.fact_id
			LEFT JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			LEFT JOIN contacts c ON c.user_id = r.user_id AND c.id = COALESCE(f.contact_id, r.contact_id)
		WHERE r.user_id = $1 AND r.id = $2 AND n.deleted_at IS NULL AND c.deleted_at IS NULL
			AND (f.state IS NULL OR f.state = 'kept')`, userID, id)
}

// SetReminderState says what became of a reminder.
func (s *Store) SetReminderState(ctx context.Context, userID, id int64, state core.ReminderState) (err error) {
	defer wrap(&err, "set state of reminder %d", id)
	return s.run(ctx, `-- set reminder state
		UPDATE reminders SET state = $3 WHERE user_id = $1 AND id = $2 AND state <> $3`, userID, id, state)
}

// PutOff has a reminder, and the fact that says so, fall due at another time.
func (s *Store) PutOff(ctx context.Context, userID, id int64, until time.Time) (err error) {
	defer wrap(&err, "put off reminder %d", id)
	return s.run(ctx, `-- put off
		WITH later AS (
			UPDATE reminders SET state = 'open', due_at = $3 WHERE user_id = $1 AND id = $2 RETURNING fact_id)
		UPDATE facts f SET due_at = $3, touched_at = now() FROM later
		WHERE f.user_id = $1 AND f.id = later.fact_id`, userID, id, until)
}
