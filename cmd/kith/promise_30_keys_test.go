package main

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// wantOwnKeys fails the test if a foreign key between users' rows could lead
// to another user's.
func (r *rig) wantOwnKeys() {
	r.t.Helper()
	if n := value[int](r, `SELECT count(*) FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
		AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.conrelid AND attname = 'user_id')
		AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.confrelid AND attname = 'user_id')
		AND NOT EXISTS (SELECT FROM unnest(c.conkey, c.confkey) k (here, there)
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.here AND a.attname = 'user_id'
			JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.there AND b.attname = 'user_id')`); n > 0 {
		r.t.Errorf("%d foreign keys between users' rows do not carry user_id, want 0", n)
	}
}

// A key is a column that leads to a row of another table of the same user's.
type key struct{ Table, Column, Target, TargetColumn string }

// keys returns all foreign keys between users' rows.
func (r *rig) keys() []key {
	r.t.Helper()
	rows, err := r.rows.Query(r.ctx, `SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text, b.attname::text
		FROM pg_constraint c CROSS JOIN unnest(c.conkey, c.confkey) k (here, there)
		JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.here AND a.attname <> 'user_id'
		JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.there
		WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
			AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.confrelid AND attname = 'user_id')`)
	r.must(err)
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[key])
	r.must(err)
	return keys
}

// seedSQL gives a user a row in every table, with every key set.
const seedSQL = `WITH
	one AS (INSERT INTO contacts (user_id, full_name) VALUES ($1, 'One') RETURNING id),
	two AS (INSERT INTO contacts (user_id, full_name) VALUES ($1, 'Two') RETURNING id),
	l AS (INSERT INTO aliases (user_id, contact_id, name, source) SELECT $1, id, 'Uno', 'user' FROM one),
	e AS (INSERT INTO reaches (user_id, contact_id, kind, value) SELECT $1, id, 'url', 'https://one.example' FROM one),
	b AS (INSERT INTO relationships (user_id, contact_id, other_id, label, inverse) SELECT $1, one.id, two.id, 'friend', 'friend' FROM one, two),
	t AS (INSERT INTO tags (user_id, name) VALUES ($1, 'tag') RETURNING id),
	ct AS (INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT $1, one.id, t.id FROM one, t),
	g AS (INSERT INTO groups (user_id, name) VALUES ($1, 'group') RETURNING id),
	gm AS (INSERT INTO group_members (user_id, group_id, contact_id) SELECT $1, g.id, one.id FROM g, one),
	n AS (INSERT INTO notes (user_id, text, step) VALUES ($1, 'One likes figs', 1) RETURNING id),
	m AS (INSERT INTO mentions (user_id, note_id, name, contact_id, state, source)
		SELECT $1, n.id, 'One', one.id, 'resolved', 'named' FROM n, one RETURNING id),
	f AS (INSERT INTO facts (user_id, note_id, mention_id, contact_id, category, text, quote, quote_start, confidence, state, said_at)
		SELECT $1, n.id, m.id, one.id, 'avocation', 'Likes figs', 'likes figs', 4, 1, 'kept', now() FROM n, m, one RETURNING id),
	i AS (INSERT INTO interactions (user_id, contact_id, note_id, mention_id, at) SELECT $1, one.id, n.id, m.id, now() FROM one, n, m),
	rm AS (INSERT INTO reminders (user_id, contact_id, fact_id, text, due_at) SELECT $1, one.id, f.id, 'figs', now() FROM one, f),
	o AS (INSERT INTO messages (user_id, chat_id, kind, note_id, contact_id) SELECT $1, 1, 'note', n.id, one.id FROM n, one RETURNING id),
	mg AS (INSERT INTO merges (user_id, from_id, into_id, step, moved) SELECT $1, two.id, one.id, 1, '{}' FROM one, two),
	tp AS (INSERT INTO telegram_people (user_id, telegram_id, state, candidate_id) SELECT $1, 7, 'undecided', id FROM one),
	tc AS (INSERT INTO telegram_chats (user_id, chat_id) VALUES ($1, 1000 + $1::bigint) RETURNING chat_id),
	cm AS (INSERT INTO chat_messages (user_id, chat_id, message_id, out, kind, day, at) SELECT $1, chat_id, 1, false, 'text', '2026-03-02', now() FROM tc),
	cd AS (INSERT INTO chat_days (user_id, chat_id, day) SELECT $1, chat_id, date '2026-03-02' + $1::int FROM tc RETURNING chat_id, day),
	cn AS (INSERT INTO chat_notes (user_id, chat_id, day, part, note_id, message_ids, starts) SELECT $1, cd.chat_id, cd.day, 0, n.id, '{1}', '{0}' FROM cd, n),
	ci AS (INSERT INTO interactions (user_id, contact_id, chat_id, day, at) SELECT $1, one.id, cd.chat_id, cd.day, now() FROM one, cd),
	ba AS (INSERT INTO batches (user_id) VALUES ($1) RETURNING id)
	INSERT INTO tasks (user_id, kind, note_id, message_id, batch_id) SELECT $1, 'analyze_note', n.id, o.id, ba.id FROM n, o, ba`

// TestPromise30DatabaseRefusesOthersKeys points every foreign key of one user's
// rows to another user's: the database itself refuses each.
func TestPromise30DatabaseRefusesOthersKeys(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.wantOwnKeys()
	var ids []int64
	for range 2 {
		id := value[int64](r, `INSERT INTO users (username) VALUES (gen_random_uuid()::text) RETURNING id`)
		r.exec(seedSQL, id)
		ids = append(ids, id)
	}
	keys := r.keys()
	if len(keys) < 15 {
		t.Fatalf("found %d foreign keys, want all of them", len(keys))
	}
	for _, k := range keys {
		tag, err := r.rows.Exec(r.ctx, `UPDATE `+k.Table+` SET `+k.Column+` = (SELECT max(`+k.TargetColumn+`) FROM `+k.Target+` WHERE user_id = $2)
			WHERE ctid = (SELECT ctid FROM `+k.Table+` WHERE user_id = $1 AND `+k.Column+` IS NOT NULL LIMIT 1)`, ids[0], ids[1])
		refused, ok := errors.AsType[*pgconn.PgError](err)
		const foreignKeyViolation = "23503"
		if !ok || refused.Code != foreignKeyViolation {
			t.Errorf("%s.%s led to another user's row: %d rows changed (%v), want a refusal", k.Table, k.Column, tag.RowsAffected(), err)
		}
	}
}
