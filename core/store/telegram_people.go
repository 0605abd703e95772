package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core"
)

// A TelegramState says what is known of whose account somebody's is.
type TelegramState string

// The states of somebody at Telegram.
const (
	TelegramKnown     TelegramState = "known"
	TelegramUndecided TelegramState = "undecided" // they may be a contact; the user is asked
	TelegramLeftOut   TelegramState = "left_out"  // the user said that they are no contact
)

// TelegramGiven is what Telegram gave a contact.
type TelegramGiven struct {
	Name     string
	Username string
	Birthday core.Birthday
}

// A TelegramPerson is somebody in the user's Telegram account, as they are kept.
type TelegramPerson struct {
	core.TelegramPerson
	Given      TelegramGiven
	State      TelegramState
	Candidate  int64 // while undecided, the contact that they may be; 0 for none
	InContacts bool
}

const telegramColumns = `t.telegram_id, t.first_name, t.last_name, t.username, t.phone, t.birthday, t.is_verified, t.is_premium,
	t.given_name, t.given_username, t.given_birthday, t.state, COALESCE(t.candidate_id, 0) AS candidate_id, t.in_contacts`

func telegramPerson(row pgx.CollectableRow) (p TelegramPerson, err error) {
	err = row.Scan(&p.ID, &p.FirstName, &p.LastName, &p.Username, &p.Phone, &p.Birthday, &p.Verified, &p.Premium,
		&p.Given.Name, &p.Given.Username, &p.Given.Birthday, &p.State, &p.Candidate, &p.InContacts)
	return p, err
}

// LockTelegramPeople returns what is kept of people at Telegram, and holds it
// against change until the transaction ends. Who is not known is left out.
func (s *Store) LockTelegramPeople(ctx context.Context, userID int64, ids []int64) (_ []TelegramPerson, err error) {
	defer wrap(&err, "lock telegram people")
	// The limit has each looked up by the index, as in TelegramCandidates.
	rows, err := s.db.Query(ctx, `-- lock telegram people
		SELECT `+telegramColumns+` FROM (SELECT id FROM unnest($2::bigint[]) AS id ORDER BY id) w, LATERAL (
			SELECT * FROM telegram_people t WHERE t.user_id = $1 AND t.telegram_id = w.id LIMIT 1 FOR UPDATE) t`, userID, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, telegramPerson)
}

// UndecidedPeople returns people at Telegram who may be a contact, past the one
// with the id after, by their ids.
func (s *Store) UndecidedPeople(ctx context.Context, userID, after int64, limit int) (_ []TelegramPerson, err error) {
	defer wrap(&err, "undecided people")
	rows, err := s.db.Query(ctx, `-- undecided people
		SELECT `+telegramColumns+` FROM telegram_people t
		WHERE t.user_id = $1 AND t.state = 'undecided' AND t.telegram_id > $2 ORDER BY t.telegram_id LIMIT $3`, userID, after, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, telegramPerson)
}

// KnownTelegramPeople returns of which people at Telegram anything is kept.
func (s *Store) KnownTelegramPeople(ctx context.Context, userID int64, ids []int64) (known []int64, err error) {
	defer wrap(&err, "known telegram people")
	err = s.scan(ctx, &known, `-- known telegram people
		SELECT COALESCE(array_agg(w.id), '{}') FROM unnest($2::bigint[]) AS w (id)
		WHERE (SELECT true FROM telegram_people t WHERE t.user_id = $1 AND t.telegram_id = w.id)`, userID, ids)
	return known, err
}

// CountUndecided returns how many people at Telegram may be a contact.
func (s *Store) CountUndecided(ctx context.Context, userID int64) (n int, err error) {
	defer wrap(&err, "count undecided people")
	err = s.scan(ctx, &n, `-- count undecided people
		SELECT count(*) FROM telegram_people WHERE user_id = $1 AND state = 'undecided'`, userID)
	return n, err
}

// A Sought is somebody at Telegram whose contact is looked for.
type Sought struct {
	TelegramID int64
	Name       string
	Phone      string // in E.164; "" when it is not known
}

// A Candidate is a contact, live or not, that somebody at Telegram may be.
type Candidate struct {
	Seeker     int64  // the Telegram id of who may be the contact
	By         string // id, phone, name or alias
	ContactID  int64
	TelegramID int64 // whose account the contact's is; 0 while it is not known
	FullName   string
	HasPhone   bool // an international one
	Trashed    bool
	Merged     bool // into another, which is why it is in the trash
}

// TelegramCandidates returns the contacts that people at Telegram may be: those
// with their account, their phone number or a name like theirs but for case
// and accents.
func (s *Store) TelegramCandidates(ctx context.Context, userID int64, sought []Sought) (_ []Candidate, err error) {
	defer wrap(&err, "telegram candidates")
	// The orders and limits have each of them looked up by the index that has
	// that order, whatever Postgres believes of tables that grow while it looks.
	return all[Candidate](ctx, s, `-- telegram candidates
		WITH sought AS (
			SELECT id, kith_fold(name) AS key, phone FROM unnest($2::bigint[], $3::text[], $4::text[]) AS w (id, name, phone)),
		found AS (
			SELECT w.id AS seeker, 'id' AS by, f.id AS contact_id FROM sought w, LATERAL (
				SELECT c.id FROM contacts c WHERE c.user_id = $1 AND c.telegram_id BETWEEN w.id AND w.id AND c.deleted_at IS NULL
				ORDER BY c.telegram_id LIMIT 1) f
			UNION ALL
			SELECT w.id, 'id', f.id FROM sought w, LATERAL (
				SELECT c.id FROM contacts c WHERE c.user_id = $1 AND c.telegram_id = w.id AND c.deleted_at IS NOT NULL
					AND c.telegram_id IS NOT NULL ORDER BY c.telegram_id LIMIT 20) f
			UNION ALL
			SELECT w.id, 'phone', f.contact_id FROM sought w, LATERAL (
				SELECT r.contact_id FROM reaches r WHERE r.user_id = $1 AND r.kind = 'phone' AND r.value LIKE '+%'
					AND '+' || regexp_replace(r.value, '\D', '', 'g') = w.phone LIMIT 20) f
			UNION ALL
			SELECT w.id, 'name', f.id FROM sought w, LATERAL (
				SELECT c.id FROM contacts c WHERE c.user_id = $1 AND c.name_key = w.key AND c.deleted_at IS NULL
				ORDER BY c.name_key, c.id LIMIT 20) f
			UNION ALL
			SELECT w.id, 'name', c.id FROM sought w JOIN contacts c ON c.user_id = $1 AND c.name_key = w.key AND c.deleted_at IS NOT NULL
			UNION ALL
			SELECT w.id, 'alias', f.contact_id FROM sought w, LATERAL (
				SELECT a.contact_id FROM aliases a WHERE a.user_id = $1 AND a.name_key = w.key ORDER BY a.name_key LIMIT 20) f)
		SELECT f.seeker, f.by, c.* FROM found f, LATERAL (
			SELECT c.id AS contact_id, COALESCE(c.telegram_id, 0) AS telegram_id, c.full_name,
				(SELECT true FROM reaches r WHERE r.user_id = $1 AND r.contact_id = c.id AND r.kind = 'phone' AND r.value LIKE '+%'
					ORDER BY r.contact_id, r.kind, r.value LIMIT 1) IS NOT NULL AS has_phone,
				c.deleted_at IS NOT NULL AS trashed,
				EXISTS (SELECT FROM merges m WHERE m.user_id = $1 AND m.from_id = c.id AND m.undone_at IS NULL) AS merged
			FROM contacts c WHERE c.user_id = $1 AND c.id = f.contact_id LIMIT 1) c
		ORDER BY f.seeker, c.trashed, c.contact_id`, userID,
		each(sought, func(w Sought) int64 { return w.TelegramID }), each(sought, func(w Sought) string { return w.Name }),
		each(sought, func(w Sought) string { return w.Phone }))
}

// A Told is somebody at Telegram, and what their contact becomes by it.
type Told struct {
	TelegramPerson
	Contact  Whole  // what of a contact Telegram gives; without an id it is a new one, without a name there is none
	NewPhone string // in E.164, for the contact; "" for none
	OldPhone string // goes for it, if the contact has it from Telegram
}

const stagedPeople = `telegram_id bigint, first_name text, last_name text, username text, phone text, birthday text,
	is_verified boolean, is_premium boolean, given_name text, given_username text, given_birthday text,
	state text, candidate_id bigint, in_contacts boolean,
	contact_id bigint, full_name text, telegram_username text, contact_birthday text, new_phone text, old_phone text, given_phone text`

func (p Told) staged() []any {
	return []any{
		p.ID, p.FirstName, p.LastName, p.Username, p.Phone, orNull(p.Birthday.String()), p.Verified, p.Premium,
		p.Given.Name, p.Given.Username, orNull(p.Given.Birthday.String()), string(p.State), orNull(p.Candidate), p.InContacts,
		orNull(p.Contact.ID), p.Contact.FullName, orNull(p.Contact.TelegramUsername), orNull(p.Contact.Birthday.String()),
		p.NewPhone, p.OldPhone, "",
	}
}

// KeepTelegramPeople keeps what Telegram says of people, in a transaction: it
// adds the contacts that are new, and changes the others.
func (s *Store) KeepTelegramPeople(ctx context.Context, userID int64, people []Told) (err error) {
	defer wrap(&err, "keep telegram people")
	rows := pgx.CopyFromSlice(len(people), func(i int) ([]any, error) { return people[i].staged(), nil })
	if err := s.stage(ctx, "staged_people", stagedPeople, rows); err != nil {
		return err
	}
	if err := s.keepStagedContacts(ctx, userID, people); err != nil {
		return err
	}
	if err := s.keepStagedPhones(ctx, userID, people); err != nil {
		return err
	}
	return s.run(ctx, `-- keep telegram people
		INSERT INTO telegram_people AS t (user_id, telegram_id, first_name, last_name, username, phone, birthday, is_verified, is_premium,
			given_name, given_username, given_phone, given_birthday, state, candidate_id, in_contacts)
		SELECT $1, telegram_id, first_name, last_name, username, phone, birthday, is_verified, is_premium,
			given_name, given_username, given_phone, given_birthday, state, candidate_id, in_contacts FROM staged_people
		ON CONFLICT (user_id, telegram_id) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
			username = excluded.username, phone = excluded.phone, birthday = excluded.birthday,
			is_verified = excluded.is_verified, is_premium = excluded.is_premium, given_name = excluded.given_name,
			given_username = excluded.given_username, given_birthday = excluded.given_birthday,
			given_phone = CASE WHEN excluded.given_phone <> '' THEN excluded.given_phone ELSE t.given_phone END, state = excluded.state,
			candidate_id = excluded.candidate_id, in_contacts = excluded.in_contacts,
			removed_at = CASE WHEN excluded.in_contacts THEN NULL ELSE t.removed_at END`, userID)
}

func (s *Store) keepStagedContacts(ctx context.Context, userID int64, people []Told) error {
	if err := s.run(ctx, `-- add telegram contacts
		WITH added AS (
			INSERT INTO contacts (user_id, full_name, telegram_id, telegram_username, birthday, is_verified, is_premium)
			SELECT $1, full_name, telegram_id, telegram_username, contact_birthday, is_verified, is_premium
			FROM staged_people WHERE contact_id IS NULL AND full_name <> ''
			ON CONFLICT DO NOTHING RETURNING id, telegram_id)
		UPDATE staged_people s SET contact_id = a.id FROM added a WHERE s.telegram_id = a.telegram_id`, userID); err != nil || !slices.ContainsFunc(people, func(p Told) bool { return p.Contact.ID != 0 }) {
		return err
	}
	return s.run(ctx, `-- change telegram contacts
		UPDATE contacts c SET full_name = s.full_name, telegram_id = s.telegram_id, telegram_username = s.telegram_username,
			birthday = s.contact_birthday, is_verified = s.is_verified, is_premium = s.is_premium, updated_at = now()
		FROM staged_people s
		WHERE c.user_id = $1 AND c.id = s.contact_id AND
			(c.full_name, c.telegram_id, c.telegram_username, c.birthday, c.is_verified, c.is_premium) IS DISTINCT FROM
			(s.full_name, s.telegram_id, s.telegram_username, s.contact_birthday, s.is_verified, s.is_premium)`, userID)
}

// keepStagedPhones gives the staged people's contacts their numbers. One that
// the user typed is none that Telegram gave.
func (s *Store) keepStagedPhones(ctx context.Context, userID int64, people []Told) error {
	if slices.ContainsFunc(people, func(p Told) bool { return p.OldPhone != "" }) {
		if err := s.dropStagedPhones(ctx, userID); err != nil {
			return err
		}
	}
	// Orders and limits name the index, as in TelegramCandidates.
	return s.run(ctx, `-- add telegram phones
		WITH added AS (
			INSERT INTO reaches (user_id, contact_id, kind, value)
			SELECT $1, s.contact_id, 'phone', s.new_phone FROM staged_people s
			WHERE s.contact_id IS NOT NULL AND s.new_phone <> '' AND (
				SELECT true FROM reaches r WHERE r.user_id = $1 AND r.contact_id = s.contact_id AND r.kind = 'phone'
					AND r.value LIKE '+%' AND '+' || regexp_replace(r.value, '\D', '', 'g') = s.new_phone
				ORDER BY r.contact_id, r.kind, r.value LIMIT 1) IS NULL
			RETURNING contact_id, value)
		UPDATE staged_people s SET given_phone = a.value FROM added a WHERE s.contact_id = a.contact_id`, userID)
}

func (s *Store) dropStagedPhones(ctx context.Context, userID int64) error {
	return s.run(ctx, `-- drop telegram phones
		DELETE FROM reaches r USING staged_people s, telegram_people t
		WHERE r.user_id = $1 AND r.contact_id = s.contact_id AND r.kind = 'phone' AND r.value = s.old_phone AND s.old_phone <> ''
			AND t.user_id = $1 AND t.telegram_id = s.telegram_id AND t.given_phone = s.old_phone`, userID)
}

// RemoveTelegramPeople marks as removed who is no longer among the contacts at
// Telegram, which are those with the ids.
func (s *Store) RemoveTelegramPeople(ctx context.Context, userID int64, ids []int64) (err error) {
	defer wrap(&err, "remove telegram people")
	return s.run(ctx, `-- remove telegram people
		UPDATE telegram_people SET in_contacts = false, removed_at = now()
		WHERE user_id = $1 AND in_contacts AND telegram_id <> ALL ($2::bigint[])`, userID, ids)
}

// leaveOut forgets what Telegram says of people, but for that they are to be no
// contacts.
func (s *Store) leaveOut(ctx context.Context, userID int64, ids []int64) error {
	return s.run(ctx, `-- leave out telegram people
		UPDATE telegram_people SET state = 'left_out', candidate_id = NULL, first_name = '', last_name = '', username = '', phone = '',
			birthday = NULL, given_name = '', given_username = '', given_phone = '', given_birthday = NULL
		WHERE user_id = $1 AND telegram_id = ANY ($2::bigint[])`, userID, ids)
}
