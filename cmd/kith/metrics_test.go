package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core/llm/llmtest"
	"github.com/kith-platform/kith/userclient/telegramtest"
)

// metricNames are the metrics that Kith has, beside those of Go and of the
// process.
var metricNames = []string{
	"kith_ai_call_duration_seconds", "kith_ai_calls_total", "kith_ai_engine_state", "kith_ai_tokens_total",
	"kith_backup_newest_bytes", "kith_backup_newest_timestamp_seconds", "kith_backup_runs_total",
	"kith_bot_api_calls_total", "kith_bot_flood_wait_seconds_total", "kith_bot_reply_latency_seconds",
	"kith_bot_too_many_requests_total", "kith_bot_updates_total",
	"kith_build_info",
	"kith_http_request_duration_seconds", "kith_http_requests_total",
	"kith_jobs_duration_seconds", "kith_jobs_enqueued_total", "kith_jobs_first_start_seconds", "kith_jobs_open",
	"kith_jobs_processed_total", "kith_jobs_queue_depth", "kith_jobs_queue_latency_seconds", "kith_jobs_swept_total",
	"kith_store_pool_connections", "kith_store_pool_in_use", "kith_store_pool_max", "kith_store_pool_waited_seconds",
	"kith_store_queries_total", "kith_store_query_duration_seconds",
	"kith_store_replica_behind_bytes", "kith_store_replica_lag_seconds", "kith_store_replica_reads_total", "kith_store_replica_up",
	"kith_store_rows_total",
	"kith_userclient_accounts", "kith_userclient_calls_total", "kith_userclient_flood_waits_total",
}

// labelValues are all the values that labels have, by "metric label" or by the
// label alone: as words with spaces between them, or as an expression.
var labelValues = map[string]string{
	"kith_bot_updates_total kind":              `message edited_message callback_query other unreadable`,
	"kith_bot_updates_total outcome":           `done repeated refused ignored aside error`,
	"kith_bot_api_calls_total outcome":         `ok unchanged rest blocked refused error`,
	"kith_bot_api_calls_total method":          `getMe getUpdates getWebhookInfo setMyCommands setMyDescription setMyShortDescription setChatMenuButton setWebhook deleteWebhook sendMessage editMessageText answerCallbackQuery sendChatAction deleteMessage`,
	"kith_ai_calls_total outcome":              `ok rate_limited refused_key timeout too_large spent error`,
	"kith_userclient_calls_total outcome":      `ok flood error`,
	"kith_userclient_calls_total method":       `users.getUsers contacts.getContacts contacts.getBirthdays messages.getDialogs updates.getState updates.getDifference auth.sendCode`,
	"kith_userclient_flood_waits_total method": `auth.sendCode`,
	"kith_jobs_enqueued_total outcome":         `ok error dropped`,
	"kith_jobs_processed_total outcome":        `done retried failed lost`,
	"kith_backup_runs_total outcome":           `done failed`,
	"kith_store_queries_total outcome":         `ok error`,
	"kith_store_replica_reads_total outcome":   `answered behind down failed`,
	"kith_ai_engine_state state":               `asked tried left_out`,
	"kith_jobs_open state":                     `queued running`,
	"engine":                                   `gemini openai`,
	"operation":                                `extract answer`,
	"direction":                                `in out`,
	"queue":                                    `ai telegram maintenance`,
	"what":                                     `revived nudged message reminder`,
	"method":                                   `GET POST PUT PATCH DELETE HEAD OPTIONS other`,
	"kind":                                     `analyze_note answer_question batch note_chats analyze_chat import_chats sync_telegram_contacts process_telegram_messages housekeeping`,
	"route":                                    `^(none|(/[a-z.*-]*|/\{[a-z_]+\})+)$`,
	"status":                                   `^[1-5][0-9][0-9]$`,
	"le":                                       `^([0-9.e+-]+|\+Inf)$`,
	"kith_build_info version":                  `^.+$`,
	"kith_build_info go":                       `^go1\.[0-9.]+`,
}

// A sample is one line of the metrics.
type sample struct {
	name   string // without _bucket, _sum, _count
	labels map[string]string
	value  string
}

var (
	sampleLine = regexp.MustCompile(`(?m)^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$`)
	labelPair  = regexp.MustCompile(`([a-z_]+)="((?:[^"\\]|\\.)*)"`)
	histogram  = regexp.MustCompile(`(?m)^# TYPE (\S+) histogram$`)
)

// samples reads metrics as Prometheus does.
func samples(text string) []sample {
	parts := map[string]string{}
	for _, h := range histogram.FindAllStringSubmatch(text, -1) {
		for _, end := range []string{"_bucket", "_sum", "_count"} {
			parts[h[1]+end] = h[1]
		}
	}
	var list []sample
	for _, line := range sampleLine.FindAllStringSubmatch(text, -1) {
		s := sample{name: line[1], labels: map[string]string{}, value: line[3]}
		if whole, ok := parts[s.name]; ok {
			s.name = whole
		}
		for _, pair := range labelPair.FindAllStringSubmatch(line[2], -1) {
			s.labels[pair[1]] = pair[2]
		}
		list = append(list, s)
	}
	return list
}

// Who does not back up is not told that the newest backup is old.
func TestNoMetricsOfBackupsWithoutBackups(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	base := r.listens()
	p := r.spawn()
	r.serves(r.settings["KITH_HTTP_ADDR"])
	_, text := r.fetch(base + "/metrics")
	p.terminate()
	if strings.Contains(text, "kith_backup_") || !strings.Contains(text, "kith_build_info") {
		t.Errorf("the metrics are %s", text)
	}
}

// TestMetrics has a real process do a bit of everything, and reads its metrics:
// they are those that are promised, and say nothing of who did what.
func TestMetrics(t *testing.T) {
	t.Parallel()
	model := llmtest.New(llmtest.Obey())
	t.Cleanup(model.Close)
	r := newRig(t, "KITH_AI_ORDER", "openai,rules", "OPENAI_API_KEY", llmtest.Key, "OPENAI_BASE_URL", model.OpenAI(), "KITH_BACKUP_TO", t.TempDir())
	r.settings["DATABASE_REPLICA_URL"] = r.settings["DATABASE_URL"] // is refused, and counted
	base := r.listens()
	users := r.people(2)
	server := r.withTelegram()
	sam := server.Add(telegramtest.Account{ID: 4242, Phone: "351912345678", Name: "Sam"})
	ids := value[[]int64](r, `SELECT array_agg(id ORDER BY id) FROM users`)
	r.linked(ids[0], server, sam)
	server.Flood("auth.sendCode", time.Hour, 1)
	r.beginByPhone(ids[1], sam.Phone)
	p := r.spawn()
	r.traffic(users, base)
	r.until(time.Minute, "telegram asked to wait", `SELECT step = 'failed' FROM link_attempts`)
	_, text := r.fetch(base + "/metrics")
	p.terminate()

	statements := statementNames(t)
	seen := map[string]bool{}
	for _, s := range samples(text) {
		if !strings.HasPrefix(s.name, "kith_") {
			continue
		}
		seen[s.name] = true
		for label, value := range s.labels {
			if label == "statement" && !slices.Contains(statements, value) {
				t.Errorf("%s has the statement %q, which core/store has not", s.name, value)
			}
			if label != "statement" && !known(s.name, label, value) {
				t.Errorf("%s has %s=%q, which is in no list", s.name, label, value)
			}
		}
	}
	for line, want := range map[string]string{
		"kith_bot_too_many_requests_total": "1", "kith_bot_flood_wait_seconds_total": "1",
		`kith_bot_updates_total{kind="callback_query",outcome="done"}`: "1", `kith_bot_updates_total{kind="message",outcome="refused"}`: "1",
		`kith_http_requests_total{method="other",route="none",status="405"}`: "1",
	} {
		if !strings.Contains(text, "\n"+line+" "+want+"\n") {
			t.Errorf("%s is not %s", line, want)
		}
	}
	for _, name := range metricNames {
		if !seen[name] {
			t.Errorf("there is no %s", name)
		}
		delete(seen, name)
	}
	for name := range seen {
		t.Errorf("%s is in no list", name)
	}
	for _, others := range []string{"go_goroutines", "go_memstats_heap_inuse_bytes", "process_cpu_seconds_total", "process_open_fds"} {
		if !strings.Contains(text, "\n"+others+" ") {
			t.Errorf("there is no %s", others)
		}
	}
	names := sampleLine.ReplaceAllString(text, "$1{$2}") // a number may have any digits
	for _, private := range []string{"Sam", sam.Phone, "4242", "Ana", "figs", r.box.Token(), r.settings["KITH_SECRET_KEY"], llmtest.Key, fmt.Sprint(users[0].ID)} {
		if strings.Contains(names, private) {
			t.Errorf("the metrics have %q", private)
		}
	}
}

// known reports whether a list has the value of a metric's label.
func known(metric, label, value string) bool {
	list, ok := labelValues[metric+" "+label]
	if !ok {
		list = labelValues[label]
	}
	if strings.HasPrefix(list, "^") {
		return regexp.MustCompile(list).MatchString(value)
	}
	return slices.Contains(strings.Fields(list), value)
}

// statementNames lists the names of all statements, as core/store has them.
func statementNames(t *testing.T) []string {
	t.Helper()
	names := []string{"begin", "commit", "rollback", "savepoint", "release savepoint", "rollback to savepoint"}
	files, err := filepath.Glob("../../core/store/*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files in core/store (%v)", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile("[`\"]-- ([a-z -]*[a-z])").FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// traffic has users write, edit, ask and press, a stranger knock, Telegram ask
// for rest, and programs send what they should and should not.
func (r *rig) traffic(users []*sandbox.User, base string) {
	r.t.Helper()
	m := r.write(users[0], "Ana Torres likes figs")
	r.settled(time.Minute)
	_, err := users[0].Edit(r.ctx, m.ID, "Ana Torres likes figs and plums")
	r.must(err)
	r.settled(time.Minute)
	r.tap(users[0], "Undo")
	r.must(r.tg.Fail(r.ctx, sandbox.Fault{Method: "sendMessage", Chat: users[1].ID, Code: 429, RetryAfter: 1}))
	r.write(users[1], "Leo Hall moved to Berlin")
	_, err = users[1].Send(r.ctx, "Who moved to Berlin?")
	r.must(err)
	stranger, err := r.tg.AddUser(r.ctx, "Stranger")
	r.must(err)
	_, err = stranger.Send(r.ctx, "Hello")
	r.must(err)
	r.settled(time.Minute)
	for _, path := range []string{"/health", "/health/detailed", "/api/auth/session", "/api/notes/17/raw", "/nowhere/17", "/api/docs"} {
		r.fetch(base + path)
	}
	r.fetch(base+"/health", func(req *http.Request) { req.Method = "BREW" })
	r.swept(base)
}

// tap presses a button of the latest message that has it.
func (r *rig) tap(u *sandbox.User, label string) {
	r.t.Helper()
	chat, err := u.Chat(r.ctx)
	r.must(err)
	for _, m := range slices.Backward(chat) {
		if _, ok := m.Button(label); ok {
			_, err := u.Tap(r.ctx, m, label)
			r.must(err)
			return
		}
	}
	r.t.Fatalf("no message has the button %s", label)
}

// swept waits until a sweep has told what is left to do.
func (r *rig) swept(base string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	for {
		if _, text := r.fetch(base + "/metrics"); strings.Contains(text, "kith_jobs_open{") && strings.Contains(text, `kith_jobs_processed_total{kind="housekeeping"`) {
			return
		}
		select {
		case <-ctx.Done():
			r.t.Fatal("waited in vain for the sweep")
		case <-time.After(100 * time.Millisecond):
		}
	}
}
