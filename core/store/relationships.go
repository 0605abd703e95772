package store

import (
	"context"
	"time"
)

// A Relationship says that a contact is something to another, and what the
// other is to them.
type Relationship struct {
	ID          int64
	ContactID   int64
	ContactName string
	OtherID     int64
	OtherName   string
	Label       string // the contact is that of the other: "parent"
	Inverse     string // the other is that of the contact: "child"
	CreatedAt   time.Time
}

const relationshipColumns = `r.id, r.contact_id, a.full_name AS contact_name, r.other_id, b.full_name AS other_name,
	r.label, r.inverse, r.created_at`

const bothLive = `relationships r
	JOIN contacts a ON a.user_id = r.user_id AND a.id = r.contact_id AND a.deleted_at IS NULL
	JOIN contacts b ON b.user_id = r.user_id AND b.id = r.other_id AND b.deleted_at IS NULL`

// Relationships returns relationships of live contacts, of one of them where
// contactID is not 0, in the order they were added, after the id of one.
func (s *Store) Relationships(ctx context.Context, userID, contactID, after int64, limit int) (_ []Relationship, err error) {
	defer wrap(&err, "relationships")
	return all[Relationship](ctx, s, `-- relationships
		SELECT `+relationshipColumns+` FROM `+bothLive+`
		WHERE r.user_id = $1 AND ($2::bigint = 0 OR r.contact_id = $2 OR r.other_id = $2) AND r.id > $3
		ORDER BY r.id LIMIT $4`, userID, contactID, after, limit)
}

// Relationship returns a relationship of live contacts, or an error of kind
// core.ErrNotFound.
func (s *Store) Relationship(ctx context.Context, userID, id int64) (_ Relationship, err error) {
	defer wrap(&err, "relationship %d", id)
	return one[Relationship](ctx, s, `-- relationship
		SELECT `+relationshipColumns+` FROM `+bothLive+` WHERE r.user_id = $1 AND r.id = $2`, userID, id)
}

// AddRelationship adds a relationship of two live contacts and returns its id,
// or an error of kind core.ErrNotFound where one of them is not there. One that
// is there already, from either side, is an error of kind core.ErrConflict.
func (s *Store) AddRelationship(ctx context.Context, userID int64, r Relationship) (id int64, err error) {
	defer wrap(&err, "add relationship of contact %d", r.ContactID)
	err = s.scan(ctx, &id, `-- add relationship
		INSERT INTO relationships (user_id, contact_id, other_id, label, inverse)
		SELECT a.user_id, a.id, b.id, $4, $5 FROM contacts a JOIN contacts b ON b.user_id = a.user_id
		WHERE a.user_id = $1 AND a.id = $2 AND b.id = $3 AND a.deleted_at IS NULL AND b.deleted_at IS NULL
		FOR KEY SHARE OF a, b
		RETURNING id`, userID, r.ContactID, r.OtherID, r.Label, r.Inverse)
	return id, known(err)
}

// RelabelRelationship says anew what two contacts are to each other. What is
// said already is an error of kind core.ErrConflict.
func (s *Store) RelabelRelationship(ctx context.Context, userID, id int64, label, inverse string) (err error) {
	defer wrap(&err, "relabel relationship %d", id)
	return s.affect(ctx, `-- relabel relationship
		UPDATE relationships SET label = $3, inverse = $4
		WHERE user_id = $1 AND id = $2`, userID, id, label, inverse)
}

// DropRelationship removes a relationship.
func (s *Store) DropRelationship(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "drop relationship %d", id)
	return s.affect(ctx, `-- drop relationship
		DELETE FROM relationships WHERE user_id = $1 AND id = $2`, userID, id)
}
