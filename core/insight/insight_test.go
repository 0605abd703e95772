package insight_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/insight"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// A memory is a database with a user and a contact of theirs.
type memory struct {
	*store.Store
	t    *testing.T
	sql  *pgxpool.Pool
	user core.User
	ana  core.Contact
}

func newMemory(t *testing.T) *memory {
	t.Helper()
	db, sql := storetest.Open(t)
	user := storetest.User(t, db)
	return &memory{db, t, sql, user, storetest.Contact(t, db, user.ID, "Ana Torres")}
}

// learn adds a fact about Ana, said at that time in a note of its own.
func (m *memory) learn(at time.Time, category core.Category, confidence float64, change ...func(*core.Fact)) core.Fact {
	m.t.Helper()
	note := storetest.NoteAt(m.t, m.Store, m.user.ID, at, "Ana", m.ana)
	return storetest.Fact(m.t, m.Store, note, "Something", append(change, func(f *core.Fact) {
		f.Category, f.Confidence = category, confidence
	})...)
}

// health returns the state of Ana.
func (m *memory) health(now time.Time) insight.State {
	m.t.Helper()
	state, err := insight.Health(m.t.Context(), m.Store, m.user.ID, m.ana.ID, now)
	check(m.t, err)
	return state
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestHealthAsClientsKnowIt(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			Name  string
			Now   time.Time
			Facts []struct {
				Category   string
				Confidence float64
				CreatedAt  time.Time `json:"created_at"`
			}
			Health          float64
			Recommendations []string
		}
	}
	data, err := os.ReadFile("testdata/health_score.json")
	check(t, err)
	check(t, json.Unmarshal(data, &file))
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			for _, f := range c.Facts {
				category, ok := core.CategoryNamed(f.Category)
				if !ok {
					t.Fatalf("%q is no category", f.Category)
				}
				m.learn(f.CreatedAt, category, f.Confidence)
			}
			if got := m.health(c.Now).Score; got != c.Health {
				t.Errorf("health %v, want %v", got, c.Health)
			}
			list, err := insight.Recommend(t.Context(), m.Store, m.user.ID, m.ana.ID, c.Now)
			check(t, err)
			var got []string
			for _, r := range list {
				got = append(got, r.Type+":"+r.Priority)
				if r.Title == "" || r.Description == "" || r.Action == "" {
					t.Errorf("%+v is not put into words", r)
				}
			}
			if !slices.Equal(got, c.Recommendations) {
				t.Errorf("recommended %q, want %q", got, c.Recommendations)
			}
		})
	}
}
