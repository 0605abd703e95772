package store

import (
	"context"
	"time"
)

// Words are what notes and facts are searched by.
type Words struct {
	Text  string // as a person writes them
	Lang  string // the text search configuration to read them with: "english"
	Any   bool   // one of them is enough
	Start string // what one more word begins with; "" for none
}

// asQuery is the query that the words of $2 to $5 make: Text, Lang, Any, Start.
// What a word begins with is compared as it is written, not by its stem, and
// quoted, so that nothing in it is an operator.
const asQuery = `(CASE WHEN $4 THEN replace(plainto_tsquery($3::text::regconfig, kith_unaccent($2))::text, '&', '|')::tsquery
		ELSE websearch_to_tsquery($3::text::regconfig, kith_unaccent($2)) END
	&& CASE WHEN $5 = '' THEN '' ELSE
		'''' || replace(replace(NULLIF(kith_fold($5), ''), '\', '\\'), '''', '''''') || ''':*' END::tsquery)`

// A Passage is a note found by its words.
type Passage struct {
	NoteID int64
	Text   string
	SaidAt time.Time
	About  []int64  // the contacts that it is about
	Names  []string // theirs
	Rank   float32
}

// How many notes are ranked: a common word fits thousands, and ranking them
// all grows with the data.
const rankAtMost = 300

// SearchNotes returns the live notes that have the words, best first. Where
// contactID is not 0, the notes are about that contact.
func (s *Store) SearchNotes(ctx context.Context, userID int64, w Words, contactID int64, limit int) (_ []Passage, err error) {
	defer wrap(&err, "search notes")
	return all[Passage](ctx, s, `-- search notes
		WITH q AS (SELECT `+asQuery+` AS query),
		hits AS (
			SELECT n.id, n.text, n.said_at, n.tsv FROM q, notes n
			WHERE n.user_id = $1 AND n.tsv @@ q.query AND n.deleted_at IS NULL
				AND ($6 = 0 OR EXISTS (SELECT FROM mentions m WHERE m.user_id = $1 AND m.note_id = n.id AND m.contact_id = $6))
			LIMIT $7)
		SELECT h.id AS note_id, h.text, h.said_at, ts_rank(h.tsv, q.query) AS rank, ARRAY(
			SELECT c.id FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = h.id AND c.deleted_at IS NULL ORDER BY `+inOrder+`) AS about, ARRAY(
			SELECT c.full_name FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = h.id AND c.deleted_at IS NULL ORDER BY `+inOrder+`) AS names
		FROM hits h, q
		ORDER BY rank DESC, h.said_at DESC LIMIT $8`,
		userID, w.Text, w.Lang, w.Any, w.Start, contactID, rankAtMost, limit)
}

// A FoundFact is a fact found by its words.
type FoundFact struct {
	ID        int64
	NoteID    int64
	ContactID int64
	FullName  string
	Text      string
	Quote     string
	SaidAt    time.Time
}

// SearchFacts returns kept and current facts that have the words, the newest
// first.
func (s *Store) SearchFacts(ctx context.Context, userID int64, w Words, limit int) (_ []FoundFact, err error) {
	defer wrap(&err, "search facts")
	return all[FoundFact](ctx, s, `-- search facts
		SELECT f.id, f.note_id, f.contact_id, c.full_name, f.text, f.quote, f.said_at
		FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
		WHERE f.user_id = $1 AND f.tsv @@ `+asQuery+` AND f.state = 'kept'
			AND n.deleted_at IS NULL AND c.deleted_at IS NULL AND `+current+`
		ORDER BY f.said_at DESC LIMIT $6`, userID, w.Text, "english", w.Any, w.Start, limit)
}
