package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

const linkColumns = `l.user_id, l.telegram_id, l.name, l.username, l.state, l.session, l.why, l.waits_until, l.linked_at, l.contacts, l.synced_at`

// Link returns the user's linked account, or an error of kind core.ErrNotFound.
func (s *Store) Link(ctx context.Context, userID int64) (_ core.Link, err error) {
	defer wrap(&err, "link of user %d", userID)
	return one[core.Link](ctx, s, `-- link
		SELECT `+linkColumns+` FROM links l WHERE l.user_id = $1`, userID)
}

// KeepLink keeps an account that was just linked, in place of one that
// Telegram ended, in a transaction. Any other is an error of kind
// core.ErrConflict. Of another account that was linked before the messages stay;
// up to where it was heard, and which of its chats were read, is forgotten.
func (s *Store) KeepLink(ctx context.Context, l core.Link) (err error) {
	defer wrap(&err, "keep link of user %d", l.UserID)
	if err := s.run(ctx, `-- forget heard of another account
		DELETE FROM telegram_heard WHERE user_id = $1 AND telegram_id <> $2`, l.UserID, l.TelegramID); err != nil {
		return err
	}
	if err := s.changeAccount(ctx, l.UserID, l.TelegramID); err != nil {
		return err
	}
	tag, err := s.db.Exec(ctx, `-- keep link
		INSERT INTO links AS l (user_id, telegram_id, name, username, session) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id) DO UPDATE SET telegram_id = $2, name = $3, username = $4, session = $5,
			state = 'linked', why = '', waits_until = NULL, linked_at = now(), contacts_hash = 0, contacts_read_at = NULL
		WHERE l.state = 'revoked'`, l.UserID, l.TelegramID, l.Name, l.Username, l.Session)
	if err == nil && tag.RowsAffected() == 0 {
		return core.ErrConflict
	}
	return err
}

// changeAccount sets apart what came from the account that was linked last, if it
// is another: the new one has other numbers for messages, and other chats. What
// came from the new one when it was linked earlier is set apart no longer.
func (s *Store) changeAccount(ctx context.Context, userID, telegramID int64) error {
	if err := s.run(ctx, `-- set messages apart
		UPDATE chat_messages m SET account = CASE WHEN m.account IS NULL THEN u.linked_telegram_id END
		FROM users u
		WHERE u.id = $1 AND u.linked_telegram_id <> $2 AND m.user_id = $1 AND (m.account IS NULL OR m.account = $2)`, userID, telegramID); err != nil {
		return err
	}
	if err := s.run(ctx, `-- leave chats of another account
		UPDATE telegram_chats c SET chosen = false, access_hash = 0, top_id = 0, read_to = 0, reading_to = 0, reading_at = 0, asked_at = NULL
		FROM users u
		WHERE u.id = $1 AND u.linked_telegram_id <> $2 AND c.user_id = $1`, userID, telegramID); err != nil {
		return err
	}
	return s.run(ctx, `-- change account
		UPDATE users SET linked_telegram_id = $2 WHERE id = $1`, userID, telegramID)
}

// KeepLinkSession keeps a newer session of an account, unless it has ended.
func (s *Store) KeepLinkSession(ctx context.Context, userID int64, session []byte) (err error) {
	defer wrap(&err, "keep session of user %d", userID)
	return s.run(ctx, `-- keep link session
		UPDATE links SET session = $2 WHERE user_id = $1 AND state <> 'revoked'`, userID, session)
}

// ResealLinkSession keeps the same session of an account sealed anew, unless
// another was kept meanwhile.
func (s *Store) ResealLinkSession(ctx context.Context, userID int64, old, session []byte) (err error) {
	defer wrap(&err, "reseal session of user %d", userID)
	return s.run(ctx, `-- reseal link session
		UPDATE links SET session = $3 WHERE user_id = $1 AND session = $2`, userID, old, session)
}

// LeaveLink has an account signed out and forgotten; one that has ended is
// forgotten at once. It reports false when there is none.
func (s *Store) LeaveLink(ctx context.Context, userID int64) (found bool, err error) {
	defer wrap(&err, "leave link of user %d", userID)
	gone, err := s.db.Exec(ctx, `-- leave link that ended
		DELETE FROM links WHERE user_id = $1 AND state = 'revoked'`, userID)
	if err != nil || gone.RowsAffected() == 1 {
		return err == nil, err
	}
	tag, err := s.db.Exec(ctx, `-- leave link
		UPDATE links SET state = 'leaving' WHERE user_id = $1`, userID)
	return tag.RowsAffected() == 1, err
}

// DropLink forgets an account with its session.
func (s *Store) DropLink(ctx context.Context, userID int64) (err error) {
	defer wrap(&err, "drop link of user %d", userID)
	return s.run(ctx, `-- drop link
		DELETE FROM links WHERE user_id = $1`, userID)
}

// RevokeLink says that Telegram ended an account's session, which is wiped. It
// reports false when that is known already.
func (s *Store) RevokeLink(ctx context.Context, userID int64, why string) (ended bool, err error) {
	defer wrap(&err, "revoke link of user %d", userID)
	tag, err := s.db.Exec(ctx, `-- revoke link
		UPDATE links SET state = 'revoked', session = NULL, waits_until = NULL, why = $2
		WHERE user_id = $1 AND state <> 'revoked'`, userID, why)
	return tag.RowsAffected() == 1, err
}

// ContactsHash returns what sums up the contacts that were read last from the
// user's account, or 0 when they are to be read whatever they are: they never
// were, or not since.
func (s *Store) ContactsHash(ctx context.Context, userID int64, since time.Time) (hash int64, err error) {
	defer wrap(&err, "contacts hash of user %d", userID)
	err = s.scan(ctx, &hash, `-- contacts hash
		SELECT CASE WHEN contacts_read_at > $2 THEN contacts_hash ELSE 0 END FROM links WHERE user_id = $1`, userID, since)
	return hash, known(err)
}

// ContactsRead says that so many contacts of the user's account were read, and
// what sums them up.
func (s *Store) ContactsRead(ctx context.Context, userID, hash int64, contacts int) (err error) {
	defer wrap(&err, "contacts of user %d were read", userID)
	return s.run(ctx, `-- contacts read
		UPDATE links SET contacts_hash = $2, contacts = $3, contacts_read_at = now(), synced_at = now() WHERE user_id = $1`, userID, hash, contacts)
}

// ContactsSame says that the contacts of the user's account are those that were
// read last.
func (s *Store) ContactsSame(ctx context.Context, userID int64) (err error) {
	defer wrap(&err, "contacts of user %d are the same", userID)
	return s.run(ctx, `-- contacts same
		UPDATE links SET synced_at = now() WHERE user_id = $1`, userID)
}

// LinkWaits says until when Telegram asked an account to wait.
func (s *Store) LinkWaits(ctx context.Context, userID int64, until time.Time) (err error) {
	defer wrap(&err, "link of user %d waits", userID)
	return s.run(ctx, `-- link waits
		UPDATE links SET waits_until = GREATEST(waits_until, $2) WHERE user_id = $1`, userID, until)
}

// LinkSessions returns the accounts that have a session.
func (s *Store) LinkSessions(ctx context.Context) (_ []core.Link, err error) {
	defer wrap(&err, "link sessions")
	return all[core.Link](ctx, s, `-- link sessions (every user)
		SELECT `+linkColumns+` FROM links l WHERE l.session IS NOT NULL ORDER BY l.user_id`)
}

// ConnectedLinks returns how many linked accounts some process looks after.
func (s *Store) ConnectedLinks(ctx context.Context) (n int, err error) {
	defer wrap(&err, "connected links")
	err = s.scan(ctx, &n, `-- connected links (every user)
		SELECT count(*) FROM links l JOIN leases e ON e.name = '`+LeasePrefix+`' || l.user_id
		WHERE l.state = 'linked' AND e.expires_at > now()`)
	return n, err
}

// An OpenLink is an account, or an attempt to link one, that a process is to
// look after.
type OpenLink struct {
	UserID  int64
	State   core.LinkState // "" while it is being linked
	Attempt int64          // its id; 0 when there is none
	Input   bool           // the attempt has an input that nobody took
}

// OpenLinks returns the accounts to look after whose lease, LeasePrefix and the
// user's id, is free or owner's.
func (s *Store) OpenLinks(ctx context.Context, owner string) (_ []OpenLink, err error) {
	defer wrap(&err, "open links")
	return all[OpenLink](ctx, s, `-- open links (every user)
		SELECT u.id AS user_id, COALESCE(l.state, '') AS state, COALESCE(a.id, 0) AS attempt, a.input IS NOT NULL AS input
		FROM users u
			LEFT JOIN links l ON l.user_id = u.id AND l.state <> 'revoked'
			LEFT JOIN link_attempts a ON a.user_id = u.id AND a.step <> 'failed' AND a.expires_at > now()
		WHERE (u.disabled_at IS NULL OR l.state = 'leaving') AND (l.user_id IS NOT NULL OR a.user_id IS NOT NULL) AND NOT EXISTS (
			SELECT FROM leases e WHERE e.name = '`+LeasePrefix+`' || u.id AND e.expires_at > now() AND e.owner <> $1)
		ORDER BY u.id`, owner)
}
