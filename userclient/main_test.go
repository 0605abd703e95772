package userclient_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/core/store/storetest"
	"github.com/kith-platform/kith/userclient"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

func TestMain(m *testing.M) {
	if as := os.Getenv(idleAs); as != "" {
		beIdle(as)
		return
	}
	storetest.Main(m)
}

// A house is a user of Kith, a Telegram, and the client between them.
type house struct {
	link.Linker
	t        testing.TB
	sql      *pgxpool.Pool
	telegram *telegramtest.Server
	app      userclient.App
	user     core.User
	pace     rate.Limit           // of calls; more than a test makes, unless it says another
	counted  *prometheus.Registry // of the client that was run last
}

func newHouse(t testing.TB) *house {
	t.Helper()
	db, sql := storetest.Open(t)
	server := telegramtest.New(t)
	app, err := userclient.App{ID: 17, Hash: "hash", Version: "1.2"}.On(server.Addr(), server.KeyFile())
	if err != nil {
		t.Fatal(err)
	}
	return &house{
		Linker: link.Linker{Store: db, Keys: testKeys()},
		t:      t, sql: sql, telegram: server, app: app, user: storetest.User(t, db), pace: 1000,
	}
}

func testKeys() seal.Keys { return seal.NewKeys("a secret of at least thirty-two letters", "") }

// run runs the client until the test ends, or until stop is called.
func (h *house) run(owner string) (c *userclient.Client, stop func()) {
	h.t.Helper()
	h.counted = prometheus.NewRegistry()
	c = &userclient.Client{
		Linker: h.Linker, App: h.app, Wake: func(int64) {}, Log: slog.New(slog.DiscardHandler),
		Metrics: userclient.NewMetrics(h.counted), Owner: owner, Pace: h.pace,
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	stopped := false
	stop = func() {
		cancel()
		if stopped {
			return
		}
		stopped = true
		if err := <-ended; err != nil {
			h.t.Errorf("the client ended with %v", err)
		}
	}
	h.t.Cleanup(stop)
	return c, stop
}

// listens waits until nothing is asked any more: what was missed is known.
func (h *house) listens() {
	h.t.Helper()
	h.until("it to listen", func() bool {
		families, err := h.counted.Gather()
		h.check(err)
		return strings.Contains(fmt.Sprint(families), `value:"updates.getDifference"`)
	})
}

func (h *house) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// until waits for what must come.
func (h *house) until(what string, fits func() bool) {
	h.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		switch {
		case fits():
			return
		case time.Now().After(end):
			h.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// reaches waits for a state, and returns the status.
func (h *house) reaches(want link.State) link.Status {
	h.t.Helper()
	return h.waits("the state "+string(want), func(s link.Status) bool { return s.State == want })
}

func (h *house) waits(what string, fits func(link.Status) bool) (s link.Status) {
	h.t.Helper()
	h.until(what, func() bool {
		var err error
		s, err = h.Status(h.t.Context(), h.user.ID)
		h.check(err)
		return fits(s)
	})
	return s
}

// linked has an account linked without the steps.
func (h *house) linked(a *telegramtest.Account) {
	h.t.Helper()
	ctx := h.t.Context()
	h.check(h.ByQR(ctx, h.user.ID))
	attempt, err := h.Store.Attempt(ctx, h.user.ID)
	h.check(err)
	h.check(h.Linked(ctx, attempt, core.Link{TelegramID: a.ID, Name: a.Name}, h.telegram.Session(a)))
}

// connected waits until an account has a connection, and returns how many it
// has, and had at most under one key.
func (h *house) connected(a *telegramtest.Account) {
	h.t.Helper()
	h.until("a connection", func() bool { open, _ := h.telegram.Connections(a); return open > 0 })
}
