package store_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var writePlans = flag.Bool("write-plans", false, "write down which indexes the hot statements use")

var plannedIndexes = filepath.Join("testdata", "plans.txt")

// hot lists the statements that many wait for: what one of them reads too much
// is felt by all. Plain INSERTs read nothing.
var hot = slices.Concat(
	[]string{ // a note, from the update to the message that says what was kept
		"user by telegram id", "latest view", "message shown", "note from message",
		"names starting", "names like", "names slipped", "contact by name", "last spoken about",
		"latest note", "lock note", "dated note", "drop untouched facts", "drop interactions", "touched quotes", "mentions",
		"finish note", "refresh note messages", "shown note", "mentions of shown note", "facts of shown note",
	},
	[]string{ // what is owed, and who sends it
		"claim chat", "next owed message", "mark shown", "change message", "release chat", "release idle chat", "count try",
	},
	[]string{ // tasks, and the sweep
		"claim task", "beat task", "finish task", "fail task", "cancel task", "nudge tasks", "revive tasks", "users owed", "remind",
	},
	[]string{ // lists of contacts, and the card of one
		"narrow contacts", "contacts by name", "contacts by tier", "contacts by age", "contacts by last contact",
		"contact", "profile", "reaches", "tags of", "groups of", "relationships", "aliases", "facts about", "notes about", "facts by slot", "last meeting",
	},
	[]string{"search notes", "search notes about", "search facts", "notes page"},
	[]string{"use token", "session", "user"}, // each request
)

var usedIndex = regexp.MustCompile(`(?:Index (?:Only )?Scan(?: Backward)? using|Bitmap Index Scan on) (\w+)`)

// Hot statements go on using the indexes that they use, in a database in which
// tables have some hundred rows of each user. Of tables no larger than these
// Postgres counts all rows and not a sample, so it chooses the same each time,
// and with half as many users or rows again no other. Another version may: the
// list is that of the version in its first line, and no other is held to it.
func TestHotStatementsUseTheirIndexes(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.fill()
	conn := m.forAnyValues()
	var lines []string
	for i, s := range statements(t) {
		if !slices.Contains(hot, s.name) {
			continue
		}
		how := plan(t, conn, fmt.Sprintf("s%d", i), s.sql)
		var used []string
		for _, found := range usedIndex.FindAllStringSubmatch(how, -1) {
			used = append(used, found[1])
		}
		for _, found := range seqScan.FindAllStringSubmatch(how, -1) {
			used = append(used, "all of "+found[1])
		}
		slices.Sort(used)
		lines = append(lines, s.name+": "+strings.Join(slices.Compact(used), ", "))
	}
	if len(lines) != len(hot) {
		t.Errorf("%d of the %d hot statements are there", len(lines), len(hot))
	}
	slices.Sort(lines)
	var major int
	check(t, conn.QueryRow(t.Context(), `SELECT current_setting('server_version_num')::int / 10000`).Scan(&major))
	version := fmt.Sprintf("PostgreSQL %d", major)
	lines = slices.Insert(lines, 0, version)
	got := strings.Join(lines, "\n") + "\n"
	if *writePlans {
		write(t, plannedIndexes, got)
	}
	want := read(t, plannedIndexes)
	if !strings.HasPrefix(want, version+"\n") {
		t.Logf("the plans of %s are not those that are written down", version)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("not the indexes (-) of %s, but (+). If these are better: go test ./core/store -run %s -write-plans\n%s", plannedIndexes, t.Name(), diff)
	}
}

// fill puts rows of ten users into the tables that hot statements read.
func (m *memory) fill() {
	m.t.Helper()
	conn, err := m.sql.Acquire(m.t.Context())
	check(m.t, err)
	defer conn.Release()
	for _, sql := range []string{
		`SET session_replication_role = replica`, // no triggers, and no foreign keys
		`INSERT INTO users (telegram_id, username, name) SELECT 100000 + n, 'user' || n, 'Kim' FROM generate_series(1, 3000) n`,
		`INSERT INTO contacts (user_id, id, full_name, tier, birthday, telegram_id, telegram_username, created_at, deleted_at) OVERRIDING SYSTEM VALUE
			SELECT 1 + n % 10, n, md5(n::text) || ' ' || md5((n % 997)::text), 1 + n % 3, to_char(date '2000-01-01' + n % 366, '--MM-DD'), n, 'name' || n,
				now() - n * interval '1 min', CASE WHEN n % 20 = 0 THEN now() END
			FROM generate_series(1, 5000) n`,
		`INSERT INTO aliases (user_id, contact_id, name, source) SELECT user_id, id, left(md5((id + 7 * k)::text), 8) || ' ' || md5((id % 499)::text), 'user'
			FROM contacts, generate_series(1, 3) k`,
		`INSERT INTO reaches (user_id, contact_id, kind, value) SELECT user_id, id, 'phone', '+4912345' || id FROM contacts`,
		`INSERT INTO relationships (user_id, contact_id, other_id, label, inverse) SELECT user_id, id, id + 10, 'friend', 'friend' FROM contacts`,
		`INSERT INTO tags (user_id, name) SELECT 1 + n % 10, 'tag ' || n FROM generate_series(1, 3000) n`,
		`INSERT INTO contact_tags (user_id, contact_id, tag_id) SELECT user_id, id, 1 + (user_id + 9) % 10 + 10 * (id % 7) FROM contacts`,
		`INSERT INTO groups (user_id, name) SELECT 1 + n % 10, 'group ' || n FROM generate_series(1, 3000) n`,
		`INSERT INTO group_members (user_id, contact_id, group_id) SELECT user_id, id, 1 + (user_id + 9) % 10 + 10 * (id % 7) FROM contacts`,
		`INSERT INTO last_contacts (user_id, contact_id, at) SELECT user_id, id, now() - id * interval '1 min' FROM contacts`,
		`INSERT INTO notes (user_id, id, text, state, step, chat_id, message_id, said_at, deleted_at) OVERRIDING SYSTEM VALUE
			SELECT 1 + n % 10, n, format('Met %s about %s and %s', md5(n::text), md5((n % 211)::text), md5((n % 13)::text)), 'done', n, 1 + n % 10, n,
				now() - n * interval '1 hour', CASE WHEN n % 30 = 7 THEN now() END
			FROM generate_series(1, 10000) n`,
		`INSERT INTO mentions (user_id, id, note_id, name, contact_id, state, source) OVERRIDING SYSTEM VALUE
			SELECT user_id, id, id, 'Somebody', 1 + (id + 9) % 5000, 'resolved', 'named' FROM notes`,
		`INSERT INTO facts (user_id, id, note_id, mention_id, contact_id, category, text, quote, quote_start, confidence, state, slot, value, said_at, due_at)
			OVERRIDING SYSTEM VALUE
			SELECT user_id, id, id, id, 1 + (id + 9) % 5000, 'others', text, 'Met', 0, 0.9, CASE WHEN id % 10 = 3 THEN 'asked' ELSE 'kept' END,
				CASE WHEN id % 4 = 1 THEN 'home' ELSE '' END, md5((id % 101)::text), said_at,
				CASE WHEN id % 7 = 4 THEN said_at + interval '3 days' END
			FROM notes`,
		`INSERT INTO reminders (user_id, contact_id, fact_id, text, due_at, state) SELECT user_id, contact_id, id, text, due_at, CASE WHEN id % 5 = 1 THEN 'open' ELSE 'sent' END
			FROM facts WHERE due_at < now()`,
		`INSERT INTO interactions (user_id, contact_id, note_id, mention_id, at) SELECT user_id, contact_id, note_id, id, now() - id * interval '1 hour' FROM mentions`,
		`INSERT INTO messages (user_id, id, chat_id, kind, note_id, contact_id, shown, telegram_message_id) OVERRIDING SYSTEM VALUE
			SELECT user_id, id, user_id, 'note', id, contact_id, CASE WHEN id % 300 = 11 THEN 0 ELSE 1 END, id FROM mentions`,
		`INSERT INTO chats (user_id, chat_id) SELECT id, id FROM users`,
		`INSERT INTO tasks (user_id, id, kind, state, note_id, revision, message_id, next_try_at, claimed_by, heartbeat_at, created_at, finished_at)
			OVERRIDING SYSTEM VALUE
			SELECT user_id, id, 'analyze_note', s, id, 1, id, now() - id * interval '1 sec', CASE s WHEN 'running' THEN 'w' END, CASE s WHEN 'running' THEN now() END,
				now() - id * interval '1 min', CASE s WHEN 'done' THEN now() END
			FROM notes, LATERAL (SELECT CASE WHEN id % 100 = 1 THEN 'queued' WHEN id % 300 = 2 THEN 'running' ELSE 'done' END AS s) x`,
		`INSERT INTO updates (bot_id, update_id) SELECT 1, n FROM generate_series(1, 10000) n`,
		`INSERT INTO sessions (token_hash, user_id, data, expires_at) SELECT md5(n::text), n, '', now() + interval '1 day' FROM generate_series(1, 3000) n`,
		`INSERT INTO tokens (user_id, name, hash, scope, expires_at) SELECT n, 'script', sha256(n::text::bytea), 'read', now() + interval '1 day' FROM generate_series(1, 3000) n`,
		`VACUUM ANALYZE`, // ends what is pending in an index, too
	} {
		if _, err := conn.Exec(m.t.Context(), sql); err != nil {
			m.t.Fatalf("%v in\n%s", err, sql)
		}
	}
}
