package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core"
)

const factColumns = `f.user_id, f.id, f.note_id, f.mention_id, COALESCE(f.contact_id, 0) AS contact_id,
	f.category, f.text, f.quote, f.quote_start, f.confidence, f.state, f.slot, f.value, f.due_at, f.said_at,
	COALESCE(f.message_id, 0) AS message_id`

// A fact is current while its contact has no newer kept one in the same
// single-valued slot. That is derived, not stored, so that whatever happens to
// the newer fact, the older one is right.
const current = `NOT (f.slot IN ('home', 'employer', 'birthday') AND EXISTS (
		SELECT FROM facts newer JOIN notes nn ON nn.user_id = newer.user_id AND nn.id = newer.note_id
		WHERE newer.user_id = f.user_id AND newer.contact_id = f.contact_id AND newer.slot = f.slot
			AND newer.state = 'kept' AND nn.deleted_at IS NULL
			AND (newer.said_at, newer.id) > (f.said_at, f.id)))`

// AddFacts keeps facts drawn from a user's notes, and fills in their ids. In a
// transaction that is done with the next statement.
func (s *Store) AddFacts(ctx context.Context, userID int64, facts []core.Fact) (err error) {
	defer wrap(&err, "add %d facts", len(facts))
	if len(facts) == 0 {
		return nil
	}
	return s.fillRows(ctx, func(rows pgx.Rows) error {
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		for i, id := range ids {
			facts[i].ID = id
		}
		return err
	}, `-- add facts
		INSERT INTO facts (user_id, note_id, mention_id, contact_id, category, text, quote, quote_start,
			confidence, state, slot, value, due_at, said_at, message_id)
		SELECT $1, note_id, mention_id, contact_id, category, text, quote, quote_start,
			confidence, state, slot, value, due_at, said_at, message_id
		FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::int[], $9::real[],
				$10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::bigint[]) WITH ORDINALITY
			AS f (note_id, mention_id, contact_id, category, text, quote, quote_start, confidence,
				state, slot, value, due_at, said_at, message_id, nr)
		ORDER BY nr RETURNING id`, userID,
		each(facts, func(f core.Fact) int64 { return f.NoteID }),
		each(facts, func(f core.Fact) int64 { return f.MentionID }),
		each(facts, func(f core.Fact) *int64 { return orNull(f.ContactID) }),
		each(facts, func(f core.Fact) core.Category { return f.Category }),
		each(facts, func(f core.Fact) string { return f.Text }),
		each(facts, func(f core.Fact) string { return f.Quote }),
		each(facts, func(f core.Fact) int { return f.QuoteStart }),
		each(facts, func(f core.Fact) float64 { return f.Confidence }),
		each(facts, func(f core.Fact) core.FactState { return f.State }),
		each(facts, func(f core.Fact) core.Slot { return f.Slot }),
		each(facts, func(f core.Fact) string { return f.Value }),
		each(facts, func(f core.Fact) *time.Time { return f.DueAt }),
		each(facts, func(f core.Fact) time.Time { return f.SaidAt }),
		each(facts, func(f core.Fact) *int64 { return orNull(f.MessageID) }))
}

// Fact returns a fact of a live note, or an error of kind core.ErrNotFound.
func (s *Store) Fact(ctx context.Context, userID, id int64) (_ core.Fact, err error) {
	defer wrap(&err, "fact %d", id)
	return one[core.Fact](ctx, s, `-- fact
		SELECT `+factColumns+` FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = $1 AND f.id = $2 AND n.deleted_at IS NULL`, userID, id)
}

// FactsAbout returns the kept and current facts about a contact, the newest
// first, at most limit of them. A category narrows them; "" means all. What was
// to be done, and is, is left out.
func (s *Store) FactsAbout(ctx context.Context, userID, contactID int64, category core.Category, limit int) (_ []core.Fact, err error) {
	defer wrap(&err, "facts about contact %d", contactID)
	return all[core.Fact](ctx, s, `-- facts about
		SELECT `+factColumns+` FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = $1 AND f.contact_id = $2 AND f.state = 'kept' AND n.deleted_at IS NULL
			AND ($3 = '' OR f.category = $3) AND `+current+`
			AND NOT (`+did+`)
		ORDER BY f.said_at DESC, f.id DESC LIMIT $4`, userID, contactID, category, limit)
}

// An AskedFact is a fact that the user has not confirmed, with who says it.
type AskedFact struct {
	core.Fact
	Author string // of the note; "" for the user
}

// FactsAsked returns the facts about a contact that the user has not confirmed,
// the newest first.
func (s *Store) FactsAsked(ctx context.Context, userID, contactID int64, limit int) (_ []AskedFact, err error) {
	defer wrap(&err, "facts asked about contact %d", contactID)
	return all[AskedFact](ctx, s, `-- facts asked
		SELECT `+factColumns+`, n.author FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE f.user_id = $1 AND f.contact_id = $2 AND f.state = 'asked' AND n.deleted_at IS NULL
		ORDER BY f.said_at DESC, f.id DESC LIMIT $3`, userID, contactID, limit)
}

// A SlotFact is a fact found by what it says, with whom it is about.
type SlotFact struct {
	core.Fact
	FullName string // "" for nobody
}

// FactsBySlot returns the kept and current facts that have value, without case
// and accents, in one of slots, by the contact's name.
func (s *Store) FactsBySlot(ctx context.Context, userID int64, slots []core.Slot, value string, limit int) (_ []SlotFact, err error) {
	defer wrap(&err, "facts by slot")
	return all[SlotFact](ctx, s, `-- facts by slot
		SELECT `+factColumns+`, c.full_name
		FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
		WHERE f.user_id = $1 AND f.slot = ANY ($2::text[]) AND f.value_key = kith_fold($3) AND f.state = 'kept'
			AND n.deleted_at IS NULL AND c.deleted_at IS NULL AND `+current+`
		ORDER BY c.name_key, f.said_at DESC LIMIT $4`, userID, slots, value, limit)
}

// DropUntouchedFacts removes the facts of a note that the user has not touched,
// to make room for those of a new analysis. What they were reminded of would be
// said again.
func (s *Store) DropUntouchedFacts(ctx context.Context, userID, noteID int64) (err error) {
	defer wrap(&err, "drop facts of note %d", noteID)
	return s.run(ctx, `-- drop untouched facts
		DELETE FROM facts f WHERE f.user_id = $1 AND f.note_id = $2 AND NOT (`+touched+`)`, userID, noteID)
}

// SetFactState keeps or discards a fact at the user's word. It reports false
// when it was so already.
func (s *Store) SetFactState(ctx context.Context, userID, id int64, state core.FactState) (changed bool, err error) {
	defer wrap(&err, "set state of fact %d", id)
	tag, err := s.db.Exec(ctx, `-- set fact state
		UPDATE facts SET state = $3, touched_at = now()
		WHERE user_id = $1 AND id = $2 AND state <> $3`, userID, id, state)
	return tag.RowsAffected() == 1, err
}

// RewriteFact gives a fact the user's own words, and keeps it. What an engine
// read into the old words goes, but for when it is due, unless another time is
// given: its reminder is said then.
func (s *Store) RewriteFact(ctx context.Context, userID, id int64, text string, due *time.Time) (err error) {
	defer wrap(&err, "rewrite fact %d", id)
	return s.run(ctx, `-- rewrite fact
		WITH later AS (
			UPDATE reminders SET due_at = $4, state = 'open' WHERE user_id = $1 AND fact_id = $2 AND $4::timestamptz IS NOT NULL)
		UPDATE facts SET text = $3, state = 'kept', confidence = 1, slot = '', value = '', touched_at = now(), due_at = COALESCE($4, due_at)
		WHERE user_id = $1 AND id = $2`, userID, id, text, due)
}

// RefileFact puts a fact into another category, at the user's word.
func (s *Store) RefileFact(ctx context.Context, userID, id int64, category core.Category) (err error) {
	defer wrap(&err, "refile fact %d", id)
	return s.run(ctx, `-- refile fact
		UPDATE facts SET category = $3, touched_at = now()
		WHERE user_id = $1 AND id = $2 AND category <> $3`, userID, id, category)
}

// TouchedQuotes fills quotes with the evidence of the facts of a note that the
// user has touched; in a transaction with the next statement.
func (s *Store) TouchedQuotes(ctx context.Context, userID, noteID int64, quotes *[]string) (err error) {
	defer wrap(&err, "touched facts of note %d", noteID)
	return s.fillRows(ctx, func(rows pgx.Rows) (err error) {
		*quotes, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	}, `-- touched quotes
		SELECT f.quote FROM facts f WHERE f.user_id = $1 AND f.note_id = $2 AND (`+touched+`)`, userID, noteID)
}
