package store

import (
	"context"
	"time"
)

// A NamePlace is a place in a list by name. The zero value is its beginning.
type NamePlace struct {
	Name string `json:"n"`
	ID   int64  `json:"i"`
}

// A Tag is a label on contacts.
type Tag struct {
	ID        int64
	Name      string
	NameKey   string // as it is sorted
	Contacts  int64  // how many live ones have it
	CreatedAt time.Time
}

// Place returns where in the list the tag is.
func (t Tag) Place() NamePlace { return NamePlace{Name: t.NameKey, ID: t.ID} }

const tagColumns = `t.id, t.name, lower(t.name) AS name_key, t.created_at, (
	SELECT count(*) FROM contact_tags ct JOIN contacts c ON c.user_id = ct.user_id AND c.id = ct.contact_id
	WHERE ct.user_id = t.user_id AND ct.tag_id = t.id AND c.deleted_at IS NULL) AS contacts`

// Tags returns tags by name, after a place in the list.
func (s *Store) Tags(ctx context.Context, userID int64, after NamePlace, limit int) (_ []Tag, err error) {
	defer wrap(&err, "tags")
	return all[Tag](ctx, s, `-- tags
		SELECT `+tagColumns+` FROM tags t WHERE t.user_id = $1 AND (lower(t.name), t.id) > ($2, $3)
		ORDER BY lower(t.name), t.id LIMIT $4`, userID, after.Name, after.ID, limit)
}

// Tag returns a tag, or an error of kind core.ErrNotFound.
func (s *Store) Tag(ctx context.Context, userID, id int64) (_ Tag, err error) {
	defer wrap(&err, "tag %d", id)
	return one[Tag](ctx, s, `-- tag
		SELECT `+tagColumns+` FROM tags t WHERE t.user_id = $1 AND t.id = $2`, userID, id)
}

// AddTag adds a tag and returns its id. A name that is there already, in any
// case, is an error of kind core.ErrConflict.
func (s *Store) AddTag(ctx context.Context, userID int64, name string) (id int64, err error) {
	defer wrap(&err, "add tag")
	err = s.scan(ctx, &id, `-- add tag
		INSERT INTO tags (user_id, name) VALUES ($1, $2) RETURNING id`, userID, name)
	return id, known(err)
}

// RenameTag gives a tag another name. One that is there already is an error of
// kind core.ErrConflict.
func (s *Store) RenameTag(ctx context.Context, userID, id int64, name string) (err error) {
	defer wrap(&err, "rename tag %d", id)
	return s.affect(ctx, `-- rename tag
		UPDATE tags SET name = $3 WHERE user_id = $1 AND id = $2`, userID, id, name)
}

// DropTag removes a tag from all contacts, and then itself.
func (s *Store) DropTag(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "drop tag %d", id)
	return s.InTx(ctx, func(tx *Store) error {
		if err := tx.run(ctx, `-- untag all
			DELETE FROM contact_tags WHERE user_id = $1 AND tag_id = $2`, userID, id); err != nil {
			return err
		}
		return tx.affect(ctx, `-- drop tag
			DELETE FROM tags WHERE user_id = $1 AND id = $2`, userID, id)
	})
}

// TagContact puts a tag on a live contact, if it is not there. It reports false
// when there is no such contact, or no such tag.
func (s *Store) TagContact(ctx context.Context, userID, contactID, tagID int64) (there bool, err error) {
	defer wrap(&err, "tag contact %d", contactID)
	err = s.scan(ctx, &there, `-- tag contact
		WITH both_there AS (
			SELECT c.id AS contact_id, t.id AS tag_id FROM contacts c JOIN tags t ON t.user_id = c.user_id
			WHERE c.user_id = $1 AND c.id = $2 AND t.id = $3 AND c.deleted_at IS NULL FOR KEY SHARE OF c, t),
		tagged AS (
			INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT $1, contact_id, tag_id FROM both_there
			ON CONFLICT DO NOTHING)
		SELECT EXISTS (SELECT FROM both_there)`, userID, contactID, tagID)
	return there, err
}

// UntagContact takes a tag off a live contact, if it is there. It reports false
// when there is no such contact, or no such tag.
func (s *Store) UntagContact(ctx context.Context, userID, contactID, tagID int64) (there bool, err error) {
	defer wrap(&err, "untag contact %d", contactID)
	err = s.scan(ctx, &there, `-- untag contact
		WITH both_there AS (
			SELECT c.id AS contact_id, t.id AS tag_id FROM contacts c JOIN tags t ON t.user_id = c.user_id
			WHERE c.user_id = $1 AND c.id = $2 AND t.id = $3 AND c.deleted_at IS NULL),
		untagged AS (
			DELETE FROM contact_tags ct USING both_there b
			WHERE ct.user_id = $1 AND ct.contact_id = b.contact_id AND ct.tag_id = b.tag_id)
		SELECT EXISTS (SELECT FROM both_there)`, userID, contactID, tagID)
	return there, err
}

// TagsOf returns the tags of a contact by name.
func (s *Store) TagsOf(ctx context.Context, userID, contactID int64) (_ []Label, err error) {
	defer wrap(&err, "tags of contact %d", contactID)
	return all[Label](ctx, s, `-- tags of
		SELECT t.id, t.name FROM contact_tags ct JOIN tags t ON t.user_id = ct.user_id AND t.id = ct.tag_id
		WHERE ct.user_id = $1 AND ct.contact_id = $2 ORDER BY lower(t.name)`, userID, contactID)
}

// A Label is a tag or group that a contact has.
type Label struct {
	ID   int64
	Name string
}
