package store

import (
	"context"

	"github.com/kith-platform/kith/core"
)

// A Node is a contact in the graph.
type Node struct {
	ID       int64
	FullName string
	Tier     core.Tier
	Facts    int   // that count
	GroupID  int64 // the oldest group they are in; 0 for none
}

// Nodes returns at most limit live contacts: the closest first, of these those
// that most is known of.
func (s *Store) Nodes(ctx context.Context, userID int64, limit int) (_ []Node, err error) {
	defer wrap(&err, "nodes of the graph")
	return all[Node](ctx, s, `-- graph nodes
		WITH counted AS (`+counted+`),
		known AS (SELECT contact_id, count(*) AS facts FROM counted GROUP BY contact_id),
		grouped AS (SELECT m.contact_id, min(m.group_id) AS group_id FROM group_members m WHERE m.user_id = $1 GROUP BY m.contact_id)
		SELECT c.id, c.full_name, c.tier, COALESCE(k.facts, 0) AS facts, COALESCE(g.group_id, 0) AS group_id
		FROM contacts c LEFT JOIN known k ON k.contact_id = c.id LEFT JOIN grouped g ON g.contact_id = c.id
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		ORDER BY c.tier, COALESCE(k.facts, 0) DESC, c.id LIMIT $2`, userID, limit)
}

// An Edge says that one contact is the label of another.
type Edge struct {
	FromID int64
	ToID   int64
	Label  string
}

// Edges returns at most limit relationships between the contacts, the oldest first.
func (s *Store) Edges(ctx context.Context, userID int64, contacts []int64, limit int) (_ []Edge, err error) {
	defer wrap(&err, "edges of the graph")
	return all[Edge](ctx, s, `-- graph edges
		SELECT r.contact_id AS from_id, r.other_id AS to_id, r.label FROM relationships r
		WHERE r.user_id = $1 AND r.contact_id = ANY ($2) AND r.other_id = ANY ($2)
		ORDER BY r.id LIMIT $3`, userID, contacts, limit)
}

// A GraphGroup is a group as the graph shows it.
type GraphGroup struct {
	ID    int64
	Name  string
	Color string
}

// GraphGroups returns those groups.
func (s *Store) GraphGroups(ctx context.Context, userID int64, ids []int64) (_ []GraphGroup, err error) {
	defer wrap(&err, "groups of the graph")
	return all[GraphGroup](ctx, s, `-- graph groups
		SELECT g.id, g.name, g.color FROM groups g WHERE g.user_id = $1 AND g.id = ANY ($2) ORDER BY g.id`, userID, ids)
}
