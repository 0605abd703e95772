package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/insight"
	"github.com/kith-platform/kith/core/store"
)

// analyticsRoutes registers what the numbers say.
func (s *Server) analyticsRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/analytics/dashboard", "What there is, how it goes and what comes next"), s.dashboard)
	route(s, api, reads, op(http.MethodGet, "/api/analytics/network", "How your contacts spread, and hang together"), s.network)
	route(s, api, reads, op(http.MethodGet, "/api/graph", "Your contacts and what they are to each other"), s.graph)
	route(s, api, reads, op(http.MethodGet, "/api/analytics/contact/{id}/health", "How well you keep in touch with a contact"), s.contactHealth)
	route(s, api, reads, op(http.MethodGet, "/api/analytics/contact/{id}/trends", "What is learnt about a contact, week by week"), s.contactTrends)
	route(s, api, reads, op(http.MethodGet, "/api/analytics/contact/{id}/recommendations", "What to do for a contact"), s.contactRecommendations)
}

type healthReply struct {
	ContactID  int64           `json:"contact_id"`
	Health     float64         `json:"health" minimum:"0" maximum:"100" doc:"0.3 recency + 0.3 engagement + 0.2 quality + 0.2 diversity, to one decimal; 0 without facts" example:"55.2"`
	Level      insight.Level   `json:"level" enum:"excellent,good,moderate,low" doc:"From 80, 60 and 40, and below"`
	Recency    float64         `json:"recency" minimum:"0" maximum:"100" doc:"100, less 2 for each whole day since the last fact was said"`
	Engagement float64         `json:"engagement" minimum:"0" maximum:"100" doc:"10 for each fact a week, between the first and the last"`
	Quality    float64         `json:"quality" minimum:"0" maximum:"100" doc:"The mean confidence of the facts, of 100"`
	Diversity  float64         `json:"diversity" minimum:"0" maximum:"100" doc:"5 for each category with facts"`
	Facts      int             `json:"facts" doc:"How many facts count: kept ones that no newer one supersedes"`
	LastFactAt *time.Time      `json:"last_fact_at" nullable:"true" doc:"When the last of them was said"`
	Categories []categoryFacts `json:"categories" doc:"The most frequent first"`
}

type categoryFacts struct {
	Category string `json:"category" example:"Goals"`
	Facts    int    `json:"facts"`
}

func asCategory(c store.CategoryCount) categoryFacts {
	return categoryFacts{c.Category.Name(), c.Facts}
}

func (s *Server) contactHealth(ctx context.Context, u core.User, in *idIn) (*reply[healthReply], error) {
	h, err := insight.Health(ctx, s.Store, u.ID, in.ID, time.Now())
	if err != nil {
		return nil, err
	}
	return answer(healthReply{
		ContactID: h.ContactID, Health: h.Score, Level: insight.LevelOf(h.Score),
		Recency: h.Recency, Engagement: h.Engagement, Quality: h.Quality, Diversity: h.Diversity,
		Facts: h.Facts, LastFactAt: h.LastAt, Categories: each(h.Categories, asCategory),
	})
}

type trendsIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Days int   `query:"days" minimum:"1" maximum:"3650" default:"90" doc:"How far back, to the Monday before"`
}

type trendsReply struct {
	Weeks []factWeek    `json:"weeks" doc:"Those in which something was learnt, in order"`
	Trend insight.Trend `json:"trend" enum:"increasing,decreasing,stable,insufficient" doc:"The mean of the last four weeks against that of the weeks before: more than 1.2 times, less than 0.8 times, or about the same. Weeks without facts count as 0. Insufficient with fewer than two weeks that have facts"`
}

type factWeek struct {
	Week         string  `json:"week" format:"date" doc:"Its Monday, in your time zone" example:"2026-03-09"`
	Interactions int     `json:"interactions" doc:"How many facts were learnt"`
	Confidence   float64 `json:"avg_confidence" doc:"0 to 1"`
	Categories   int     `json:"category_diversity" doc:"How many categories the facts have"`
}

func (s *Server) contactTrends(ctx context.Context, u core.User, in *trendsIn) (*reply[trendsReply], error) {
	weeks, trend, err := insight.Trends(ctx, s.Store, u, in.ID, in.Days, time.Now())
	if err != nil {
		return nil, err
	}
	return answer(trendsReply{each(weeks, asWeek), trend})
}

func asWeek(w insight.Week) factWeek {
	return factWeek{w.Monday.Format(time.DateOnly), w.Facts, w.Confidence, w.Categories}
}

type recommendationsReply struct {
	Recommendations []recommendation `json:"recommendations"`
}

type recommendation struct {
	Type        string `json:"type" enum:"reconnect,follow_up,action_items,goal_support,support"`
	Priority    string `json:"priority" enum:"high,medium"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Action      string `json:"action"`
}

func (s *Server) contactRecommendations(ctx context.Context, u core.User, in *idIn) (*reply[recommendationsReply], error) {
	found, err := insight.Recommend(ctx, s.Store, u.ID, in.ID, time.Now())
	if err != nil {
		return nil, err
	}
	return answer(recommendationsReply{each(found, func(r insight.Recommendation) recommendation { return recommendation(r) })})
}
