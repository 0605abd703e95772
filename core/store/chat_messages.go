package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// A DatedMessage is a message with the day in the user's life that it is of.
type DatedMessage struct {
	core.ChatMessage
	Day time.Time
}

// AddChatMessages keeps messages of a chosen chat with a contact, or with 0, in
// a transaction; given ones did not come from the linked account. One that is
// there changes to its latest edit; one that was deleted stays so, and one of
// another account that has the same number as it is. The days on which something
// changed are due after quiet, but for those before today, which are due now.
func (s *Store) AddChatMessages(
	ctx context.Context, userID, chatID, contactID int64, messages []DatedMessage, given bool, today time.Time, quiet time.Duration,
) (err error) {
	defer wrap(&err, "add messages of chat %d", chatID)
	if err := s.run(ctx, `-- add chat messages
		WITH kept AS (
			INSERT INTO chat_messages AS m (user_id, chat_id, message_id, out, kind, text, day, at, edited_at, given)
			SELECT $1, $2, n.*, $13 FROM unnest($6::bigint[], $7::boolean[], $8::text[], $9::text[], $10::date[], $11::timestamptz[], $12::timestamptz[]) AS n
			ON CONFLICT (user_id, chat_id, message_id) DO UPDATE
				SET kind = excluded.kind, text = excluded.text, edited_at = excluded.edited_at, given = m.given OR excluded.given
			WHERE m.deleted_at IS NULL AND m.account IS NULL AND m.at = excluded.at
				AND (m.kind, m.text, m.edited_at, m.given) IS DISTINCT FROM (excluded.kind, excluded.text, excluded.edited_at, m.given OR excluded.given)
				AND (m.edited_at IS NULL OR excluded.edited_at >= m.edited_at)
			RETURNING day, at, kind),
		days AS (
			INSERT INTO chat_days (user_id, chat_id, day, due_at)
			SELECT DISTINCT $1::bigint, $2::bigint, day, CASE WHEN day < $4::date THEN now() ELSE now() + $5::interval END FROM kept
			ON CONFLICT (user_id, chat_id, day) DO UPDATE SET due_at = excluded.due_at)
		INSERT INTO interactions AS i (user_id, contact_id, chat_id, day, at)
		SELECT $1::bigint, $3::bigint, $2::bigint, day, max(at) FROM kept WHERE kind <> 'service' AND $3::bigint <> 0 GROUP BY day
		ON CONFLICT (user_id, chat_id, day) DO UPDATE SET at = excluded.at WHERE i.at < excluded.at`,
		userID, chatID, contactID, today, quiet,
		each(messages, func(m DatedMessage) int64 { return m.MessageID }), each(messages, func(m DatedMessage) bool { return m.Out }),
		each(messages, func(m DatedMessage) string { return string(m.Kind) }), each(messages, func(m DatedMessage) string { return m.Text }),
		each(messages, func(m DatedMessage) time.Time { return m.Day }), each(messages, func(m DatedMessage) time.Time { return m.At }),
		each(messages, func(m DatedMessage) *time.Time { return m.EditedAt }), given); err != nil {
		return err
	}
	return s.noteDueChats(ctx, userID)
}

// DeleteChatMessages says that messages were deleted, in a transaction; in a
// chat, or with 0 in whichever they are. Their words go.
func (s *Store) DeleteChatMessages(ctx context.Context, userID, chatID int64, ids []int64) (err error) {
	defer wrap(&err, "delete messages of chat %d", chatID)
	if err := s.run(ctx, `-- delete chat messages
		WITH gone AS (
			UPDATE chat_messages m SET deleted_at = now(), text = '' FROM telegram_chats c
			WHERE c.user_id = $1 AND ($2::bigint = 0 OR c.chat_id = $2)
				AND m.user_id = $1 AND m.chat_id = c.chat_id AND m.message_id = ANY ($3::bigint[]) AND m.account IS NULL AND m.deleted_at IS NULL
			RETURNING m.chat_id, m.day)
		UPDATE chat_days d SET due_at = now() FROM (SELECT DISTINCT chat_id, day FROM gone) g
		WHERE d.user_id = $1 AND d.chat_id = g.chat_id AND d.day = g.day`, userID, chatID, ids); err != nil {
		return err
	}
	return s.noteDueChats(ctx, userID)
}

// DeleteOtherMessages says that of the messages of a chat from one id to
// another the linked account has only those with the ids left, in a transaction.
// Those that were given, or came from another account, stay.
func (s *Store) DeleteOtherMessages(ctx context.Context, userID, chatID, from, to int64, ids []int64) (err error) {
	defer wrap(&err, "delete other messages of chat %d", chatID)
	if err := s.run(ctx, `-- delete other messages
		WITH others AS (
			SELECT message_id FROM chat_messages WHERE user_id = $1 AND chat_id = $2 AND message_id BETWEEN $3 AND $4 AND deleted_at IS NULL
				AND NOT given AND account IS NULL
			EXCEPT SELECT unnest($5::bigint[])),
		gone AS (
			UPDATE chat_messages SET deleted_at = now(), text = ''
			WHERE user_id = $1 AND chat_id = $2 AND message_id BETWEEN $3 AND $4 AND deleted_at IS NULL
				AND message_id IN (SELECT message_id FROM others)
			RETURNING day)
		UPDATE chat_days SET due_at = now() WHERE user_id = $1 AND chat_id = $2 AND day IN (SELECT day FROM gone)`,
		userID, chatID, from, to, ids); err != nil {
		return err
	}
	return s.noteDueChats(ctx, userID)
}

// LastChatMessage returns the id of the last message that is kept of a chat; 0
// for none.
func (s *Store) LastChatMessage(ctx context.Context, userID, chatID int64) (id int64, err error) {
	defer wrap(&err, "last message of chat %d", chatID)
	err = s.scan(ctx, &id, `-- last chat message
		SELECT COALESCE(max(message_id), 0) FROM chat_messages WHERE user_id = $1 AND chat_id = $2 AND deleted_at IS NULL`, userID, chatID)
	return id, err
}

// WordsOf returns the messages of a day of a chat that have words, in order.
func (s *Store) WordsOf(ctx context.Context, d ChatDay) (_ []core.ChatMessage, err error) {
	defer wrap(&err, "words of a day of chat %d", d.ChatID)
	return all[core.ChatMessage](ctx, s, `-- words of chat day
		SELECT message_id, out, kind, text, at, edited_at FROM chat_messages
		WHERE user_id = $1 AND chat_id = $2 AND day = $3 AND text <> '' ORDER BY at, message_id`, d.UserID, d.ChatID, d.Day)
}
