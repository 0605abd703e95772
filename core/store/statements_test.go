package store_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// everyUser lists the statements that are for every user's rows by their
// nature. Each says so in its first line, and no other may.
var everyUser = []string{
	"all tasks",            // for admins
	"business owner",       // whoever's connection it is
	"code owner",           // whoever holds the code
	"due syncs",            // whoever has the accounts
	"drop stale attempts",  // old ones go, whosever they are
	"connected links",      // health
	"link sessions",        // a key is held against all of them
	"open links",           // whoever looks after them
	"drop stale codes",     // old ones go, whosever they are
	"use code",             // whoever holds it
	"cleanup old batches",  // old ones go, whosever they are
	"cleanup old tasks",    // old ones go, whosever they are
	"drop session",         // whoever holds its token
	"drop stale sessions",  // old ones go, whosever they are
	"forget updates aside", // old ones go, whosever they are
	"nudge tasks",          // the sweep
	"purge contacts",       // old ones go, whosever they are
	"purge notes",          // old ones go, whosever they are
	"remind",               // the sweep
	"revive tasks",         // the sweep
	"session",              // whoever holds its token
	"stats",                // health
	"task counts",          // metrics
	"use token",            // whoever holds it
	"users owed",           // the sweep
}

func TestEveryStatementNamesTheUser(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	rows, err := m.sql.Query(t.Context(), `
		SELECT table_name::text FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name = 'user_id'`)
	check(t, err)
	tables := must(pgx.CollectRows(rows, pgx.RowTo[string]))(t)
	if !slices.Contains(tables, "notes") || len(tables) < 15 {
		t.Fatalf("the tables of users are %q; has the query broken?", tables)
	}
	list := statements(t)
	if len(list) < 70 {
		t.Fatalf("only %d statements found; has the reader broken?", len(list))
	}
	for _, s := range list {
		if slices.Contains(everyUser, s.name) {
			continue
		}
		if s.everyUser {
			t.Errorf("%q says it is for every user: if that is right, name it in everyUser", s.name)
		}
		for _, alias := range unbound(s.sql, tables) {
			t.Errorf("%q does not say whose rows of %s it means:\n%s", s.name, alias, s.sql)
		}
	}
}

func TestEveryStatementHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	for _, s := range statements(t) {
		count[s.name]++
		switch {
		case s.name == "":
			t.Errorf("no comment names this statement:\n%s", s.sql)
		case count[s.name] == 2:
			t.Errorf("several statements are called %q", s.name)
		}
		if strings.Contains(s.name, "$") || strings.ContainsAny(s.name, "(),;") {
			t.Errorf("%q is no name for metrics", s.name)
		}
	}
	for _, name := range everyUser {
		if count[name] == 0 {
			t.Errorf("there is no statement %q any more", name)
		}
	}
}

// Compared with a small number, a parameter is one to Postgres: ids do not fit.
func TestParametersAreNotTakenForSmallNumbers(t *testing.T) {
	t.Parallel()
	small := regexp.MustCompile(`\$\d+ *(=|<>|<=?|>=?) *\d`)
	for _, s := range statements(t) {
		if found := small.FindString(s.sql); found != "" {
			t.Errorf("%q compares %s, want the parameter's type there", s.name, found)
		}
	}
}

// The test of the test: what it must find.
func TestUnboundStatementsAreFound(t *testing.T) {
	t.Parallel()
	tables := []string{"notes", "mentions", "contacts", "facts"}
	for _, test := range []struct {
		name, sql string
		want      []string
	}{
		{"by id alone", `SELECT text FROM notes WHERE id = $1`, []string{"notes"}},
		{"by id alone, with an alias", `SELECT n.text FROM notes n WHERE n.id = $1`, []string{"n"}},
		{"the user's", `SELECT text FROM notes WHERE user_id = $1 AND id = $2`, nil},
		{"a join that forgets", `SELECT 1 FROM notes n JOIN mentions m ON m.note_id = n.id WHERE n.user_id = $1`, []string{"m"}},
		{"a join", `SELECT 1 FROM notes n JOIN mentions m ON m.user_id = n.user_id AND m.note_id = n.id WHERE n.user_id = $1`, nil},
		{"a join with itself only", `SELECT 1 FROM notes n JOIN mentions m ON m.user_id = n.user_id WHERE n.id = $1`, []string{"m", "n"}},
		{
			"a subquery that forgets", `SELECT 1 FROM notes n WHERE n.user_id = $1 AND EXISTS (SELECT FROM facts f WHERE f.note_id = n.id)`,
			[]string{"f"},
		},
		{"a join with who is not a table", `SELECT 1 FROM (SELECT 1) d JOIN notes n ON n.user_id = d.user_id`, []string{"n"}},
		{"a comma", `SELECT 1 FROM q, notes n WHERE n.tsv @@ q.query`, []string{"n"}},
		{"an update", `UPDATE facts SET state = $2 WHERE id = $1`, []string{"facts"}},
		{"an update with an alias", `UPDATE facts f SET state = $2 WHERE f.user_id = $1`, nil},
		{"a delete", `DELETE FROM facts WHERE id = $1`, []string{"facts"}},
		{"an insert", `INSERT INTO notes (user_id, text) VALUES ($1, $2)`, nil},
		{"an insert that forgets", `INSERT INTO notes (text) VALUES ($1)`, []string{"notes"}},
		{"nobody's table", `SELECT 1 FROM leases WHERE name = $1`, nil},
		{"compared, not bound", `SELECT 1 FROM notes n WHERE n.user_id <> $1`, []string{"n"}},
	} {
		if got := unbound(test.sql, tables); !slices.Equal(got, test.want) {
			t.Errorf("%s: unbound %q, want %q", test.name, got, test.want)
		}
	}
}

// A statement is one SQL statement of the package, constants put in.
type statement struct {
	name      string
	everyUser bool
	sql       string
}

var (
	looksLikeSQL = regexp.MustCompile(`(?m)^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|TRUNCATE|LOCK|COPY)\b`)
	firstLine    = regexp.MustCompile(`^-- ([a-z][a-z -]*[a-z])( \(every user\))?\n`)
)

// statements returns every statement in the package's source.
func statements(t *testing.T) []statement {
	t.Helper()
	files := parsePackage(t, ".")
	fragments := map[string]string{}
	for range 3 { // fragments are made of fragments
		for _, file := range files {
			readFragments(file, fragments)
		}
	}
	var list []statement
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if decl, ok := n.(*ast.GenDecl); ok && decl.Tok == token.CONST {
				return false // a fragment counts where it is put in
			}
			expr, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			sql, ok := text(expr, fragments)
			if !ok {
				return true
			}
			if looksLikeSQL.MatchString(sql) {
				s := statement{sql: sql}
				if m := firstLine.FindStringSubmatch(sql); m != nil {
					s.name, s.everyUser = m[1], m[2] != ""
				}
				list = append(list, s)
			}
			return false
		})
	}
	return list
}

// readFragments adds the string constants of a file.
func readFragments(file *ast.File, fragments map[string]string) {
	for _, decl := range file.Decls {
		decl, ok := decl.(*ast.GenDecl)
		if !ok || decl.Tok != token.CONST {
			continue
		}
		for _, spec := range decl.Specs {
			spec := spec.(*ast.ValueSpec)
			for i, value := range spec.Values {
				if s, ok := text(value, fragments); ok {
					fragments[spec.Names[i].Name] = s
				}
			}
		}
	}
}

// text returns the value of an expression of string literals and constants.
func text(expr ast.Expr, fragments map[string]string) (string, bool) {
	switch e := expr.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.Ident:
		s, ok := fragments[e.Name]
		return s, ok
	case *ast.BinaryExpr:
		left, okLeft := text(e.X, fragments)
		right, okRight := text(e.Y, fragments)
		return left + right, okLeft && okRight && e.Op == token.ADD
	}
	return "", false
}

var (
	comment  = regexp.MustCompile(`(?m)^\s*--.*$`)
	sameUser = regexp.MustCompile(`\b(?:(\w+)\.)?user_id = (?:(\w+)\.user_id\b|\$\d+\b)`)
	notAlias = []string{
		"where", "set", "on", "join", "left", "cross", "inner", "order", "group", "limit", "values", "using", "select", "union", "for", "returning",
	}
)

// unbound returns the names, in the statement, of those among tables whose
// rows it does not narrow down to one user, sorted.
func unbound(sql string, tables []string) []string {
	sql = comment.ReplaceAllString(sql, "")
	loose := map[string]bool{}
	for _, table := range tables {
		insert := regexp.MustCompile(fmt.Sprintf(`\bINSERT INTO %s(?: AS \w+)? \(([^)]*)\)`, table))
		for _, m := range insert.FindAllStringSubmatch(sql, -1) {
			if !slices.Contains(regexp.MustCompile(`\w+`).FindAllString(m[1], -1), "user_id") {
				loose[table] = true
			}
		}
		used := regexp.MustCompile(fmt.Sprintf(`(?:\b(?:FROM|JOIN|UPDATE|USING)\s+|,\s*)%s\b(?:\s+(?:AS\s+)?(\w+))?`, table))
		for _, m := range used.FindAllStringSubmatch(sql, -1) {
			alias := m[1]
			if alias == "" || slices.Contains(notAlias, strings.ToLower(alias)) {
				alias = table
			}
			loose[alias] = true
		}
	}
	bound := map[string]bool{}
	bind := func(alias string) {
		bound[alias] = bound[alias] || loose[alias]
		delete(loose, alias)
	}
	for range len(loose) { // who is bound to somebody bound is bound
		for _, m := range sameUser.FindAllStringSubmatch(sql, -1) {
			left, right := m[1], m[2]
			switch {
			case right == "" && left == "": // no alias: tables that have none
				for _, table := range tables {
					bind(table)
				}
			case right == "":
				bind(left)
			case bound[left]:
				bind(right)
			case bound[right]:
				bind(left)
			}
		}
	}
	return slices.Sorted(maps.Keys(loose))
}
