package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core/link"
)

const (
	aToken = "123456789:AAF-made_up_for_this_test"
	aKey   = "0123456789abcdef0123456789abcdef"
)

// read reads the settings given, with nothing else around.
func read(t *testing.T, environment ...string) (Config, error) {
	t.Helper()
	return readConfig(environment, filepath.Join(t.TempDir(), ".env"))
}

// mustRead reads settings that have no mistake.
func mustRead(t *testing.T, environment ...string) Config {
	t.Helper()
	c, err := read(t, environment...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// file writes text to a new file and returns its path.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	c := mustRead(t, "HOME=/home/ana", "KITH_TIMEZONE=")
	if c.Env != envDevelopment || c.HTTPAddr != "127.0.0.1:5000" || c.Timezone != machineZone("/etc/localtime") || bool(c.OpenRegistration) {
		t.Errorf("got %v, %v, %v, %v", c.Env, c.HTTPAddr, c.Timezone, c.OpenRegistration)
	}
	if want := (engines{engineGemini, engineOpenAI, engineRules}); !slices.Equal(c.AIOrder, want) {
		t.Errorf("order %v, want %v", c.AIOrder, want)
	}
	if c := mustRead(t, "KITH_ENV=production"); c.HTTPAddr != ":5000" {
		t.Errorf("production listens on %s, want :5000", c.HTTPAddr)
	}
}

func TestEachMistakeNamesItsVariableAndSaysWhatIsRight(t *testing.T) {
	t.Parallel()
	noPEM := file(t, "key.pem", "not a key")
	for _, tt := range []struct {
		set  string
		want string
	}{
		{"KITH_ENV=prod", `KITH_ENV: "prod" is not known; write development, production or testing`},
		{"DATABASE_URL=mysql://localhost/kith", "DATABASE_URL: is not a Postgres URL; write postgres://"},
		{"DATABASE_URL=postgres://localhost:port/kith", "DATABASE_URL: is not a Postgres URL"},
		{"DATABASE_URL=host=localhost password=hunter2", "DATABASE_URL: is not a Postgres URL"},
		{"REDIS_URL=localhost:6379", "REDIS_URL: is not a Redis URL; write redis://"},
		{"REDIS_URL=http://localhost", "REDIS_URL: is not a Redis URL"},
		{"REDIS_URL=redis://localhost:x", "REDIS_URL: is not a Redis URL"},
		{"REDIS_URL=redis://localhost/one", "REDIS_URL: is not a Redis URL"},
		{"REDIS_URL=redis-sentinel://a,b", "REDIS_URL: is not a Redis URL"},
		{"REDIS_URL=redis-sentinel://a,b/-1?master=m", "REDIS_URL: is not a Redis URL"},
		{"REDIS_URL=redis-cluster://", "REDIS_URL: is not a Redis URL"},
		{"TELEGRAM_BOT_TOKEN=kith", "TELEGRAM_BOT_TOKEN: is not a bot token; copy it from @BotFather"},
		{"TELEGRAM_BOT_API_URL=localhost:8081", "TELEGRAM_BOT_API_URL: is not a web address; write https://"},
		{"KITH_PUBLIC_URL=https://kith.example/?a=b", "KITH_PUBLIC_URL: must end with the host or a path"},
		{"TELEGRAM_API_ID=-4", "TELEGRAM_API_ID: is not a number above 0"},
		{"TELEGRAM_API_ID=4", "TELEGRAM_API_ID: needs TELEGRAM_API_HASH, which is not set"},
		{"TELEGRAM_API_HASH=0123", "TELEGRAM_API_HASH: needs TELEGRAM_API_ID, which is not set"},
		{"TELEGRAM_CALLS_PER_SECOND=100", `TELEGRAM_CALLS_PER_SECOND: "100" is not a number from 0.1 to 30`},
		{"TELEGRAM_CALLS_PER_SECOND=NaN", `TELEGRAM_CALLS_PER_SECOND: "NaN" is not a number from 0.1 to 30`},
		{"TELEGRAM_MTPROTO_ADDR=localhost", "TELEGRAM_MTPROTO_ADDR: \"localhost\" is not an address"},
		{"TELEGRAM_MTPROTO_PUBLIC_KEY=/nowhere/key.pem", "TELEGRAM_MTPROTO_PUBLIC_KEY: cannot read /nowhere/key.pem: no such file or directory"},
		{"TELEGRAM_MTPROTO_PUBLIC_KEY=" + noPEM, "TELEGRAM_MTPROTO_PUBLIC_KEY: " + noPEM + " is not a PEM file"},
		{"DATABASE_REPLICA_URL=postgres://b/kith", "DATABASE_REPLICA_URL: needs DATABASE_URL, which is not set"},
		{"KITH_AI_ORDER=gemini,claude", `KITH_AI_ORDER: "claude" is not an engine; the engines are gemini, openai and rules`},
		{"KITH_AI_ORDER=rules,rules", `KITH_AI_ORDER: "rules" is there twice`},
		{"KITH_SECRET_KEY=short", "KITH_SECRET_KEY: has 5 characters; it needs 32 or more"},
		{"KITH_SECRET_KEY_PREVIOUS=" + aKey, "KITH_SECRET_KEY_PREVIOUS: needs KITH_SECRET_KEY, which is not set"},
		{"KITH_BACKUP_TO=s3://host/bucket", "KITH_BACKUP_TO: is not a bucket; write s3://key:secret@host/bucket"},
		{"KITH_BACKUP_TO=https://a:hunter2@host/bucket", "KITH_BACKUP_TO: is not a bucket"},
		{"KITH_BACKUP_KEY=short", "KITH_BACKUP_KEY: has 5 characters; it needs 32 or more"},
		{"KITH_BACKUP_EVERY=daily", `KITH_BACKUP_EVERY: "daily" is not a length of time of a minute or more; write 7d or 12h`},
		{"KITH_BACKUP_EVERY=0d", `KITH_BACKUP_EVERY: "0d" is not a length of time`},
		{"KITH_BACKUP_EVERY=100000000000d", `KITH_BACKUP_EVERY: "100000000000d" is not a length of time`},
		{"KITH_RETAIN_UPDATES=1d", "KITH_RETAIN_UPDATES: is less than 2d, within which Telegram may send an update again"},
		{"KITH_RETAIN_TRASH=never", `KITH_RETAIN_TRASH: "never" is not a length of time`},
		{"KITH_BACKUP_KEEP=0", `KITH_BACKUP_KEEP: "0" is not a number above 0`},
		{"KITH_HTTP_ADDR=5000", `KITH_HTTP_ADDR: "5000" is not an address; write host:port`},
		{"KITH_AI_TOKENS_PER_DAY=-1", `KITH_AI_TOKENS_PER_DAY: "-1" is not a number; write one such as 2000000, or 0 for no limit`},
		{"KITH_HTTP_ADDR=:70000", `KITH_HTTP_ADDR: ":70000" is not an address`},
		{"KITH_PPROF_ADDR=6060", `KITH_PPROF_ADDR: "6060" is not an address; write host:port`},
		{"KITH_PPROF_ADDR=:6060", `KITH_PPROF_ADDR: ":6060" can be reached from other machines; write 127.0.0.1:6060`},
		{"KITH_PPROF_ADDR=0.0.0.0:6060", `KITH_PPROF_ADDR: "0.0.0.0:6060" can be reached from other machines`},
		{"KITH_PPROF_ADDR=kith.example.org:6060", `KITH_PPROF_ADDR: "kith.example.org:6060" can be reached from other machines`},
		{"KITH_TRUSTED_PROXIES=10.0.0.0/8,10.0.0.0/99", `KITH_TRUSTED_PROXIES: "10.0.0.0/99" is not a network; write 10.0.0.0/8`},
		{"KITH_METRICS_ALLOW=everyone", `KITH_METRICS_ALLOW: "everyone" is not a network`},
		{"KITH_OPEN_REGISTRATION=maybe", `KITH_OPEN_REGISTRATION: "maybe" is neither true nor false`},
		{"KITH_TIMEZONE=Mars", `KITH_TIMEZONE: "Mars" is not a time zone; write an IANA name such as Europe/Lisbon`},
		{"LOG_LEVEL=loud", `LOG_LEVEL: "loud" is not a level; write debug, info, warn or error`},
		{"OPENAI_API_KEY_FILE=/nowhere/key", "OPENAI_API_KEY_FILE: cannot read /nowhere/key: no such file or directory"},
	} {
		_, err := read(t, tt.set)
		if _, ok := errors.AsType[*configError](err); !ok || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\n got: %v\nwant: %s", tt.set, err, tt.want)
		}
	}
}

func TestGoodValues(t *testing.T) {
	t.Parallel()
	pem := file(t, "key.pem", "-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n")
	for _, set := range []string{
		"DATABASE_URL=postgres:///kith?host=/run/postgresql",
		"DATABASE_URL=postgresql://u:p@h1:5432,h2:5433/kith?pool_max_conns=4",
		"REDIS_URL=unix:///run/redis.sock?db=1",
		"REDIS_URL=rediss://:pw@host:6380/3",
		"REDIS_URL=redis-sentinel://user:pw@h1,h2:26380/2?master=kith&sentinel_password=other",
		"REDIS_URL=redis-cluster://:pw@h1:7000,h2:7001",
		"KITH_PUBLIC_URL=https://kith.example/base/",
		"KITH_AI_ORDER=Rules, gemini",
		"KITH_BACKUP_TO=backups",
		"KITH_BACKUP_TO=s3://key:secret@s3.example.org/bucket/folder?region=eu-1",
		"KITH_BACKUP_EVERY=90m",
		"KITH_HTTP_ADDR=[::1]:0",
		"KITH_PPROF_ADDR=[::1]:6060",
		"KITH_PPROF_ADDR=localhost:6060",
		"KITH_TRUSTED_PROXIES=10.1.2.3/8, 192.168.1.7,fd00::/8",
		"KITH_OPEN_REGISTRATION=TRUE",
		"KITH_TIMEZONE=America/Sao_Paulo",
		"LOG_LEVEL=WARN",
		"TELEGRAM_MTPROTO_PUBLIC_KEY=" + pem,
	} {
		more := []string{set}
		if strings.HasPrefix(set, "TELEGRAM_MTPROTO") {
			more = append(more, "TELEGRAM_MTPROTO_ADDR=127.0.0.1:1234")
		}
		if _, err := read(t, more...); err != nil {
			t.Errorf("%s: %v", set, err)
		}
	}
}

func TestWhatKeepsAccountsFromBeingLinkedIsNamed(t *testing.T) {
	t.Parallel()
	app := []string{"TELEGRAM_API_ID=17", "TELEGRAM_API_HASH=0123"}
	for _, tt := range []struct {
		set  []string
		want string
	}{
		{nil, link.HowToConfigure},
		{app, link.HowToSeal},
		{append(app, "KITH_SECRET_KEY="+aKey), ""},
	} {
		c, err := read(t, tt.set...)
		if got := c.unlinkable(); err != nil || got != tt.want {
			t.Errorf("%q: got %q, %v, want %q", tt.set, got, err, tt.want)
		}
	}
}

func TestSpansAreShownAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{"7d": "7d", "24h": "1d", "12h": "12h", "90m": "1h30m", "36h": "36h", "1m30s": "1m30s"} {
		var s span
		if err := s.UnmarshalText([]byte(written)); err != nil || s.String() != want {
			t.Errorf("%s is shown as %s (%v), want %s", written, s, err, want)
		}
	}
}

func TestRedisOptions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ raw, want string }{
		{"redis://localhost/1", "[localhost:6379] 1 false"},
		{"unix:///run/redis.sock?db=2", "[/run/redis.sock] 2 false"},
		{"redis-sentinel://u:pw@h1,h2:26380/2?master=kith&sentinel_password=other", "[h1:26379 h2:26380] 2 kith u pw other false"},
		{"redis-cluster://:pw@h1:7000,h2:7001", "[h1:7000 h2:7001] 0 pw true"},
	} {
		o, err := redisOptions(tt.raw)
		if err != nil {
			t.Errorf("%s: %v", tt.raw, err)
			continue
		}
		got := strings.Join(strings.Fields(fmt.Sprint(o.Addrs, " ", o.DB, " ", o.MasterName, " ", o.Username, " ", o.Password, " ", o.SentinelPassword, " ", o.IsClusterMode)), " ")
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.raw, got, tt.want)
		}
		if !o.ContextTimeoutEnabled {
			t.Errorf("%s: calls do not end with their context", tt.raw)
		}
	}
}

func TestForServe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		set  []string
		want string
	}{
		{[]string{"KITH_ENV=production"}, "3 settings are wrong:\n  DATABASE_URL: is not set; write postgres://user:password@host:5432/kith.\n" +
			"  KITH_SECRET_KEY: is not set, and production needs it; make one with `openssl rand -hex 32`.\n" +
			"  TELEGRAM_BOT_TOKEN: is not set; get one from @BotFather, or run kith up, which brings a sandbox along."},
		{[]string{"KITH_ENV=development", "TELEGRAM_BOT_TOKEN=" + aToken}, "a setting is wrong: DATABASE_URL: is not set; write postgres://user:password@host:5432/kith."},
		{[]string{"DATABASE_URL=postgres://localhost/kith", "TELEGRAM_BOT_TOKEN=" + aToken}, "<nil>"},
		{[]string{"KITH_ENV=production", "DATABASE_URL=postgres://localhost/kith", "KITH_SECRET_KEY=" + aKey, "TELEGRAM_BOT_TOKEN=" + aToken}, "<nil>"},
	} {
		_, err := readConfig(tt.set, "/nowhere/.env", forServe)
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%v\n got: %s\nwant: %s", tt.set, got, tt.want)
		}
	}
}

func TestDotenv(t *testing.T) {
	t.Parallel()
	path := file(t, ".env", "# mine\nLOG_LEVEL=debug\nKITH_TIMEZONE=Europe/Lisbon\nOPENAI_API_KEY=from-dotenv\nLOG_DIR=\n")
	secretFile := file(t, "key", "from-file\n")
	c, err := readConfig([]string{"KITH_TIMEZONE=Asia/Tokyo", "OPENAI_API_KEY_FILE=" + secretFile}, path)
	if err != nil {
		t.Fatal(err)
	}
	if c.LogLevel.Level != slog.LevelDebug || c.Timezone != "Asia/Tokyo" || c.OpenAIAPIKey.reveal() != "from-file" {
		t.Errorf("got %v, %v, %q; the environment goes before .env", c.LogLevel, c.Timezone, c.OpenAIAPIKey.reveal())
	}
	for _, env := range []string{"testing", "production"} {
		c, err := readConfig([]string{"KITH_ENV=" + env}, path)
		if err != nil || c.LogLevel.Level != slog.LevelInfo {
			t.Errorf("%s: level %v (%v); .env is for development", env, c.LogLevel, err)
		}
	}
}

func TestBadDotenv(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"KITH_ENV=production\n":       "KITH_ENV: only the environment can set it to another than development",
		"hunter2 is my = 'password\n": ".env: cannot be read; write NAME=value on each line",
	} {
		_, err := readConfig(nil, file(t, ".env", text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	token, empty := file(t, "token", aToken+"\n"), file(t, "empty", " \n")
	c := mustRead(t, "TELEGRAM_BOT_TOKEN_FILE="+token)
	if c.TelegramBotToken.reveal() != aToken {
		t.Errorf("got %q, want what the file says", c.TelegramBotToken.reveal())
	}
	if i := slices.IndexFunc(c.settings(), func(s setting) bool { return s.from == token }); i < 0 {
		t.Error("the settings do not name the file")
	}
	// Emptied a week after the key was changed; and where no backups are wanted.
	c = mustRead(t, "KITH_SECRET_KEY_PREVIOUS_FILE="+empty, "KITH_BACKUP_TO_FILE="+empty)
	if c.given("KITH_SECRET_KEY_PREVIOUS") || c.SecretKeyPrevious.isSet() || c.given("KITH_BACKUP_TO") || c.BackupTo.isSet() {
		t.Errorf("the settings are %q, want no previous key and no backups", c.settings())
	}
	for _, tt := range []struct {
		set  []string
		want string
	}{
		{[]string{"TELEGRAM_BOT_TOKEN=" + aToken, "TELEGRAM_BOT_TOKEN_FILE=" + token}, "TELEGRAM_BOT_TOKEN: is set, and TELEGRAM_BOT_TOKEN_FILE too; set one of them"},
		{[]string{"GEMINI_API_KEY_FILE=" + empty}, "GEMINI_API_KEY_FILE: " + empty + " is empty"},
		{[]string{"KITH_BACKUP_KEY_FILE=" + empty}, "KITH_BACKUP_KEY_FILE: " + empty + " is empty"},
		{[]string{"KITH_BACKUP_TO_FILE=" + empty + "x"}, "KITH_BACKUP_TO_FILE: cannot read " + empty + "x"},
	} {
		if _, err := read(t, tt.set...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %s", tt.set, err, tt.want)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	c := mustRead(t, "KITH_HTTP_ADR=:1", "DATABSE_URL=x", "KITH_COLOUR=blue", "PATH=/bin", "OPENAI_ORGANIZATION=x")
	want := []string{
		"DATABSE_URL is not a setting of Kith; did you mean DATABASE_URL?",
		"KITH_COLOUR is not a setting of Kith and changes nothing.",
		"KITH_HTTP_ADR is not a setting of Kith; did you mean KITH_HTTP_ADDR?",
	}
	if !slices.Equal(c.warnings, want) {
		t.Errorf("got  %q\nwant %q", c.warnings, want)
	}
}

func TestDataDir(t *testing.T) {
	t.Setenv("HOME", "/home/ana")
	if c := mustRead(t, "KITH_DATA_DIR=~/kith"); c.DataDir != "/home/ana/kith" {
		t.Errorf("got %s, want /home/ana/kith", c.DataDir)
	}
	want := "/home/ana/.local/share/kith"
	if os.Geteuid() == 0 {
		want = "/var/lib/kith"
	}
	if c := mustRead(t); c.DataDir != want {
		t.Errorf("got %s, want %s", c.DataDir, want)
	}
	t.Setenv("HOME", "")
	if _, err := read(t, "KITH_DATA_DIR=~/kith"); err == nil || !strings.Contains(err.Error(), "KITH_DATA_DIR: there is no home directory") {
		t.Errorf("without a home: got %v", err)
	}
}

func TestSecretsAreMaskedHoweverTheyArePrinted(t *testing.T) {
	t.Parallel()
	c := mustRead(t, "DATABASE_URL=postgres://kith:hunter2hunter2@db/kith?sslpassword=hunter2hunter2",
		"REDIS_URL=redis-sentinel://:hunter2hunter2@h1,h2?master=m&sentinel_password=hunter2hunter2",
		"KITH_BACKUP_TO=s3://key:hunter2hunter2@host/bucket", "KITH_BACKUP_KEY="+strings.Repeat("hunter2", 5), "OPENAI_API_KEY=hunter2hunter2", "TELEGRAM_BOT_TOKEN=123:hunter2hunter2", "KITH_SECRET_KEY="+strings.Repeat("hunter2", 5))
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "config", c, "key", c.OpenAIAPIKey, "db", c.DatabaseURL)
	slog.New(slog.NewTextHandler(&log, nil)).Info("settings", "config", c, "key", c.OpenAIAPIKey, "db", c.DatabaseURL)
	texts := []string{string(asJSON), log.String(), fmt.Sprint(c.settings())}
	wrapped := struct{ inner Config }{c}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, c), fmt.Sprintf(verb, &c), fmt.Sprintf(verb, wrapped), fmt.Sprintf(verb, c.OpenAIAPIKey), fmt.Sprintf(verb, c.DatabaseURL))
	}
	for _, text := range texts {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("a secret shows in %s", text)
		}
	}
	if got := c.DatabaseURL.String(); got != "postgres://kith:xxxxx@db/kith?sslpassword=xxxxx" {
		t.Errorf("the URL shows as %s", got)
	}
}

func TestMachineZone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for link, want := range map[string]timezone{
		"/usr/share/zoneinfo/Europe/Lisbon": "Europe/Lisbon",
		"../usr/share/zoneinfo/Asia/Tokyo":  "Asia/Tokyo",
		"/usr/share/zoneinfo/Nowhere":       "UTC",
		"/somewhere/else":                   "UTC",
	} {
		path := filepath.Join(dir, string(want)+"-"+filepath.Base(link))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(link, path); err != nil {
			t.Fatal(err)
		}
		if got := machineZone(path); got != want {
			t.Errorf("a link to %s is zone %q, want %q", link, got, want)
		}
	}
	if got := machineZone(filepath.Join(dir, "missing")); got != "UTC" {
		t.Errorf("without a link the zone is %q, want UTC", got)
	}
}
