package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/store/storetest"
)

// What the requests of every page cost, from the token to the JSON. More than
// this is a change to look into; a fifth of each bound is slack: for the
// connections, and for the race detector. Alone, as what others allocate would
// count.
func TestListCardAndSearchAllocate(t *testing.T) {
	db := storetest.New(t)
	options, err := redis.ParseURL(cachetest.Redis(t))
	check(t, err)
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	h := newHost(func(s *api.Server) {
		s.Store, s.Limits, s.Results, s.PerAddress, s.PerUser, s.Monitor = db, cache.NewLimits(client), cache.NewResults(client), plenty, plenty, monitor()
	})
	user := storetest.User(t, db)
	_, secret, err := account.AddToken(t.Context(), db, core.Token{
		UserID: user.ID, Name: "test", Scope: core.ScopeRead, ExpiresAt: time.Now().Add(time.Hour),
	})
	check(t, err)
	var last core.Contact
	for n := range 20 {
		last = storetest.Contact(t, db, user.ID, fmt.Sprintf("Friend No%d", n))
		storetest.Fact(t, db, storetest.Note(t, db, user.ID, "They like tea", last), "Likes tea")
	}
	for _, test := range []struct {
		path string
		most float64
	}{
		{"/api/contacts", 380},
		{id("/api/contacts/%d", last.ID), 325},
		{"/api/search?q=tea", 715},
	} {
		got := testing.AllocsPerRun(50, func() {
			if w := h.ask(http.MethodGet, test.path, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) }); w.Code != http.StatusOK {
				t.Error(w.Code, w.Body)
			}
		})
		if got > test.most {
			t.Errorf("%s allocates %v times, want at most %v", test.path, got, test.most)
		}
	}
}
