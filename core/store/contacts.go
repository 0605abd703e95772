package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

const contactColumns = `c.user_id, c.id, c.full_name, c.tier, ` + birthday + ` AS birthday,
	COALESCE(c.telegram_id, 0) AS telegram_id, COALESCE(c.telegram_username, '') AS telegram_username, c.created_at`

// A birthday is what was filled in by hand, or else what the newest fact says.
const birthday = `COALESCE(c.birthday, (
	SELECT NULLIF(f.value, '') FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
	WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'birthday' AND f.state = 'kept'
		AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1))`

// Contact returns a live contact, or an error of kind core.ErrNotFound.
func (s *Store) Contact(ctx context.Context, userID, id int64) (_ core.Contact, err error) {
	defer wrap(&err, "contact %d", id)
	return one[core.Contact](ctx, s, `-- contact
		SELECT `+contactColumns+` FROM contacts c
		WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NULL`, userID, id)
}

// ContactByTelegram returns the live contact with that Telegram identity, or an
// error of kind core.ErrNotFound.
func (s *Store) ContactByTelegram(ctx context.Context, userID, telegramID int64) (_ core.Contact, err error) {
	defer wrap(&err, "contact by telegram id")
	return one[core.Contact](ctx, s, `-- contact by telegram id
		SELECT `+contactColumns+` FROM contacts c
		WHERE c.user_id = $1 AND c.telegram_id = $2 AND c.deleted_at IS NULL`, userID, telegramID)
}

// EnsureContact adds a person and returns it with its id. The live contact of
// the same name, in any case, is returned as it is when there is one.
func (s *Store) EnsureContact(ctx context.Context, c core.Contact) (_ core.Contact, err error) {
	defer wrap(&err, "ensure contact")
	err = s.run(ctx, `-- add contact
		INSERT INTO contacts (user_id, full_name, tier, birthday, telegram_id, telegram_username)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id, lower(full_name)) WHERE deleted_at IS NULL DO NOTHING`,
		c.UserID, c.FullName, c.Tier, orNull(c.Birthday.String()), orNull(c.TelegramID), orNull(c.TelegramUsername))
	if err != nil {
		return core.Contact{}, err
	}
	return one[core.Contact](ctx, s, `-- contact by name
		SELECT `+contactColumns+` FROM contacts c
		WHERE c.user_id = $1 AND lower(c.full_name) = lower($2) AND c.deleted_at IS NULL`, c.UserID, c.FullName)
}

// ContactSummary is a contact as lists show it.
type ContactSummary struct {
	ID       int64
	FullName string
	LastNote *time.Time // nil when no note is about them
}

// ContactsPage returns limit live contacts by name, past offset, and how many
// there are in all.
func (s *Store) ContactsPage(ctx context.Context, userID int64, offset, limit int) (_ []ContactSummary, total int, err error) {
	defer wrap(&err, "contacts page")
	list, err := all[ContactSummary](ctx, s, `-- contacts page
		SELECT c.id, c.full_name, (
			SELECT max(n.said_at) FROM mentions m JOIN notes n ON n.user_id = m.user_id AND n.id = m.note_id
			WHERE m.user_id = c.user_id AND m.contact_id = c.id AND n.deleted_at IS NULL) AS last_note
		FROM contacts c
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		ORDER BY c.name_key, c.id LIMIT $3 OFFSET $2`, userID, offset, limit)
	if err != nil {
		return nil, 0, err
	}
	err = s.scan(ctx, &total, `-- count contacts
		SELECT count(*) FROM contacts WHERE user_id = $1 AND deleted_at IS NULL`, userID)
	return list, total, err
}

// RecentContacts returns the live contacts spoken about last, the latest first.
func (s *Store) RecentContacts(ctx context.Context, userID int64, limit int) (_ []core.Contact, err error) {
	defer wrap(&err, "recent contacts")
	return all[core.Contact](ctx, s, `-- recent contacts
		WITH recent AS (
			SELECT id, said_at FROM notes
			WHERE user_id = $1 AND deleted_at IS NULL AND source = '' ORDER BY said_at DESC LIMIT 50)
		SELECT `+contactColumns+` FROM contacts c JOIN (
			SELECT m.contact_id, max(r.said_at) AS at FROM recent r JOIN mentions m ON m.user_id = $1 AND m.note_id = r.id
			WHERE m.contact_id IS NOT NULL GROUP BY m.contact_id) l ON l.contact_id = c.id
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		ORDER BY l.at DESC LIMIT $2`, userID, limit)
}

// NextBirthdays returns live contacts with a birthday, by the next day it
// falls on from the day of from on, in from's location.
func (s *Store) NextBirthdays(ctx context.Context, userID int64, from time.Time, limit int) (_ []core.Contact, err error) {
	defer wrap(&err, "next birthdays")
	return all[core.Contact](ctx, s, `-- next birthdays
		SELECT * FROM (
			SELECT `+contactColumns+` FROM contacts c
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND (c.birthday IS NOT NULL OR c.id IN (
				SELECT contact_id FROM facts WHERE user_id = $1 AND slot = 'birthday'))) c
		WHERE birthday IS NOT NULL
		ORDER BY right(birthday, 5) < $2, right(birthday, 5), full_name LIMIT $3`,
		userID, celebrated(from), limit)
}

// celebrated returns the first birthday, as "03-14", that is celebrated on the
// day of at: on 1 March of a common year those of 29 February are.
func celebrated(at time.Time) string {
	if day := at.AddDate(0, 0, -1); at.Month() == time.March && at.Day() == 1 && day.Day() == 28 {
		return "02-29"
	}
	return at.Format("01-02")
}

// TrashContact moves the contact to the trash, unless a live note is about it,
// somebody filled it in by hand, Telegram knows it, or another was merged into
// it. It reports whether it did.
func (s *Store) TrashContact(ctx context.Context, userID, id int64) (trashed bool, err error) {
	defer wrap(&err, "trash contact %d", id)
	tag, err := s.db.Exec(ctx, `-- trash unused contact
		UPDATE contacts c SET deleted_at = now(), updated_at = now()
		WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NULL AND NOT EXISTS (
			SELECT FROM mentions m JOIN notes n ON n.user_id = m.user_id AND n.id = m.note_id
			WHERE m.user_id = $1 AND m.contact_id = $2 AND n.deleted_at IS NULL)
			AND c.tier = 2 AND c.birthday IS NULL AND c.company IS NULL AND c.location IS NULL AND c.custom_fields = '{}'
			AND NOT EXISTS (SELECT FROM reaches r WHERE r.user_id = $1 AND r.contact_id = $2)
			AND NOT EXISTS (SELECT FROM telegram_people t WHERE t.user_id = $1 AND t.telegram_id = c.telegram_id)
			AND NOT EXISTS (SELECT FROM contact_tags t WHERE t.user_id = $1 AND t.contact_id = $2)
			AND NOT EXISTS (SELECT FROM group_members g WHERE g.user_id = $1 AND g.contact_id = $2)
			AND NOT EXISTS (SELECT FROM relationships r WHERE r.user_id = $1 AND $2 IN (r.contact_id, r.other_id))
			AND NOT EXISTS (SELECT FROM merges g WHERE g.user_id = $1 AND g.into_id = $2 AND g.undone_at IS NULL)`, userID, id)
	return tag.RowsAffected() == 1, err
}

// AddAlias keeps another name of a contact. Saying it again changes nothing.
func (s *Store) AddAlias(ctx context.Context, userID, contactID int64, name, source string) (err error) {
	defer wrap(&err, "add alias of contact %d", contactID)
	return s.run(ctx, `-- add alias
		INSERT INTO aliases (user_id, contact_id, name, source) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, contact_id, name_key) DO NOTHING`, userID, contactID, name, source)
}

// DropAlias forgets another name of a contact.
func (s *Store) DropAlias(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "drop alias %d", id)
	return s.run(ctx, `-- drop alias
		DELETE FROM aliases WHERE user_id = $1 AND id = $2`, userID, id)
}
