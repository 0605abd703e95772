package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/jobs"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/seal"
	"github.com/kith-platform/kith/core/store/storetest"
)

// A house is the API with all that is behind it: Postgres, Redis and a worker
// that reads notes by the rules.
type house struct {
	*api.Server
	url      string
	sql      *pgxpool.Pool
	redis    redis.UniversalClient
	log      *bytes.Buffer // read it when the house is quiet
	document routers.Router
}

// newHouse opens a house of the test's own. What changes is made to the server
// before it starts.
func newHouse(t *testing.T, change ...func(*api.Server)) *house {
	t.Helper()
	return newHouseWith(t, analysis.ByRules{}, change...)
}

// newHouseWith opens a house in which notes are read by engine.
func newHouseWith(t *testing.T, engine analysis.Engine, change ...func(*api.Server)) *house {
	t.Helper()
	h := &house{log: &bytes.Buffer{}}
	db, sql := storetest.Open(t)
	options, err := redis.ParseURL(cachetest.Redis(t))
	check(t, err)
	h.sql, h.redis = sql, redis.NewClient(options)
	t.Cleanup(func() { h.redis.Close() })
	reg := prometheus.NewRegistry()
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	metrics := jobs.NewMetrics(reg)
	queue := jobs.NewQueue(h.redis, log, metrics)
	h.Server = &api.Server{
		Version: "v1.2.3", Store: db, Linker: link.Linker{Store: db, Keys: seal.NewKeys("a secret of at least thirty-two letters", "")}, Nudge: queue.Nudge, Limits: cache.NewLimits(h.redis), Results: cache.NewResults(h.redis),
		Passwords: account.NewPasswords(64), Timezone: "Europe/Lisbon", StartLink: toTheBot, BotToken: botToken, PerAddress: plenty, PerUser: plenty,
		Alive: db.Ping, Ready: func() bool { return true }, Metrics: api.NewMetrics(reg), Gatherer: reg, Log: log, Checks: allWell(),
		Monitor: monitor(),
	}
	for _, c := range change {
		c(h.Server)
	}
	h.run(t, queue.Run, (&jobs.Worker{
		Store: db, Redis: h.redis, Analyst: &analysis.Analyst{Engines: []analysis.Engine{engine}},
		Sender: nobody{}, Log: log, Metrics: metrics, Owner: "test",
	}).Run)
	server := httptest.NewServer(h.Handler())
	t.Cleanup(server.Close)
	h.url = server.URL
	h.document = readDocument(t, h.url)
	return h
}

// run runs parts of the house until the test ends.
func (h *house) run(t *testing.T, parts ...func(context.Context) error) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var group errgroup.Group
	for _, part := range parts {
		group.Go(func() error { return part(ctx) })
	}
	t.Cleanup(func() {
		stop()
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
	})
}

// plenty is a limit that no test meets by accident.
var plenty = cache.Limit{Rate: 10_000, Per: time.Second, Burst: 10_000}

// toTheBot makes links to a bot called KithBot.
func toTheBot(context.Context) (func(string) string, error) {
	return func(code string) string { return "https://t.me/KithBot?start=" + code }, nil
}

// nobody is the sender of a house without a bot.
type nobody struct{}

func (nobody) Wake(int64)   {}
func (nobody) Typing(int64) {}

func (nobody) Fetch(context.Context, string, io.Writer) error { return core.ErrNotFound }

// readDocument returns what finds an operation in the document that the server
// has of itself.
func readDocument(t *testing.T, url string) routers.Router {
	t.Helper()
	router, err := gorillamux.NewRouter(loadDocument(t, url))
	check(t, err)
	return router
}

func loadDocument(t *testing.T, url string) *openapi3.T {
	t.Helper()
	resp, err := http.Get(url + "/api/openapi.json") //nolint:noctx // the server is the test's own
	check(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	check(t, err)
	doc, err := openapi3.NewLoader().LoadFromData(text)
	check(t, err)
	check(t, doc.Validate(t.Context()))
	return doc
}

// A client is a program or browser that asks the house.
type client struct {
	*house
	t     *testing.T
	http  *http.Client
	token string
	user  core.User // whose token it has; the zero value for nobody's
}

// stranger returns a browser in which nobody is signed in.
func (h *house) stranger(t *testing.T) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	check(t, err)
	return &client{house: h, t: t, http: &http.Client{Jar: jar}}
}

// somebody adds a user and returns a script with their token.
func (h *house) somebody(t *testing.T, role core.Role) *client {
	t.Helper()
	c := h.stranger(t)
	user := storetest.User(t, h.Store)
	check(t, h.Store.SetRole(t.Context(), user.ID, core.RoleAdmin))
	if role != core.RoleAdmin {
		_, err := h.sql.Exec(t.Context(), `UPDATE users SET role = $2 WHERE id = $1`, user.ID, role)
		check(t, err)
	}
	_, secret, err := account.AddToken(t.Context(), h.Store, core.Token{
		UserID: user.ID, Name: "test", Scope: core.ScopeWrite, ExpiresAt: time.Now().Add(time.Hour),
	})
	check(t, err)
	c.user, c.token = user, secret
	return c
}

// A got is the answer to a request.
type got struct {
	t      *testing.T
	asked  string
	status int
	header http.Header
	body   []byte
}

func (c *client) get(path string) *got             { return c.do(http.MethodGet, path, nil) }
func (c *client) post(path string, body any) *got  { return c.do(http.MethodPost, path, body) }
func (c *client) put(path string, body any) *got   { return c.do(http.MethodPut, path, body) }
func (c *client) patch(path string, body any) *got { return c.do(http.MethodPatch, path, body) }
func (c *client) delete(path string) *got          { return c.do(http.MethodDelete, path, nil) }

// do sends a request, whose body is JSON as text or to be made of a value, and
// holds the answer against the document.
func (c *client) do(method, path string, body any, change ...func(*http.Request)) *got {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, reader(c.t, body))
	check(c.t, err)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for _, ch := range change {
		ch(r)
	}
	resp, err := c.http.Do(r)
	check(c.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	check(c.t, err)
	g := &got{t: c.t, asked: method + " " + path, status: resp.StatusCode, header: resp.Header, body: text}
	c.keepsContract(g, r)
	return g
}

func reader(t *testing.T, body any) io.Reader {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(b)
	}
	text, err := json.Marshal(body)
	check(t, err)
	return bytes.NewReader(text)
}

// keepsContract fails the test unless an answer of the API is what the document
// says, and what is true of all of them.
func (h *house) keepsContract(g *got, r *http.Request) {
	g.t.Helper()
	if !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/health") {
		return
	}
	if g.header.Get("X-Request-ID") == "" || g.header.Get("Cache-Control") != "no-store" && !strings.Contains(g.header.Get("Cache-Control"), "no-store") {
		g.t.Errorf("%s: has request id %q and Cache-Control %q", g.asked, g.header.Get("X-Request-ID"), g.header.Get("Cache-Control"))
	}
	if g.status >= 400 && !(g.status == http.StatusServiceUnavailable && strings.HasPrefix(r.URL.Path, "/health")) {
		var p api.Problem
		if err := json.Unmarshal(g.body, &p); err != nil || p.Sentence == "" || p.Code == "" || p.RequestID == "" {
			g.t.Errorf("%s: answered %d with %.300s, want a sentence, a code and the request's id", g.asked, g.status, g.body)
		}
	}
	plainPath := r.Clone(g.t.Context())
	plainPath.URL.Path = strings.TrimSuffix(r.URL.Path, "/")
	plainPath.URL.Host, plainPath.URL.Scheme, plainPath.Host = "", "", ""
	route, params, err := h.document.FindRoute(plainPath)
	if err != nil {
		return // no operation: 404 and 405 are the router's
	}
	answers.add(route, g.status)
	err = openapi3filter.ValidateResponse(g.t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: plainPath, PathParams: params, Route: route},
		Status:                 g.status, Header: g.header, Body: io.NopCloser(bytes.NewReader(g.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		g.t.Errorf("%s: the answer %d %.300s is not what the document says: %v", g.asked, g.status, g.body, err)
	}
}

// want fails the test unless the answer has that status.
func (g *got) want(status int) *got {
	g.t.Helper()
	if g.status != status {
		g.t.Fatalf("%s: %d %.500s, want %d", g.asked, g.status, g.body, status)
	}
	return g
}

// says fails the test unless the answer is an error of that status whose
// sentence has those words.
func (g *got) says(status int, words string) {
	g.t.Helper()
	var p api.Problem
	if err := json.Unmarshal(g.body, &p); err != nil || g.status != status || !strings.Contains(p.Sentence, words) {
		g.t.Errorf("%s: %d %.500s, want %d and %q", g.asked, g.status, g.body, status, words)
	}
}

// into reads the answer into v.
func (g *got) into(v any) {
	g.t.Helper()
	if err := json.Unmarshal(g.body, v); err != nil {
		g.t.Fatalf("%s: %v in %.500s", g.asked, err, g.body)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// id writes a path with ids in it.
func id(format string, ids ...any) string { return fmt.Sprintf(format, ids...) }
