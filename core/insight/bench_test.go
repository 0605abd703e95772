package insight_test

import (
	"testing"

	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/insight"
	"github.com/kith-platform/kith/core/store/storetest"
)

// BenchmarkDashboard measures a dashboard of 100,000 contacts and a million
// facts that nobody has kept.
func BenchmarkDashboard(b *testing.B) {
	db, sql := storetest.Open(b)
	u := storetest.User(b, db)
	conn, err := sql.Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	for _, statement := range []string{
		`SET session_replication_role = replica`,
		`INSERT INTO contacts (user_id, id, full_name, tier, birthday) OVERRIDING SYSTEM VALUE
			SELECT u.id, c, 'Person ' || c, 1 + c % 3, to_char(date '2000-01-01' + c % 366, '--MM-DD') FROM users u, generate_series(1, 100000) c`,
		`INSERT INTO notes (user_id, id, text, step, said_at) OVERRIDING SYSTEM VALUE
			SELECT u.id, n, 'Met them', n, now() - n * interval '1 minute' FROM users u, generate_series(1, 1000000) n`,
		`INSERT INTO facts (user_id, note_id, mention_id, contact_id, category, text, quote, quote_start, confidence, state, slot, said_at)
			SELECT u.id, n, n, 1 + n % 100000, (ARRAY['actionable', 'goals', 'social', 'wellbeing', 'others'])[1 + n % 7 % 5], 'Something', 'Met', 0, 0.9,
				'kept', CASE WHEN n % 12 = 0 THEN 'home' ELSE '' END, now() - n * interval '1 minute' FROM users u, generate_series(1, 1000000) n`,
		`VACUUM ANALYZE`,
	} {
		if _, err := conn.Exec(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	o := insight.Observer{Store: db, Results: cache.NewResults(connect(b, nowhere))}
	for b.Loop() {
		if _, err := o.Dashboard(b.Context(), u, now); err != nil {
			b.Fatal(err)
		}
	}
}
