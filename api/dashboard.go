package api

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/insight"
	"github.com/kith-platform/kith/core/store"
)

func (s *Server) observer() insight.Observer {
	return insight.Observer{Store: s.Store, Results: s.Results}
}

type dashboardReply struct {
	Totals     totals          `json:"totals"`
	Health     overallHealth   `json:"health"`
	Activity   []activityWeek  `json:"activity" doc:"The last twelve weeks, in order; the last is this one"`
	Categories []categoryFacts `json:"top_categories" doc:"The five with most facts"`
	Reconnect  []standing      `json:"reconnect" doc:"At most ten contacts whose health is below 50: the closest tier first, and whom nothing is known of last"`
	Upcoming   []upcoming      `json:"upcoming" doc:"Birthdays and open reminders, from today on for 30 days; at most 50"`
}

type totals struct {
	Contacts     int `json:"contacts"`
	Notes        int `json:"notes"`
	Facts        int `json:"facts" doc:"Kept ones that no newer one supersedes"`
	Interactions int `json:"interactions" doc:"Meetings that notes tell of, and synced messages"`
	Reminders    int `json:"reminders" doc:"Open ones"`
}

type overallHealth struct {
	Average float64 `json:"average" doc:"Of all contacts; those nothing is known of have 0"`
	Strong  int     `json:"strong" doc:"Contacts from 70"`
	Weak    int     `json:"weak" doc:"Contacts below 40"`
}

type activityWeek struct {
	Week         string `json:"week" format:"date" doc:"Its Monday, in your time zone" example:"2026-03-09"`
	Notes        int    `json:"notes"`
	Interactions int    `json:"interactions"`
}

// A standing is the health of a contact in a list.
type standing struct {
	ContactID  int64         `json:"contact_id"`
	FullName   string        `json:"full_name"`
	Tier       core.Tier     `json:"tier" enum:"1,2,3"`
	Health     float64       `json:"health"`
	Level      insight.Level `json:"level" enum:"excellent,good,moderate,low"`
	LastFactAt *time.Time    `json:"last_fact_at" nullable:"true"`
}

func asStanding(h store.Health) standing {
	return standing{h.ContactID, h.FullName, h.Tier, h.Score, insight.LevelOf(h.Score), h.LastAt}
}

type upcoming struct {
	Kind      string     `json:"kind" enum:"birthday,reminder"`
	ID        *int64     `json:"id" nullable:"true" doc:"Of the reminder; null for a birthday"`
	ContactID *int64     `json:"contact_id" nullable:"true"`
	FullName  *string    `json:"full_name" nullable:"true"`
	Text      string     `json:"text" example:"Turns 36"`
	Day       string     `json:"day" format:"date" doc:"In your time zone"`
	DueAt     *time.Time `json:"due_at" nullable:"true" doc:"Null for a birthday"`
}

func (s *Server) dashboard(ctx context.Context, u core.User, _ *struct{}) (*reply[dashboardReply], error) {
	d, err := s.observer().Dashboard(ctx, u, time.Now())
	if err != nil {
		return nil, err
	}
	return answer(dashboardReply{
		Totals:   totals{d.Contacts, d.Notes, d.Facts, d.Interactions, d.Reminders},
		Health:   overallHealth{d.Average, d.Strong, d.Weak},
		Activity: each(d.Activity, asActivity), Categories: each(d.Categories, asCategory),
		Reconnect: each(d.Reconnect, asStanding),
		Upcoming:  each(d.Upcoming, func(c insight.Upcoming) upcoming { return asUpcoming(c, u.Location()) }),
	})
}

func asActivity(a insight.Activity) activityWeek {
	return activityWeek{a.Monday.Format(time.DateOnly), a.Notes, a.Interactions}
}

func asUpcoming(c insight.Upcoming, loc *time.Location) upcoming {
	out := upcoming{Kind: c.Kind, Text: c.Text, Day: c.At.In(loc).Format(time.DateOnly)}
	if c.ContactID != 0 {
		out.ContactID, out.FullName = &c.ContactID, &c.FullName
	}
	if c.ID != 0 {
		out.ID, out.DueAt = &c.ID, &c.At
	}
	return out
}
