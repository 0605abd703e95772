package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/kith-platform/kith/core/jobs"
	"github.com/kith-platform/kith/core/link"
)

// A Config is everything that is set from outside. It is read once and passed
// on as values.
type Config struct {
	Env environ `env:"KITH_ENV" envDefault:"development"`

	DatabaseURL        postgresURL `env:"DATABASE_URL"`
	DatabaseDirectURL  postgresURL `env:"DATABASE_DIRECT_URL"`  // past the pooler, for migrations
	DatabaseReplicaURL postgresURL `env:"DATABASE_REPLICA_URL"` // for reading
	RedisURL           redisURL    `env:"REDIS_URL"`

	TelegramBotToken         botToken `env:"TELEGRAM_BOT_TOKEN"`
	TelegramBotAPIURL        httpURL  `env:"TELEGRAM_BOT_API_URL" envDefault:"https://api.telegram.org"`
	PublicURL                httpURL  `env:"KITH_PUBLIC_URL"`
	TelegramAPIID            apiID    `env:"TELEGRAM_API_ID"`
	TelegramAPIHash          secret   `env:"TELEGRAM_API_HASH"`
	TelegramPace             pace     `env:"TELEGRAM_CALLS_PER_SECOND" envDefault:"3"` // for each linked account
	TelegramMTProtoAddr      address  `env:"TELEGRAM_MTPROTO_ADDR"`                    // a test server that is DC 2
	TelegramMTProtoPublicKey keyFile  `env:"TELEGRAM_MTPROTO_PUBLIC_KEY"`              // the path of its PEM key

	AIOrder engines `env:"KITH_AI_ORDER" envDefault:"gemini,openai,rules"`
	// What all models together may take on a day, in UTC; with 0 there is no cap.
	AITokensPerDay count `env:"KITH_AI_TOKENS_PER_DAY" envDefault:"2000000"`

	GeminiAPIKey  secret  `env:"GEMINI_API_KEY"`
	GeminiBaseURL httpURL `env:"GEMINI_BASE_URL" envDefault:"https://generativelanguage.googleapis.com"`
	GeminiModel   string  `env:"GEMINI_MODEL" envDefault:"gemini-2.5-flash"`
	OpenAIAPIKey  secret  `env:"OPENAI_API_KEY"`
	OpenAIBaseURL httpURL `env:"OPENAI_BASE_URL" envDefault:"https://api.openai.com/v1"`
	OpenAIModel   string  `env:"OPENAI_MODEL" envDefault:"gpt-4o-mini"`

	SecretKey         secretKey `env:"KITH_SECRET_KEY"`
	SecretKeyPrevious secretKey `env:"KITH_SECRET_KEY_PREVIOUS"`

	BackupTo    backupPlace `env:"KITH_BACKUP_TO"`
	BackupEvery span        `env:"KITH_BACKUP_EVERY" envDefault:"1d"`
	BackupKeep  number      `env:"KITH_BACKUP_KEEP" envDefault:"14"`
	BackupKey   secretKey   `env:"KITH_BACKUP_KEY"`

	RetainLogs    span `env:"KITH_RETAIN_LOGS" envDefault:"30d"`
	RetainTasks   span `env:"KITH_RETAIN_TASKS" envDefault:"7d"`   // that are over
	RetainUpdates span `env:"KITH_RETAIN_UPDATES" envDefault:"3d"` // their numbers, to know one that comes again
	RetainTrash   span `env:"KITH_RETAIN_TRASH" envDefault:"30d"`

	HTTPAddr         address  `env:"KITH_HTTP_ADDR"`
	PprofAddr        loopback `env:"KITH_PPROF_ADDR"`
	TrustedProxies   prefixes `env:"KITH_TRUSTED_PROXIES"`
	MetricsAllow     prefixes `env:"KITH_METRICS_ALLOW" envDefault:"127.0.0.0/8,::1/128"`
	OpenRegistration toggle   `env:"KITH_OPEN_REGISTRATION" envDefault:"false"`

	DataDir  string   `env:"KITH_DATA_DIR"`
	Timezone timezone `env:"KITH_TIMEZONE"`
	LogLevel level    `env:"LOG_LEVEL" envDefault:"info"`
	LogDir   string   `env:"LOG_DIR"`

	passingKey bool // SecretKey was made for this start

	from     map[string]string // where each variable that is set came from
	warnings []string
}

// A configError lists every mistake in the settings.
type configError struct{ mistakes []string }

func (e *configError) Error() string {
	if len(e.mistakes) == 1 {
		return "a setting is wrong: " + e.mistakes[0] + "."
	}
	return fmt.Sprintf("%d settings are wrong:\n  %s.", len(e.mistakes), strings.Join(e.mistakes, ".\n  "))
}

// A check returns the mistakes in c that one reading of a variable cannot show.
type check func(c Config) []string

// readConfig reads the settings from environment ("NAME=value") and, in
// development, from the file at dotenv. The error is a *configError with every
// mistake, those that extra finds included; the Config then has the warnings
// and nothing else.
func readConfig(environment []string, dotenv string, extra ...check) (Config, error) {
	s := gather(environment, dotenv)
	c := Config{from: s.from, warnings: s.warnings}
	mistakes := slices.Concat(s.mistakes, parse(&c, s.values), c.fillIn())
	for _, check := range append([]check{pairs, tooShort}, extra...) {
		mistakes = append(mistakes, check(c)...)
	}
	if len(mistakes) > 0 {
		slices.Sort(mistakes)
		return Config{warnings: s.warnings}, &configError{slices.Compact(mistakes)}
	}
	return c, nil
}

// parse reads values into c and returns what is wrong with them.
func parse(c *Config, values map[string]string) []string {
	err := env.ParseWithOptions(c, env.Options{Environment: values})
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		return nil
	}
	var mistakes []string
	for _, err := range all.Errors {
		wrong, ok := errors.AsType[env.ParseError](err)
		if !ok {
			panic(err) // Config has a type that cannot be read
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(wrong.Name)
		mistakes = append(mistakes, field.Tag.Get("env")+": "+wrong.Err.Error())
	}
	return mistakes
}

// fillIn sets the defaults that depend on other settings or on the machine.
func (c *Config) fillIn() []string {
	if c.HTTPAddr == "" {
		c.HTTPAddr = "127.0.0.1:5000"
		if c.Env == envProduction {
			c.HTTPAddr = ":5000"
		}
	}
	if c.Timezone == "" {
		c.Timezone = machineZone("/etc/localtime")
	}
	var err error
	if c.DataDir, err = dataDir(c.DataDir); err != nil {
		return []string{"KITH_DATA_DIR: " + err.Error()}
	}
	return nil
}

// dataDir returns the absolute path of dir, or of the default one.
func dataDir(dir string) (string, error) {
	if dir == "" && os.Geteuid() == 0 {
		return "/var/lib/kith", nil
	}
	inHome, tilde := strings.CutPrefix(dir, "~/")
	if dir != "" && !tilde {
		return filepath.Abs(dir)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("there is no home directory to keep data in; write the path of a directory")
	}
	if dir == "" {
		inHome = filepath.Join(".local", "share", "kith")
	}
	return filepath.Join(home, inHome), nil
}

// given reports whether the variable is set, to whatever.
func (c Config) given(name string) bool {
	return c.from[name] != "" || c.from[name+fileSuffix] != ""
}

// unlinkable says why users cannot link their own Telegram accounts, or nothing
// where they can. Without a key of its own Kith has a new one at every start, and
// what it seals is lost.
func (c Config) unlinkable() string {
	switch {
	case c.TelegramAPIID == 0:
		return link.HowToConfigure
	case !c.SecretKey.isSet(), c.passingKey:
		return link.HowToSeal
	}
	return ""
}

// retention says how long is kept what has outlived its use.
func (c Config) retention() jobs.Retention {
	return jobs.Retention{
		Tasks: time.Duration(c.RetainTasks), Updates: time.Duration(c.RetainUpdates), Trash: time.Duration(c.RetainTrash),
	}
}

// leastUpdates is for how long Telegram may send an update again, and a day.
const leastUpdates = 2 * day

// tooShort finds what may not be forgotten as soon as that.
func tooShort(c Config) []string {
	if c.RetainUpdates != 0 && c.RetainUpdates < leastUpdates {
		return []string{"KITH_RETAIN_UPDATES: is less than " + leastUpdates.String() + ", within which Telegram may send an update again"}
	}
	return nil
}

// pairs finds settings that are there without the one they need.
func pairs(c Config) []string {
	var mistakes []string
	for _, pair := range [][2]string{
		{"DATABASE_DIRECT_URL", "DATABASE_URL"},
		{"DATABASE_REPLICA_URL", "DATABASE_URL"},
		{"TELEGRAM_API_ID", "TELEGRAM_API_HASH"},
		{"TELEGRAM_API_HASH", "TELEGRAM_API_ID"},
		{"TELEGRAM_MTPROTO_ADDR", "TELEGRAM_MTPROTO_PUBLIC_KEY"},
		{"TELEGRAM_MTPROTO_PUBLIC_KEY", "TELEGRAM_MTPROTO_ADDR"},
		{"KITH_SECRET_KEY_PREVIOUS", "KITH_SECRET_KEY"},
	} {
		if c.given(pair[0]) && !c.given(pair[1]) {
			mistakes = append(mistakes, pair[0]+": needs "+pair[1]+", which is not set")
		}
	}
	return mistakes
}

// forServe finds what `kith serve` needs and `kith up` brings along.
func forServe(c Config) []string {
	var mistakes []string
	if !c.given("DATABASE_URL") {
		mistakes = append(mistakes, "DATABASE_URL: is not set; write postgres://user:password@host:5432/kith")
	}
	if !c.given("TELEGRAM_BOT_TOKEN") {
		mistakes = append(mistakes, "TELEGRAM_BOT_TOKEN: is not set; get one from @BotFather, or run kith up, which brings a sandbox along")
	}
	if c.Env == envProduction && !c.given("KITH_SECRET_KEY") {
		mistakes = append(mistakes, "KITH_SECRET_KEY: is not set, and production needs it; make one with `openssl rand -hex 32`")
	}
	return mistakes
}
