package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
	"github.com/kith-platform/kith/migrations"
)

// leftovers names what a database has of Kith's, but for goose's own table.
const leftovers = `
	SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'goose%'
	UNION SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
	UNION SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1`

// A backup reads its tables for as long as it takes to store it. A migration that
// wants one of them lets others have it meanwhile, and says that it may come again.
func TestAMigrationWaitsForNoBackup(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	m := must(store.NewMigrator(url))(t)
	defer m.Close()
	backup, reader := must(pgx.Connect(t.Context(), url))(t), must(pgx.Connect(t.Context(), url))(t)
	defer backup.Close(t.Context())
	defer reader.Close(t.Context())
	_, err := backup.Exec(t.Context(), `BEGIN; LOCK TABLE contacts IN ACCESS SHARE MODE`)
	check(t, err)
	const before = 27 // the next one changes the triggers of contacts
	if err := m.To(t.Context(), before); !store.InUse(err) {
		t.Fatalf("the migration ended with %v, want that a table is in use", err)
	}
	_, err = reader.Exec(t.Context(), `SELECT FROM contacts`)
	check(t, err)
	_, err = backup.Exec(t.Context(), `COMMIT`)
	check(t, err)
	check(t, m.To(t.Context(), before))
}

func TestMigrateUpAndDown(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrations.Files, "*.sql")
	check(t, err)
	url := storetest.EmptyURL(t)
	m := must(store.NewMigrator(url))(t)
	defer m.Close()
	conn := must(pgx.Connect(t.Context(), url))(t)
	defer conn.Close(t.Context())

	for _, s := range must(m.Status(t.Context()))(t) {
		if s.Applied {
			t.Errorf("%s is applied to an empty database", s.Name)
		}
	}
	all := must(m.Up(t.Context()))(t)
	if len(all) != len(files) {
		t.Fatalf("%d migrations applied, want all %d", len(all), len(files))
	}
	made := names(t, conn)
	for i, version := range slices.Backward(all) {
		if got := must(m.Down(t.Context()))(t); got != version {
			t.Fatalf("version %d was taken back, want %d", got, version)
		}
		status := must(m.Status(t.Context()))(t)
		if status[i].Applied || status[i].Name != files[i] {
			t.Errorf("after its Down %s is applied %v, want %s taken back", status[i].Name, status[i].Applied, files[i])
		}
	}
	if left := names(t, conn); len(left) > 0 {
		t.Errorf("after every Down there is still %q", left)
	}
	if again := must(m.Up(t.Context()))(t); !slices.Equal(again, all) {
		t.Errorf("migrated up again by %v, want %v", again, all)
	}
	if diff := cmp.Diff(made, names(t, conn)); diff != "" {
		t.Errorf("the second way up leads elsewhere:\n%s", diff)
	}
	if none := must(m.Up(t.Context()))(t); len(none) > 0 {
		t.Errorf("migrated by %v what was up to date", none)
	}
}

func names(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), leftovers)
	check(t, err)
	return must(pgx.CollectRows(rows, pgx.RowTo[string]))(t)
}

func TestProcessesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := storetest.EmptyURL(t)
	var starting sync.WaitGroup
	for range 4 {
		starting.Go(func() {
			if err := store.Migrate(t.Context(), url); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
}

// What is in a chat that was never read from an account was given.
func TestMessagesThatWereThereBeforeKnowWhoseTheyAre(t *testing.T) {
	t.Parallel()
	url := storetest.EmptyURL(t)
	mover := must(store.NewMigrator(url))(t)
	defer mover.Close()
	check(t, mover.To(t.Context(), 30))
	conn := must(pgx.Connect(t.Context(), url))(t)
	defer conn.Close(t.Context())
	exec := func(sql string) { must(conn.Exec(t.Context(), sql))(t) }
	exec(`INSERT INTO users (username) VALUES ('linked'), ('unlinked'), ('never')`)
	exec(`INSERT INTO links (user_id, telegram_id, session) VALUES (1, 42, 'sealed')`)
	exec(`INSERT INTO telegram_chats (user_id, chat_id, chosen, access_hash) VALUES (1, 7, true, 5), (1, 8, false, 0), (2, 7, true, 5), (3, 7, false, 0)`)
	exec(`INSERT INTO chat_messages (user_id, chat_id, message_id, out, kind, text, day, at)
		SELECT user_id, chat_id, 1, false, 'text', 'word', now(), now() FROM telegram_chats`)
	must(mover.Up(t.Context()))(t)
	rows, err := conn.Query(t.Context(), `
		SELECT concat_ws(' ', u.username, COALESCE(u.linked_telegram_id::text, '-'), m.chat_id, m.given)
		FROM users u JOIN chat_messages m ON m.user_id = u.id ORDER BY u.id, m.chat_id`)
	check(t, err)
	want := []string{"linked 42 7 f", "linked 42 8 t", "unlinked 0 7 f", "never - 7 t"}
	if got := must(pgx.CollectRows(rows, pgx.RowTo[string]))(t); !slices.Equal(got, want) {
		t.Errorf("users with messages are %q, want %q", got, want)
	}
}

func TestNewerSchemaIsLeftAlone(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	if err := store.Migrate(t.Context(), m.sql.Config().ConnString()); err != nil {
		t.Errorf("a newer schema: %v, want none of our business", err)
	}
}

func TestMigrateNowhere(t *testing.T) {
	t.Parallel()
	if err := store.Migrate(t.Context(), "postgres://%zz"); err == nil {
		t.Error("a url that cannot be read is fine")
	}
	m := must(store.NewMigrator("postgres://kith@127.0.0.1:1/kith?connect_timeout=2"))(t)
	defer m.Close()
	if _, err := m.Up(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "migrate up: ") {
		t.Errorf("up without a server: %v, want an error that says so", err)
	}
	if _, err := m.Down(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "migrate down: ") {
		t.Errorf("down without a server: %v, want an error that says so", err)
	}
	if _, err := m.Status(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "migration status: ") {
		t.Errorf("status without a server: %v, want an error that says so", err)
	}
}

// What the constraints of the schema allow must be what the Go types name.
func TestSchemaSaysWhatTheTypesSay(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	named := constants(t)
	for column, typ := range map[string]string{
		"users.role":         "Role",
		"invitations.role":   "Role",
		"notes.state":        "NoteState",
		"mentions.state":     "MentionState",
		"mentions.source":    "MentionSource",
		"facts.category":     "Category",
		"facts.state":        "FactState",
		"facts.slot":         "Slot",
		"reaches.kind":       "ReachKind",
		"messages.kind":      "MessageKind",
		"tasks.kind":         "TaskKind",
		"notes.source":       "NoteSource",
		"chat_messages.kind": "ChatMessageKind",
		"tasks.state":        "TaskState",
		"audit_events.actor": "Actor",
	} {
		table, name, _ := strings.Cut(column, ".")
		constraint := value[string](m, `
			SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c
			WHERE c.conrelid = $1::regclass AND c.contype = 'c' AND c.conname = $2`, table, table+"_"+name+"_check")
		var allowed []string
		for _, quoted := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(constraint, -1) {
			allowed = append(allowed, quoted[1])
		}
		slices.Sort(allowed)
		if diff := cmp.Diff(named[typ], allowed); diff != "" || len(allowed) < 2 {
			t.Errorf("%s is not core.%s (-types +schema):\n%s", column, typ, diff)
		}
	}
}

// constants returns the values of package core's string constants by type, sorted.
func constants(t *testing.T) map[string][]string {
	t.Helper()
	values := map[string][]string{}
	for _, file := range parsePackage(t, "..") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			typ, typed := spec.Type.(*ast.Ident)
			if lit, ok := spec.Values[0].(*ast.BasicLit); typed && ok && lit.Kind == token.STRING {
				values[typ.Name] = append(values[typ.Name], must(strconv.Unquote(lit.Value))(t))
			}
			return true
		})
	}
	for _, list := range values {
		slices.Sort(list)
	}
	return values
}

// parsePackage returns the files of the package in a directory, but for tests.
func parsePackage(t *testing.T, dir string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	check(t, err)
	var files []*ast.File
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			files = append(files, must(parser.ParseFile(token.NewFileSet(), path, nil, 0))(t))
		}
	}
	return files
}

// A row must not point into somebody else's data, whatever the code does.
func TestEveryForeignKeyCarriesTheUser(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	rows, err := m.sql.Query(t.Context(), `
		SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
		WHERE contype = 'f' AND conrelid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'user_id')
			AND confrelid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'user_id')`)
	check(t, err)
	keys := must(pgx.CollectRows(rows, pgx.RowTo[string]))(t)
	if len(keys) < 20 {
		t.Fatalf("only %d foreign keys between tables of users; has the query broken?", len(keys))
	}
	for _, key := range keys {
		if !regexp.MustCompile(`FOREIGN KEY \(user_id(?:, \w+)*\) REFERENCES \w+\(user_id(?:, \w+)*\)`).MatchString(key) {
			t.Errorf("%s: want (user_id, …) on both sides", key)
		}
	}
}

func TestEveryKeyOfUsersTablesBeginsWithTheUser(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	rows, err := m.sql.Query(t.Context(), `
		SELECT c.conrelid::regclass || ': ' || pg_get_constraintdef(c.oid) FROM pg_constraint c
		WHERE c.contype IN ('p', 'u') AND c.conrelid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'user_id')`)
	check(t, err)
	exceptions := []string{
		"sessions: PRIMARY KEY (token_hash)",             // what whoever holds its token asks by
		"tokens: UNIQUE (hash)",                          // the same
		"codes: UNIQUE (code_hash)",                      // the same
		"business_connections: UNIQUE (id)",              // what Telegram says whose update it is by
		"tasks: UNIQUE (public_id)",                      // what a person's program asks by
		"batches: UNIQUE (public_id)",                    // the same
		"updates_aside: PRIMARY KEY (bot_id, update_id)", // nobody's, but for whom it came from
	}
	for _, key := range must(pgx.CollectRows(rows, pgx.RowTo[string]))(t) {
		if !strings.Contains(key, "(user_id") && !slices.Contains(exceptions, key) {
			t.Errorf("%s: want a key that begins with user_id", key)
		}
	}
}
