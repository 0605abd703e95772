package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// The facts that count: kept and current ones of live notes of user $1. IS
// FALSE keeps the planner from joining them with the notes: they would have to
// be sorted then, which as the index facts_counted has them they need not be.
const counted = `
	SELECT f.contact_id, f.category, f.confidence, f.said_at FROM facts f
	WHERE f.user_id = $1 AND f.contact_id IS NOT NULL AND f.state = 'kept' AND (EXISTS (
			SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = f.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE
		AND ` + current

// The health, at the time $2, of the contacts that counted facts are about.
// Days are whole ones that have passed. A confidence is a real, good for six digits.
const scored = `
	SELECT p.*, round((0.3 * recency + 0.3 * engagement + 0.2 * quality + 0.2 * diversity)::numeric, 1)::float8 AS score
	FROM (
		SELECT t.*, GREATEST(0, 100 - 2 * idle) AS recency, LEAST(100, 70.0 * facts / (span + 1))::float8 AS engagement,
			LEAST(100, 100 * confidence) AS quality, LEAST(100, 5 * categories)::float8 AS diversity
		FROM (
			SELECT contact_id, count(*) AS facts, count(DISTINCT category) AS categories,
				round(avg(confidence)::numeric, 6)::float8 AS confidence, max(said_at) AS last_at,
				GREATEST(0, date_part('day', $2::timestamptz - max(said_at))) AS idle,
				date_part('day', max(said_at) - min(said_at)) AS span
			FROM counted GROUP BY contact_id) t) p`

// A Health is how well the user keeps in touch with a contact: parts and the
// score from 0 to 100. All is 0 when no facts count.
type Health struct {
	ContactID  int64
	FullName   string
	Tier       core.Tier
	Facts      int
	LastAt     *time.Time // of the last fact
	IdleDays   int        // whole days since then
	Recency    float64
	Engagement float64
	Quality    float64
	Diversity  float64
	Score      float64 // the whole
}

// Healths returns the health, at the time now, of those of the contacts that
// are live, in the order of ids.
func (s *Store) Healths(ctx context.Context, userID int64, ids []int64, now time.Time) (_ []Health, err error) {
	defer wrap(&err, "health of %d contacts", len(ids))
	return all[Health](ctx, s, `-- healths
		WITH counted AS (`+counted+` AND f.contact_id = ANY ($3)), scored AS (`+scored+`)
		SELECT c.id AS contact_id, c.full_name, c.tier, COALESCE(s.facts, 0) AS facts, s.last_at,
			COALESCE(s.idle, 0)::int AS idle_days,
			COALESCE(round(s.recency::numeric, 1), 0)::float8 AS recency,
			COALESCE(round(s.engagement::numeric, 1), 0)::float8 AS engagement,
			COALESCE(round(s.quality::numeric, 1), 0)::float8 AS quality,
			COALESCE(round(s.diversity::numeric, 1), 0)::float8 AS diversity,
			COALESCE(s.score, 0) AS score
		FROM contacts c LEFT JOIN scored s ON s.contact_id = c.id
		WHERE c.user_id = $1 AND c.id = ANY ($3) AND c.deleted_at IS NULL
		ORDER BY array_position($3::bigint[], c.id)`, userID, now, ids)
}

// A CategoryCount says how many facts of a category count.
type CategoryCount struct {
	Category core.Category
	Facts    int
}

// CategoriesOf returns how many facts of each category count about a contact,
// the most frequent first.
func (s *Store) CategoriesOf(ctx context.Context, userID, contactID int64) (_ []CategoryCount, err error) {
	defer wrap(&err, "categories of contact %d", contactID)
	return all[CategoryCount](ctx, s, `-- categories of contact
		WITH counted AS (`+counted+` AND f.contact_id = $2)
		SELECT category, count(*) AS facts FROM counted GROUP BY category ORDER BY facts DESC, category`, userID, contactID)
}

// A FactWeek is what was learnt about a contact in one of several weeks.
type FactWeek struct {
	Week       int // counts from 1
	Facts      int
	Confidence float64 // the mean
	Categories int
}

// FactWeeks returns the weeks in which counted facts about a contact were said,
// in order. A week goes from one of starts to the next; the last only ends one.
func (s *Store) FactWeeks(ctx context.Context, userID, contactID int64, starts []time.Time) (_ []FactWeek, err error) {
	defer wrap(&err, "weeks of contact %d", contactID)
	return all[FactWeek](ctx, s, `-- fact weeks
		WITH counted AS (`+counted+` AND f.contact_id = $2)
		SELECT width_bucket(said_at, $3::timestamptz[]) AS week, count(*) AS facts,
			round(avg(confidence)::numeric, 4)::float8 AS confidence, count(DISTINCT category) AS categories
		FROM counted
		WHERE width_bucket(said_at, $3::timestamptz[]) BETWEEN 1 AND cardinality($3) - 1
		GROUP BY week ORDER BY week`, userID, contactID, starts)
}
