package store

import (
	"context"
)

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

// NamesLike returns the names most like name by trigrams, best first. A part of
// a name counts as like it, of a username only the whole.
func (s *Store) NamesLike(ctx context.Context, userID int64, name string, limit int) (_ []Name, err error) {
	defer wrap(&err, "names like")
	return all[Name](ctx, s, `-- names like
		WITH wanted AS (SELECT kith_fold($2) AS key)
		SELECT contact_id, full_name, name FROM (
			SELECT c.id AS contact_id, c.full_name, c.full_name AS name,
				word_similarity(key, c.name_key) AS alike, similarity(key, c.name_key) AS whole
			FROM wanted, contacts c
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND (key <% c.name_key OR starts_with(c.name_key, key))
			UNION ALL
			SELECT c.id, c.full_name, a.name,
				word_similarity(key, a.name_key), similarity(key, a.name_key)
			FROM wanted, aliases a JOIN contacts c ON c.user_id = $1 AND c.id = a.contact_id
			WHERE a.user_id = $1 AND c.deleted_at IS NULL AND (key <% a.name_key OR starts_with(a.name_key, key))
			UNION ALL
			SELECT c.id, c.full_name, c.telegram_username, 1, 1
			FROM wanted, contacts c
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND lower(c.telegram_username) = ltrim(key, '@')
		) n
		ORDER BY alike DESC, whole DESC, full_name LIMIT $3`, userID, name, limit)
}

// NamesSlipped returns the names that may be name but for one small slip: as
// long, give or take a letter, and beginning or ending alike, as a whole or in
// their first word. Trigrams miss such names: a slip spoils three of them.
func (s *Store) NamesSlipped(ctx context.Context, userID int64, name string, limit int) (_ []Name, err error) {
	defer wrap(&err, "names slipped")
	return all[Name](ctx, s, `-- names slipped
		WITH wanted AS (SELECT kith_fold($2) AS key, split_part(kith_fold($2), ' ', 1) AS first),
		names AS (
			SELECT c.id AS contact_id, c.full_name, c.full_name AS name, c.name_key, c.first_key
			FROM contacts c WHERE c.user_id = $1 AND c.deleted_at IS NULL
			UNION ALL
			SELECT c.id, c.full_name, a.name, a.name_key, a.first_key
			FROM aliases a JOIN contacts c ON c.user_id = $1 AND c.id = a.contact_id
			WHERE a.user_id = $1 AND c.deleted_at IS NULL)
		SELECT contact_id, full_name, name FROM names, wanted
		WHERE abs(char_length(name_key) - char_length(key)) <= 1
				AND (left(name_key, 1) = left(key, 1) OR right(name_key, 1) = right(key, 1))
			OR abs(char_length(first_key) - char_length(first)) <= 1
				AND (left(first_key, 1) = left(first, 1) OR right(first_key, 1) = right(first, 1))
		ORDER BY full_name LIMIT $3`, userID, name, limit)
}
