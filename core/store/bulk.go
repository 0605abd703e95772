package store

import "context"

// LockContacts holds live contacts against change until the transaction ends,
// and returns the ids of those that are there.
func (s *Store) LockContacts(ctx context.Context, userID int64, ids []int64) (_ []int64, err error) {
	defer wrap(&err, "lock contacts")
	return column[int64](ctx, s, `-- lock contacts
		SELECT id FROM contacts WHERE user_id = $1 AND id = ANY ($2::bigint[]) AND deleted_at IS NULL
		ORDER BY id FOR UPDATE`, userID, ids)
}

// LockTag holds a tag until the transaction ends. Its absence is an error of
// kind core.ErrNotFound.
func (s *Store) LockTag(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "lock tag %d", id)
	err = s.scan(ctx, &id, `-- lock tag
		SELECT id FROM tags WHERE user_id = $1 AND id = $2 FOR KEY SHARE`, userID, id)
	return known(err)
}

// TagContacts gives contacts a tag, and returns how many did not have it.
func (s *Store) TagContacts(ctx context.Context, userID int64, ids []int64, tagID int64) (changed int64, err error) {
	defer wrap(&err, "tag contacts")
	tag, err := s.db.Exec(ctx, `-- tag contacts
		INSERT INTO contact_tags (user_id, contact_id, tag_id)
		SELECT $1, id, $3 FROM unnest($2::bigint[]) id ON CONFLICT DO NOTHING`, userID, ids, tagID)
	return tag.RowsAffected(), err
}

// UntagContacts takes a tag from contacts, and returns how many had it.
func (s *Store) UntagContacts(ctx context.Context, userID int64, ids []int64, tagID int64) (changed int64, err error) {
	defer wrap(&err, "untag contacts")
	tag, err := s.db.Exec(ctx, `-- untag contacts
		DELETE FROM contact_tags WHERE user_id = $1 AND contact_id = ANY ($2::bigint[]) AND tag_id = $3`, userID, ids, tagID)
	return tag.RowsAffected(), err
}

// SetTiers says how close contacts are, and returns of how many that is new.
func (s *Store) SetTiers(ctx context.Context, userID int64, ids []int64, tier int) (changed int64, err error) {
	defer wrap(&err, "set tiers")
	tag, err := s.db.Exec(ctx, `-- set tiers
		UPDATE contacts SET tier = $3, updated_at = now()
		WHERE user_id = $1 AND id = ANY ($2::bigint[]) AND tier <> $3`, userID, ids, tier)
	return tag.RowsAffected(), err
}
