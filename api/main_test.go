package api_test

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/redis/go-redis/v9/logging"

	"github.com/kith-platform/kith/core/store/storetest"
)

// TestMain fails, too, when all tests together leave out what an operation does.
func TestMain(m *testing.M) {
	logging.Disable() // go-redis would print where tests take Redis away
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.bench").Value.String() == "" {
		for _, never := range answers.missing() {
			code = 1
			fmt.Println("no test shows:", never)
		}
	}
	if err := storetest.Stop(); err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// answers are the statuses that operations were seen to answer with.
var answers = seen{statuses: map[string]map[int]bool{}}

type seen struct {
	mu       sync.Mutex
	document *openapi3.T
	statuses map[string]map[int]bool // by method and path
}

func (s *seen) add(route *routers.Route, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.document = route.Spec
	key := route.Method + " " + route.Path
	if s.statuses[key] == nil {
		s.statuses[key] = map[int]bool{}
	}
	s.statuses[key][status] = true
}

// missing returns what no test has shown: a success of each operation, and that
// ids of nothing are not found. A task never seen is pending; for a sync somebody's
// account has to be linked, which takes more than the API.
func (s *seen) missing() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, item := range s.document.Paths.Map() {
		for method, operation := range item.Operations() {
			key := method + " " + path
			for status := range operation.Responses.Map() {
				if n, err := strconv.Atoi(status); err == nil && n < 400 && !s.statuses[key][n] && key != "POST /api/telegram/sync" {
					list = append(list, key+" "+status)
				}
			}
			if strings.Contains(path, "{") && !s.statuses[key][http.StatusNotFound] && path != "/api/notes/task/{task_id}/status" {
				list = append(list, key+" 404")
			}
		}
	}
	slices.Sort(list)
	return list
}
