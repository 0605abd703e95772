package store

import (
	"context"
	"time"
)

// A Passage is a note found by its words.
type Passage struct {
	NoteID int64
	Text   string
	SaidAt time.Time
	Names  []string // of the contacts it is about
	Rank   float32
}

// How many notes are ranked: a common word fits thousands, and ranking them
// all grows with the data.
const rankAtMost = 300

// SearchNotes returns the live notes that have all the words of query, or with
// any set at least one of them, best first. Lang is the text search
// configuration to read the query with. Where contactID is not 0, the notes are
// about that contact.
func (s *Store) SearchNotes(ctx context.Context, userID int64, lang, query string, anyWord bool, contactID int64, limit int) (_ []Passage, err error) {
	defer wrap(&err, "search notes")
	return all[Passage](ctx, s, `-- search notes
		WITH q AS (
			SELECT CASE WHEN $4 THEN replace(plainto_tsquery($2::text::regconfig, kith_unaccent($3))::text, '&', '|')::tsquery
				ELSE websearch_to_tsquery($2::text::regconfig, kith_unaccent($3)) END AS query),
		hits AS (
			SELECT n.id, n.text, n.said_at, n.tsv FROM q, notes n
			WHERE n.user_id = $1 AND n.tsv @@ q.query AND n.deleted_at IS NULL
				AND ($5 = 0 OR EXISTS (SELECT FROM mentions m WHERE m.user_id = $1 AND m.note_id = n.id AND m.contact_id = $5))
			LIMIT $6)
		SELECT h.id AS note_id, h.text, h.said_at, ts_rank(h.tsv, q.query) AS rank, ARRAY(
			SELECT c.full_name FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = h.id AND c.deleted_at IS NULL ORDER BY m.id) AS names
		FROM hits h, q
		ORDER BY rank DESC, h.said_at DESC LIMIT $7`,
		userID, lang, query, anyWord, contactID, rankAtMost, limit)
}

// A FoundFact is a fact found by its words.
type FoundFact struct {
	NoteID   int64
	FullName string
	Text     string
	SaidAt   time.Time
}

// SearchFacts returns kept and current facts that have all the words of query,
// the newest first.
func (s *Store) SearchFacts(ctx context.Context, userID int64, query string, limit int) (_ []FoundFact, err error) {
	defer wrap(&err, "search facts")
	return all[FoundFact](ctx, s, `-- search facts
		SELECT f.note_id, c.full_name, f.text, f.said_at
		FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
		WHERE f.user_id = $1 AND f.tsv @@ websearch_to_tsquery('english', kith_unaccent($2)) AND f.state = 'kept'
			AND n.deleted_at IS NULL AND c.deleted_at IS NULL AND `+current+`
		ORDER BY f.said_at DESC LIMIT $3`, userID, query, limit)
}
