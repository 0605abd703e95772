package store

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
)

// A ContactSort is an order of a list of contacts.
type ContactSort string

// The orders.
const (
	SortName        ContactSort = "name"
	SortTier        ContactSort = "tier"         // and by name within one
	SortCreated     ContactSort = "created"      // the latest first
	SortLastContact ContactSort = "last_contact" // the latest first, and last whom the user never met
)

// ContactFilter says which contacts a list has, and in which order.
type ContactFilter struct {
	Words string    // of a name, alias or username; "" for any
	Tag   string    // the name of a tag, or its id; "" for any
	Tier  core.Tier // 0 for any
	Sort  ContactSort
}

// A ContactPlace is a place in a list of contacts. The zero value is its beginning.
type ContactPlace struct {
	Rank int64  `json:"r"` // the tier, or minus the microseconds of a time
	Name string `json:"n"`
	ID   int64  `json:"i"`
}

// moment returns a place in a list of which the latest come first.
func (p ContactPlace) moment() Moment {
	if p == (ContactPlace{}) {
		return Moment{}.orEnd()
	}
	at := time.UnixMicro(-p.Rank)
	if at.Year() < 1 || at.Year() > 9999 { // a cursor that somebody made up
		at = time.Time{}
	}
	return Moment{At: at, ID: p.ID}
}

// A ListedContact is a contact as lists show it.
type ListedContact struct {
	ID               int64
	FullName         string
	Tier             core.Tier
	TelegramUsername string
	Verified         bool
	Premium          bool
	CreatedAt        time.Time
	LastAt           time.Time // of the latest interaction so far; the zero value for never
	Rank             int64     // of its place in the list
	Name             string
}

// Place returns where in its list the contact is.
func (c ListedContact) Place() ContactPlace {
	return ContactPlace{Rank: c.Rank, Name: c.Name, ID: c.ID}
}

const (
	listed = `c.id, c.full_name, c.tier, COALESCE(c.telegram_username, '') AS telegram_username,
		c.is_verified AS verified, c.is_premium AS premium, c.created_at, ` + lastAt + ` AS last_at`
	lastAt = `COALESCE((
		SELECT i.at FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = c.user_id AND i.contact_id = c.id AND i.at <= now() AND n.deleted_at IS NULL
		ORDER BY i.at DESC LIMIT 1), '0001-01-01 00:00:00+00')`
	// Of whom a list is: $1 the user, then the four of a narrowing. OFFSET keeps
	// Postgres from reading all aliases, or tags, before the first contact.
	fits = `c.user_id = $1 AND c.deleted_at IS NULL AND ($2::bigint = 0 OR c.tier = $2)
		AND ($3 = '' OR c.name_key LIKE $3 OR lower(c.telegram_username) = $4 OR EXISTS (
			SELECT FROM aliases a WHERE a.user_id = c.user_id AND a.contact_id = c.id AND a.name_key LIKE $3 OFFSET 0))
		AND ($5::bigint = 0 OR EXISTS (
			SELECT FROM contact_tags t WHERE t.user_id = c.user_id AND t.contact_id = c.id AND t.tag_id = $5 OFFSET 0))`
)

// ListContacts returns the live contacts that fit, after a place in the list.
// Few who fit are looked up and sorted; of many, the first are soon met in the
// order of the list.
func (s *Store) ListContacts(ctx context.Context, userID int64, f ContactFilter, after ContactPlace, limit int) (_ []ListedContact, err error) {
	defer wrap(&err, "list contacts")
	n, err := s.narrow(ctx, userID, f)
	switch {
	case err != nil:
		return nil, err
	case n.IDs != nil && len(n.IDs) <= few:
		return s.contactsAmong(ctx, userID, n, f.Sort, after, limit)
	}
	switch f.Sort {
	case SortTier:
		return s.contactsByTier(ctx, userID, n, after, limit)
	case SortCreated:
		return s.contactsByAge(ctx, userID, n, after.moment(), limit)
	case SortLastContact:
		return s.contactsByLastContact(ctx, userID, n, after.moment(), limit)
	}
	return s.contactsByName(ctx, userID, n, after, limit)
}

// A narrowing is a filter as the rows are compared with it.
type narrowing struct {
	Tier     core.Tier `db:"-"`
	Username string    `db:"-"`
	Pattern  string    // of names; "" for any
	TagID    int64     // 0 for any, -1 for one that there is not
	IDs      []int64   // of those who may fit, one more than few at most; nil where that was not looked up
}

// few is how many contacts are sorted rather than met in order.
const few = 2000

// narrow looks up what a filter means. Words of less than three characters have
// no trigram, and fit many.
func (s *Store) narrow(ctx context.Context, userID int64, f ContactFilter) (n narrowing, err error) {
	if f.Words != "" || f.Tag != "" {
		n, err = one[narrowing](ctx, s, `-- narrow contacts
			WITH w AS (
				SELECT CASE WHEN $2 = '' THEN '' ELSE '%' || regexp_replace(kith_fold($2), '([\\%_])', '\\\1', 'g') || '%' END AS pattern,
					CASE WHEN $3 = '' THEN 0 ELSE COALESCE((
						SELECT t.id FROM tags t WHERE t.user_id = $1 AND (lower(t.name) = lower($3) OR t.id::text = $3)
						ORDER BY lower(t.name) = lower($3) DESC LIMIT 1), -1) END AS tag_id)
			SELECT w.pattern, w.tag_id, CASE
				WHEN char_length($2) > 2 THEN ARRAY(
					SELECT c.id FROM contacts c
					WHERE c.user_id = $1 AND c.deleted_at IS NULL AND c.name_key LIKE (SELECT pattern FROM w)
					UNION SELECT a.contact_id FROM aliases a
					WHERE a.user_id = $1 AND a.name_key LIKE (SELECT pattern FROM w)
					UNION SELECT c.id FROM contacts c
					WHERE c.user_id = $1 AND c.deleted_at IS NULL AND lower(c.telegram_username) = $4 LIMIT $5)
				WHEN w.tag_id <> 0 THEN ARRAY(
					SELECT m.contact_id FROM contact_tags m
					WHERE m.user_id = $1 AND m.tag_id = (SELECT tag_id FROM w) LIMIT $5)
				END AS ids FROM w`,
			userID, f.Words, f.Tag, username(f.Words), few+1)
	}
	n.Tier, n.Username = f.Tier, username(f.Words)
	return n, err
}

// username returns words as a username is compared.
func username(words string) string { return strings.ToLower(strings.TrimPrefix(words, "@")) }

func (s *Store) contactsByName(ctx context.Context, userID int64, n narrowing, after ContactPlace, limit int) ([]ListedContact, error) {
	return all[ListedContact](ctx, s, `-- contacts by name
		SELECT `+listed+`, 0::bigint AS rank, c.name_key AS name FROM contacts c
		WHERE `+fits+` AND (c.name_key, c.id) > ($6, $7)
		ORDER BY c.name_key, c.id LIMIT $8`, userID, n.Tier, n.Pattern, n.Username, n.TagID, after.Name, after.ID, limit)
}

func (s *Store) contactsByTier(ctx context.Context, userID int64, n narrowing, after ContactPlace, limit int) ([]ListedContact, error) {
	return all[ListedContact](ctx, s, `-- contacts by tier
		SELECT `+listed+`, c.tier::bigint AS rank, c.name_key AS name FROM contacts c
		WHERE `+fits+` AND (c.tier, c.name_key, c.id) > ($6::bigint, $7, $8)
		ORDER BY c.tier, c.name_key, c.id LIMIT $9`,
		userID, n.Tier, n.Pattern, n.Username, n.TagID, after.Rank, after.Name, after.ID, limit)
}

func (s *Store) contactsByAge(ctx context.Context, userID int64, n narrowing, before Moment, limit int) ([]ListedContact, error) {
	return all[ListedContact](ctx, s, `-- contacts by age
		SELECT `+listed+`, -(extract(epoch FROM c.created_at) * 1000000)::bigint AS rank, '' AS name FROM contacts c
		WHERE `+fits+` AND (c.created_at, c.id) < ($6, $7)
		ORDER BY c.created_at DESC, c.id DESC LIMIT $8`,
		userID, n.Tier, n.Pattern, n.Username, n.TagID, before.At, before.ID, limit)
}

// contactsByLastContact looks up the few whose latest interaction is still to
// come, and places them by the latest so far.
func (s *Store) contactsByLastContact(ctx context.Context, userID int64, n narrowing, before Moment, limit int) ([]ListedContact, error) {
	return all[ListedContact](ctx, s, `-- contacts by last contact
		WITH ahead AS (
			SELECT c.id, `+lastAt+` AS at FROM last_contacts l JOIN contacts c ON c.user_id = l.user_id AND c.id = l.contact_id
			WHERE `+fits+` AND l.user_id = $1 AND l.at > now()),
		page AS (
			(SELECT c.id, l.at FROM last_contacts l JOIN contacts c ON c.user_id = l.user_id AND c.id = l.contact_id
			WHERE `+fits+` AND l.user_id = $1 AND l.at <= now() AND (l.at, l.contact_id) < ($6, $7)
			ORDER BY l.at DESC, l.contact_id DESC LIMIT $8)
			UNION ALL SELECT id, at FROM ahead WHERE (at, id) < ($6, $7))
		SELECT `+listed+`, -(extract(epoch FROM p.at) * 1000000)::bigint AS rank, '' AS name
		FROM page p JOIN contacts c ON c.id = p.id
		WHERE c.user_id = $1
		ORDER BY p.at DESC, p.id DESC LIMIT $8`,
		userID, n.Tier, n.Pattern, n.Username, n.TagID, before.At, before.ID, limit)
}

func (s *Store) contactsAmong(ctx context.Context, userID int64, n narrowing, sort ContactSort, after ContactPlace, limit int) ([]ListedContact, error) {
	if after == (ContactPlace{}) {
		after.Rank = math.MinInt64
	}
	id := after.ID
	if sort == SortCreated || sort == SortLastContact { // as everything, ids count backwards
		id = -id
	}
	return all[ListedContact](ctx, s, `-- contacts among
		SELECT id, full_name, tier, telegram_username, verified, premium, created_at, last_at, rank, name FROM (
			SELECT l.*, CASE $6 WHEN 'tier' THEN tier
					WHEN 'created' THEN -(extract(epoch FROM created_at) * 1000000)::bigint
					WHEN 'last_contact' THEN -(extract(epoch FROM last_at) * 1000000)::bigint
					ELSE 0 END AS rank,
				CASE WHEN $6 IN ('name', 'tier') THEN name_key ELSE '' END AS name,
				CASE WHEN $6 IN ('name', 'tier') THEN id ELSE -id END AS nr
			FROM (SELECT `+listed+`, c.name_key FROM contacts c WHERE `+fits+` AND c.id = ANY ($7::bigint[])) l) p
		WHERE (rank, name, nr) > ($8, $9, $10) ORDER BY rank, name, nr LIMIT $11`,
		userID, n.Tier, n.Pattern, n.Username, n.TagID, sort, n.IDs, after.Rank, after.Name, id, limit)
}
