package main

import (
	"net/http"

	"github.com/hibiken/asynqmon"
	"github.com/redis/go-redis/v9"
)

// newMonitor returns asynq's own web monitor. What it shows of tasks are ids.
func newMonitor(rdb redis.UniversalClient) http.Handler {
	return asynqmon.New(asynqmon.Options{RootPath: "/monitor", RedisConnOpt: ownRedis{rdb}})
}

// ownRedis has asynq use the connections that the process has already.
type ownRedis struct{ rdb redis.UniversalClient }

// MakeRedisClient returns the client. It is asynq's name for it.
func (r ownRedis) MakeRedisClient() any { return r.rdb }
