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

// What a search looks at where a common word fits thousands, which ranking all
// of would grow with the data: the newest, and where too few of those fit, some
// that do of the shelf before, and the one before that. So of a very common word
// the best of the lately said are found, and not of all.
const (
	newest      = 500
	newestAbout = 2000 // of those about one contact
	newestFacts = 2000
	rankAtMost  = 300
)

// shelves are the times of the newest note on each shelf of $1, the last shelf
// first. As many are looked for as are asked for.
const shelves = `shelves AS (
			(SELECT said_at AS newest FROM notes WHERE user_id = $1 AND deleted_at IS NULL ORDER BY said_at DESC LIMIT 1)
			UNION ALL
			SELECT n.said_at FROM shelves s, LATERAL (
				SELECT said_at FROM notes WHERE user_id = $1 AND deleted_at IS NULL AND said_at < kith_month_begins(s.newest)
				ORDER BY said_at DESC LIMIT 1) n)`

// SearchNotes returns the live notes that have the words, best first. The shelf
// says whose notes it holds; IS TRUE keeps Postgres from reading all of that
// user's in another index besides.
func (s *Store) SearchNotes(ctx context.Context, userID int64, w Words, limit int) (_ []Passage, err error) {
	defer wrap(&err, "search notes")
	return all[Passage](ctx, s, `-- search notes
		WITH RECURSIVE q AS (SELECT `+asQuery+` AS query), `+shelves+`,
		new AS MATERIALIZED (
			SELECT n.id FROM q, (
				SELECT id, tsv FROM notes WHERE user_id = $1 AND deleted_at IS NULL ORDER BY said_at DESC LIMIT $6) n
			WHERE n.tsv @@ q.query LIMIT $7),
		hits AS (
			SELECT id FROM new
			UNION (SELECT n.id FROM q, shelves, LATERAL (
				SELECT n.id FROM notes n
				WHERE (n.user_id = $1) IS TRUE AND n.tsv @@ q.query AND n.deleted_at IS NULL
					AND kith_shelved(kith_month(n.user_id, n.said_at), n.tsv) @@ kith_shelved(kith_month($1, shelves.newest), q.query)
				LIMIT $7) n
				WHERE (SELECT count(*) FROM new) < $7 LIMIT $7))
		SELECT `+passageColumns+`
		FROM q, hits h JOIN notes n ON n.user_id = $1 AND n.id = h.id
		ORDER BY rank DESC, n.said_at DESC LIMIT $8`,
		userID, w.Text, w.Lang, w.Any, w.Start, newest, rankAtMost, limit)
}

// SearchNotesAbout does the same among the notes about a contact.
func (s *Store) SearchNotesAbout(ctx context.Context, userID, contactID int64, w Words, limit int) (_ []Passage, err error) {
	defer wrap(&err, "search notes about contact %d", contactID)
	return all[Passage](ctx, s, `-- search notes about
		WITH q AS (SELECT `+asQuery+` AS query)
		SELECT `+passageColumns+`
		FROM q, notes n
		WHERE n.user_id = $1 AND n.tsv @@ q.query AND n.deleted_at IS NULL AND n.id IN (
			SELECT note_id FROM mentions WHERE user_id = $1 AND contact_id = $6 ORDER BY note_id DESC LIMIT $7)
		ORDER BY rank DESC, n.said_at DESC LIMIT $8`,
		userID, w.Text, w.Lang, w.Any, w.Start, contactID, newestAbout, limit)
}

const passageColumns = `n.id AS note_id, n.text, n.said_at, ts_rank(n.tsv, q.query) AS rank, ARRAY(
			SELECT c.id FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = n.id AND c.deleted_at IS NULL ORDER BY ` + inOrder + `) AS about, ARRAY(
			SELECT c.full_name FROM mentions m JOIN contacts c ON c.user_id = m.user_id AND c.id = m.contact_id
			WHERE m.user_id = $1 AND m.note_id = n.id AND c.deleted_at IS NULL ORDER BY ` + inOrder + `) AS names`

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
		WITH q AS (SELECT `+asQuery+` AS query),
		new AS MATERIALIZED (
			SELECT f.id FROM q, (
				SELECT id, tsv FROM facts WHERE user_id = $1 AND state = 'kept' ORDER BY id DESC LIMIT $6) f
			WHERE f.tsv @@ q.query LIMIT $7),
		hits AS (
			SELECT id FROM new
			UNION (SELECT f.id FROM q, facts f
				WHERE f.user_id = $1 AND f.tsv @@ q.query AND f.state = 'kept' AND (SELECT count(*) FROM new) < $7 LIMIT $7))
		SELECT f.id, f.note_id, f.contact_id, c.full_name, f.text, f.quote, f.said_at
		FROM hits h JOIN facts f ON f.user_id = $1 AND f.id = h.id
			JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
		WHERE n.deleted_at IS NULL AND c.deleted_at IS NULL AND `+current+`
		ORDER BY f.said_at DESC LIMIT $8`,
		userID, w.Text, "english", w.Any, w.Start, newestFacts, rankAtMost, limit)
}
