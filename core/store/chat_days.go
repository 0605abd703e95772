package store

import (
	"context"
	"time"
)

// A ChatDay is a day of a chat.
type ChatDay struct {
	UserID int64
	ChatID int64
	Day    time.Time
}

// TakeDueDays returns days of the user's chats whose notes are due, and says
// that they are no longer. They are held until the transaction ends: what comes
// in meanwhile makes them due again.
func (s *Store) TakeDueDays(ctx context.Context, userID int64, limit int) (_ []ChatDay, err error) {
	defer wrap(&err, "take due days")
	return all[ChatDay](ctx, s, `-- take due days
		UPDATE chat_days d SET due_at = NULL FROM (
			SELECT chat_id, day FROM chat_days WHERE user_id = $1 AND due_at <= now()
			ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) due
		WHERE d.user_id = $1 AND d.chat_id = due.chat_id AND d.day = due.day
		RETURNING d.user_id, d.chat_id, d.day`, userID, limit)
}

// NoteDueChats has the days that are due by then noted.
func (s *Store) NoteDueChats(ctx context.Context, userID int64) (err error) {
	defer wrap(&err, "note due chats")
	return s.noteDueChats(ctx, userID)
}

// MeetOnDay keeps when a contact was last spoken with on a day of a chat, or
// with nothing said that they were not.
func (s *Store) MeetOnDay(ctx context.Context, d ChatDay, contactID int64) (err error) {
	defer wrap(&err, "meet on a day of chat %d", d.ChatID)
	if err := s.run(ctx, `-- meet on day
		INSERT INTO interactions AS i (user_id, contact_id, chat_id, day, at)
		SELECT $1::bigint, $4::bigint, $2::bigint, $3::date, max(at) FROM chat_messages
		WHERE user_id = $1 AND chat_id = $2 AND day = $3 AND kind <> 'service' AND deleted_at IS NULL HAVING max(at) IS NOT NULL
		ON CONFLICT (user_id, chat_id, day) DO UPDATE SET at = excluded.at, contact_id = excluded.contact_id
		WHERE (i.at, i.contact_id) IS DISTINCT FROM (excluded.at, excluded.contact_id)`, d.UserID, d.ChatID, d.Day, contactID); err != nil {
		return err
	}
	return s.run(ctx, `-- not met on day
		DELETE FROM interactions WHERE user_id = $1 AND chat_id = $2 AND day = $3 AND NOT EXISTS (
			SELECT FROM chat_messages WHERE user_id = $1 AND chat_id = $2 AND day = $3 AND kind <> 'service' AND deleted_at IS NULL)`,
		d.UserID, d.ChatID, d.Day)
}

// A ChatNote is a note of a day of a chat: which of its messages start where in
// it, in bytes.
type ChatNote struct {
	Part       int
	NoteID     int64
	Edited     bool   // by the user
	Author     string // of the note
	MessageIDs []int64
	Starts     []int
}

// ChatNotes returns the notes of a day of a chat, in the order of their parts.
func (s *Store) ChatNotes(ctx context.Context, d ChatDay) (_ []ChatNote, err error) {
	defer wrap(&err, "notes of a day of chat %d", d.ChatID)
	return all[ChatNote](ctx, s, `-- chat notes
		SELECT c.part, c.note_id, c.edited, n.author, c.message_ids, c.starts FROM chat_notes c JOIN notes n ON n.user_id = c.user_id AND n.id = c.note_id
		WHERE c.user_id = $1 AND c.chat_id = $2 AND c.day = $3 ORDER BY c.part`,
		d.UserID, d.ChatID, d.Day)
}

// KeepChatNote keeps which note a part of a day of a chat has.
func (s *Store) KeepChatNote(ctx context.Context, d ChatDay, n ChatNote) (err error) {
	defer wrap(&err, "keep note of a day of chat %d", d.ChatID)
	return s.run(ctx, `-- keep chat note
		INSERT INTO chat_notes (user_id, chat_id, day, part, note_id, message_ids, starts) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (user_id, chat_id, day, part) DO UPDATE SET note_id = excluded.note_id, message_ids = excluded.message_ids, starts = excluded.starts`,
		d.UserID, d.ChatID, d.Day, n.Part, n.NoteID, n.MessageIDs, n.Starts)
}

// EditChatNote says that the user has edited a note, if it is one of a chat.
func (s *Store) EditChatNote(ctx context.Context, userID, noteID int64) (err error) {
	defer wrap(&err, "edit chat note %d", noteID)
	return s.run(ctx, `-- edit chat note
		UPDATE chat_notes SET edited = true WHERE user_id = $1 AND note_id = $2`, userID, noteID)
}

// ChatNoteOf returns where in a note which messages start; the zero ChatNote
// for a note of no chat, and for one that the user has edited.
func (s *Store) ChatNoteOf(ctx context.Context, userID, noteID int64) (n ChatNote, err error) {
	defer wrap(&err, "chat of note %d", noteID)
	list, err := all[ChatNote](ctx, s, `-- chat of note
		SELECT part, note_id, edited, '' AS author, message_ids, starts FROM chat_notes WHERE user_id = $1 AND note_id = $2 AND NOT edited`, userID, noteID)
	if len(list) == 1 {
		n = list[0]
	}
	return n, err
}

// ConfirmedQuotes returns the evidence of the facts of a note that the user has
// confirmed, in its order.
func (s *Store) ConfirmedQuotes(ctx context.Context, userID, noteID int64) (_ []string, err error) {
	defer wrap(&err, "confirmed facts of note %d", noteID)
	return column[string](ctx, s, `-- confirmed quotes
		SELECT quote FROM facts WHERE user_id = $1 AND note_id = $2 AND touched_at IS NOT NULL AND state = 'kept'
		GROUP BY quote ORDER BY min(quote_start), quote`, userID, noteID)
}

// DropNote erases a note with all that is known from it.
func (s *Store) DropNote(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "drop note %d", id)
	return s.run(ctx, `-- drop note
		DELETE FROM notes WHERE user_id = $1 AND id = $2`, userID, id)
}
