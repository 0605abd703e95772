package store

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
)

// A Whole is a contact with all that one may have in a single row.
type Whole struct {
	ID int64
	Filled
	TelegramID int64
	Verified   bool
	Premium    bool
	Trashed    bool
}

// LockWhole returns the contacts of these ids, live or not, by their ids, and
// holds them against change until the transaction ends. Those that are not
// there are left out.
func (s *Store) LockWhole(ctx context.Context, userID int64, ids ...int64) (_ []Whole, err error) {
	defer wrap(&err, "lock contacts %d", ids)
	// Orders and limits name the index, as in TelegramCandidates.
	return all[Whole](ctx, s, `-- lock whole contacts
		SELECT id, full_name, tier, birthday, COALESCE(company, '') AS company, COALESCE(location, '') AS location,
			COALESCE(telegram_id, 0) AS telegram_id, COALESCE(telegram_username, '') AS telegram_username,
			is_verified AS verified, is_premium AS premium, custom_fields, deleted_at IS NOT NULL AS trashed
		FROM (SELECT id AS sought FROM unnest($2::bigint[]) AS id ORDER BY id) w, LATERAL (
			SELECT * FROM contacts c WHERE c.user_id = $1 AND c.id BETWEEN w.sought AND w.sought ORDER BY c.id LIMIT 1 FOR UPDATE) c`, userID, ids)
}

// KeepWhole changes what may be empty in a contact's row. A Telegram identity
// that another live contact has is an error of kind core.ErrConflict.
func (s *Store) KeepWhole(ctx context.Context, userID int64, c Whole) (err error) {
	defer wrap(&err, "keep contact %d", c.ID)
	_, err = s.db.Exec(ctx, `-- keep whole contact
		UPDATE contacts SET birthday = $3, company = $4, location = $5, telegram_id = $6, telegram_username = $7,
			is_verified = $8, is_premium = $9, custom_fields = $10, updated_at = now()
		WHERE user_id = $1 AND id = $2`,
		userID, c.ID, orNull(c.Birthday.String()), orNull(c.Company), orNull(c.Location),
		orNull(c.TelegramID), orNull(c.TelegramUsername), c.Verified, c.Premium, c.CustomFields)
	return known(err)
}

// Moved says what a contact got from the one that was merged into it.
type Moved struct {
	Rows
	Relationships []int64
	Alias         int64 // the other's full name; 0 when it needed none
	Given         Given
}

// Rows are the ids of what belonged to a contact. LastFact is the newest fact
// there was.
type Rows struct {
	Mentions, Facts, Interactions, Reminders, Messages, Aliases, Reaches, Tags, Groups []int64

	LastFact int64
}

// Given is what was filled in where nothing was.
type Given struct {
	Birthday         core.Birthday
	Company          string
	Location         string
	TelegramID       int64
	TelegramUsername string
	Verified         bool
	Premium          bool
	CustomFields     map[string]string
}

// MoveRows makes what belongs to a contact another's, but for what that one has
// already, and returns what it moved.
func (s *Store) MoveRows(ctx context.Context, userID, from, into int64) (_ Rows, err error) {
	defer wrap(&err, "move rows of contact %d to %d", from, into)
	return one[Rows](ctx, s, `-- move rows
		WITH mentioned AS (UPDATE mentions SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		learnt AS (UPDATE facts SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		met AS (UPDATE interactions SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		due AS (UPDATE reminders SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		said AS (UPDATE messages SET contact_id = $3 WHERE user_id = $1 AND contact_id = $2 RETURNING id),
		named AS (
			UPDATE aliases a SET contact_id = $3 WHERE a.user_id = $1 AND a.contact_id = $2
				AND NOT EXISTS (SELECT FROM aliases b WHERE b.user_id = $1 AND b.contact_id = $3 AND b.name_key = a.name_key)
				AND NOT EXISTS (SELECT FROM contacts c WHERE c.user_id = $1 AND c.id = $3 AND c.name_key = a.name_key)
			RETURNING a.id),
		reached AS (
			UPDATE reaches a SET contact_id = $3 WHERE a.user_id = $1 AND a.contact_id = $2 AND NOT EXISTS (
				SELECT FROM reaches b WHERE b.user_id = $1 AND b.contact_id = $3 AND b.kind = a.kind AND b.value = a.value)
			RETURNING a.id),
		tagged AS (
			UPDATE contact_tags a SET contact_id = $3 WHERE a.user_id = $1 AND a.contact_id = $2 AND NOT EXISTS (
				SELECT FROM contact_tags b WHERE b.user_id = $1 AND b.contact_id = $3 AND b.tag_id = a.tag_id)
			RETURNING a.tag_id),
		grouped AS (
			UPDATE group_members a SET contact_id = $3 WHERE a.user_id = $1 AND a.contact_id = $2 AND NOT EXISTS (
				SELECT FROM group_members b WHERE b.user_id = $1 AND b.contact_id = $3 AND b.group_id = a.group_id)
			RETURNING a.group_id)
		SELECT ARRAY(SELECT id FROM mentioned) AS mentions, ARRAY(SELECT id FROM learnt) AS facts,
			ARRAY(SELECT id FROM met) AS interactions, ARRAY(SELECT id FROM due) AS reminders,
			ARRAY(SELECT id FROM said) AS messages, ARRAY(SELECT id FROM named) AS aliases,
			ARRAY(SELECT id FROM reached) AS reaches, ARRAY(SELECT tag_id FROM tagged) AS tags,
			ARRAY(SELECT group_id FROM grouped) AS groups,
			(SELECT COALESCE(max(id), 0) FROM facts WHERE user_id = $1) AS last_fact`, userID, from, into)
}

// MoveRowsBack undoes MoveRows for the rows that are still into's. What was
// learnt since from a mention that goes back goes with it.
func (s *Store) MoveRowsBack(ctx context.Context, userID, from, into int64, r Rows) (err error) {
	defer wrap(&err, "move rows of contact %d back to %d", into, from)
	_, err = s.db.Exec(ctx, `-- move rows back
		WITH mentioned AS (UPDATE mentions SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($4::bigint[]) RETURNING id),
		learnt AS (
			UPDATE facts SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3
				AND (id = ANY ($5::bigint[]) OR id > $13 AND mention_id IN (SELECT id FROM mentioned))),
		met AS (
			UPDATE interactions SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3
				AND (id = ANY ($6::bigint[]) OR mention_id IN (SELECT id FROM mentioned))),
		due AS (UPDATE reminders SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($7::bigint[])),
		said AS (UPDATE messages SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($8::bigint[])),
		named AS (UPDATE aliases SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($9::bigint[])),
		reached AS (UPDATE reaches SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND id = ANY ($10::bigint[])),
		tagged AS (UPDATE contact_tags SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND tag_id = ANY ($11::bigint[]))
		UPDATE group_members SET contact_id = $2 WHERE user_id = $1 AND contact_id = $3 AND group_id = ANY ($12::bigint[])`,
		userID, from, into, r.Mentions, r.Facts, r.Interactions, r.Reminders, r.Messages, r.Aliases, r.Reaches, r.Tags, r.Groups, r.LastFact)
	return err
}

// MoveRelationships makes the relationships of a contact another's, but for
// those that one has already and those between the two, and returns the ids.
func (s *Store) MoveRelationships(ctx context.Context, userID, from, into int64) (ids []int64, err error) {
	defer wrap(&err, "move relationships of contact %d to %d", from, into)
	err = s.scan(ctx, &ids, `-- move relationships
		WITH ours AS (
			SELECT id, label, contact_id IN ($2, $3) AS ours_first, $2 IN (contact_id, other_id) AS wanted,
				CASE WHEN contact_id IN ($2, $3) THEN other_id ELSE contact_id END AS other,
				lower(CASE WHEN contact_id IN ($2, $3) = ($3 < CASE WHEN contact_id IN ($2, $3) THEN other_id ELSE contact_id END)
					THEN label ELSE inverse END) AS once
			FROM relationships
			WHERE user_id = $1 AND (contact_id IN ($2, $3) OR other_id IN ($2, $3))
				AND NOT (contact_id IN ($2, $3) AND other_id IN ($2, $3))),
		moved AS (
			UPDATE relationships r SET contact_id = CASE WHEN o.ours_first THEN $3 ELSE o.other END,
				other_id = CASE WHEN o.ours_first THEN o.other ELSE $3 END
			FROM ours o
			WHERE r.user_id = $1 AND r.id = o.id AND o.wanted AND NOT EXISTS (
				SELECT FROM ours b WHERE b.other = o.other AND b.id <> o.id AND (NOT b.wanted OR b.id < o.id)
					AND (b.once = o.once OR b.ours_first = o.ours_first AND b.label = o.label))
			RETURNING r.id)
		SELECT ARRAY(SELECT id FROM moved)`, userID, from, into)
	return ids, err
}

// MoveRelationshipsBack undoes MoveRelationships for those that are still into's.
func (s *Store) MoveRelationshipsBack(ctx context.Context, userID, from, into int64, ids []int64) (err error) {
	defer wrap(&err, "move relationships of contact %d back to %d", into, from)
	_, err = s.db.Exec(ctx, `-- move relationships back
		UPDATE relationships SET contact_id = CASE contact_id WHEN $3 THEN $2 ELSE contact_id END,
			other_id = CASE other_id WHEN $3 THEN $2 ELSE other_id END
		WHERE user_id = $1 AND id = ANY ($4::bigint[]) AND $3 IN (contact_id, other_id)`, userID, from, into, ids)
	return err
}

// AddFormerName keeps, as another name of a contact, the name of the one merged
// into it, and returns the alias's id: 0 when it goes by that name already.
func (s *Store) AddFormerName(ctx context.Context, userID, contactID int64, name string) (id int64, err error) {
	defer wrap(&err, "add former name of contact %d", contactID)
	err = s.scan(ctx, &id, `-- add former name
		INSERT INTO aliases (user_id, contact_id, name, source)
		SELECT c.user_id, c.id, $3, 'user' FROM contacts c
		WHERE c.user_id = $1 AND c.id = $2 AND c.name_key <> kith_fold($3)
		ON CONFLICT (user_id, contact_id, name_key) DO NOTHING RETURNING id`, userID, contactID, name)
	if err = known(err); errors.Is(err, core.ErrNotFound) {
		return 0, nil
	}
	return id, err
}

// A Merge is one contact being taken for another.
type Merge struct {
	ID     int64
	IntoID int64
	FromID int64
	Moved  Moved
}

// AddMerge keeps what a merge did as part of a step, and returns its id.
func (s *Store) AddMerge(ctx context.Context, userID, step int64, m Merge) (id int64, err error) {
	defer wrap(&err, "add merge of contact %d into %d", m.FromID, m.IntoID)
	err = s.scan(ctx, &id, `-- add merge
		INSERT INTO merges (user_id, into_id, from_id, step, moved) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		userID, m.IntoID, m.FromID, step, m.Moved)
	return id, err
}

// Merge returns a merge, undone or not, or an error of kind core.ErrNotFound.
func (s *Store) Merge(ctx context.Context, userID, id int64) (_ Merge, err error) {
	defer wrap(&err, "merge %d", id)
	return one[Merge](ctx, s, `-- merge
		SELECT id, into_id, from_id, moved FROM merges WHERE user_id = $1 AND id = $2`, userID, id)
}

// MergeOf returns the merge, not undone, of a contact into another, or an error
// of kind core.ErrNotFound.
func (s *Store) MergeOf(ctx context.Context, userID, from int64) (_ Merge, err error) {
	defer wrap(&err, "merge of contact %d", from)
	return one[Merge](ctx, s, `-- merge of contact
		SELECT id, into_id, from_id, moved FROM merges WHERE user_id = $1 AND from_id = $2 AND undone_at IS NULL`, userID, from)
}

// CloseMerge says that a merge is undone. It reports false when it was before.
func (s *Store) CloseMerge(ctx context.Context, userID, id int64) (closed bool, err error) {
	defer wrap(&err, "close merge %d", id)
	tag, err := s.db.Exec(ctx, `-- close merge
		UPDATE merges SET undone_at = now() WHERE user_id = $1 AND id = $2 AND undone_at IS NULL`, userID, id)
	return tag.RowsAffected() == 1, err
}
