package main

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core/llm"
)

// checks asks the parts of the house what /health/detailed tells.
func (h *house) checks() api.Checks {
	return api.Checks{
		Database: h.checkDatabase, Stats: h.countRows, Redis: h.checkRedis,
		Tasks: h.checkTasks, Telegram: h.checkTelegram, AI: h.checkEngines, DataDir: h.disk(),
	}
}

func (h *house) checkDatabase(ctx context.Context) (api.DatabaseHealth, error) {
	d := api.DatabaseHealth{Pool: api.PoolHealth(h.db.Pool())}
	if r, ok := h.db.Replica(); ok {
		d.Replica = &api.ReplicaHealth{Status: "healthy", LagSeconds: r.Lag.Seconds(), BehindBytes: r.Behind}
		if r.Trouble != nil {
			h.log.WarnContext(ctx, "replica is not healthy", "err", reason(r.Trouble))
			d.Replica.Status, d.Status, d.Error = "unhealthy", "degraded", "Nothing is read from the replica; the database itself answers."
		}
	}
	return d, h.alive(ctx)
}

// alive returns why Kith cannot serve, or nil.
func (h *house) alive(ctx context.Context) error {
	if err := h.db.Ping(ctx); err != nil {
		return err
	}
	if !h.ready.Load() {
		return errors.New("the schema is not up to date yet")
	}
	return nil
}

func (h *house) countRows(ctx context.Context) (api.Stats, error) {
	s, err := h.db.Stats(ctx)
	return api.Stats(s), err
}

func (h *house) checkRedis(ctx context.Context) (api.RedisHealth, error) {
	return api.RedisHealth{}, h.rdb.Ping(ctx).Err()
}

func (h *house) checkTasks(context.Context) (api.TasksHealth, error) {
	state, err := h.queue.State()
	t := api.TasksHealth{ActiveWorkers: state.Workers, Queues: map[string]api.QueueHealth{}}
	for name, w := range state.Queues {
		t.Queues[name] = api.QueueHealth{Depth: w.Depth, LatencySeconds: w.Latency.Seconds()}
	}
	if err == nil && state.Workers == 0 {
		t.Status, t.Error = "degraded", "No process works on tasks."
	}
	return t, err
}

func (h *house) checkTelegram(ctx context.Context) (api.TelegramHealth, error) {
	status, err := h.bot.Status(ctx)
	if err != nil {
		return api.TelegramHealth{}, err
	}
	t := api.TelegramHealth{Bot: status.Username, Mode: "polling", PendingUpdates: status.Pending}
	if status.Webhook {
		t.Mode = "webhook"
	}
	t.UserClients, err = h.db.ConnectedLinks(ctx)
	return t, err
}

func (h *house) checkEngines(context.Context) (api.AIHealth, error) {
	a := api.AIHealth{Engines: []api.EngineHealth{}}
	for _, name := range h.config.AIOrder {
		switch m := h.model(name); {
		case name == engineRules:
			a.Engines = append(a.Engines, api.EngineHealth{Name: string(name), Status: "healthy"})
		case m != nil:
			a.Engines = append(a.Engines, engineHealth(m))
		}
	}
	if slices.ContainsFunc(a.Engines, func(e api.EngineHealth) bool { return e.Status != "healthy" }) {
		a.Status, a.Error = "degraded", "An engine is left out after failures; the others are asked."
	}
	return a, nil
}

func engineHealth(m llm.Model) api.EngineHealth {
	e := api.EngineHealth{Name: m.Name(), Status: "healthy"}
	if llm.LeftOut(m) {
		e.Status = "degraded"
	}
	return e
}

// disk returns the directory whose disk Kith writes to: that of its data, if it
// has any here.
func (h *house) disk() string {
	if _, err := os.Stat(h.config.DataDir); err != nil {
		return "/"
	}
	return h.config.DataDir
}
