package api

import (
	"context"
	"errors"
	"time"
)

// Checks ask what Kith stands on how it is; an error stands for no answer. A
// check may set its status to degraded, and say why.
type Checks struct {
	Database func(context.Context) (DatabaseHealth, error)
	Stats    func(context.Context) (Stats, error)
	Redis    func(context.Context) (RedisHealth, error)
	Tasks    func(context.Context) (TasksHealth, error)
	Telegram func(context.Context) (TelegramHealth, error)
	AI       func(context.Context) (AIHealth, error)
	DataDir  string // whose disk is looked at
}

// A Verdict is how one check ended.
type Verdict struct {
	Status         string  `json:"status" enum:"healthy,degraded,unhealthy"`
	ResponseTimeMS float64 `json:"response_time_ms" doc:"How long the check took"`
	Error          string  `json:"error,omitempty" doc:"What is wrong, if something is"`
}

// DatabaseHealth is how Postgres is.
type DatabaseHealth struct {
	Verdict
	Pool  PoolHealth `json:"pool" doc:"Connections of this process"`
	Stats *Stats     `json:"stats,omitempty" doc:"Counted within the last minute; absent while they cannot be counted"`

	Replica *ReplicaHealth `json:"replica,omitempty" doc:"Of DATABASE_REPLICA_URL; absent where there is none"`
}

// ReplicaHealth is how the replica of Postgres is.
type ReplicaHealth struct {
	Status      string  `json:"status" enum:"healthy,unhealthy" doc:"Unhealthy if nothing is read from it"`
	LagSeconds  float64 `json:"lag_seconds" doc:"How old what it has may be"`
	BehindBytes int64   `json:"behind_bytes" doc:"How much of the database's log it lacks"`
}

// PoolHealth says how connections are used.
type PoolHealth struct {
	Connections int32 `json:"connections"`
	InUse       int32 `json:"in_use"`
	Max         int32 `json:"max"`
}

// Stats are how much Kith knows, of all users together.
type Stats struct {
	Users    int64 `json:"users"`
	Contacts int64 `json:"contacts"`
	Notes    int64 `json:"notes"`
}

// RedisHealth is how Redis is.
type RedisHealth struct{ Verdict }

// TasksHealth is how background work is.
type TasksHealth struct {
	Verdict
	ActiveWorkers int                    `json:"active_workers" doc:"Processes that do background work"`
	Queues        map[string]QueueHealth `json:"queues"`
}

// QueueHealth is how much waits in a queue.
type QueueHealth struct {
	Depth          int     `json:"depth" doc:"Tasks that wait"`
	LatencySeconds float64 `json:"latency_seconds" doc:"How long the oldest of them has waited"`
}

// TelegramHealth is how the bot is, by Telegram's word.
type TelegramHealth struct {
	Verdict
	Bot            string `json:"bot" doc:"The bot's username"`
	Mode           string `json:"mode" enum:"polling,webhook," doc:"How updates come; empty while Telegram cannot be asked"`
	PendingUpdates int    `json:"pending_updates" doc:"Updates that Telegram still holds"`
	UserClients    int    `json:"userclients" doc:"Linked accounts that are connected"`
}

// AIHealth is who reads notes.
type AIHealth struct {
	Verdict
	Engines []EngineHealth `json:"engines" doc:"In the order in which they are tried"`
}

// EngineHealth is how one engine is.
type EngineHealth struct {
	Name   string `json:"name" enum:"gemini,openai,rules"`
	Status string `json:"status" enum:"healthy,degraded" doc:"Degraded while it is left out after failures"`
}

// probes are the checks as they are made: under a time limit each, and no more
// often than it is worth.
type probes struct {
	database probe[DatabaseHealth]
	stats    probe[Stats]
	redis    probe[RedisHealth]
	tasks    probe[TasksHealth]
	telegram probe[TelegramHealth]
	ai       probe[AIHealth]
	system   probe[SystemHealth]
}

func (s *Server) makeProbes() {
	p, c := &s.probes, s.Checks
	p.database.ask, p.database.within = c.Database, aliveWithin
	p.stats.ask, p.stats.within, p.stats.keep = c.Stats, aliveWithin, time.Minute
	p.redis.ask, p.redis.within = c.Redis, time.Second
	p.tasks.ask, p.tasks.within = c.Tasks, 2*time.Second
	p.telegram.ask, p.telegram.within, p.telegram.keep = c.Telegram, 3*time.Second, 10*time.Second
	p.ai.ask, p.ai.within = c.AI, time.Second
	p.system.ask, p.system.within = lookAtSystem(c.DataDir), time.Second
}

// see looks at one thing, and makes a verdict of it.
func see[T any, P interface {
	*T
	settle(took time.Duration, err error)
}](ctx context.Context, s *Server, p *probe[T],
) T {
	h := p.look(ctx)
	if h.err != nil {
		s.Log.WarnContext(ctx, "not healthy", "err", h.err)
	}
	P(&h.value).settle(h.took, h.err)
	return h.value
}

// settle completes the verdict. What the error says is for the log: it may have
// addresses in it.
func (v *Verdict) settle(took time.Duration, err error) {
	v.ResponseTimeMS = float64(took.Microseconds()) / 1000
	switch {
	case errors.Is(err, errSilent):
		v.Status, v.Error = unhealthy, "There is no answer in time."
	case err != nil:
		v.Status, v.Error = unhealthy, "It cannot be reached, or is in trouble. The log says more."
	case v.Status == "":
		v.Status = healthy
	}
}

// stats returns how much Kith knows, or nil while that cannot be counted.
func (s *Server) stats(ctx context.Context) *Stats {
	h := s.probes.stats.look(ctx)
	if h.err != nil {
		return nil
	}
	return &h.value
}
