package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// did holds for a fact that says what to do, and that the user has done or does
// not want to hear of.
const did = `EXISTS (
	SELECT FROM reminders r WHERE r.user_id = f.user_id AND r.fact_id = f.id AND r.state IN ('done', 'cancelled'))`

// touched holds for a fact that the user has decided about, or was reminded of.
const touched = `f.touched_at IS NOT NULL OR EXISTS (
	SELECT FROM reminders r WHERE r.user_id = f.user_id AND r.fact_id = f.id AND r.state <> 'open')`

// Reminders with what they are about, but for those of which that is gone: what
// a note in the trash says, facts that are not kept, and contacts in the trash.
const (
	reminderColumns = `r.user_id, r.id, COALESCE(r.fact_id, 0) AS fact_id, COALESCE(f.contact_id, r.contact_id, 0) AS contact_id,
		COALESCE(c.full_name, '') AS full_name, COALESCE(f.text, r.text) AS text, r.due_at, r.state, r.created_at`
	liveReminders = `reminders r LEFT JOIN facts f ON f.user_id = r.user_id AND f.id = r.fact_id
		LEFT JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		LEFT JOIN contacts c ON c.user_id = r.user_id AND c.id = COALESCE(f.contact_id, r.contact_id)`
	isLive = `n.deleted_at IS NULL AND c.deleted_at IS NULL AND COALESCE(f.state, 'kept') = 'kept'`
)

// Remind owes the chats what has fallen due, and not longer ago than within.
// Each reminder is owed once, whoever else does this at the same time. Who has
// no chat, has blocked the bot or is shut out is owed nothing, and nothing that
// stands in a note which is being read again.
func (s *Store) Remind(ctx context.Context, within time.Duration, limit int) (n int, err error) {
	defer wrap(&err, "remind")
	tag, err := s.db.Exec(ctx, `-- remind (every user)
		WITH due AS (
			SELECT r.user_id, r.id, c.id AS contact_id, h.chat_id
			FROM `+liveReminders+` JOIN chats h ON h.user_id = r.user_id JOIN users u ON u.id = r.user_id
			WHERE u.disabled_at IS NULL AND h.blocked_at IS NULL AND n.state IS DISTINCT FROM 'pending' AND r.state = 'open' AND r.due_at <= now() AND r.due_at > now() - $1::interval AND `+isLive+`
			ORDER BY r.due_at LIMIT $2 FOR UPDATE OF r SKIP LOCKED),
		said AS (
			UPDATE reminders r SET state = 'sent' FROM due WHERE r.user_id = due.user_id AND r.id = due.id)
		INSERT INTO messages (user_id, chat_id, kind, contact_id, paced, args)
		SELECT user_id, chat_id, 'phrase', contact_id, true, jsonb_build_object('phrase', $3::text, 'subject', id) FROM due`,
		within, limit, core.PhraseReminder)
	return int(tag.RowsAffected()), err
}

// Reminder returns a reminder that is not cancelled, or an error of kind
// core.ErrNotFound.
func (s *Store) Reminder(ctx context.Context, userID, id int64) (_ core.Reminder, err error) {
	defer wrap(&err, "reminder %d", id)
	return one[core.Reminder](ctx, s, `-- reminder
		SELECT `+reminderColumns+` FROM `+liveReminders+`
		WHERE r.user_id = $1 AND r.id = $2 AND r.state <> 'cancelled' AND `+isLive, userID, id)
}

// LockReminder holds a reminder until the transaction ends; in it, with the next
// statement.
func (s *Store) LockReminder(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "lock reminder %d", id)
	return s.run(ctx, `-- lock reminder
		SELECT FROM reminders WHERE user_id = $1 AND id = $2 FOR UPDATE`, userID, id)
}

// A ReminderPlace is where a reminder stands in the order of Reminders.
type ReminderPlace struct {
	DueAt time.Time
	ID    int64
}

// Reminders returns at most limit reminders in a state, the first due first,
// after a place; those of one contact where contactID is not 0.
func (s *Store) Reminders(ctx context.Context, userID int64, state core.ReminderState, contactID int64, after ReminderPlace, limit int) (_ []core.Reminder, err error) {
	defer wrap(&err, "reminders")
	return all[core.Reminder](ctx, s, `-- reminders
		SELECT `+reminderColumns+` FROM `+liveReminders+`
		WHERE r.user_id = $1 AND r.state = $2 AND (r.due_at, r.id) > ($4, $5) AND `+isLive+`
			AND ($3::bigint = 0 OR COALESCE(f.contact_id, r.contact_id) = $3)
		ORDER BY r.due_at, r.id LIMIT $6`, userID, state, contactID, after.DueAt, after.ID, limit)
}

// RemindersDue returns at most limit open reminders that fall due from one time
// on and before another, the first first.
func (s *Store) RemindersDue(ctx context.Context, userID int64, from, before time.Time, limit int) (_ []core.Reminder, err error) {
	defer wrap(&err, "reminders due")
	return all[core.Reminder](ctx, s, `-- reminders due
		SELECT `+reminderColumns+` FROM `+liveReminders+`
		WHERE r.user_id = $1 AND r.state = 'open' AND r.due_at >= $2 AND r.due_at < $3 AND `+isLive+`
		ORDER BY r.due_at, r.id LIMIT $4`, userID, from, before, limit)
}

// A ToDo is something to do: what a fact says, or a reminder without one.
type ToDo struct {
	FactID     int64 // 0 for a reminder without a fact
	ReminderID int64 // 0 for a fact
	NoteID     int64 // of the fact
	ContactID  int64 // 0 for nobody
	FullName   string
	Text       string
	Quote      string // of the fact
	DueAt      *time.Time
	SaidAt     time.Time
}

// ToDo returns at most limit things about live contacts, or nobody, that are to be
// done, and not done: those due from one time on and before another, the first
// first; then those that are due at no time, the newest first. Before may be zero,
// for ever after; then those that were due before come last.
func (s *Store) ToDo(ctx context.Context, userID int64, from, before time.Time, limit int) (_ []ToDo, err error) {
	defer wrap(&err, "to do")
	return all[ToDo](ctx, s, `-- to do
		SELECT * FROM (
			SELECT f.id AS fact_id, 0::bigint AS reminder_id, f.note_id, COALESCE(f.contact_id, 0) AS contact_id, COALESCE(c.full_name, '') AS full_name,
				f.text, f.quote, f.due_at, f.said_at
			FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
				LEFT JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
			WHERE f.user_id = $1 AND f.category = 'actionable' AND f.state = 'kept'
				AND n.deleted_at IS NULL AND c.deleted_at IS NULL AND NOT (`+did+`)
			UNION ALL
			SELECT 0, r.id, 0, COALESCE(r.contact_id, 0), COALESCE(c.full_name, ''), r.text, '', r.due_at, r.created_at
			FROM reminders r LEFT JOIN contacts c ON c.user_id = r.user_id AND c.id = r.contact_id
			WHERE r.user_id = $1 AND r.fact_id IS NULL AND r.state IN ('open', 'sent') AND c.deleted_at IS NULL) t
		WHERE due_at IS NULL OR $3::timestamptz IS NULL OR due_at >= $2 AND due_at < $3
		ORDER BY COALESCE(due_at < $2, false), due_at, said_at DESC, fact_id DESC, reminder_id LIMIT $4`,
		userID, from, orNull(before), limit)
}

// AddReminder adds a reminder that no fact says, and returns its id. A contact
// that is not there, or in the trash, is an error of kind core.ErrNotFound.
func (s *Store) AddReminder(ctx context.Context, r core.Reminder) (id int64, err error) {
	defer wrap(&err, "add reminder")
	err = s.scan(ctx, &id, `-- add reminder
		INSERT INTO reminders (user_id, contact_id, text, due_at)
		SELECT $1, $2, $3, $4
		WHERE $2::bigint IS NULL OR EXISTS (SELECT FROM contacts c WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NULL)
		RETURNING id`, r.UserID, orNull(r.ContactID), r.Text, r.DueAt)
	return id, known(err)
}

// ChangeReminder gives a reminder, and the fact that says so, the words, the
// time and the state of r.
func (s *Store) ChangeReminder(ctx context.Context, r core.Reminder) (err error) {
	defer wrap(&err, "change reminder %d", r.ID)
	return s.run(ctx, `-- change reminder
		WITH was AS (SELECT fact_id, due_at FROM reminders WHERE user_id = $1 AND id = $2),
		changed AS (UPDATE reminders SET text = $3, due_at = $4, state = $5 WHERE user_id = $1 AND id = $2)
		UPDATE facts f SET text = $3, due_at = CASE WHEN was.due_at = $4 THEN f.due_at ELSE $4 END, touched_at = now() FROM was
		WHERE f.user_id = $1 AND f.id = was.fact_id AND (f.text <> $3 OR was.due_at <> $4)`, r.UserID, r.ID, r.Text, r.DueAt, r.State)
}

// DropSaidReminders removes the reminders of a note that were said, and of which
// the user has not said anything: the note is changed, and so are its facts.
func (s *Store) DropSaidReminders(ctx context.Context, userID, noteID int64) (err error) {
	defer wrap(&err, "drop said reminders of note %d", noteID)
	return s.run(ctx, `-- drop said reminders
		DELETE FROM reminders r USING facts f
		WHERE r.user_id = $1 AND f.user_id = $1 AND f.id = r.fact_id AND f.note_id = $2 AND r.state = 'sent' AND f.touched_at IS NULL`, userID, noteID)
}

// RefreshNoteReminders owes a new version of every message that shows a reminder
// of a note's.
func (s *Store) RefreshNoteReminders(ctx context.Context, userID, noteID int64) (err error) {
	defer wrap(&err, "refresh reminders of note %d", noteID)
	return s.run(ctx, `-- refresh note reminders
		UPDATE messages SET wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND kind = 'phrase' AND args ->> 'phrase' = 'reminder' AND args -> 'subject' IN (
			SELECT to_jsonb(r.id) FROM reminders r JOIN facts f ON f.user_id = r.user_id AND f.id = r.fact_id
			WHERE r.user_id = $1 AND f.note_id = $2)`, userID, noteID)
}

// ReminderOf returns the id of the reminder of a live fact. One that is due at no
// time gets one, of now, that is not to be said.
func (s *Store) ReminderOf(ctx context.Context, userID, factID int64) (id int64, err error) {
	defer wrap(&err, "reminder of fact %d", factID)
	err = s.scan(ctx, &id, `-- reminder of
		INSERT INTO reminders AS r (user_id, fact_id, text, due_at, state)
		SELECT f.user_id, f.id, f.text, COALESCE(f.due_at, now()), 'sent'
		FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = $1 AND f.id = $2 AND f.state = 'kept' AND n.deleted_at IS NULL
		ON CONFLICT (user_id, fact_id) DO UPDATE SET text = r.text
		RETURNING r.id`, userID, factID)
	return id, known(err)
}

// RefreshReminderMessages owes a new version of the latest messages that show a
// reminder: one that was put off many times has as many.
func (s *Store) RefreshReminderMessages(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "refresh messages of reminder %d", id)
	return s.run(ctx, `-- refresh reminder messages
		UPDATE messages SET wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND id IN (
			SELECT id FROM messages
			WHERE user_id = $1 AND kind = 'phrase' AND args ->> 'phrase' = 'reminder' AND args -> 'subject' = to_jsonb($2::bigint)
			ORDER BY id DESC LIMIT 3)`, userID, id)
}
