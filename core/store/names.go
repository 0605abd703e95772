package store

import "context"

// A Name is one of the names that a live contact goes by.
type Name struct {
	ContactID int64
	FullName  string // of the contact
	Name      string // the full name itself, an alias or a username
}

// NamesStarting returns the names whose first word, without case and accents,
// is one of words, at most limit of them.
func (s *Store) NamesStarting(ctx context.Context, userID int64, words []string, limit int) (_ []Name, err error) {
	defer wrap(&err, "names starting")
	return all[Name](ctx, s, `-- names starting
		WITH words AS (SELECT DISTINCT kith_fold(w) AS word FROM unnest($2::text[]) w)
		SELECT c.id AS contact_id, c.full_name, c.full_name AS name
		FROM contacts c JOIN words ON c.first_key = word
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		UNION ALL
		SELECT c.id, c.full_name, a.name
		FROM words JOIN aliases a ON a.user_id = $1 AND a.first_key = word
			JOIN contacts c ON c.user_id = $1 AND c.id = a.contact_id
		WHERE c.deleted_at IS NULL
		UNION ALL
		SELECT c.id, c.full_name, c.telegram_username
		FROM contacts c JOIN words ON lower(c.telegram_username) = word
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		LIMIT $3`, userID, words, limit)
}

// What the names of a user's contacts are looked for with: a WITH clause named
// wanted, and one of the conditions below. Apart, they are read off an index
// each, which no query with an OR between them is.
const (
	ownNames   = `SELECT n.id AS contact_id, n.full_name AS name, n.name_key FROM wanted, contacts n WHERE n.user_id = $1 AND n.deleted_at IS NULL AND `
	otherNames = `SELECT n.contact_id, n.name, n.name_key FROM wanted, aliases n WHERE n.user_id = $1 AND `

	likeWanted  = `wanted.key <% n.name_key`
	beginsSo    = `n.name_key ~>=~ wanted.head AND n.name_key ~<~ (wanted.head || U&'\+10FFFF')`
	wordEndsSo  = `(n.name_key LIKE '%' || wanted.tail OR n.name_key LIKE '%' || wanted.tail || ' %')`
	escapedTail = `replace(replace(replace(right(key, size / 2), '\', '\\'), '%', '\%'), '_', '\_')`
)

// NamesLike returns the names most like name by trigrams, best first. A part of
// a name counts as like it, of a username only the whole.
func (s *Store) NamesLike(ctx context.Context, userID int64, name string, limit int) (_ []Name, err error) {
	defer wrap(&err, "names like")
	return all[Name](ctx, s, `-- names like
		WITH wanted AS MATERIALIZED (SELECT kith_fold($2) AS key, kith_fold($2) AS head),
		found AS (`+ownNames+likeWanted+` UNION `+otherNames+likeWanted+` UNION `+ownNames+beginsSo+` UNION `+otherNames+beginsSo+`
			UNION SELECT n.id, n.telegram_username, key FROM wanted, contacts n
			WHERE n.user_id = $1 AND n.deleted_at IS NULL AND lower(n.telegram_username) = ltrim(key, '@'))
		SELECT c.id AS contact_id, c.full_name, f.name
		FROM wanted, found f JOIN contacts c ON c.user_id = $1 AND c.id = f.contact_id
		WHERE c.deleted_at IS NULL
		ORDER BY word_similarity(key, f.name_key) DESC, similarity(key, f.name_key) DESC, c.full_name LIMIT $3`, userID, name, limit)
}

// NamesSlipped returns the names that may be name, of four letters or more, but
// for one small slip: as long, give or take a letter, as a whole or in their
// first word, and alike before the slip or after it. Trigrams miss such names:
// a slip spoils three of them.
func (s *Store) NamesSlipped(ctx context.Context, userID int64, name string, limit int) (_ []Name, err error) {
	defer wrap(&err, "names slipped")
	return all[Name](ctx, s, `-- names slipped
		WITH wanted AS MATERIALIZED (
			SELECT size, left(key, size - 1 - size / 2) AS head, `+escapedTail+` AS tail
			FROM (SELECT kith_fold($2) AS key, char_length(kith_fold($2)) AS size) k),
		found AS (`+ownNames+beginsSo+` UNION `+otherNames+beginsSo+` UNION `+ownNames+wordEndsSo+` UNION `+otherNames+wordEndsSo+`)
		SELECT c.id AS contact_id, c.full_name, f.name
		FROM wanted, found f JOIN contacts c ON c.user_id = $1 AND c.id = f.contact_id
		WHERE c.deleted_at IS NULL AND (abs(char_length(f.name_key) - size) <= 1
			OR abs(char_length(split_part(f.name_key, ' ', 1)) - size) <= 1)
		ORDER BY c.full_name LIMIT $3`, userID, name, limit)
}
