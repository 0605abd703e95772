package insight

import (
	"context"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// What a graph shows at most; more than that nobody can look at.
const (
	MostNodes = 1000
	MostEdges = 5000
)

// A Graph is the user's contacts and what they are to each other.
type Graph struct {
	Nodes  []store.Node       // contacts, the closest first
	Edges  []store.Edge       // between them
	Groups []store.GraphGroup // that nodes are in
}

// Graph returns the graph of a user's contacts.
func (o Observer) Graph(ctx context.Context, u core.User, now time.Time) (Graph, error) {
	return kept(ctx, o, "graph", u, now, func(ctx context.Context, db *store.Store) (Graph, error) {
		return graph(ctx, db, u.ID)
	})
}

func graph(ctx context.Context, db *store.Store, userID int64) (g Graph, err error) {
	if g.Nodes, err = db.Nodes(ctx, userID, MostNodes); err != nil {
		return g, err
	}
	var contacts, groups []int64
	for _, n := range g.Nodes {
		contacts = append(contacts, n.ID)
		if n.GroupID != 0 && !slices.Contains(groups, n.GroupID) {
			groups = append(groups, n.GroupID)
		}
	}
	if g.Edges, err = db.Edges(ctx, userID, contacts, MostEdges); err != nil {
		return g, err
	}
	g.Groups, err = db.GraphGroups(ctx, userID, groups)
	return g, err
}
