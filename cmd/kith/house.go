package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/bot"
	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/cache"
	"github.com/kith-platform/kith/core/jobs"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/llm"
	"github.com/kith-platform/kith/core/recall"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/userclient"
)

// A house is one process of Kith: its parts, built from the settings and wired
// to each other.
type house struct {
	config Config
	roles  roles
	log    *slog.Logger
	greet  func(username, code string) // tells how the first account is claimed
	pages  string                      // the address of Kith's own pages
	page   string                      // where the sandbox is; "" for Telegram itself

	reg     *prometheus.Registry
	owner   string // names this process in claims and leases
	db      *store.Store
	rdb     redis.UniversalClient
	jobs    *jobs.Metrics
	queue   *jobs.Queue
	sender  *bot.Sender
	bot     *bot.Bot
	hook    *bot.Webhook
	models  []llm.Model
	linker  link.Linker
	backups *backup.Schedule   // nil where this process makes none
	users   *userclient.Client // nil where this process reads no linked accounts
	ready   *atomic.Bool       // whether the schema is up to date
}

// run builds the parts and runs them until ctx ends, or one of them cannot go on.
func (h *house) run(ctx context.Context, listener net.Listener) error {
	defer listener.Close()
	h.reg = prometheus.NewRegistry()
	h.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo())
	h.owner, h.ready = owner(), new(atomic.Bool)
	var err error
	if h.pages, err = pagesAddress(h.config, address(listener.Addr().String())); err != nil {
		return err
	}
	if err := h.open(ctx); err != nil {
		return err
	}
	defer h.db.Close()
	defer h.rdb.Close()
	if err := h.build(); err != nil {
		return err
	}
	defer h.passNudges(ctx)()
	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() error { return h.serveHTTP(ctx, listener) })
	parts.Go(func() error { return h.serveProfiles(ctx) })
	parts.Go(func() error {
		if err := h.migrate(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		if err := h.checkSessions(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		if err := h.useBot(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		h.ready.Store(true)
		h.start(ctx, parts)
		h.log.Info("Kith runs", "version", buildVersion(), "roles", h.roles.String(), "address", listener.Addr().String())
		return nil
	})
	return parts.Wait()
}

// passNudges has the workers told of tasks until stop is called: when ctx ends,
// the other parts finish what they hold, and make some still.
func (h *house) passNudges(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var passing errgroup.Group
	passing.Go(func() error { return h.queue.Run(ctx) })
	return func() {
		cancel()
		_ = passing.Wait() // it has no errors
	}
}

// owner returns a name for this process that no other has.
func owner() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d/%d", host, os.Getpid(), time.Now().UnixNano())
}

// listen takes the address that the process serves HTTP on, before anything else
// is started.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use: stop what listens there, or set KITH_HTTP_ADDR to another address", addr)
	case err != nil:
		return nil, fmt.Errorf("listen on KITH_HTTP_ADDR: %w", err)
	}
	return l, nil
}

// open makes the clients of Postgres and Redis. It does not wait for either.
func (h *house) open(ctx context.Context) (err error) {
	h.db, err = store.Open(ctx, h.config.DatabaseURL.reveal(), store.Options{
		Tracer: store.NewMetrics(h.reg), Pooled: h.config.pooled(),
		ReplicaURL: h.config.DatabaseReplicaURL.reveal(),
	})
	if err != nil {
		return err
	}
	h.db.WatchPool(h.reg)
	options, err := redisOptions(h.config.RedisURL.reveal())
	if err != nil {
		return fmt.Errorf("REDIS_URL %w", err)
	}
	h.rdb = dialRedis(options)
	return nil
}

// migrate brings the schema up to date.
func (h *house) migrate(ctx context.Context) error {
	url, err := directURL(h.config)
	if err != nil {
		return err
	}
	return h.insist(ctx, func() error { return store.Migrate(ctx, url) })
}

// useBot has the message ids forgotten of the bot whose token was there before.
func (h *house) useBot(ctx context.Context) error {
	return h.insist(ctx, func() error {
		changed, err := h.db.UseBot(ctx, h.bot.ID)
		if changed {
			h.log.Info("the token is of another bot than before: what was said to that one stays, but can no longer be edited or replied to")
		}
		return err
	})
}

// insist does what needs the database, however long that is away.
func (h *house) insist(ctx context.Context, do func() error) error {
	for wait := time.Second; ; wait = min(wait*2, 4*time.Second) {
		err := do()
		switch {
		case err == nil, ctx.Err() != nil:
			return nil
		case !store.Unavailable(err) && !store.InUse(err):
			return err
		}
		h.log.Warn("waiting for the database", "err", reason(err), "again_in", wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// build makes the parts that the roles need.
func (h *house) build() (err error) {
	if h.models, err = buildModels(h.config, h.db, llm.NewMetrics(h.reg)); err != nil {
		return err
	}
	h.jobs = jobs.NewMetrics(h.reg)
	h.queue = jobs.NewQueue(h.rdb, h.log.With("component", "queue"), h.jobs)
	h.linker = link.Linker{Store: h.db, Keys: h.config.keys(), Missing: h.config.unlinkable()}
	if err := h.buildBot(); err != nil {
		return err
	}
	if err := h.buildBackups(); err != nil {
		return err
	}
	return h.buildUserClient()
}

func (h *house) buildBot() error {
	server := h.config.TelegramBotAPIURL.reveal()
	client, id, err := bot.Connect(h.config.TelegramBotToken.reveal(), server)
	if err != nil {
		return err
	}
	metrics, log := bot.NewMetrics(h.reg), h.log.With("component", "bot")
	h.sender = bot.NewSender(h.db, client, cache.NewPace(h.rdb), h.owner, log, metrics)
	h.bot = &bot.Bot{
		Store: h.db, API: client, Sender: h.sender, Nudge: h.queue.Nudge, Refusal: cache.NewDaily(h.rdb, bot.RefusalKey(h.config.SecretKey.reveal())),
		Log: log, Metrics: metrics, ID: id, Timezone: string(h.config.Timezone), Pages: h.pages, Keys: h.config.keys(), Model: len(h.models) > 0,
		Linker: h.linker,
	}
	if h.config.PublicURL.isSet() && h.roles.has(roleBot) {
		h.hook = bot.NewWebhook(h.bot, h.config.SecretKey.reveal())
	}
	return nil
}

func (h *house) buildBackups() error {
	if !h.config.BackupTo.isSet() {
		return nil // and has no metrics of it: that there is no backup is as it should be
	}
	metrics := backup.NewMetrics(h.reg)
	if !h.roles.has(roleScheduler) {
		return nil
	}
	place, err := h.config.BackupTo.open()
	h.backups = &backup.Schedule{
		Store: h.db, Place: place, Key: h.config.BackupKey.reveal(), By: buildVersion(),
		Every: time.Duration(h.config.BackupEvery), Keep: int(h.config.BackupKeep),
		Log: h.log.With("component", "backup"), Metrics: metrics, Owner: h.owner,
	}
	return err
}

// start runs the parts of the roles.
func (h *house) start(ctx context.Context, parts *errgroup.Group) {
	parts.Go(func() error { h.db.WatchReplica(ctx); return nil })
	parts.Go(func() error { return h.sender.Run(ctx) })
	if h.roles.has(roleWorker) || h.users != nil {
		parts.Go(func() error { return h.worker().Run(ctx) })
	}
	if h.roles.has(roleScheduler) {
		parts.Go(func() error { return h.sweep().Run(ctx) })
	}
	if h.backups != nil {
		parts.Go(func() error { return h.backups.Run(ctx) })
	}
	if h.roles.has(roleBot) {
		parts.Go(func() error { return h.takeUpdates(ctx) })
	}
	if h.users != nil {
		parts.Go(func() error { return h.users.Run(ctx) })
	}
}

// takeUpdates introduces the bot to Telegram and takes its updates.
func (h *house) takeUpdates(ctx context.Context) error {
	if err := h.bot.Introduce(ctx, h.config.PublicURL.reveal(), h.hook); err != nil {
		return err
	}
	if err := h.welcome(ctx); err != nil || ctx.Err() != nil || h.hook != nil {
		return err
	}
	p := bot.Poller{Bot: h.bot, Token: h.config.TelegramBotToken.reveal(), Server: h.config.TelegramBotAPIURL.reveal(), Owner: h.owner}
	return p.Run(ctx)
}

// welcome tells how the first account is claimed, while there is none.
func (h *house) welcome(ctx context.Context) error {
	var code string
	err := h.insist(ctx, func() (err error) {
		code, _, err = account.Claim(ctx, h.db)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	h.greet(h.bot.Username, code)
	return nil
}

func (h *house) worker() *jobs.Worker {
	analyst := &analysis.Analyst{}
	for _, name := range h.config.AIOrder {
		switch m := h.model(name); {
		case name == engineRules:
			analyst.Engines = append(analyst.Engines, analysis.ByRules{})
		case m != nil:
			analyst.Engines = append(analyst.Engines, analysis.ByModel{Model: m})
		}
	}
	w := &jobs.Worker{
		Store: h.db, Redis: h.rdb, Analyst: analyst, Answerer: &recall.Answerer{Models: h.models}, Sender: h.sender,
		Log: h.log.With("component", "worker"), Metrics: h.jobs, Owner: h.owner,
		Retain: h.config.retention(),
	}
	if h.users != nil {
		w.Syncer, w.OnlySync = h.users, !h.roles.has(roleWorker)
	}
	return w
}

func (h *house) sweep() *jobs.Sweep {
	return &jobs.Sweep{
		Store: h.db, Queue: h.queue, Sender: h.sender,
		Log: h.log.With("component", "sweep"), Metrics: h.jobs, Owner: h.owner,
	}
}

// serveHTTP answers requests until ctx ends.
func (h *house) serveHTTP(ctx context.Context, l net.Listener) error {
	a := api.Server{
		Version: buildVersion(), Production: h.config.Env == envProduction, PublicURL: h.config.PublicURL.reveal(),
		Nudge: h.queue.Nudge, Limits: cache.NewLimits(h.rdb), Results: cache.NewResults(h.rdb),
		Passwords: account.NewPasswords(account.HashMemory), OpenForAll: bool(h.config.OpenRegistration), TrashKept: time.Duration(h.config.RetainTrash), Timezone: string(h.config.Timezone),
		StartLink: h.startLink, BotToken: h.config.TelegramBotToken.reveal(),
		PerAddress: cache.Limit{Rate: 50, Per: time.Second, Burst: 200},
		PerUser:    cache.Limit{Rate: 25, Per: time.Second, Burst: 100},
		Alive:      h.alive, Ready: h.ready.Load, Metrics: api.NewMetrics(h.reg), Gatherer: h.reg,
		Checks: h.checks(), Monitor: newMonitor(h.rdb),
		Linker: h.linker, Answerer: recall.Answerer{Models: h.models},
		Stopping: ctx.Done(), MetricsAllow: h.config.MetricsAllow, TrustedProxies: h.config.TrustedProxies, Log: h.log.With("component", "api"),
	}
	if h.roles.has(roleAPI) {
		a.Store = h.db
	}
	if h.hook != nil {
		a.Webhook = h.hook
	}
	return serve(ctx, newServer(a.Handler(), a.Log), l)
}
