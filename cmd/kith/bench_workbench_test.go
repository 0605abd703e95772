package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/pglocal"
)

// A workbench is a Kith under load: the real thing between a Telegram that does
// nothing and a Postgres that is full.
type workbench struct {
	url      string // of the database
	redis    string
	telegram *fakeTelegram
	hook     endpoint // Kith's webhook
	client   *http.Client
	posted   atomic.Int64
	peers    []string           // what Kith is measured beside, with its version
	stop     func(b *testing.B) // ends Kith
}

// An endpoint takes updates.
type endpoint struct{ url, secret string }

func newWorkbench(b *testing.B) *workbench {
	w := &workbench{telegram: newFakeTelegram(b), url: durablePostgres(b), redis: cachetest.Redis(b)}
	w.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	begun := time.Now()
	if err := store.Migrate(b.Context(), w.url); err != nil {
		b.Fatal(err)
	}
	seed(b, w.url, many)
	progress("filled the database in %v", time.Since(begun).Round(time.Second))
	w.run(b)
	b.Cleanup(func() { w.stop(b) })
	return w
}

// durablePostgres starts a server that keeps what it says it keeps, unlike that
// of the tests.
func durablePostgres(b *testing.B) string {
	dir, err := privateserver.Scratch("bench")
	if err != nil {
		b.Fatal(err)
	}
	s, err := pglocal.Start(b.Context(), privateserver.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := errors.Join(s.Stop(ctx), os.RemoveAll(dir)); err != nil {
			b.Error(err)
		}
	})
	return s.URL()
}

// run starts Kith and waits until it has said where updates go.
func (w *workbench) run(b *testing.B) {
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	h := house{roles: allRoles(), log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	h.greet = func(string, string) {}
	h.config = Config{
		Env: envProduction, AIOrder: engines{engineRules}, Timezone: "UTC", SecretKey: newSecretKey(),
		DatabaseURL: postgresURL{secretURL(w.url)}, RedisURL: redisURL{secretURL(w.redis)},
		TelegramBotAPIURL: httpURL{secretURL(w.telegram.URL)}, PublicURL: httpURL{secretURL("http://" + listener.Addr().String())},
	}
	if err := h.config.TelegramBotToken.UnmarshalText([]byte("110201543:" + strings.Repeat("A", 35))); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.run(ctx, listener) }()
	w.stop = func(b *testing.B) {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}
	select {
	case w.hook = <-w.telegram.hooks:
	case err := <-ended:
		b.Fatal("Kith ended: ", err)
	}
}

// post sends the next update to an endpoint: a note of the next user's, about
// somebody they know.
func (w *workbench) post(to endpoint) error { return w.postAs(to, w.posted.Add(1)) }

func (w *workbench) postAs(to endpoint, n int64) error {
	user := n % users
	body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"text":%q,`+
		`"from":{"id":%[5]d,"is_bot":false,"first_name":"Kim"},"chat":{"id":%[5]d,"type":"private","first_name":"Kim"}}}`,
		n, n, time.Now().Unix(), "Had coffee with "+friend(user, n/users)+". She moved to Lisbon and likes sailing.", telegramID(user))
	req, err := http.NewRequest(http.MethodPost, to.url, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", to.secret)
	resp, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New("the webhook answered " + resp.Status)
	}
	return nil
}

// connections is how many updates Telegram delivers at a time.
const connections = 100

// flood delivers so many updates as fast as they are taken, and returns how
// long that took.
func (w *workbench) flood(b *testing.B, to endpoint, updates int64) time.Duration {
	begun := time.Now()
	var left atomic.Int64
	left.Store(updates)
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := w.post(to); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(begun)
}

// steady delivers 100 updates a second for five seconds, and returns how long
// each took to be answered by a message that fits.
func (w *workbench) steady(b *testing.B, to endpoint, fits func(said) bool) []time.Duration {
	const updates = 500
	took := make([]time.Duration, updates)
	begun := make([]time.Time, updates)
	first := w.posted.Add(updates) - updates + 1
	var all sync.WaitGroup
	all.Add(updates)
	w.telegram.listen(func(s said) {
		if i := s.about - first; i >= 0 && i < updates && took[i] == 0 && fits(s) {
			took[i] = s.at.Sub(begun[i])
			all.Done()
		}
	})
	tick := time.NewTicker(time.Second / 100)
	defer tick.Stop()
	for i := range begun {
		<-tick.C
		begun[i] = time.Now()
		go func() {
			if err := w.postAs(to, first+int64(i)); err != nil {
				b.Error(err)
			}
		}()
	}
	await(b, &all)
	return took
}

// expect counts the messages that fit, up to so many.
func (w *workbench) expect(messages int64, fits func(said) bool) *sync.WaitGroup {
	var all sync.WaitGroup
	all.Add(int(messages))
	seen := map[int64]bool{}
	first := w.posted.Load() + 1
	w.telegram.listen(func(s said) {
		if s.about >= first && s.about < first+messages && !seen[s.about] && fits(s) {
			seen[s.about] = true
			all.Done()
		}
	})
	return &all
}

// isReply reports whether a message is a reply at all.
func isReply(said) bool { return true }

// isResult reports whether a message shows the facts of a note.
func isResult(s said) bool { return strings.Contains(s.text, "• ") }

// A said is a message that was sent or edited.
type said struct {
	about int64 // the user's message it answers
	text  string
	at    time.Time
}

// A fakeTelegram is the least that a Bot API server can be. The id it gives a
// reply is the negative of what it replies to.
type fakeTelegram struct {
	*httptest.Server
	hooks chan endpoint

	mu       sync.Mutex
	listener func(said)
}

func newFakeTelegram(b *testing.B) *fakeTelegram {
	f := &fakeTelegram{hooks: make(chan endpoint, 1), listener: func(said) {}}
	f.Server = httptest.NewServer(f)
	b.Cleanup(f.Close)
	return f
}

// listen has every message told to do, one at a time.
func (f *fakeTelegram) listen(do func(said)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listener = do
}

func (f *fakeTelegram) tell(s said) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listener(s)
}

func (f *fakeTelegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	field, err := fields(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var answer any = true
	switch method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]; method {
	case "getMe":
		answer = models.User{ID: 1, IsBot: true, Username: "KithBot"}
	case "setWebhook":
		f.hooks <- endpoint{field("url"), field("secret_token")}
	case "sendMessage":
		answer = f.message(at, field("reply_parameters"), field("text"))
	case "editMessageText":
		answer = f.message(at, `{"message_id":`+strings.TrimPrefix(field("message_id"), "-")+`}`, field("text"))
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(map[string]any{"ok": true, "result": answer}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(out.Bytes())
}

// fields returns what reads the fields of a call, which Kith sends as a form and
// grammY as JSON.
func fields(r *http.Request) (func(name string) string, error) {
	if r.Header.Get("Content-Type") != "application/json" {
		if err := r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
			return nil, err
		}
		return r.FormValue, nil
	}
	var sent map[string]json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		return nil, err
	}
	return func(name string) string { return string(sent[name]) }, nil
}

func (f *fakeTelegram) message(at time.Time, repliedTo, text string) map[string]any {
	var to struct {
		ID int64 `json:"message_id"`
	}
	if err := json.Unmarshal([]byte(repliedTo), &to); err != nil {
		return nil
	}
	f.tell(said{about: to.ID, text: text, at: at})
	return map[string]any{"message_id": -to.ID, "date": at.Unix(), "chat": map[string]any{"id": 1, "type": "private"}}
}
