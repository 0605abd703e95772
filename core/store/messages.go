package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core"
)

const messageColumns = `m.user_id, m.id, m.chat_id, m.kind, COALESCE(m.note_id, 0) AS note_id,
	COALESCE(m.contact_id, 0) AS contact_id, m.paced, m.args, COALESCE(m.reply_to, 0) AS reply_to,
	m.wanted, m.shown, COALESCE(m.telegram_message_id, 0) AS telegram_message_id, m.attempts, m.created_at`

const insertMessage = `INSERT INTO messages AS m (user_id, chat_id, kind, note_id, contact_id, paced, args, reply_to)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

// AddMessage adds a message that Kith owes a chat.
func (s *Store) AddMessage(ctx context.Context, m core.Message) (err error) {
	defer wrap(&err, "add %s message", m.Kind)
	return s.run(ctx, `-- add message
		`+insertMessage,
		m.UserID, m.ChatID, m.Kind, orNull(m.NoteID), orNull(m.ContactID), m.Paced, m.Args, orNull(m.ReplyTo))
}

// TellUser adds a phrase to what the user's chat is owed, in the slow lane, and
// returns the message's id. Who has no chat is owed nothing, and it is 0.
func (s *Store) TellUser(ctx context.Context, userID int64, args core.MessageArgs) (id int64, err error) {
	defer wrap(&err, "tell user %d", userID)
	err = s.scan(ctx, &id, `-- tell user
		INSERT INTO messages AS m (user_id, chat_id, kind, paced, args)
		SELECT c.user_id, c.chat_id, 'phrase', true, $2 FROM chats c WHERE c.user_id = $1
		RETURNING m.id`, userID, args)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// ShowSync owes a new version of a message: how far the reading of an account
// is. With the id 0 there is none.
func (s *Store) ShowSync(ctx context.Context, userID, id int64, sync core.Sync) (err error) {
	defer wrap(&err, "show sync of user %d", userID)
	return s.run(ctx, `-- show sync
		UPDATE messages SET args = jsonb_set(args, '{sync}', $3), wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND id = $2`, userID, id, sync)
}

// ShowSentence owes a new version of a message: how what it tells of has ended.
func (s *Store) ShowSentence(ctx context.Context, userID, id int64, sentence string) (err error) {
	defer wrap(&err, "show the end in message %d", id)
	return s.run(ctx, `-- show sentence
		UPDATE messages SET args = jsonb_set(args, '{sentence}', to_jsonb($3::text)), wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND id = $2`, userID, id, sentence)
}

// OweMessage is AddMessage, and returns the message with its id.
func (s *Store) OweMessage(ctx context.Context, m core.Message) (_ core.Message, err error) {
	defer wrap(&err, "owe %s message", m.Kind)
	return one[core.Message](ctx, s, `-- owe message
		`+insertMessage+` RETURNING `+messageColumns,
		m.UserID, m.ChatID, m.Kind, orNull(m.NoteID), orNull(m.ContactID), m.Paced, m.Args, orNull(m.ReplyTo))
}

// Message returns a message, or an error of kind core.ErrNotFound.
func (s *Store) Message(ctx context.Context, userID, id int64) (_ core.Message, err error) {
	defer wrap(&err, "message %d", id)
	return one[core.Message](ctx, s, `-- message
		SELECT `+messageColumns+` FROM messages m WHERE m.user_id = $1 AND m.id = $2`, userID, id)
}

// ChangeMessage gives a message other arguments and owes the chat its new version.
func (s *Store) ChangeMessage(ctx context.Context, userID, id int64, args core.MessageArgs) (err error) {
	defer wrap(&err, "change message %d", id)
	return s.run(ctx, `-- change message
		UPDATE messages SET args = $3, wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND id = $2`, userID, id, args)
}

// AskUndecided owes a message that asks about people at Telegram, or a new
// version of the one that did within a day.
func (s *Store) AskUndecided(ctx context.Context, m core.Message) (err error) {
	defer wrap(&err, "ask about people at telegram")
	return s.run(ctx, `-- ask undecided
		WITH asked AS (
			UPDATE messages SET args = $5, wanted = wanted + 1, attempts = 0, given_up = NULL
			WHERE user_id = $1 AND id = (
				SELECT max(id) FROM messages
				WHERE user_id = $1 AND kind = $3 AND args ->> 'view' = 'undecided' AND created_at > now() - interval '1 day')
			RETURNING id)
		INSERT INTO messages (user_id, chat_id, kind, paced, args)
		SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM asked)`, m.UserID, m.ChatID, m.Kind, m.Paced, m.Args)
}

// RefreshNoteMessages owes a new version of every message that shows the note.
func (s *Store) RefreshNoteMessages(ctx context.Context, userID, noteID int64) (err error) {
	defer wrap(&err, "refresh messages of note %d", noteID)
	return s.run(ctx, `-- refresh note messages
		UPDATE messages SET wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND note_id = $2 AND kind = 'note'`, userID, noteID)
}

// ResetNoteMessages is RefreshNoteMessages, and turns the messages back to
// their first face.
func (s *Store) ResetNoteMessages(ctx context.Context, userID, noteID int64) (err error) {
	defer wrap(&err, "reset messages of note %d", noteID)
	return s.run(ctx, `-- reset note messages
		UPDATE messages SET args = '{}', wanted = wanted + 1, attempts = 0, given_up = NULL
		WHERE user_id = $1 AND note_id = $2 AND kind = 'note'`, userID, noteID)
}

// MessageShown returns the message that stands in the chat under a Telegram
// message id, or an error of kind core.ErrNotFound.
func (s *Store) MessageShown(ctx context.Context, userID, telegramMessageID int64) (_ core.Message, err error) {
	defer wrap(&err, "message shown")
	return one[core.Message](ctx, s, `-- message shown
		SELECT `+messageColumns+` FROM messages m
		WHERE m.user_id = $1 AND m.telegram_message_id = $2`, userID, telegramMessageID)
}

// LatestView returns the user's latest note message that shows another face
// than its first, or an error of kind core.ErrNotFound.
func (s *Store) LatestView(ctx context.Context, userID int64) (_ core.Message, err error) {
	defer wrap(&err, "latest view")
	return one[core.Message](ctx, s, `-- latest view
		SELECT `+messageColumns+` FROM messages m
		WHERE m.user_id = $1 AND m.kind = 'note' AND m.args ? 'view' ORDER BY m.id DESC LIMIT 1`, userID)
}

// LastSpokenAbout returns the contact that the user's latest message since
// since and before the note was about, or an error of kind core.ErrNotFound.
// Before it are the messages older than the first about the note itself: when
// it was said does not tell, for notes that wait for Kith are kept all at once.
func (s *Store) LastSpokenAbout(ctx context.Context, userID, noteID int64, since time.Time) (_ core.Contact, err error) {
	defer wrap(&err, "last spoken about before note %d", noteID)
	return one[core.Contact](ctx, s, `-- last spoken about
		SELECT `+contactColumns+` FROM (
			SELECT m.id, COALESCE(m.contact_id, (
				SELECT w.contact_id FROM mentions w JOIN notes n ON n.user_id = w.user_id AND n.id = w.note_id
				WHERE w.user_id = $1 AND w.note_id = m.note_id AND n.deleted_at IS NULL
					AND w.contact_id IS NOT NULL ORDER BY w.id LIMIT 1)) AS contact_id
			FROM messages m
			WHERE m.user_id = $1 AND m.created_at > $3 AND NOT m.paced AND (m.contact_id IS NOT NULL OR m.note_id IS NOT NULL)
				AND NOT EXISTS (SELECT FROM messages o WHERE o.user_id = $1 AND o.note_id = $2 AND o.id <= m.id)
			ORDER BY m.id DESC LIMIT 20) l
		JOIN contacts c ON c.user_id = $1 AND c.id = l.contact_id AND c.deleted_at IS NULL
		ORDER BY l.id DESC LIMIT 1`, userID, noteID, since)
}

// NextOwed fills m with the oldest message owed to the user's chat, which owner
// has claimed, and with the zero Message when there is none; in a transaction
// with the next statement.
func (s *Store) NextOwed(ctx context.Context, userID int64, owner string, m *core.Message) (err error) {
	defer wrap(&err, "next owed message")
	return s.fillRows(ctx, func(rows pgx.Rows) (err error) {
		*m, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[core.Message])
		if errors.Is(err, pgx.ErrNoRows) {
			*m, err = core.Message{}, nil
		}
		return err
	}, `-- next owed message
		SELECT `+messageColumns+` FROM messages m JOIN chats c ON c.user_id = m.user_id
		WHERE m.user_id = $1 AND m.shown < m.wanted AND m.given_up IS NULL
			AND c.claimed_by = $2 AND c.claimed_until > now() AND c.blocked_at IS NULL
			AND (c.rest_until IS NULL OR c.rest_until < now()) AND `+botMayCall+`
		ORDER BY m.id LIMIT 1`, userID, owner)
}

// MarkShown says that the chat has a version of the message.
func (s *Store) MarkShown(ctx context.Context, userID, id int64, version int, telegramMessageID int64) (err error) {
	defer wrap(&err, "mark message %d shown", id)
	return s.run(ctx, `-- mark shown
		UPDATE messages SET shown = $3, telegram_message_id = $4, attempts = 0
		WHERE user_id = $1 AND id = $2 AND shown < $3`, userID, id, version, orNull(telegramMessageID))
}

// CountTry counts a failed try to show a message.
func (s *Store) CountTry(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "count try of message %d", id)
	return s.run(ctx, `-- count try
		UPDATE messages SET attempts = attempts + 1 WHERE user_id = $1 AND id = $2`, userID, id)
}

// GiveUpMessage says why a version will never be shown. A newer version is
// tried again.
func (s *Store) GiveUpMessage(ctx context.Context, userID, id int64, version int, why string) (err error) {
	defer wrap(&err, "give up message %d", id)
	return s.run(ctx, `-- give up message
		UPDATE messages SET given_up = CASE WHEN telegram_message_id IS NULL THEN $4 END, shown = $3
		WHERE user_id = $1 AND id = $2`, userID, id, version, why)
}

// UsersOwed returns users whose chats are owed a message, do not rest, and
// have nobody writing into them.
func (s *Store) UsersOwed(ctx context.Context, limit int) (_ []int64, err error) {
	defer wrap(&err, "users owed a message")
	return column[int64](ctx, s, `-- users owed (every user)
		SELECT DISTINCT m.user_id FROM messages m JOIN chats c ON c.user_id = m.user_id
		WHERE m.shown < m.wanted AND m.given_up IS NULL
			AND (c.claimed_until IS NULL OR c.claimed_until < now())
			AND (c.rest_until IS NULL OR c.rest_until < now()) AND c.blocked_at IS NULL AND `+botMayCall+`
		LIMIT $1`, limit)
}
