package main

import (
	"context"
	"os"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core/cache/redislocal"
	"github.com/kith-platform/kith/core/privateserver"
)

// A redisServer is a Redis that a test may break.
type redisServer struct {
	t      *testing.T
	dir    string
	server *privateserver.Server
	client *redis.Client
}

func newRedis(t *testing.T) *redisServer {
	t.Helper()
	dir, err := privateserver.Scratch("rig")
	if err != nil {
		t.Fatal(err)
	}
	s := &redisServer{t: t, dir: dir}
	s.start()
	t.Cleanup(func() {
		s.stop()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *redisServer) start() {
	s.t.Helper()
	var err error
	if s.server, err = redislocal.Start(s.t.Context(), privateserver.Options{Dir: s.dir, Disposable: true}); err != nil {
		s.t.Fatal(err)
	}
	options, err := redis.ParseURL(s.server.URL())
	if err != nil {
		s.t.Fatal(err)
	}
	s.client = redis.NewClient(options)
}

func (s *redisServer) stop() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), 10*time.Second)
	defer cancel()
	s.client.Close()
	if err := s.server.Stop(ctx); err != nil {
		s.t.Error(err)
	}
}

// do sends a command that must succeed.
func (s *redisServer) do(args ...any) {
	s.t.Helper()
	if err := s.client.Do(s.t.Context(), args...).Err(); err != nil {
		s.t.Fatal(err)
	}
}

// pid returns the number of the server's process.
func (s *redisServer) pid() int {
	s.t.Helper()
	info, err := s.client.Info(s.t.Context(), "server").Result()
	if err != nil {
		s.t.Fatal(err)
	}
	pid, err := strconv.Atoi(regexp.MustCompile(`process_id:(\d+)`).FindStringSubmatch(info)[1])
	if err != nil {
		s.t.Fatal(err)
	}
	return pid
}

func (s *redisServer) signal(pid int, sig syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(pid, sig); err != nil {
		s.t.Fatal(err)
	}
}

func (s *redisServer) kill() {
	s.t.Helper()
	s.signal(s.pid(), syscall.SIGKILL)
	<-s.server.Done()
	s.stop()
}

// archived returns how many tasks asynq has given up.
func (s *redisServer) archived() int64 {
	s.t.Helper()
	n, err := s.client.ZCard(s.t.Context(), "asynq:{ai}:archived").Result()
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
