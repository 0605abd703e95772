package store

import (
	"context"

	"github.com/kith-platform/kith/core"
)

// KeepChats keeps the private chats that the user's account has. Which of them
// are read stays as it is.
func (s *Store) KeepChats(ctx context.Context, userID int64, chats []core.TelegramChat) (err error) {
	defer wrap(&err, "keep chats of user %d", userID)
	return s.run(ctx, `-- keep chats
		INSERT INTO telegram_chats AS c (user_id, chat_id, name, access_hash, top_id, chosen)
		SELECT $1, n.chat_id, n.name, n.access_hash, n.top_id, false
		FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) AS n (chat_id, name, access_hash, top_id)
		ON CONFLICT (user_id, chat_id) DO UPDATE SET name = excluded.name, access_hash = excluded.access_hash, top_id = excluded.top_id`,
		userID,
		each(chats, func(c core.TelegramChat) int64 { return c.ChatID }), each(chats, func(c core.TelegramChat) string { return c.Name }),
		each(chats, func(c core.TelegramChat) int64 { return c.AccessHash }), each(chats, func(c core.TelegramChat) int64 { return c.TopID }))
}

const chatColumns = `c.chat_id, c.name, c.chosen, c.access_hash, c.top_id, c.read_to, c.reading_to, c.reading_at, c.days_back, c.asked_at`

// Chats returns the private chats that are known of the user's account: those
// that are read first, then by their newest message.
func (s *Store) Chats(ctx context.Context, userID int64) (_ []core.TelegramChat, err error) {
	defer wrap(&err, "chats of user %d", userID)
	return all[core.TelegramChat](ctx, s, `-- chats
		SELECT `+chatColumns+` FROM telegram_chats c WHERE c.user_id = $1 ORDER BY c.chosen DESC, c.top_id DESC, c.chat_id`, userID)
}

// LinkedChat returns the private chat with a contact in the user's account, or an
// error of kind core.ErrNotFound when the account is not linked, or has none.
func (s *Store) LinkedChat(ctx context.Context, userID, contactID int64) (_ core.TelegramChat, err error) {
	defer wrap(&err, "chat with contact %d", contactID)
	return one[core.TelegramChat](ctx, s, `-- linked chat
		SELECT `+chatColumns+` FROM telegram_chats c
			JOIN contacts k ON k.user_id = c.user_id AND k.telegram_id = c.chat_id AND k.deleted_at IS NULL
			JOIN links l ON l.user_id = c.user_id AND l.state = 'linked'
		WHERE c.user_id = $1 AND k.id = $2 AND c.access_hash <> 0`, userID, contactID)
}

// AskedChats returns the chats of the user's that are to be read.
func (s *Store) AskedChats(ctx context.Context, userID int64) (_ []core.TelegramChat, err error) {
	defer wrap(&err, "asked chats of user %d", userID)
	return all[core.TelegramChat](ctx, s, `-- asked chats
		SELECT `+chatColumns+` FROM telegram_chats c WHERE c.user_id = $1 AND c.chosen AND c.asked_at IS NOT NULL ORDER BY c.chat_id`, userID)
}

// ChooseChats has those chats of the user's account read, and no others. It
// returns how many of them are known.
func (s *Store) ChooseChats(ctx context.Context, userID int64, chatIDs []int64) (known int64, err error) {
	defer wrap(&err, "choose chats of user %d", userID)
	tag, err := s.db.Exec(ctx, `-- choose chats
		UPDATE telegram_chats SET chosen = true, chosen_at = CASE WHEN chosen THEN chosen_at ELSE now() END
		WHERE user_id = $1 AND chat_id = ANY ($2)`, userID, chatIDs)
	if err != nil {
		return 0, err
	}
	return tag.RowsAffected(), s.run(ctx, `-- leave other chats
		UPDATE telegram_chats SET chosen = false WHERE user_id = $1 AND chosen AND chat_id <> ALL (COALESCE($2::bigint[], '{}'))`, userID, chatIDs)
}

// ChooseChat has a chat of the user's account read as well.
func (s *Store) ChooseChat(ctx context.Context, userID, chatID int64) (err error) {
	defer wrap(&err, "choose chat %d", chatID)
	return s.run(ctx, `-- choose chat
		UPDATE telegram_chats SET chosen = true, chosen_at = now() WHERE user_id = $1 AND chat_id = $2 AND NOT chosen`, userID, chatID)
}

// AskChats has chosen chats read: those, or with none all of them. The first
// time they are read from so many days back. It returns how many.
func (s *Store) AskChats(ctx context.Context, userID int64, chatIDs []int64, daysBack int) (asked int64, err error) {
	defer wrap(&err, "ask for chats of user %d", userID)
	tag, err := s.db.Exec(ctx, `-- ask chats
		UPDATE telegram_chats SET asked_at = now(), days_back = CASE WHEN $3::int > 0 AND read_to = 0 THEN $3::int ELSE days_back END
		WHERE user_id = $1 AND chosen AND (COALESCE(cardinality($2::bigint[]), 0) = 0 OR chat_id = ANY ($2))`, userID, chatIDs, daysBack)
	return tag.RowsAffected(), err
}

// RecheckChats has chosen chats read anew from the history, as far back as any
// message of them is kept, but for a year at most. It returns how many.
func (s *Store) RecheckChats(ctx context.Context, userID int64) (asked int64, err error) {
	defer wrap(&err, "recheck chats of user %d", userID)
	tag, err := s.db.Exec(ctx, `-- recheck chats
		UPDATE telegram_chats c SET read_to = 0, reading_to = 0, reading_at = 0, asked_at = now(), days_back = LEAST(365, GREATEST(
			c.days_back, (SELECT current_date - min(m.day) + 2 FROM chat_messages m WHERE m.user_id = $1 AND m.chat_id = c.chat_id)))
		WHERE c.user_id = $1 AND c.chosen`, userID)
	return tag.RowsAffected(), err
}

// ChatReading says how far a chat that was asked for is being read: down to which
// message, of those up to another. It reports false when it was asked for again
// since, so that it is to be read anew.
func (s *Store) ChatReading(ctx context.Context, userID int64, c core.TelegramChat) (still bool, err error) {
	defer wrap(&err, "reading chat %d", c.ChatID)
	tag, err := s.db.Exec(ctx, `-- chat reading
		UPDATE telegram_chats SET reading_at = $3, reading_to = $4 WHERE user_id = $1 AND chat_id = $2 AND asked_at = $5`,
		userID, c.ChatID, c.ReadingAt, c.ReadingTo, c.AskedAt)
	return tag.RowsAffected() == 1, err
}

// ChatRead says that a chat that was asked for is read up to a message, unless
// it was asked for again since.
func (s *Store) ChatRead(ctx context.Context, userID int64, c core.TelegramChat, upTo int64) (err error) {
	defer wrap(&err, "read chat %d", c.ChatID)
	return s.run(ctx, `-- chat read
		UPDATE telegram_chats SET read_to = $3, reading_at = 0, reading_to = 0, asked_at = NULL
		WHERE user_id = $1 AND chat_id = $2 AND asked_at = $4`, userID, c.ChatID, upTo, c.AskedAt)
}
