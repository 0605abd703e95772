package store

import (
	"context"
	"time"
)

// OpenChat says that the user has a chat with the bot and has just written in
// it: whoever blocked the bot has let it in again.
func (s *Store) OpenChat(ctx context.Context, userID, chatID int64) (err error) {
	defer wrap(&err, "open chat")
	return s.run(ctx, `-- open chat
		INSERT INTO chats (user_id, chat_id) VALUES ($1, $2)
		ON CONFLICT (user_id) DO UPDATE SET chat_id = $2, blocked_at = NULL`, userID, chatID)
}

// ClaimChat makes owner the only one who writes into the user's chat for the
// given time, unless somebody else does, the chat or the bot as a whole rests,
// or the user has blocked the bot. NextOwed tells.
func (s *Store) ClaimChat(ctx context.Context, userID int64, owner string, hold time.Duration) (err error) {
	defer wrap(&err, "claim chat")
	return s.run(ctx, `-- claim chat
		UPDATE chats SET claimed_by = $2, claimed_until = now() + $3
		WHERE user_id = $1 AND blocked_at IS NULL
			AND (claimed_until IS NULL OR claimed_until < now() OR claimed_by = $2)
			AND (rest_until IS NULL OR rest_until < now()) AND `+botMayCall, userID, owner, hold)
}

// ReleaseIdleChat lets others write into the user's chat, which owner has
// claimed, when it is owed nothing or nothing may be written just now. Who owes
// something later, or comes after the rest, finds it free.
func (s *Store) ReleaseIdleChat(ctx context.Context, userID int64, owner string) (err error) {
	defer wrap(&err, "release idle chat")
	return s.run(ctx, `-- release idle chat
		UPDATE chats SET claimed_by = NULL, claimed_until = NULL
		WHERE user_id = $1 AND claimed_by = $2 AND (
			rest_until >= now() OR blocked_at IS NOT NULL OR NOT `+botMayCall+` OR NOT EXISTS (
				SELECT FROM messages m WHERE m.user_id = $1 AND m.shown < m.wanted AND m.given_up IS NULL))`, userID, owner)
}

// ReleaseChat lets others write into the user's chat.
func (s *Store) ReleaseChat(ctx context.Context, userID int64, owner string) (err error) {
	defer wrap(&err, "release chat")
	return s.run(ctx, `-- release chat
		UPDATE chats SET claimed_by = NULL, claimed_until = NULL
		WHERE user_id = $1 AND claimed_by = $2`, userID, owner)
}

// RestChat keeps everybody from writing into the user's chat for a while.
func (s *Store) RestChat(ctx context.Context, userID int64, rest time.Duration) (err error) {
	defer wrap(&err, "rest chat")
	return s.run(ctx, `-- rest chat
		UPDATE chats SET rest_until = GREATEST(rest_until, now() + $2) WHERE user_id = $1`, userID, rest)
}

// RestBot keeps everybody from making any call for a while, whatever the chat:
// the lease to make calls is Telegram's meanwhile.
func (s *Store) RestBot(ctx context.Context, rest time.Duration) (err error) {
	defer wrap(&err, "rest bot")
	return s.run(ctx, `-- rest bot
		INSERT INTO leases AS l (name, owner, expires_at) VALUES ('calls', 'Telegram', now() + $1)
		ON CONFLICT (name) DO UPDATE SET expires_at = GREATEST(l.expires_at, now() + $1)`, rest)
}

// botMayCall is a condition that holds unless the bot as a whole rests.
const botMayCall = `NOT EXISTS (SELECT FROM leases WHERE name = 'calls' AND expires_at > now())`

// BotRests returns how long the bot as a whole is still to rest.
func (s *Store) BotRests(ctx context.Context) (rest time.Duration, err error) {
	defer wrap(&err, "bot rests")
	err = s.scan(ctx, &rest, `-- bot rests
		SELECT COALESCE(max(expires_at) - now(), '0') FROM leases WHERE name = 'calls' AND expires_at > now()`)
	return rest, err
}

// BlockChat says that the user has blocked the bot: nothing is written until
// they write again.
func (s *Store) BlockChat(ctx context.Context, userID int64) (err error) {
	defer wrap(&err, "block chat")
	return s.run(ctx, `-- block chat
		UPDATE chats SET blocked_at = now() WHERE user_id = $1`, userID)
}

// ChatOf returns the chat in which the user talks to the bot, or an error of
// kind core.ErrNotFound when nothing may be written there just now: it rests,
// the bot as a whole does, or the user has blocked the bot.
func (s *Store) ChatOf(ctx context.Context, userID int64) (chatID int64, err error) {
	defer wrap(&err, "chat of user %d", userID)
	err = s.scan(ctx, &chatID, `-- chat of user
		SELECT chat_id FROM chats
		WHERE user_id = $1 AND blocked_at IS NULL AND (rest_until IS NULL OR rest_until < now())
			AND `+botMayCall, userID)
	return chatID, known(err)
}
