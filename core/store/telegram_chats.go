package store

import (
	"context"

	"github.com/kith-platform/kith/core"
)

// NameChat keeps that the user has a chat. Whether it is read from their account
// stays as it is: at first it is not.
func (s *Store) NameChat(ctx context.Context, userID, chatID int64, name string) (err error) {
	defer wrap(&err, "name chat %d", chatID)
	return s.run(ctx, `-- name chat
		INSERT INTO telegram_chats (user_id, chat_id, name, chosen) VALUES ($1, $2, $3, false)
		ON CONFLICT (user_id, chat_id) DO NOTHING`, userID, chatID, name)
}

// A ReadChat is what is to be known of a chat when messages of it come in.
type ReadChat struct {
	Chosen    bool
	Timezone  string // the user's
	ContactID int64  // with whom it is; 0 while they are no contact
	FullName  string // the contact's
}

// ReadChat returns what is to be known of a chat, or an error of kind
// core.ErrNotFound when nothing is known of it. The chat of somebody whose contact
// was merged into another is that one's.
func (s *Store) ReadChat(ctx context.Context, userID, chatID int64) (_ ReadChat, err error) {
	defer wrap(&err, "chat %d", chatID)
	// Orders and limits name the index, as in TelegramCandidates.
	return one[ReadChat](ctx, s, `-- read chat
		SELECT t.chosen, u.timezone, COALESCE(c.id, 0) AS contact_id, COALESCE(c.full_name, '') AS full_name
		FROM telegram_chats t JOIN users u ON u.id = t.user_id, LATERAL (SELECT COALESCE(
			(SELECT o.id FROM contacts o WHERE o.user_id = $1 AND o.telegram_id BETWEEN $2 AND $2 AND o.deleted_at IS NULL
				ORDER BY o.telegram_id LIMIT 1),
			(SELECT m.into_id FROM contacts o JOIN merges m ON m.user_id = o.user_id AND m.from_id = o.id AND m.undone_at IS NULL
				WHERE o.user_id = $1 AND o.telegram_id = $2 AND o.deleted_at IS NOT NULL ORDER BY m.id DESC LIMIT 1)) AS id) w LEFT JOIN LATERAL (
			SELECT c.id, c.full_name FROM contacts c WHERE c.user_id = $1 AND c.id BETWEEN w.id AND w.id AND c.deleted_at IS NULL
			ORDER BY c.id LIMIT 1) c ON true
		WHERE t.user_id = $1 AND t.chat_id = $2`, userID, chatID)
}

// DueChats has all days of chats noted that were not, because with whom they
// are was not known. It is for when that may have changed.
func (s *Store) DueChats(ctx context.Context, userID int64, chatIDs []int64) (err error) {
	defer wrap(&err, "due chats")
	if err := s.run(ctx, `-- due chats
		UPDATE chat_days d SET due_at = now()
		WHERE d.user_id = $1 AND d.chat_id = ANY ($2::bigint[]) AND d.due_at IS NULL
			AND NOT EXISTS (SELECT FROM interactions i WHERE i.user_id = $1 AND i.chat_id = d.chat_id AND i.day = d.day)`, userID, chatIDs); err != nil {
		return err
	}
	return s.noteDueChats(ctx, userID)
}

// dueChatOf has all days of a contact's chat noted: what changed while the
// contact was in the trash is not known.
func (s *Store) dueChatOf(ctx context.Context, userID, contactID int64) error {
	if err := s.run(ctx, `-- due chat of contact
		UPDATE chat_days d SET due_at = now() FROM contacts c
		WHERE d.user_id = $1 AND c.user_id = $1 AND c.id = $2 AND d.chat_id = c.telegram_id AND d.due_at IS NULL`, userID, contactID); err != nil {
		return err
	}
	return s.noteDueChats(ctx, userID)
}

// noteDueChats adds the task that notes the days that are due, unless one waits
// that will run in time.
func (s *Store) noteDueChats(ctx context.Context, userID int64) error {
	return s.run(ctx, `-- add task for chats
		INSERT INTO tasks (user_id, kind, next_try_at)
		SELECT $1, $2, d.due_at FROM (SELECT min(due_at) AS due_at FROM chat_days WHERE user_id = $1) d
		WHERE d.due_at IS NOT NULL AND NOT EXISTS (
			SELECT FROM tasks t WHERE t.user_id = $1 AND t.kind = 'note_chats' AND t.state = 'queued' AND t.next_try_at <= d.due_at)`,
		userID, core.TaskNoteChats)
}
