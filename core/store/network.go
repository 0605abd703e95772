package store

import (
	"context"
	"time"
)

// A Share is some of a user's live contacts: those of a tier, in a group, with a
// tag, or of whom nothing is known; or one contact at an end of the scale.
type Share struct {
	Kind    string  // "tier", "group", "tag", "unknown", "strongest" or "weakest"
	ID      int64   // of the group, tag or contact; the tier itself
	Name    string  // of the group or tag
	Color   string  // of the group
	Size    int     // how many contacts they are
	Average float64 // of their scores
}

// Shares returns how a user's contacts spread at the time now: every tier that
// has some, at most parts groups and tags, the largest first, and at most ends
// contacts at each end of the scale, of those something is known of.
func (s *Store) Shares(ctx context.Context, userID int64, now time.Time, parts, ends int) (_ []Share, err error) {
	defer wrap(&err, "shares of contacts")
	return all[Share](ctx, s, `-- shares
		WITH counted AS (`+counted+`), scored AS (`+scored+`), healths AS (`+healths+`), members AS (
			SELECT 'tier' AS kind, h.tier::bigint AS id, '' AS name, '' AS color, h.id AS contact_id FROM healths h
			UNION ALL
			SELECT 'group', g.id, g.name, g.color, m.contact_id
			FROM groups g LEFT JOIN group_members m ON m.user_id = g.user_id AND m.group_id = g.id
			WHERE g.user_id = $1
			UNION ALL
			SELECT 'tag', t.id, t.name, '', m.contact_id
			FROM tags t LEFT JOIN contact_tags m ON m.user_id = t.user_id AND m.tag_id = t.id
			WHERE t.user_id = $1
			UNION ALL
			SELECT 'unknown', 0, '', '', h.id FROM healths h WHERE h.facts = 0),
		parts AS (
			SELECT kind, p.id, name, color, count(h.id) AS size,
				COALESCE(round(avg(h.score)::numeric, 1), 0)::float8 AS average
			FROM members p LEFT JOIN healths h ON h.id = p.contact_id
			GROUP BY kind, p.id, name, color)
		SELECT kind, id, name, color, size, average FROM (
			SELECT *, row_number() OVER (PARTITION BY kind ORDER BY size DESC, name, id) AS place FROM parts) p
		WHERE place <= $3
		UNION ALL
		(SELECT 'strongest', id, '', '', 1, score FROM healths WHERE facts > 0 ORDER BY score DESC, tier, name_key, id LIMIT $4)
		UNION ALL
		(SELECT 'weakest', id, '', '', 1, score FROM healths WHERE facts > 0 ORDER BY score, tier, name_key, id LIMIT $4)
		ORDER BY kind, size DESC, name, id`, userID, now, parts, ends)
}

// Ties say how the live contacts of a user hang together.
type Ties struct {
	Relationships int // between two of them
	Isolated      int // contacts without a relationship and in no group
}

// Ties counts how the contacts hang together.
func (s *Store) Ties(ctx context.Context, userID int64) (_ Ties, err error) {
	defer wrap(&err, "ties of contacts")
	return one[Ties](ctx, s, `-- ties
		WITH related AS (
			SELECT r.contact_id, r.other_id FROM relationships r
				JOIN contacts a ON a.user_id = r.user_id AND a.id = r.contact_id
				JOIN contacts b ON b.user_id = r.user_id AND b.id = r.other_id
			WHERE r.user_id = $1 AND a.deleted_at IS NULL AND b.deleted_at IS NULL),
		tied AS (
			SELECT contact_id AS id FROM related UNION SELECT other_id FROM related
			UNION SELECT m.contact_id FROM group_members m WHERE m.user_id = $1)
		SELECT (SELECT count(*) FROM related) AS relationships,
			(SELECT count(*) FROM contacts c WHERE c.user_id = $1 AND c.deleted_at IS NULL
				AND NOT EXISTS (SELECT FROM tied WHERE tied.id = c.id)) AS isolated`, userID)
}
