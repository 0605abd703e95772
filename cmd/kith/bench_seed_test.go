package main

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// What the database holds. The first user has half of it.
const (
	users    = 100
	contacts = 100_000
	notes    = 1_000_000
)

// A size is how much a database holds.
type size struct{ contacts, notes int64 }

var many = size{contacts: contacts, notes: notes}

// telegramID returns the Telegram identity of a user, counted from 0.
func telegramID(user int64) int64 { return 1000 + user }

// friend returns the name of one of the people a user knows. What numbers the
// names is half of the contact's id: the even ones are the first user's.
func friend(user, n int64) string {
	k := 1 + n%(contacts/2-1)
	if user != 0 {
		k = user - 1 + (users-1)*(n%500)
	}
	return firstNames[k%200] + " " + lastNames[k/200%500]
}

var firstNames = joined(
	[]string{"An", "Bel", "Car", "Dan", "El", "Fer", "Gis", "Hel", "Is", "Jul", "Kar", "Luc", "Mar", "Nad", "Or", "Pet", "Ros", "Sab", "Tam", "Vik"},
	[]string{"a", "ia", "ina", "ela", "io", "ian", "ette", "us", "is", "on"},
)

var lastNames = joined(
	[]string{"Al", "Bar", "Cos", "Del", "Es", "Fon", "Gar", "Her", "Ib", "Jan", "Kov", "Lor", "Mon", "Nov", "Ol", "Per", "Quin", "Riv", "San", "Tor", "Ul", "Var", "Wes", "Yan", "Zam"},
	[]string{"ari", "bert", "cado", "deira", "ez", "ford", "gado", "hart", "ic", "jal", "kin", "lund", "man", "nell", "ova", "parra", "quist", "res", "son", "tini"},
)

func joined(starts, ends []string) []string {
	var list []string
	for _, s := range starts {
		for _, e := range ends {
			list = append(list, s+e)
		}
	}
	return list
}

// seed fills the database. What triggers and foreign keys would do is left out,
// and the largest index is made at the end: it takes a minute instead of many.
// Only what was filled is vacuumed: a table that was vacuumed empty Postgres
// goes on reading from end to end while it grows, which no real one suffers.
func seed(b *testing.B, url string, of size) {
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	for _, sql := range []string{
		`SET session_replication_role = replica`,
		`SET maintenance_work_mem = '256MB'`,
		fmt.Sprintf(`CREATE TEMP TABLE people AS SELECT c AS id, CASE WHEN c %% 2 = 0 THEN 1 ELSE 2 + c / 2 %% 99 END AS user_id
			FROM generate_series(1, %d) c`, of.contacts),
		`INSERT INTO users (id, telegram_id, name) OVERRIDING SYSTEM VALUE SELECT u, 999 + u, 'Kim' FROM generate_series(1, 100) u`,
	} {
		execute(b, conn, sql)
	}
	progress("seeding %d contacts", of.contacts)
	execute(b, conn, `INSERT INTO contacts (user_id, id, full_name) OVERRIDING SYSTEM VALUE
		SELECT user_id, id, ($1::text[])[1 + id / 2 % 200] || ' ' || ($2::text[])[1 + id / 2 / 200 % 500] FROM people`, firstNames, lastNames)
	progress("seeding %d notes, which takes a minute for a million", of.notes)
	var largest string
	if err := conn.QueryRow(b.Context(), `SELECT pg_get_indexdef('notes_by_month'::regclass)`).Scan(&largest); err != nil {
		b.Fatal(err)
	}
	execute(b, conn, `DROP INDEX notes_by_month`)
	execute(b, conn, `INSERT INTO notes (user_id, id, text, state, step, said_at) OVERRIDING SYSTEM VALUE
		SELECT p.user_id, n, format('Met %s at the %s. We spoke about %s and %s, and about the %s.', c.full_name,
				w[1 + n % 497], w[1 + n / 7 % 499], w[1 + n / 11 % 491], w[1 + n / 13 % 487]),
			'done', n, now() - n * interval '1 minute'
		FROM (SELECT array_agg(lower(l || f)) AS w FROM (SELECT l, f FROM unnest($1::text[]) l, unnest($2::text[]) f LIMIT 500) x) words,
			generate_series(1, $3::bigint) n JOIN people p ON p.id = 1 + (n - 1) % $4::bigint JOIN contacts c ON c.user_id = p.user_id AND c.id = p.id`,
		lastNames, firstNames, of.notes, of.contacts)
	progress("seeding mentions, and making the index")
	for _, sql := range []string{
		fmt.Sprintf(`INSERT INTO mentions (user_id, note_id, name, contact_id, state, source)
			SELECT p.user_id, n, '', p.id, 'resolved', 'named'
			FROM generate_series(1, %d) n JOIN people p ON p.id = 1 + (n - 1) %% %d`, of.notes, of.contacts),
		largest,
		`SELECT setval(pg_get_serial_sequence(t, 'id'), 1000000) FROM unnest(ARRAY['users', 'contacts', 'notes']) t`,
		`SELECT setval('steps', 1000000)`,
		`VACUUM ANALYZE users, contacts, notes, mentions`,
		`CHECKPOINT`,
	} {
		execute(b, conn, sql)
	}
}

func execute(b *testing.B, conn *pgx.Conn, sql string, args ...any) {
	b.Helper()
	if _, err := conn.Exec(b.Context(), sql, args...); err != nil {
		b.Fatal(err)
	}
}
