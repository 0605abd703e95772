package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// A Group is contacts that belong together, with a colour in the graph.
type Group struct {
	ID        int64
	Name      string
	NameKey   string // as it is sorted
	Color     string // "#rrggbb"
	Members   int64  // how many live ones
	CreatedAt time.Time
}

// Place returns where in the list the group is.
func (g Group) Place() NamePlace { return NamePlace{Name: g.NameKey, ID: g.ID} }

const groupColumns = `g.id, g.name, lower(g.name) AS name_key, g.color, g.created_at, (
	SELECT count(*) FROM group_members gm JOIN contacts c ON c.user_id = gm.user_id AND c.id = gm.contact_id
	WHERE gm.user_id = g.user_id AND gm.group_id = g.id AND c.deleted_at IS NULL) AS members`

// Groups returns groups by name, after a place in the list.
func (s *Store) Groups(ctx context.Context, userID int64, after NamePlace, limit int) (_ []Group, err error) {
	defer wrap(&err, "groups")
	return all[Group](ctx, s, `-- groups
		SELECT `+groupColumns+` FROM groups g WHERE g.user_id = $1 AND (lower(g.name), g.id) > ($2, $3)
		ORDER BY lower(g.name), g.id LIMIT $4`, userID, after.Name, after.ID, limit)
}

// Group returns a group, or an error of kind core.ErrNotFound.
func (s *Store) Group(ctx context.Context, userID, id int64) (_ Group, err error) {
	defer wrap(&err, "group %d", id)
	return one[Group](ctx, s, `-- group
		SELECT `+groupColumns+` FROM groups g WHERE g.user_id = $1 AND g.id = $2`, userID, id)
}

// AddGroup adds a group and returns its id. A name that is there already, in
// any case, is an error of kind core.ErrConflict.
func (s *Store) AddGroup(ctx context.Context, userID int64, name, color string) (id int64, err error) {
	defer wrap(&err, "add group")
	err = s.scan(ctx, &id, `-- add group
		INSERT INTO groups (user_id, name, color) VALUES ($1, $2, $3) RETURNING id`, userID, name, color)
	return id, known(err)
}

// ChangeGroup gives a group another name and colour; "" leaves one as it is. A
// name that is there already is an error of kind core.ErrConflict.
func (s *Store) ChangeGroup(ctx context.Context, userID, id int64, name, color string) (err error) {
	defer wrap(&err, "change group %d", id)
	return s.affect(ctx, `-- change group
		UPDATE groups SET name = COALESCE(NULLIF($3, ''), name), color = COALESCE(NULLIF($4, ''), color)
		WHERE user_id = $1 AND id = $2`, userID, id, name, color)
}

// DropGroup removes all members of a group, and then itself.
func (s *Store) DropGroup(ctx context.Context, userID, id int64) (err error) {
	defer wrap(&err, "drop group %d", id)
	return s.InTx(ctx, func(tx *Store) error {
		if err := tx.run(ctx, `-- drop members
			DELETE FROM group_members WHERE user_id = $1 AND group_id = $2`, userID, id); err != nil {
			return err
		}
		return tx.affect(ctx, `-- drop group
			DELETE FROM groups WHERE user_id = $1 AND id = $2`, userID, id)
	})
}

// AddMember makes a live contact a member of a group. It reports false when
// there is no such contact, or no such group.
func (s *Store) AddMember(ctx context.Context, userID, groupID, contactID int64) (there bool, err error) {
	defer wrap(&err, "add member to group %d", groupID)
	err = s.scan(ctx, &there, `-- add member
		WITH both_there AS (
			SELECT c.id AS contact_id, g.id AS group_id FROM contacts c JOIN groups g ON g.user_id = c.user_id
			WHERE c.user_id = $1 AND g.id = $2 AND c.id = $3 AND c.deleted_at IS NULL FOR KEY SHARE OF c, g),
		added AS (
			INSERT INTO group_members (user_id, group_id, contact_id) SELECT $1, group_id, contact_id FROM both_there
			ON CONFLICT DO NOTHING)
		SELECT EXISTS (SELECT FROM both_there)`, userID, groupID, contactID)
	return there, err
}

// DropMember takes a live contact out of a group. It reports false when there
// is no such contact, or no such group.
func (s *Store) DropMember(ctx context.Context, userID, groupID, contactID int64) (there bool, err error) {
	defer wrap(&err, "drop member of group %d", groupID)
	err = s.scan(ctx, &there, `-- drop member
		WITH both_there AS (
			SELECT c.id AS contact_id, g.id AS group_id FROM contacts c JOIN groups g ON g.user_id = c.user_id
			WHERE c.user_id = $1 AND g.id = $2 AND c.id = $3 AND c.deleted_at IS NULL),
		dropped AS (
			DELETE FROM group_members gm USING both_there b
			WHERE gm.user_id = $1 AND gm.group_id = b.group_id AND gm.contact_id = b.contact_id)
		SELECT EXISTS (SELECT FROM both_there)`, userID, groupID, contactID)
	return there, err
}

// A Member is a contact in a group.
type Member struct {
	ID       int64
	FullName string
	NameKey  string // as it is sorted
	Tier     core.Tier
}

// Place returns where in the list the member is.
func (m Member) Place() NamePlace { return NamePlace{Name: m.NameKey, ID: m.ID} }

// Members returns the live members of a group by name, after a place in the list.
func (s *Store) Members(ctx context.Context, userID, groupID int64, after NamePlace, limit int) (_ []Member, err error) {
	defer wrap(&err, "members of group %d", groupID)
	return all[Member](ctx, s, `-- members
		SELECT c.id, c.full_name, c.name_key, c.tier
		FROM group_members gm JOIN contacts c ON c.user_id = gm.user_id AND c.id = gm.contact_id
		WHERE gm.user_id = $1 AND gm.group_id = $2 AND c.deleted_at IS NULL AND (c.name_key, c.id) > ($3, $4)
		ORDER BY c.name_key, c.id LIMIT $5`, userID, groupID, after.Name, after.ID, limit)
}

// GroupsOf returns the groups of a contact by name.
func (s *Store) GroupsOf(ctx context.Context, userID, contactID int64) (_ []Label, err error) {
	defer wrap(&err, "groups of contact %d", contactID)
	return all[Label](ctx, s, `-- groups of
		SELECT g.id, g.name FROM group_members gm JOIN groups g ON g.user_id = gm.user_id AND g.id = gm.group_id
		WHERE gm.user_id = $1 AND gm.contact_id = $2 ORDER BY lower(g.name)`, userID, contactID)
}
