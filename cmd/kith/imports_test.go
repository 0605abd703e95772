package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kith-platform/kith"

// A room is a part of the house: packages that may look the same way.
type room struct {
	name string
	// The packages in it, from the module's root. "x/..." is x and all below.
	packages []string
	// The packages of Kith that its code may import, beside its own.
	may []string
	// The libraries that it alone and those who name them too may import.
	libraries []string
}

// Libraries that stay behind a seam. Others, and the standard library, are
// free to all but core.
const (
	libPgx     = "github.com/jackc/pgx"
	libGoose   = "github.com/pressly/goose"
	libGoredis = "github.com/redis/go-redis"
	libAsynq   = "github.com/hibiken/asynq"
	libMonitor = "github.com/hibiken/asynqmon"
	libGemini  = "github.com/google/generative-ai-go"
	libGoogle  = "google.golang.org/api"
	libOpenai  = "github.com/sashabaranov/go-openai"
	libGobot   = "github.com/go-telegram/bot"
	libGotd    = "github.com/gotd"
	libChi     = "github.com/go-chi"
	libHuma    = "github.com/danielgtaylor/huma"
	libMinio   = "github.com/minio/minio-go"
)

func guarded() []string {
	return []string{libPgx, libGoose, libGoredis, libAsynq, libMonitor, libGemini, libGoogle, libOpenai, libGobot, libGotd, libChi, libHuma, libMinio, "database/sql"}
}

// rooms is the house, each room above those it may look into. A package
// belongs to the first room that names it.
func rooms() []room {
	features := []string{
		"core/account", "core/people", "core/capture", "core/analysis/...", "core/when", "core/recall",
		"core/remind", "core/insight", "core/link", "core/exchange", "core/outbox", "core/backup",
	}
	engines := []string{"core/llm", "core/llm/..."}
	below := slices.Concat(features, engines, []string{"core", "core/cache", "core/seal", "core/store"})
	return []room{
		{name: "core", packages: []string{"core"}, libraries: []string{"database/sql"}},
		{name: "seal", packages: []string{"core/seal"}},
		{name: "migrations", packages: []string{"migrations"}, libraries: []string{libGoose}},
		{name: "private servers", packages: []string{"core/privateserver/..."}, may: []string{"core"}},
		{name: "pglocal", packages: []string{"core/store/pglocal"}, may: []string{"core", "core/privateserver"}, libraries: []string{libPgx}},
		{name: "store", packages: []string{"core/store"}, may: []string{"core", "migrations"}, libraries: []string{libPgx, libGoose, "database/sql"}},
		{name: "local Redis", packages: []string{"core/cache/redislocal"}, may: []string{"core", "core/privateserver"}, libraries: []string{libGoredis}},
		{name: "cache", packages: []string{"core/cache"}, may: []string{"core"}, libraries: []string{libGoredis}},
		{name: "Gemini", packages: []string{"core/llm/gemini"}, may: []string{"core", "core/llm"}, libraries: []string{libGemini, libGoogle}},
		{name: "OpenAI", packages: []string{"core/llm/openai"}, may: []string{"core", "core/llm"}, libraries: []string{libOpenai}},
		{name: "llm", packages: engines, may: []string{"core", "core/llm"}},
		{name: "bucket", packages: []string{"core/backup/bucket"}, may: []string{"core/backup"}, libraries: []string{libMinio}},
		{name: "features", packages: features, may: below},
		{name: "jobs", packages: []string{"core/jobs"}, may: slices.Concat(features, []string{"core", "core/store"}), libraries: []string{libAsynq, libGoredis}},
		{name: "sandbox", packages: []string{"bot/sandbox"}, may: []string{"core"}, libraries: []string{libGobot, libChi}},
		{name: "bot", packages: []string{"bot", "bot/..."}, may: slices.Concat(below, []string{"bot/..."}), libraries: []string{libGobot}},
		{name: "userclient", packages: []string{"userclient", "userclient/..."}, may: slices.Concat(below, []string{"userclient/..."}), libraries: []string{libGotd}},
		{name: "api", packages: []string{"api", "api/..."}, may: slices.Concat(below, []string{"api/..."}), libraries: []string{libChi, libHuma}},
		{name: "cmd", packages: []string{"cmd/..."}, may: []string{"..."}, libraries: guarded()},
	}
}

// A listed package is what go list says of one.
type listed struct {
	ImportPath string
	Imports    []string
}

// wrongArrows returns a sentence about each import that the house forbids. A
// package that imports testing is there for tests, and only they may import it.
func wrongArrows(packages []listed) []string {
	forTests := map[string]bool{}
	for _, p := range packages {
		forTests[p.ImportPath] = slices.Contains(p.Imports, "testing")
	}
	var wrong []string
	for _, p := range packages {
		path := strings.TrimPrefix(p.ImportPath, module+"/")
		i := slices.IndexFunc(rooms(), func(r room) bool { return matches(r.packages, path) })
		switch {
		case forTests[p.ImportPath]:
			continue
		case i < 0:
			wrong = append(wrong, path+" is in no room of the house: name it in imports_test.go")
			continue
		}
		for _, imported := range p.Imports {
			problem := forbids(rooms()[i], imported)
			if forTests[imported] {
				problem = "it is there for tests only"
			}
			if problem != "" {
				wrong = append(wrong, fmt.Sprintf("%s imports %s: %s", path, imported, problem))
			}
		}
	}
	return wrong
}

// forbids says why packages of r may not import path, or "" when they may.
func forbids(r room, path string) string {
	inside := strings.TrimPrefix(path, module+"/")
	within := func(library string) bool { return path == library || strings.HasPrefix(path, library+"/") }
	switch {
	case inside != path && !matches(r.may, inside) && !matches(r.packages, inside):
		return fmt.Sprintf("%s may look into %v only", r.name, r.may)
	case inside == path && r.name == "core" && strings.Contains(strings.Split(path, "/")[0], "."):
		return "core has the standard library only"
	case slices.ContainsFunc(guarded(), within) && !slices.ContainsFunc(r.libraries, within):
		return fmt.Sprintf("%s may use %v of the guarded libraries only", r.name, r.libraries)
	}
	return ""
}

// matches reports whether path is one of patterns.
func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		root, all := strings.CutSuffix(pattern, "...")
		return path == strings.TrimSuffix(root, "/") || all && strings.HasPrefix(path, root)
	})
}

func TestArrowsPointDown(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", module+"/...")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 3 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	for _, sentence := range wrongArrows(packages) {
		t.Error(sentence)
	}
}

func TestWrongArrowsAreFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ from, to, want string }{
		{"core", libPgx + "/v5", "core has the standard library only"},
		{"core", module + "/core/store", "core may look into [] only"},
		{"core/store", module + "/core/capture", "store may look into [core migrations] only"},
		{"core/cache", module + "/core/store", "cache may look into [core] only"},
		{"core/llm/openai", libGemini, "OpenAI may use [" + libOpenai + "] of the guarded libraries only"},
		{"core/capture", module + "/core/jobs", "features may look into"},
		{"core/capture", module + "/bot", "features may look into"},
		{"core/capture", libAsynq, "features may use [] of the guarded libraries only"},
		{"core/remind", libGobot + "/models", "features may use []"},
		{"core/jobs", module + "/bot", "jobs may look into"},
		{"bot", module + "/api", "bot may look into"},
		{"bot", module + "/core/jobs", "bot may look into"},
		{"bot", libPgx + "/v5", "bot may use [" + libGobot + "]"},
		{"api", libAsynq, "api may use [" + libChi + " " + libHuma + "]"},
		{"core/jobs", libMonitor, "jobs may use [" + libAsynq + " " + libGoredis + "]"},
		{"userclient", "database/sql", "userclient may use [" + libGotd + "]"},
		{"core/store", module + "/core/store/storetest", "it is there for tests only"},
		{"cmd/kith", module + "/core/store/storetest", "it is there for tests only"},
		{"core/util", "fmt", "is in no room of the house"},
	} {
		got := wrongArrows([]listed{
			{ImportPath: module + "/" + tt.from, Imports: []string{tt.to}},
			{ImportPath: module + "/core/store/storetest", Imports: []string{libPgx, "testing"}},
		})
		if len(got) != 1 || !strings.Contains(got[0], tt.want) {
			t.Errorf("%s → %s: got %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
	allowed := []listed{
		{ImportPath: module + "/core/store/storetest", Imports: []string{libPgx, "testing"}},
		{ImportPath: module + "/core/capture", Imports: []string{module + "/core", module + "/core/store", module + "/core/llm", "time"}},
		{ImportPath: module + "/bot", Imports: []string{libGobot, module + "/core/store", module + "/bot/sandbox"}},
		{ImportPath: module + "/cmd/kith", Imports: []string{module + "/core/jobs", module + "/bot", libAsynq, libPgx}},
	}
	if got := wrongArrows(allowed); len(got) > 0 {
		t.Errorf("got %q, want nothing wrong", got)
	}
}
