package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/jobs"
	"github.com/kith-platform/kith/core/store"
)

// newBareCommit returns a webhook that only commits a row for each update, with
// as many connections as Kith has. Postgres groups the commits.
func newBareCommit(b *testing.B, w *workbench) endpoint {
	return newBare(b, w, func(int64) error { return nil })
}

// newBareReply returns a webhook that commits a row and sends a message: one
// commit and two round trips.
func newBareReply(b *testing.B, w *workbench) endpoint {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	return newBare(b, w, func(about int64) error {
		resp, err := client.Get(w.telegram.URL + "/sendMessage?reply_parameters=" + `{"message_id":` + strconv.FormatInt(about, 10) + `}`)
		if err == nil {
			err = resp.Body.Close()
		}
		return err
	})
}

func newBare(b *testing.B, w *workbench, then func(updateID int64) error) endpoint {
	pool := barePool(b, w.url)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var u struct {
			ID int64 `json:"update_id"`
		}
		err := json.NewDecoder(req.Body).Decode(&u)
		if err == nil {
			_, err = pool.Exec(req.Context(), "INSERT INTO bare (update_id) VALUES ($1)", u.ID)
		}
		if err == nil {
			err = then(u.ID)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
	b.Cleanup(server.Close)
	return endpoint{url: server.URL}
}

func barePool(b *testing.B, url string) *pgxpool.Pool {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	if _, err := pool.Exec(b.Context(), "CREATE TABLE IF NOT EXISTS bare (update_id bigint PRIMARY KEY)"); err != nil {
		b.Fatal(err)
	}
	return pool
}

// benchRedis returns a client of a Redis of its own.
func benchRedis(b *testing.B) redis.UniversalClient {
	options, err := redisOptions(cachetest.Redis(b))
	if err != nil {
		b.Fatal(err)
	}
	rdb := redis.NewUniversalClient(options)
	b.Cleanup(func() { rdb.Close() })
	return rdb
}

// emptyTasks passes tasks that do nothing through asynq, and returns how long
// it took.
func emptyTasks(b *testing.B, tasks int) time.Duration {
	rdb := benchRedis(b)
	server := asynq.NewServerFromRedisClient(rdb, asynq.Config{Concurrency: 10, TaskCheckInterval: 20 * time.Millisecond, LogLevel: asynq.FatalLevel})
	var done sync.WaitGroup
	done.Add(tasks)
	if err := server.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { done.Done(); return nil })); err != nil {
		b.Fatal(err)
	}
	defer server.Shutdown()
	client := asynq.NewClientFromRedisClient(rdb)
	begun := time.Now()
	for i := range 4 {
		go func() {
			for range (tasks + 3 - i) / 4 {
				if _, err := client.Enqueue(asynq.NewTask("empty", nil)); err != nil {
					b.Error(err)
				}
			}
		}()
	}
	await(b, &done)
	return time.Since(begun)
}

// An idle engine tells when it is asked to read a note, and finds nothing.
type idleEngine chan time.Time

func (idleEngine) Name() string { return "rules" }

func (e idleEngine) Read(context.Context, analysis.Note) (core.Reading, error) {
	e <- time.Now()
	return core.Reading{}, nil
}

// noSender is for workers whose results nobody waits for.
type noSender struct{}

func (noSender) Wake(int64)                                     {}
func (noSender) Typing(int64)                                   {}
func (noSender) Fetch(context.Context, string, io.Writer) error { return nil }

// newIdleWorker starts workers that have nothing to do, and returns a function
// that gives them a task and returns how long it took them to start on it.
func newIdleWorker(b *testing.B, w *workbench) func(*testing.B) time.Duration {
	db, err := store.Open(b.Context(), w.url, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	rdb, log, metrics := benchRedis(b), slog.New(slog.DiscardHandler), jobs.NewMetrics(prometheus.NewRegistry())
	queue, engine := jobs.NewQueue(rdb, log, metrics), make(idleEngine, 1)
	worker := jobs.Worker{
		Store: db, Redis: rdb, Analyst: &analysis.Analyst{Engines: []analysis.Engine{engine}},
		Sender: noSender{}, Log: log, Metrics: metrics, Owner: "bench",
	}
	ctx, stop := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	for _, run := range []func(context.Context) error{queue.Run, worker.Run} {
		parts.Go(func() {
			if err := run(ctx); err != nil {
				b.Error(err)
			}
		})
	}
	b.Cleanup(func() { stop(); parts.Wait() })
	return func(b *testing.B) time.Duration {
		task := addTask(b, db)
		begun := time.Now()
		queue.Nudge(task)
		return (<-engine).Sub(begun)
	}
}

// addTask keeps a note of the first user's.
func addTask(b *testing.B, db *store.Store) (task core.Task) {
	err := db.InTx(b.Context(), func(tx *store.Store) (err error) {
		_, task, err = capture.Take(b.Context(), tx, capture.Message{
			User: core.User{ID: 1}, Text: "Lunch with " + friend(0, 1), SaidAt: time.Now(),
		})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return task
}
