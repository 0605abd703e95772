package store_test

import (
	"testing"
)

// What is not sorted into an index yet every search reads from end to end: that
// may not become much, however many notes came lately.
func TestSearchReadsLittleOfWhatIsNew(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.exec(`INSERT INTO notes (user_id, text, step) SELECT $1, 'Ana went to town ' || n || ' with a friend, and says it rains there', n
		FROM generate_series(1, 3000) n`, m.user)
	conn, err := m.sql.Acquire(t.Context())
	check(t, err)
	defer conn.Release()
	_, err = conn.Exec(t.Context(), `SET enable_seqscan = off`)
	check(t, err)
	var plans []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	check(t, conn.QueryRow(t.Context(), `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT FROM notes
		WHERE kith_shelved(kith_month(user_id, said_at), tsv) @@ kith_shelved(kith_month($1, now()), plainto_tsquery('snows'))`, m.user).Scan(&plans))
	if pages := plans[0].Plan.Hit + plans[0].Plan.Read; pages > 5 {
		t.Errorf("a search that finds nothing reads %d pages after 3,000 new notes, want at most 5", pages)
	}
}
