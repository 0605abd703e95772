package store

import (
	"context"
	"errors"
	"time"

	"github.com/kith-platform/kith/core"
)

// Filled is what is filled in about a contact by hand.
type Filled struct {
	FullName         string
	Tier             core.Tier
	Birthday         core.Birthday
	Company          string
	Location         string
	TelegramUsername string
	CustomFields     map[string]string
}

// AddContact adds a person and returns the id. It reports false, and returns
// whose id that is, when a live contact has the name, in any case.
func (s *Store) AddContact(ctx context.Context, userID int64, f Filled) (id int64, added bool, err error) {
	defer wrap(&err, "add contact")
	err = s.scan(ctx, &id, `-- add filled contact
		INSERT INTO contacts (user_id, full_name, tier, birthday, company, location, telegram_username, custom_fields)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (user_id, lower(full_name)) WHERE deleted_at IS NULL DO NOTHING
		RETURNING id`,
		userID, f.FullName, f.Tier, orNull(f.Birthday.String()), orNull(f.Company), orNull(f.Location),
		orNull(f.TelegramUsername), f.CustomFields)
	if err = known(err); !errors.Is(err, core.ErrNotFound) {
		return id, err == nil, err
	}
	id, err = s.ContactNamed(ctx, userID, f.FullName)
	return id, false, err
}

// ContactNamed returns the id of the live contact of that full name, in any
// case, or an error of kind core.ErrNotFound.
func (s *Store) ContactNamed(ctx context.Context, userID int64, name string) (id int64, err error) {
	defer wrap(&err, "contact named")
	err = s.scan(ctx, &id, `-- contact named
		SELECT id FROM contacts WHERE user_id = $1 AND lower(full_name) = lower($2) AND deleted_at IS NULL`, userID, name)
	return id, known(err)
}

// LockContact returns what is filled in about a live contact, and holds it
// against change until the transaction ends.
func (s *Store) LockContact(ctx context.Context, userID, id int64) (_ Filled, err error) {
	defer wrap(&err, "lock contact %d", id)
	return one[Filled](ctx, s, `-- lock contact
		SELECT full_name, tier, birthday, COALESCE(company, '') AS company, COALESCE(location, '') AS location,
			COALESCE(telegram_username, '') AS telegram_username, custom_fields
		FROM contacts WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE`, userID, id)
}

// FillContact changes what is filled in about a contact. A name that another
// live contact has is an error of kind core.ErrConflict.
func (s *Store) FillContact(ctx context.Context, userID, id int64, f Filled) (err error) {
	defer wrap(&err, "fill in contact %d", id)
	_, err = s.db.Exec(ctx, `-- fill contact
		UPDATE contacts SET full_name = $3, tier = $4, birthday = $5, company = $6, location = $7,
			telegram_username = $8, custom_fields = $9, updated_at = now()
		WHERE user_id = $1 AND id = $2`,
		userID, id, f.FullName, f.Tier, orNull(f.Birthday.String()), orNull(f.Company), orNull(f.Location),
		orNull(f.TelegramUsername), f.CustomFields)
	return known(err)
}

// A Profile is what is filled in about a contact, and where nothing is, what
// the newest fact says.
type Profile struct {
	core.Contact
	Company      string
	Location     string
	Verified     bool // as Telegram says
	Premium      bool
	CustomFields map[string]string
	UpdatedAt    time.Time
}

// What is shown of where somebody works and lives, as of a birthday.
const (
	company = `COALESCE(c.company, (
		SELECT f.value FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'employer' AND f.state = 'kept'
			AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1), '')`
	location = `COALESCE(c.location, (
		SELECT f.value FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = c.user_id AND f.contact_id = c.id AND f.slot = 'home' AND f.state = 'kept'
			AND n.deleted_at IS NULL ORDER BY f.said_at DESC, f.id DESC LIMIT 1), '')`
)

// Profile returns the profile of a live contact, or an error of kind core.ErrNotFound.
func (s *Store) Profile(ctx context.Context, userID, id int64) (_ Profile, err error) {
	defer wrap(&err, "profile of contact %d", id)
	return one[Profile](ctx, s, `-- profile
		SELECT `+contactColumns+`, `+company+` AS company, `+location+` AS location,
			c.is_verified AS verified, c.is_premium AS premium, c.custom_fields, c.updated_at
		FROM contacts c WHERE c.user_id = $1 AND c.id = $2 AND c.deleted_at IS NULL`, userID, id)
}
