package api

import (
	"context"
	"strconv"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/insight"
	"github.com/kith-platform/kith/core/store"
)

type networkReply struct {
	Contacts      int          `json:"contacts"`
	Unknown       int          `json:"unknown" doc:"Contacts without facts"`
	Relationships int          `json:"relationships" doc:"Between two contacts"`
	Isolated      int          `json:"isolated" doc:"Contacts that have no relationship and are in no group"`
	Tiers         []tierShare  `json:"tiers" doc:"All three, the closest first"`
	Groups        []groupShare `json:"groups" doc:"The 100 with most contacts"`
	Tags          []tagShare   `json:"tags" doc:"The 100 with most contacts"`
	Strongest     []standing   `json:"strongest" doc:"At most ten, the strongest first"`
	Weakest       []standing   `json:"weakest" doc:"At most ten of those with facts, the weakest first"`
}

type tierShare struct {
	Tier     int64   `json:"tier" enum:"1,2,3"`
	Name     string  `json:"name" enum:"close,regular,distant"`
	Contacts int     `json:"contacts"`
	Health   float64 `json:"health" doc:"Their mean"`
}

type groupShare struct {
	ID       int64   `json:"id"`
	Name     string  `json:"name"`
	Color    string  `json:"color" example:"#3388ff"`
	Contacts int     `json:"contacts"`
	Health   float64 `json:"health" doc:"Their mean"`
}

type tagShare struct {
	ID       int64   `json:"id"`
	Name     string  `json:"name"`
	Contacts int     `json:"contacts"`
	Health   float64 `json:"health" doc:"Their mean"`
}

func (s *Server) network(ctx context.Context, u core.User, _ *struct{}) (*reply[networkReply], error) {
	n, err := s.observer().Network(ctx, u, time.Now())
	if err != nil {
		return nil, err
	}
	return answer(networkReply{
		Contacts: n.Contacts, Unknown: n.Unknown, Relationships: n.Relationships, Isolated: n.Isolated,
		Tiers:     each(n.Tiers, func(p store.Share) tierShare { return tierShare{p.ID, p.Name, p.Size, p.Average} }),
		Groups:    each(n.Groups, func(p store.Share) groupShare { return groupShare{p.ID, p.Name, p.Color, p.Size, p.Average} }),
		Tags:      each(n.Tags, func(p store.Share) tagShare { return tagShare{p.ID, p.Name, p.Size, p.Average} }),
		Strongest: each(n.Strongest, asStanding), Weakest: each(n.Weakest, asStanding),
	})
}

type graphReply struct {
	Nodes  []graphNode           `json:"nodes" doc:"You, and at most 1,000 contacts: the closest tier first, then those with most facts"`
	Edges  []graphEdge           `json:"edges" doc:"From you to each contact of tier 1; and at most 5,000 relationships between contacts that are shown"`
	Groups map[string]graphGroup `json:"groups" doc:"Those that nodes are in, by id"`
}

type graphNode struct {
	ID    int64   `json:"id" doc:"Of the contact; 0 for you"`
	Label string  `json:"label" doc:"The contact's name"`
	Group *string `json:"group" nullable:"true" doc:"The oldest group they are in, or \"self\""`
	Tier  int     `json:"tier" enum:"0,1,2,3" doc:"0 for you"`
	Value int     `json:"value" doc:"10, and 1 for each fact; 40 for you"`
}

type graphEdge struct {
	From   int64  `json:"from"`
	To     int64  `json:"to"`
	Label  string `json:"label" doc:"What from is of to; empty from you" example:"sister"`
	Arrows string `json:"arrows" enum:"to"`
}

type graphGroup struct {
	Color string `json:"color" example:"#3388ff"`
	Name  string `json:"name"`
}

func (s *Server) graph(ctx context.Context, u core.User, _ *struct{}) (*reply[graphReply], error) {
	g, err := s.observer().Graph(ctx, u, time.Now())
	if err != nil {
		return nil, err
	}
	return answer(draw(g))
}

// draw puts the user in the middle of a graph.
func draw(g insight.Graph) graphReply {
	self := "self"
	out := graphReply{
		Nodes: []graphNode{{Label: "You", Group: &self, Value: 40}}, Edges: []graphEdge{}, Groups: map[string]graphGroup{},
	}
	for _, n := range g.Nodes {
		out.Nodes = append(out.Nodes, asNode(n))
		if n.Tier == core.TierClose {
			out.Edges = append(out.Edges, graphEdge{To: n.ID, Arrows: "to"})
		}
	}
	for _, e := range g.Edges {
		out.Edges = append(out.Edges, graphEdge{e.FromID, e.ToID, e.Label, "to"})
	}
	for _, group := range g.Groups {
		out.Groups[strconv.FormatInt(group.ID, 10)] = graphGroup{group.Color, group.Name}
	}
	return out
}

func asNode(n store.Node) graphNode {
	out := graphNode{ID: n.ID, Label: n.FullName, Tier: int(n.Tier), Value: 10 + n.Facts}
	if n.GroupID != 0 {
		group := strconv.FormatInt(n.GroupID, 10)
		out.Group = &group
	}
	return out
}
