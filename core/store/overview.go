package store

import (
	"context"
	"time"
)

// The health of every live contact, as scored has it.
const healths = `
	SELECT c.id, c.tier, c.name_key, s.last_at, COALESCE(s.facts, 0) AS facts, COALESCE(s.score, 0) AS score
	FROM contacts c LEFT JOIN scored s ON s.contact_id = c.id
	WHERE c.user_id = $1 AND c.deleted_at IS NULL`

// Bounds say which scores are strong, weak, or so low that the contact is
// neglected.
type Bounds struct{ Strong, Weak, Neglected float64 }

// An Overview is the health of all contacts in a few numbers.
type Overview struct {
	Contacts  int
	Facts     int // that count
	Average   float64
	Strong    int
	Weak      int
	Neglected []int64 // contacts, those to get back in touch with first at the front
}

// Overview returns the health of all live contacts at the time now, with the
// ids of at most limit who are neglected: the closest first, of these whom most
// is known of last.
func (s *Store) Overview(ctx context.Context, userID int64, now time.Time, b Bounds, limit int) (_ Overview, err error) {
	defer wrap(&err, "overview of user %d", userID)
	return one[Overview](ctx, s, `-- overview
		WITH counted AS (`+counted+`), scored AS (`+scored+`), healths AS (`+healths+`)
		SELECT count(*) AS contacts, COALESCE(sum(facts), 0)::bigint AS facts,
			COALESCE(round(avg(score)::numeric, 1), 0)::float8 AS average,
			count(*) FILTER (WHERE score >= $3) AS strong, count(*) FILTER (WHERE score < $4) AS weak,
			ARRAY(SELECT id FROM healths WHERE score < $5
				ORDER BY tier, last_at IS NULL, score, name_key, id LIMIT $6) AS neglected
		FROM healths`, userID, now, b.Strong, b.Weak, b.Neglected, limit)
}

// TopCategories returns the limit most frequent categories of the facts that
// count about live contacts.
func (s *Store) TopCategories(ctx context.Context, userID int64, limit int) (_ []CategoryCount, err error) {
	defer wrap(&err, "top categories")
	return all[CategoryCount](ctx, s, `-- top categories
		WITH counted AS (`+counted+`)
		SELECT f.category, count(*) AS facts FROM counted f JOIN contacts c ON c.id = f.contact_id
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		GROUP BY f.category ORDER BY facts DESC, f.category LIMIT $2`, userID, limit)
}

// Totals say how much there is, but for what is in the trash.
type Totals struct {
	Notes        int
	Interactions int
	Reminders    int // open ones
}

// Meetings with somebody known that no note in the trash tells of.
const met = `i.user_id = $1 AND i.contact_id IS NOT NULL AND (EXISTS (
	SELECT FROM notes gone WHERE gone.user_id = $1 AND gone.id = i.note_id AND gone.deleted_at IS NOT NULL)) IS FALSE`

// Totals counts what a user has.
func (s *Store) Totals(ctx context.Context, userID int64) (_ Totals, err error) {
	defer wrap(&err, "totals")
	return one[Totals](ctx, s, `-- totals
		SELECT (SELECT count(*) FROM notes n WHERE n.user_id = $1 AND n.deleted_at IS NULL) AS notes,
			(SELECT count(*) FROM interactions i WHERE `+met+`) AS interactions,
			(SELECT count(*) FROM `+liveReminders+` WHERE r.user_id = $1 AND r.state = 'open' AND `+isLive+`) AS reminders`, userID)
}

// An ActivityWeek is how much was written and met in one of several weeks.
type ActivityWeek struct {
	Week         int // counts from 1
	Notes        int
	Interactions int
}

// ActivityWeeks returns the weeks in which something was written or somebody
// was met, in order. A week goes from one of starts to the next; the last only
// ends one.
func (s *Store) ActivityWeeks(ctx context.Context, userID int64, starts []time.Time) (_ []ActivityWeek, err error) {
	defer wrap(&err, "weeks of activity")
	first, end := starts[0], starts[len(starts)-1]
	return all[ActivityWeek](ctx, s, `-- activity weeks
		SELECT width_bucket(at, $2::timestamptz[]) AS week, sum(notes)::int AS notes, sum(interactions)::int AS interactions
		FROM (
			SELECT n.said_at AS at, 1 AS notes, 0 AS interactions FROM notes n
			WHERE n.user_id = $1 AND n.deleted_at IS NULL AND n.said_at >= $3 AND n.said_at < $4
			UNION ALL
			SELECT i.at, 0, 1 FROM interactions i WHERE `+met+` AND i.at >= $3 AND i.at < $4) a
		GROUP BY week ORDER BY week`, userID, starts, first, end)
}
